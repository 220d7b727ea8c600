// Every way in which a call fails, in words: what did not work, why, and what to do. Nothing of the request and nothing that
// the other side wrote is repeated unless it is known to be harmless: answers of AWS quote session tokens at times.
import { UserError } from '../core/errors.ts';
import type { CallProblem } from './api.ts';
import { type Service, serviceNames } from './endpoints.ts';
import { TransportError } from './transport.ts';

/** Caught by `isUserError`, too: the name is kept. */
export class SsoError extends UserError {
  readonly kind: CallProblem;
  /** What the service calls it (`SlowDownException`), or Node (`ECONNREFUSED`). */
  readonly code: string | undefined;

  constructor(
    kind: CallProblem,
    message: string,
    options: { readonly hint?: string; readonly code?: string | undefined } = {},
  ) {
    super(message, options.hint === undefined ? {} : { hint: options.hint });
    this.kind = kind;
    this.code = options.code;
  }
}

/** The kind of a call's failure; undefined for anything else. By shape, because each bundle has a class of its own. */
export function callProblem(error: unknown): CallProblem | undefined {
  return error instanceof Error && error.name === 'UserError' && 'kind' in error
    ? kinds.find((kind) => kind === error.kind)
    : undefined;
}

const kinds: readonly CallProblem[] = [
  'denied',
  'expired',
  'throttled',
  'unavailable',
  'unreachable',
  'wrong-region',
  'no-assignment',
  'interrupted',
  'refused',
];

/** What was asked of whom, for the words of a failure. */
export interface Asked {
  readonly service: Service;
  /** Completes "cannot …": `list your accounts`. */
  readonly what: string;
  readonly host: string;
}

export function interrupted(): SsoError {
  return new SsoError('interrupted', 'interrupted');
}

/** What a client of the SDK threw, as a failure in words; undefined for a bug. */
export function problemOf(error: unknown, asked: Asked): SsoError | undefined {
  if (error instanceof SsoError) return error;
  if (isAboutTheClock(error)) return wrongClock(asked);
  const code = codeOf(error);
  const status = statusOf(error);
  const kind = kindOf(error, code, status);
  if (kind === undefined) return isAnswer(error) ? notAnAnswer(asked) : undefined;
  const { message, ...words } = wordsFor(kind, asked, code, status);
  return new SsoError(kind, message, { ...words, code });
}

/** An answer that AWS does not give: half a text, or one without what it must hold. */
export function notAnAnswer({ what, host }: Asked): SsoError {
  return new SsoError('refused', `cannot ${what}: ${host} did not answer as AWS does`, {
    hint: 'A proxy or a sign-in page of the network may stand in between; open any page in a browser and try again.',
    code: 'NotAnAnswer',
  });
}

/** In the same words as a wrong secret, but for the message: `Signature expired: …`, `Signature not yet current: …`. */
function isAboutTheClock(error: unknown): boolean {
  const message = field(error, 'message');
  return (
    codeOf(error) === 'SignatureDoesNotMatch' &&
    typeof message === 'string' &&
    /^Signature (?:expired|not yet current)\b/.test(message)
  );
}

function wrongClock({ what }: Asked): SsoError {
  return new SsoError('refused', `cannot ${what}: the clock of this computer is wrong`, {
    hint: 'Set it right (to a few minutes) and try again.',
    code: 'ClockSkew',
  });
}

/** Whether another try can help that was not the service's wish: the connection broke, the name server did not answer. */
export function isPassing(code: string | undefined): boolean {
  return ['ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'EAI_AGAIN', 'TimeoutError'].includes(code ?? '');
}

const kindByCode: Readonly<Record<string, CallProblem>> = {
  AccessDenied: 'denied',
  AccessDeniedException: 'denied',
  // an organisation that allows one way of signing in only
  UnauthorizedClientException: 'denied',
  ExpiredToken: 'expired',
  ExpiredTokenException: 'expired',
  UnauthorizedException: 'expired',
  Throttling: 'throttled',
  ThrottlingException: 'throttled',
  RequestLimitExceeded: 'throttled',
  TooManyRequestsException: 'throttled',
  ServiceUnavailable: 'unavailable',
  InvalidRequestRegionException: 'wrong-region',
  ForbiddenException: 'no-assignment',
  ResourceNotFoundException: 'no-assignment',
  TimeoutError: 'unreachable',
};

function kindOf(
  error: unknown,
  code: string | undefined,
  status: number | undefined,
): CallProblem | undefined {
  if (error instanceof TransportError) return 'unreachable';
  const named = kindByCode[code ?? ''];
  if (named !== undefined) return named;
  if (status === 429) return 'throttled';
  if (status !== undefined && status >= 500) return 'unavailable';
  // what the SDK could not read has no fault
  return field(error, '$fault') === undefined ? undefined : 'refused';
}

/** Something came back, whatever it was. */
function isAnswer(error: unknown): boolean {
  return field(error, '$response') !== undefined;
}

function wordsFor(
  kind: CallProblem,
  { service, what, host }: Asked,
  code: string | undefined,
  status: number | undefined,
): { readonly message: string; readonly hint?: string } {
  const number = status === undefined ? '' : ` (${status})`;
  switch (kind) {
    case 'throttled':
      return {
        message: `cannot ${what}: AWS asks to slow down, still after several tries`,
        hint: 'Wait a few minutes and try again.',
      };
    case 'unavailable':
      return {
        message: `cannot ${what}: ${host} is out of order at the moment${number}`,
        hint: 'Try again later; https://health.aws.amazon.com tells of disturbances.',
      };
    case 'unreachable':
      return { message: `cannot ${what}: ${unreachable(code, host)}`, hint: hintFor(code) };
    case 'expired':
      return {
        message: `cannot ${what}: the SSO session has ended`,
        hint: 'Sign in again.',
      };
    case 'denied':
      return {
        message: `cannot ${what}: permission was denied`,
        hint: 'Ask the administrator of your AWS organisation.',
      };
    case 'no-assignment':
      return {
        message: `cannot ${what}: your SSO user has no access to this account and role`,
        hint: 'Ask the administrator of your AWS organisation to assign it to you.',
      };
    case 'wrong-region':
      return {
        message: `cannot ${what}: IAM Identity Center is not in this region`,
        hint: regionHint,
      };
    case 'interrupted':
      return { message: 'interrupted' };
    case 'refused':
      return {
        message: `cannot ${what}: ${serviceNames[service]} did not accept it: ${code ?? `status${number}`}`,
        hint: 'If the start URL and the region are right, this is a bug in keyscan or a change at AWS.',
      };
  }
}

export const regionHint =
  'The region is the one where IAM Identity Center lives: its page in the AWS console shows it at the top right.';

const certificateCodes =
  /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|ERR_OSSL|EPROTO|INVALID_CA|HOSTNAME_MISMATCH/;

function unreachable(code: string | undefined, host: string): string {
  switch (code) {
    case 'ENOTFOUND':
      return `there is no host ${host}`;
    case 'EAI_AGAIN':
      return `the name ${host} cannot be looked up`;
    case 'ECONNREFUSED':
      return `${host} refuses the connection`;
    case 'ETIMEDOUT':
    case 'TimeoutError':
      return `${host} does not answer`;
    case 'ANSWER_TOO_LONG':
      return `the answer of ${host} has no end`;
    case 'PROXY_AUTHENTICATION':
      return 'the proxy of HTTPS_PROXY wants a user name and password';
    case 'PROXY_REFUSED':
      return `the proxy of HTTPS_PROXY does not connect to ${host}`;
    default:
      return certificateCodes.test(code ?? '')
        ? `the certificate of ${host} is not trusted (${code ?? ''})`
        : `the connection to ${host} broke (${code ?? 'no reason given'})`;
  }
}

function hintFor(code: string | undefined): string {
  switch (code) {
    case 'ENOTFOUND':
      return 'Check the region and the network connection.';
    case 'PROXY_AUTHENTICATION':
      return 'Put them into HTTPS_PROXY: http://USER:PASSWORD@HOST:PORT.';
    case 'PROXY_REFUSED':
      return 'Ask whoever runs the proxy, or put the host into NO_PROXY.';
    default:
      return certificateCodes.test(code ?? '')
        ? 'Where a proxy opens connections, name its certificates: AWS_CA_BUNDLE=/path/to/bundle.pem.'
        : 'Check the network connection; behind a proxy, set HTTPS_PROXY.';
  }
}

/** AWS's name for it, or Node's; never a text that somebody wrote. */
function codeOf(error: unknown): string | undefined {
  const code = error instanceof TransportError ? error.code : field(error, 'name');
  return typeof code === 'string' && /^[\w.]{1,80}$/.test(code) ? code : undefined;
}

function statusOf(error: unknown): number | undefined {
  const status = field(field(error, '$metadata'), 'httpStatusCode');
  return typeof status === 'number' ? status : undefined;
}

/** For names that the other side chose and people see: no control character, no invisible one. */
export function withoutControls(text = ''): string {
  return text.replace(/\p{C}/gu, '\ufffd');
}

export function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
