import type { Rule } from '../src/core/rule.ts';

// A service account's JSON is one finding for the whole object. API keys name a project and are public in web and app
// code, so they are medium at most; the keys of the new form act as a service account and are secrets.

export const google: readonly Rule[] = [
  {
    id: 'google-service-account',
    provider: 'google',
    title: 'Google service account key',
    why: 'It is a login to Google Cloud without an end date, with all rights of the service account.',
    advice: [
      'Delete the key: `gcloud iam service-accounts keys delete`, or https://console.cloud.google.com/iam-admin/serviceaccounts.',
      'Look at the audit logs for what the account did.',
      'Use workload identity federation or an attached service account, which need no key file.',
    ],
    references: ['https://cloud.google.com/iam/docs/keys-create-delete'],
    grades: { secret: 'high' },
    parts: [
      {
        role: 'secret',
        shapes: [
          {
            type: 'pattern',
            anchor: '-----BEGIN PRIVATE KEY-----',
            lookBack: 48,
            regex:
              'private_key\\\\{0,4}["\']\\s{0,8}:\\s{0,8}\\\\{0,4}["\'](?<value>-----BEGIN PRIVATE KEY-----[A-Za-z0-9+/=\\\\\\s]{40,4000}-----END PRIVATE KEY-----)',
            window: 4096,
          },
          {
            type: 'pattern',
            anchor: '-----BEGIN RSA PRIVATE KEY-----',
            lookBack: 48,
            regex:
              'private_key\\\\{0,4}["\']\\s{0,8}:\\s{0,8}\\\\{0,4}["\'](?<value>-----BEGIN RSA PRIVATE KEY-----[A-Za-z0-9+/=\\\\\\s]{40,4000}-----END RSA PRIVATE KEY-----)',
            window: 4096,
          },
          {
            type: 'pattern',
            anchor: '-----BEGIN EC PRIVATE KEY-----',
            lookBack: 48,
            regex:
              'private_key\\\\{0,4}["\']\\s{0,8}:\\s{0,8}\\\\{0,4}["\'](?<value>-----BEGIN EC PRIVATE KEY-----[A-Za-z0-9+/=\\\\\\s]{40,4000}-----END EC PRIVATE KEY-----)',
            window: 4096,
          },
        ],
        checks: ['google-service-account'],
        strong: true,
      },
    ],
    examples: [
      {
        text: '{\n  "type": "service_account",\n  "project_id": "moonbakery-prod",\n  "private_key_id": "{{0-9a-f*40}}",\n  "private_key": "⟦{{json({{pem:pkcs8}})}}⟧\\n",\n  "client_email": "oven@moonbakery-prod.iam.gserviceaccount.com",\n  "client_id": "{{1-9*21}}"\n}\n',
        path: 'service-account.json',
        form: 'JSON file',
      },
      {
        text: 'GOOGLE_CREDENTIALS={"client_email":"oven@moonbakery-prod.iam.gserviceaccount.com","private_key":"⟦{{json({{pem:pkcs8}})}}⟧\\n","type":"service_account"}',
        path: '.env',
        form: 'on one line',
      },
      {
        text: '{"env":{"GCP":"{{json({"type":"service_account","private_key":"⟦{{json({{pem:pkcs8}})}}⟧\\n","client_email":"oven@moonbakery.iam.gserviceaccount.com"})}}"}}',
        form: 'JSON inside a JSON string',
      },
    ],
    negatives: [
      {
        text: '{"type":"service_account","private_key":"-----BEGIN PRIVATE KEY-----\\n...\\n-----END PRIVATE KEY-----\\n","client_email":"x@y.iam.gserviceaccount.com"}',
      },
      { text: '{"type":"service_account","private_key":"${GCP_KEY}"}' },
      { text: '{"private_key":"{{json({{pem:pkcs8}})}}"}', form: 'any other JSON with a key' },
    ],
  },
  {
    id: 'google-api-key',
    provider: 'google',
    title: 'Google API key',
    why: 'It spends the quota and the money of its project; one that may call Gemini or other paid services is worth stealing.',
    advice: [
      'Restrict it to the APIs and the sites or apps that need it: https://console.cloud.google.com/apis/credentials.',
      'Make a new one and delete this one if it was not meant for the public.',
    ],
    references: ['https://cloud.google.com/docs/authentication/api-keys'],
    grades: { secret: 'medium' },
    parts: [
      {
        role: 'token',
        shapes: [{ type: 'token', pieces: [{ text: 'AIza' }, { set: '\\w-', min: 35, max: 35 }] }],
        checks: ['not-published-sample', 'google-key-use'],
        entropy: 3.5,
        strong: true,
        maskKeep: 4,
      },
    ],
    examples: [
      { text: 'GOOGLE_API_KEY=⟦AIza{{\\w\\-*35}}⟧', form: 'API key' },
      {
        text: 'https://maps.googleapis.com/maps/api/geocode/json?key=⟦AIza{{\\w\\-*35}}⟧&q=x',
        form: 'in a URL',
      },
      {
        text: 'const app = initializeApp({ apiKey: "⟦AIza{{\\w\\-*35}}⟧", authDomain: "moonbakery.firebaseapp.com" });',
        form: 'in the configuration of a web app (low)',
      },
    ],
    negatives: [
      { text: 'key=AIzaXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX' },
      { text: 'AIza{{\\w\\-*60}}', form: 'longer than a key' },
      { text: 'key=YOUR_API_KEY' },
    ],
  },
  {
    id: 'google-auth-key',
    provider: 'google',
    title: 'Google API key bound to a service account',
    why: 'Unlike older API keys it is a login: it acts as a service account, and pays for Gemini calls.',
    advice: [
      'Delete it and make a new one: https://aistudio.google.com/apikey or the credentials page of the project.',
    ],
    references: ['https://cloud.google.com/docs/authentication/api-keys'],
    grades: { secret: 'high' },
    parts: [
      {
        role: 'token',
        shapes: [
          { type: 'token', pieces: [{ text: 'AQ.Ab8R' }, { set: '\\w-', min: 40, max: 80 }] },
        ],
        entropy: 3.5,
        strong: true,
        maskKeep: 3,
      },
    ],
    examples: [{ text: 'GEMINI_API_KEY=⟦AQ.Ab8R{{\\w\\-*46}}⟧', form: 'bound API key' }],
    negatives: [{ text: 'GEMINI_API_KEY=AQ.Ab8R...' }],
  },
  {
    id: 'google-oauth-token',
    provider: 'google',
    title: 'Google OAuth refresh token',
    titles: { session: 'Google OAuth access token' },
    why: 'An access token is a login for an hour; a refresh token makes new ones for months.',
    advice: [
      'Revoke it: `curl -d token=… https://oauth2.googleapis.com/revoke`, or https://myaccount.google.com/connections.',
    ],
    references: ['https://developers.google.com/identity/protocols/oauth2/web-server#tokenrevoke'],
    grades: { secret: 'high', session: 'medium' },
    parts: [
      {
        role: 'token',
        shapes: [
          {
            type: 'token',
            pieces: [{ text: 'ya29.' }, { set: '\\w-', min: 30, max: 2048 }],
            as: { kind: 'session' },
          },
        ],
        entropy: 3.5,
        strong: true,
        maskKeep: 5,
      },
      {
        role: 'token',
        shapes: [
          {
            type: 'token',
            pieces: [{ text: '1//0' }, { set: '\\w-', min: 40, max: 256 }],
            notBefore: 'A-Za-z0-9:/._-',
          },
        ],
        entropy: 4,
        maskKeep: 4,
      },
    ],
    examples: [
      {
        text: '{"access_token":"⟦ya29.{{\\w\\-*160}}⟧","refresh_token":"⟦1//0{{\\w\\-*98}}⟧"}',
        path: 'token.json',
        kinds: ['session', 'secret'],
        form: 'access token and refresh token',
      },
    ],
    negatives: [
      { text: 'Authorization: Bearer ya29.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' },
      { text: 'https://cdn.moonbakery.dev/v1//0{{a-z0-9*60}}', form: 'a path' },
    ],
  },
  {
    id: 'google-oauth-secret',
    provider: 'google',
    title: 'Google OAuth client secret',
    why: 'With the client id it takes part in logins as your app, and turns stolen codes and refresh tokens into access.',
    advice: [
      'Add a new secret to the client, deploy it, delete this one: https://console.cloud.google.com/apis/credentials.',
    ],
    references: ['https://developers.google.com/identity/protocols/oauth2'],
    grades: { secret: 'high' },
    parts: [
      {
        role: 'token',
        shapes: [
          { type: 'token', pieces: [{ text: 'GOCSPX-' }, { set: '\\w-', min: 28, max: 28 }] },
        ],
        checks: ['google-client-use'],
        entropy: 3.2,
        strong: true,
        maskKeep: 7,
      },
      {
        // before 2021 there was no prefix
        role: 'token',
        shapes: [
          {
            type: 'assignment',
            names: [
              'google client secret',
              'google oauth client secret',
              'google oauth secret',
              'google secret',
            ],
            value: { set: '\\w-', min: 24, max: 24 },
          },
          {
            type: 'assignment',
            names: ['client secret'],
            value: { set: '\\w-', min: 24, max: 24 },
            near: ['apps.googleusercontent.com'],
          },
        ],
        checks: ['google-client-use', 'mixed'],
        entropy: 3.2,
      },
    ],
    examples: [
      { text: 'GOOGLE_CLIENT_SECRET=⟦GOCSPX-{{\\w\\-*28}}⟧', form: 'OAuth client secret' },
      {
        text: '$google_client_secret = "⟦{{\\w\\-*24}}⟧";',
        form: 'OAuth client secret of before 2021',
      },
      {
        text: '{"installed":{"client_id":"1.apps.googleusercontent.com","client_secret":"⟦GOCSPX-{{\\w\\-*28}}⟧"}}',
        form: 'OAuth client secret of an installed app (low)',
      },
    ],
    negatives: [
      { text: 'client_secret: GOCSPX-xxxxxxxxxxxxxxxxxxxxxxxxxxxx' },
      { text: 'client_secret: GOCSPX-your-secret' },
    ],
  },
];
