// AWS's sign-in service, which `aws login` uses: the console's page, and short-lived credentials for the code it hands out.
// What it asks of a client is read from the AWS CLI's source and service model (2.38.1): PKCE, and a proof of possession
// (RFC 9449) by one P-256 key, which also a renewal needs.
import { createHash, createPublicKey, type JsonWebKey, randomUUID, verify } from 'node:crypto';

import { type Answer, json } from './answer.ts';
import type { Route, SsoRequest } from './sso.ts';
import { type FakeState, secretText } from './state.ts';

/** Seconds; the longest that the service model allows. */
const lifetime = 900;
const sameDevice = 'arn:aws:signin:::devtools/same-device';

export const signInRoutes: Readonly<Record<string, Route>> = {
  'GET /v1/authorize': { operation: 'SignIn', handle: authorize },
  'POST /v1/token': { operation: 'CreateOAuth2Token', handle: createToken },
};

function authorize(state: FakeState, { url }: SsoRequest): Answer {
  const ask = (name: string) => url.searchParams.get(name) ?? '';
  const redirect = URL.canParse(ask('redirect_uri')) ? new URL(ask('redirect_uri')) : undefined;
  if (
    redirect?.hostname !== '127.0.0.1' ||
    redirect.pathname !== '/oauth/callback' ||
    ask('client_id') !== sameDevice ||
    ask('response_type') !== 'code' ||
    ask('scope') !== 'openid' ||
    ask('code_challenge_method') !== 'SHA-256' ||
    !/^[\w-]{43}$/.test(ask('code_challenge'))
  ) {
    return refused(400, 'ValidationException', 'INVALID_REQUEST');
  }
  redirect.searchParams.set('state', ask('state'));
  if (state.world.person.does === 'approves') {
    const code = secretText();
    state.authorizationCodes.set(code, {
      clientId: sameDevice,
      redirectUri: ask('redirect_uri'),
      challenge: ask('code_challenge'),
      scopes: ['openid'],
      used: false,
    });
    redirect.searchParams.set('code', code);
  } else {
    redirect.searchParams.set('error', 'access_denied');
  }
  return { status: 302, headers: { location: redirect.href }, body: '' };
}

function createToken(state: FakeState, { body, dpop, url, base }: SsoRequest): Answer {
  const key = provenKey(dpop, new URL(url.pathname, base).href);
  if (key === undefined) return refused(400, 'ValidationException', 'INVALID_REQUEST');
  const isKnown =
    body['grantType'] === 'refresh_token'
      ? state.refreshTokens.get(String(body['refreshToken']))?.clientId === key
      : redeems(state, body);
  if (!isKnown) return refused(400, 'AccessDeniedException', 'AUTHCODE_EXPIRED');
  const { consoleArn } = state.world;
  const account = consoleArn.split(':')[4]!;
  const session = state.session(account, consoleArn, ['*'], 'console', lifetime);
  const refreshToken = secretText();
  // of no use to whoever has not the key
  state.refreshTokens.set(refreshToken, { clientId: key });
  return json({
    accessToken: {
      accessKeyId: session.keyId,
      secretAccessKey: session.secret,
      sessionToken: session.token,
    },
    tokenType: 'aws_sigv4',
    expiresIn: lifetime,
    refreshToken,
    idToken: [{ alg: 'none' }, { sub: consoleArn, jti: randomUUID() }, {}].map(encoded).join('.'),
  });
}

function redeems(state: FakeState, body: SsoRequest['body']): boolean {
  const code = state.authorizationCodes.get(String(body['code']));
  const challenge = createHash('sha256').update(String(body['codeVerifier'])).digest('base64url');
  const fits =
    code?.used === false &&
    body['grantType'] === 'authorization_code' &&
    code.clientId === body['clientId'] &&
    code.redirectUri === body['redirectUri'] &&
    code.challenge === challenge;
  if (fits) code.used = true;
  return fits;
}

/** What names the public key, when the proof is signed with it and made for this address. */
function provenKey(proof: string | undefined, address: string): string | undefined {
  const [head = '', claims = '', signature = ''] = (proof ?? '').split('.');
  try {
    const { typ, alg, jwk } = decoded(head);
    const { htm, htu } = decoded(claims);
    if (typ !== 'dpop+jwt' || alg !== 'ES256' || htm !== 'POST' || htu !== address)
      return undefined;
    const key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
    const isSigned = verify(
      'sha256',
      Buffer.from(`${head}.${claims}`),
      { key, dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    );
    return isSigned ? JSON.stringify(key.export({ format: 'jwk' })) : undefined;
  } catch {
    return undefined;
  }
}

function decoded(part: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as Readonly<Record<string, unknown>>;
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function refused(status: number, type: string, error: string): Answer {
  return json({ error, message: type }, status, { 'x-amzn-errortype': type });
}
