// OIDC (registration, device code, the authorize page, tokens) and the portal (accounts, roles, credentials).
import { createHash, randomUUID } from 'node:crypto';

import { type Answer, json, jsonError } from './answer.ts';
import { type FakeState, secretText } from './state.ts';

export interface SsoRequest {
  readonly url: URL;
  readonly body: Readonly<Record<string, unknown>>;
  /** x-amz-sso_bearer_token */
  readonly bearer: string | undefined;
  /** DPoP */
  readonly dpop: string | undefined;
  /** Where the fake is reached. */
  readonly base: string;
}

type Handler = (state: FakeState, request: SsoRequest) => Answer;

export interface Route {
  readonly operation: string;
  readonly handle: Handler;
}

export const ssoRoutes: Readonly<Record<string, Route>> = {
  'POST /client/register': { operation: 'RegisterClient', handle: register },
  'POST /device_authorization': { operation: 'StartDeviceAuthorization', handle: startDevice },
  'GET /authorize': { operation: 'Authorize', handle: authorize },
  'GET /device': { operation: 'VerifyDevice', handle: verifyDevice },
  'POST /token': { operation: 'CreateToken', handle: createToken },
  'GET /assignment/accounts': { operation: 'ListAccounts', handle: signedIn(listAccounts) },
  'GET /assignment/roles': { operation: 'ListAccountRoles', handle: signedIn(listRoles) },
  'GET /federation/credentials': {
    operation: 'GetRoleCredentials',
    handle: signedIn(roleCredentials),
  },
  'POST /logout': { operation: 'Logout', handle: signedIn(logout) },
};

function register(state: FakeState, { body }: SsoRequest): Answer {
  if (body['clientType'] !== 'public') return invalid('clientType');
  const grantTypes = textsOf(body['grantTypes']);
  const redirectUris = textsOf(body['redirectUris']) ?? [];
  if (grantTypes?.includes('authorization_code') === true) {
    if (redirectUris.length === 0) return invalid('redirectUris');
    if (body['issuerUrl'] !== state.world.startUrl) return invalid('issuerUrl');
  }
  const clientId = `client-${randomUUID()}`;
  const secret = secretText();
  const scopes = textsOf(body['scopes']) ?? [];
  state.registrations.set(clientId, { secret, scopes, grantTypes, redirectUris });
  return json({
    clientId,
    clientSecret: secret,
    clientIdIssuedAt: seconds(state.now()),
    clientSecretExpiresAt: seconds(state.now()) + 90 * 86400,
  });
}

function startDevice(state: FakeState, { body, base }: SsoRequest): Answer {
  const { world } = state;
  const clientId = knownClient(state, body);
  if (clientId === undefined) return jsonError(401, 'InvalidClientException', 'invalid_client');
  if (body['startUrl'] !== world.startUrl) return invalid('startUrl');
  const deviceCode = secretText();
  const userCode = randomUUID().slice(0, 9).toUpperCase();
  const expires = state.now() + world.codeLifetime * 1000;
  state.deviceCodes.set(deviceCode, { clientId, userCode, expires, polls: 0 });
  const verificationUri = world.verificationUri ?? `${base}/device`;
  return json({
    deviceCode,
    userCode,
    verificationUri,
    verificationUriComplete: `${verificationUri}?user_code=${userCode}`,
    expiresIn: world.codeLifetime,
    ...(world.interval === undefined ? {} : { interval: world.interval }),
  });
}

/** The page that asks whether this is you; nothing is decided here, since people close it. */
function verifyDevice(): Answer {
  return page('Do you see this code on your device?');
}

function authorize(state: FakeState, { url }: SsoRequest): Answer {
  const ask = (name: string) => url.searchParams.get(name) ?? '';
  const registration = state.registrations.get(ask('client_id'));
  const redirect = URL.canParse(ask('redirect_uri')) ? new URL(ask('redirect_uri')) : undefined;
  const known =
    redirect !== undefined &&
    registration?.redirectUris.some((uri) => sameButPort(new URL(uri), redirect));
  if (known !== true) return invalid('redirect_uri');
  const scopes = ask('scopes').split(/[ ,]/);
  const wrong =
    (ask('response_type') !== 'code' && 'response_type') ||
    (ask('code_challenge_method') !== 'S256' && 'code_challenge_method') ||
    (!/^[\w-]{43}$/.test(ask('code_challenge')) && 'code_challenge') ||
    (!scopes.every((scope) => registration?.scopes.includes(scope)) && 'scopes');
  if (wrong !== false) return invalid(wrong);
  if (ask('state') !== '') redirect.searchParams.set('state', ask('state'));
  switch (state.world.person.does) {
    case 'wanders-off':
      return page('Sign in');
    case 'denies':
      redirect.searchParams.set('error', 'access_denied');
      break;
    case 'approves': {
      const code = secretText();
      state.authorizationCodes.set(code, {
        clientId: ask('client_id'),
        redirectUri: ask('redirect_uri'),
        challenge: ask('code_challenge'),
        scopes,
        used: false,
      });
      redirect.searchParams.set('code', code);
    }
  }
  return { status: 302, headers: { location: redirect.href }, body: '' };
}

function createToken(state: FakeState, request: SsoRequest): Answer {
  const { body } = request;
  const clientId = knownClient(state, body);
  const registration = state.registrations.get(clientId ?? '');
  if (clientId === undefined || registration === undefined) {
    return jsonError(401, 'InvalidClientException', 'invalid_client');
  }
  switch (body['grantType']) {
    case 'urn:ietf:params:oauth:grant-type:device_code':
      return forDeviceCode(state, clientId, textOf(body['deviceCode']));
    case 'authorization_code':
      return forCode(state, clientId, request);
    case 'refresh_token': {
      const known = state.refreshTokens.get(textOf(body['refreshToken']));
      if (known?.clientId !== clientId)
        return jsonError(400, 'InvalidGrantException', 'invalid_grant');
      return json(state.token(clientId, true));
    }
    default:
      return jsonError(400, 'UnsupportedGrantTypeException', 'unsupported_grant_type');
  }
}

function forDeviceCode(state: FakeState, clientId: string, deviceCode: string): Answer {
  const { world } = state;
  const code = state.deviceCodes.get(deviceCode);
  if (code?.clientId !== clientId) return jsonError(400, 'InvalidGrantException', 'invalid_grant');
  if (state.now() > code.expires) return jsonError(400, 'ExpiredTokenException', 'expired_token');
  code.polls += 1;
  if (world.person.does === 'denies')
    return jsonError(400, 'AccessDeniedException', 'access_denied');
  if (world.person.does === 'wanders-off' || code.polls <= world.pendingPolls) {
    return jsonError(400, 'AuthorizationPendingException', 'authorization_pending');
  }
  state.deviceCodes.delete(deviceCode);
  // without a scope the service hands out no refresh token
  return json(state.token(clientId, (state.registrations.get(clientId)?.scopes ?? []).length > 0));
}

function forCode(state: FakeState, clientId: string, { body }: SsoRequest): Answer {
  const code = state.authorizationCodes.get(textOf(body['code']));
  const challenge = createHash('sha256').update(textOf(body['codeVerifier'])).digest('base64url');
  if (
    code === undefined ||
    code.used ||
    code.clientId !== clientId ||
    code.redirectUri !== body['redirectUri'] ||
    code.challenge !== challenge
  ) {
    return jsonError(400, 'InvalidGrantException', 'invalid_grant');
  }
  code.used = true;
  return json(state.token(clientId, true));
}

function signedIn(handle: Handler): Handler {
  return (state, request) => {
    const expires = state.tokens.get(request.bearer ?? '');
    return expires === undefined || state.now() > expires
      ? jsonError(401, 'UnauthorizedException', 'Session token not found or invalid')
      : handle(state, request);
  };
}

function listAccounts(state: FakeState, { url }: SsoRequest): Answer {
  const accounts = state.world.accounts.map(({ id, name, email }) => ({
    accountId: id,
    ...(name === undefined ? {} : { accountName: name }),
    ...(email === undefined ? {} : { emailAddress: email }),
  }));
  const { entries, next } = onePage(accounts, url, state.world.pageSize);
  return json({ accountList: entries, nextToken: next });
}

function listRoles(state: FakeState, { url }: SsoRequest): Answer {
  const accountId = url.searchParams.get('account_id') ?? '';
  const account = state.world.accounts.find(({ id }) => id === accountId);
  if (account === undefined) return jsonError(403, 'ForbiddenException', 'No access');
  const roles = account.roles.map(({ name }) => ({ roleName: name, accountId }));
  const { entries, next } = onePage(roles, url, state.world.pageSize);
  return json({ roleList: entries, nextToken: next });
}

function roleCredentials(state: FakeState, { url }: SsoRequest): Answer {
  const account = state.world.accounts.find(({ id }) => id === url.searchParams.get('account_id'));
  const set = account?.roles.find(({ name }) => name === url.searchParams.get('role_name'));
  if (account === undefined || set === undefined) {
    return jsonError(403, 'ForbiddenException', 'No access');
  }
  const { keyId, secret, token, expires } = state.permissionSetSession(account.id, set);
  return json({
    roleCredentials: {
      accessKeyId: keyId,
      secretAccessKey: secret,
      sessionToken: token,
      expiration: expires,
    },
  });
}

function logout(state: FakeState, { bearer }: SsoRequest): Answer {
  state.tokens.delete(bearer ?? '');
  return json({});
}

function onePage<Entry>(all: readonly Entry[], url: URL, size: number) {
  const from = Number(url.searchParams.get('next_token') ?? '0');
  const asked = Number(url.searchParams.get('max_result') ?? url.searchParams.get('max_results'));
  const to = from + (asked > 0 ? Math.min(asked, size) : size);
  return { entries: all.slice(from, to), next: to < all.length ? String(to) : null };
}

/** The id of a client that knows its secret. */
function knownClient(state: FakeState, body: SsoRequest['body']): string | undefined {
  const clientId = textOf(body['clientId']);
  const registration = state.registrations.get(clientId);
  return registration?.secret === body['clientSecret'] ? clientId : undefined;
}

function sameButPort(known: URL, asked: URL): boolean {
  return (
    known.protocol === asked.protocol &&
    known.hostname === asked.hostname &&
    known.pathname === asked.pathname
  );
}

function invalid(what: string): Answer {
  return jsonError(400, 'InvalidRequestException', 'invalid_request', `Invalid ${what} provided`);
}

function page(text: string): Answer {
  return { status: 200, headers: { 'content-type': 'text/html' }, body: `<p>${text}</p>` };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function textsOf(value: unknown): readonly string[] | undefined {
  return Array.isArray(value)
    ? value.filter((item): item is string => typeof item === 'string')
    : undefined;
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
