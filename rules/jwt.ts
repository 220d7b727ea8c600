import type { Rule } from '../src/core/rule.ts';

// Read, not guessed: header and payload must be JSON, and what they say decides. No signature or algorithm none: no
// credential. Expired: low.

const objectStart = ['eyJ', 'eyA', 'ewo', 'ew0'] as const;

export const jwt: readonly Rule[] = [
  {
    id: 'jwt',
    provider: 'jwt',
    title: 'JSON Web Token',
    why: 'Until it expires, whoever shows it is taken for the person or service it was made for.',
    advice: [
      'Sign the person out or revoke the session at the issuer; if it cannot be revoked, wait for its end or change the signing key.',
    ],
    references: ['https://www.rfc-editor.org/rfc/rfc7519'],
    grades: { session: 'medium', secret: 'high' },
    tokenKind: 'session',
    parts: [
      {
        role: 'token',
        shapes: [
          {
            type: 'token',
            pieces: [
              { oneOf: objectStart },
              { set: '\\w-', min: 10, max: 4096 },
              { text: '.' },
              { oneOf: objectStart },
              { set: '\\w-', min: 4, max: 8192 },
              { text: '.' },
              { set: '\\w-', min: 20, max: 2048 },
            ],
          },
        ],
        checks: ['jwt'],
        maskKeep: 3,
      },
    ],
    examples: [
      {
        text: 'Authorization: Bearer ⟦{{b64url({"alg":"HS256","typ":"JWT"})}}.{{b64url({"sub":"dana","exp":4102444800})}}.{{\\w\\-*43}}⟧',
        form: 'valid until 2100',
      },
      {
        text: 'token=⟦{{b64url({"typ":"JWT","alg":"RS256"})}}.{{b64url({"iss":"https://id.moonbakery.dev","exp":1500000000})}}.{{\\w\\-*342}}⟧',
        form: 'expired (low)',
      },
      {
        text: 'SUPABASE_SERVICE_ROLE_KEY=⟦{{b64url({"alg":"HS256","typ":"JWT"})}}.{{b64url({"iss":"supabase","role":"service_role","exp":4102444800})}}.{{\\w\\-*43}}⟧',
        kinds: ['secret'],
        form: 'Supabase service role key (high)',
      },
      {
        text: 'SUPABASE_ANON_KEY=⟦{{b64url({"alg":"HS256","typ":"JWT"})}}.{{b64url({"iss":"supabase","role":"anon","exp":4102444800})}}.{{\\w\\-*43}}⟧',
        form: 'Supabase anonymous key (low)',
      },
      {
        text: '⟦{{b64url({"alg":"HS256"})}}.{{b64url({"k":"value"})}}.{{\\w\\-*43}}⟧',
        form: 'nobody’s, for nobody (low)',
      },
    ],
    negatives: [
      {
        text: '{{b64url({"alg":"none","typ":"JWT"})}}.{{b64url({"sub":"dana"})}}.{{\\w\\-*43}}',
        form: 'algorithm none',
      },
      { text: '{{b64url({"alg":"HS256"})}}.{{b64url({"sub":"dana"})}}.', form: 'no signature' },
      {
        text: '{{b64url({"alg":"HS256","typ":"JWT"})}}.{{b64url({"sub":"1234567890","name":"John Doe","iat":1516239022})}}.{{\\w\\-*43}}',
        form: 'the demonstration of jwt.io',
      },
      { text: 'eyJ{{a-z*30}}.eyJ{{a-z*30}}.{{\\w\\-*43}}', form: 'not JSON' },
      {
        text: '{{b64url({"version":3,"sources":[]})}}.{{b64url({"x":1})}}.{{\\w\\-*43}}',
        form: 'no algorithm',
      },
    ],
  },
];
