// Signing in to IAM Identity Center: in the browser of this computer (PKCE, RFC 7636), or with a code that is
// typed in anywhere (RFC 8628). The token stays in memory; who writes it down decides that elsewhere.
import { createHash, randomBytes } from 'node:crypto';

import type { Registration, SignInRequest, SignInScreen, SsoWorld, Token } from './api.ts';
import { call, pause, stopIfInterrupted } from './call.ts';
import { callbackPath, startCallback } from './callback.ts';
import { oidcClient } from './clients.ts';
import { isSafe } from './endpoints.ts';
import { type Asked, notAnAnswer, regionHint, SsoError } from './problem.ts';
import { checkStartUrl } from './start-url.ts';

type Oidc = Awaited<ReturnType<typeof oidcClient>>;

/** What the service calls us on the page where the person consents. */
const clientName = 'keyscan';

const defaultScope = 'sso:account:access';

/** How long the sign-in page may stay open, as in the AWS CLI. Milliseconds. */
const patience = 10 * 60_000;

const grants = {
  code: 'authorization_code',
  device: 'urn:ietf:params:oauth:grant-type:device_code',
  refresh: 'refresh_token',
} as const;

/**
 * Shows the page before it opens it. Throws an SsoError: `denied`, `expired`, `wrong-region`, `interrupted`, …; a UserError
 * for a start URL, a region or a setting that cannot be right.
 */
export async function signIn(
  request: SignInRequest,
  screen: SignInScreen,
  world: SsoWorld,
): Promise<Token> {
  checkStartUrl(request.session.startUrl);
  const oidc = await oidcClient(world, request.session.region);
  return request.flow === 'browser'
    ? inBrowser(request, screen, world, oidc)
    : withCode(request, screen, world, oidc);
}

/** A new token for one that has ended or is about to. Throws an SsoError, `expired` when only signing in helps. */
export async function refresh(token: Token, world: SsoWorld): Promise<Token> {
  const { session, refreshToken, registration } = token;
  if (refreshToken === undefined || registration.expiresAt <= world.now()) throw ended();
  const oidc = await oidcClient(world, session.region);
  try {
    const made = await createToken(oidc, world, {
      ...clientOf(registration),
      grantType: grants.refresh,
      refreshToken,
    });
    return { ...token, ...made, refreshToken: made.refreshToken ?? refreshToken };
  } catch (error) {
    if (error instanceof SsoError && ['expired', 'denied', 'refused'].includes(error.kind)) {
      throw ended();
    }
    throw error;
  }
}

// ------------------------------------------------------------------------------------------------------------ in the browser

async function inBrowser(
  { session }: SignInRequest,
  screen: SignInScreen,
  world: SsoWorld,
  oidc: Oidc,
): Promise<Token> {
  const callback = await startCallback();
  try {
    const registration = await register(oidc, world, {
      clientName,
      clientType: 'public',
      scopes: scopesOf(session.scopes),
      grantTypes: [grants.code, grants.refresh],
      redirectUris: [`http://127.0.0.1${callbackPath}`], // any port of it: RFC 8252 7.3
      issuerUrl: session.startUrl,
    });
    const verifier = randomBytes(48).toString('base64url');
    const url = authorizePage(oidc.url, {
      response_type: 'code',
      client_id: registration.clientId,
      redirect_uri: callback.redirectUri,
      state: callback.state,
      code_challenge_method: 'S256',
      scopes: registration.scopes.join(' '),
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    });
    screen.show({ url, code: undefined, expiresAt: after(patience / 1000, world) });
    screen.open(url);
    const answer = await callback.answer(patience, world.signal);
    stopIfInterrupted(world);
    if (answer === undefined) throw tooLate();
    if (!answer.ok) throw declined(answer.error);
    const made = await createToken(oidc, world, {
      ...clientOf(registration),
      grantType: grants.code,
      code: answer.code,
      redirectUri: callback.redirectUri,
      codeVerifier: verifier,
    });
    return { session, registration, ...made };
  } finally {
    callback.close();
  }
}

function authorizePage(base: string, parameters: Readonly<Record<string, string>>): string {
  return `${base}/authorize?${new URLSearchParams(parameters).toString()}`;
}

function declined(error: string): SsoError {
  if (error === 'access_denied') return deniedByPerson();
  return new SsoError('refused', 'the sign-in page did not accept the request', {
    hint: `${regionHint} Or sign in with a code: --device-code.`,
    code: /^[\w.]{1,40}$/.test(error) ? error : undefined,
  });
}

// ---------------------------------------------------------------------------------------------------------------- with a code

/** Seconds. RFC 8628 3.2 and 3.5. */
const usualInterval = 5;

/** Seconds that a code of AWS's lives. */
const usualLifetime = 600;

async function withCode(
  { session }: SignInRequest,
  screen: SignInScreen,
  world: SsoWorld,
  oidc: Oidc,
): Promise<Token> {
  const registration = await register(oidc, world, {
    clientName,
    clientType: 'public',
    scopes: scopesOf(session.scopes),
  });
  const asked = oidc.asked('begin the sign-in');
  const device = await startDevice(oidc, world, asked, registration, session.startUrl);
  const { deviceCode, userCode, verificationUri, expiresIn } = device;
  const url = safeUrl(device.verificationUriComplete ?? verificationUri);
  if (deviceCode === undefined || url === undefined) throw notAnAnswer(asked);
  if (userCode === undefined || !/^[\w-]{1,40}$/.test(userCode)) throw notAnAnswer(asked);
  const expiresAt = after(seconds(expiresIn) ?? usualLifetime, world);
  screen.show({ url, code: userCode, expiresAt });
  screen.open(url);

  for (let interval = seconds(device.interval) ?? usualInterval; ;) {
    await pause(world, interval * 1000);
    if (world.now() >= expiresAt) throw tooLate();
    try {
      const made = await createToken(oidc, world, {
        ...clientOf(registration),
        grantType: grants.device,
        deviceCode,
      });
      return { session, registration, ...made };
    } catch (error) {
      const code = error instanceof SsoError ? error.code : undefined;
      if (code === 'SlowDownException') interval += 5;
      else if (code === 'ExpiredTokenException') throw tooLate();
      else if (code === 'AccessDeniedException') throw deniedByPerson();
      else if (code !== 'AuthorizationPendingException') throw error;
    }
  }
}

async function startDevice(
  oidc: Oidc,
  world: SsoWorld,
  asked: Asked,
  registration: Registration,
  startUrl: string,
) {
  const { client, sdk } = oidc;
  const command = new sdk.StartDeviceAuthorizationCommand({ ...clientOf(registration), startUrl });
  return call(world, asked, (abortSignal) => client.send(command, { abortSignal })).catch(
    (error: unknown) => {
      throw wrongPlace(error);
    },
  );
}

// -------------------------------------------------------------------------------------------------------------------- both

type RegisterInput = ConstructorParameters<Oidc['sdk']['RegisterClientCommand']>[0];
type TokenInput = ConstructorParameters<Oidc['sdk']['CreateTokenCommand']>[0];

async function register(
  { client, sdk, asked }: Oidc,
  world: SsoWorld,
  input: RegisterInput,
): Promise<Registration> {
  const asking = asked('begin the sign-in');
  const command = new sdk.RegisterClientCommand(input);
  const answer = await call(world, asking, (abortSignal) =>
    client.send(command, { abortSignal }),
  ).catch((error: unknown) => {
    throw wrongPlace(error);
  });
  const { clientId, clientSecret } = answer;
  const expires = seconds(answer.clientSecretExpiresAt);
  if (clientId === undefined || clientSecret === undefined || expires === undefined) {
    throw notAnAnswer(asking);
  }
  return {
    clientId,
    clientSecret,
    expiresAt: new Date(expires * 1000),
    scopes: input.scopes ?? [],
    grantTypes: input.grantTypes,
  };
}

async function createToken(
  { client, sdk, asked }: Oidc,
  world: SsoWorld,
  input: TokenInput,
): Promise<Pick<Token, 'accessToken' | 'expiresAt' | 'refreshToken'>> {
  const asking = asked('finish the sign-in');
  const command = new sdk.CreateTokenCommand(input);
  const { accessToken, expiresIn, refreshToken } = await call(world, asking, (abortSignal) =>
    client.send(command, { abortSignal }),
  );
  const lasts = seconds(expiresIn);
  if (accessToken === undefined || lasts === undefined) throw notAnAnswer(asking);
  return { accessToken, expiresAt: after(lasts, world), refreshToken };
}

/** The service says no more than "invalid request" when it knows no such portal, which is mostly one of another region. */
function wrongPlace(error: unknown): unknown {
  const isIt =
    error instanceof SsoError &&
    ['InvalidRequestException', 'InvalidRequestRegionException'].includes(error.code ?? '');
  if (!isIt) return error;
  return new SsoError('wrong-region', 'AWS knows no access portal with this start URL here', {
    hint: `Check the start URL and the region. ${regionHint}`,
    code: error.code,
  });
}

/** As browsers write it, so that it cannot hold what moves a cursor. */
function safeUrl(text = ''): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && isSafe(url) ? url.href : undefined;
}

function clientOf({ clientId, clientSecret }: Registration) {
  return { clientId, clientSecret };
}

function scopesOf(scopes: readonly string[]): string[] {
  return scopes.length === 0 ? [defaultScope] : [...scopes];
}

/** Seconds, if they can make a date. */
function seconds(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 && value < 1e11 ? value : undefined;
}

function after(lasts: number, { now }: SsoWorld): Date {
  return new Date(now().getTime() + lasts * 1000);
}

function ended(): SsoError {
  return new SsoError('expired', 'the SSO session has ended', { hint: 'Sign in again.' });
}

function tooLate(): SsoError {
  return new SsoError('expired', 'nobody signed in before the time was up', {
    hint: `Start again. If the page said "invalid grant", the region is not the right one. ${regionHint}`,
  });
}

function deniedByPerson(): SsoError {
  return new SsoError('denied', 'the sign-in was declined in the browser', {
    hint: 'Start again and choose "Allow access"; if the page does not let you, ask your administrator.',
  });
}
