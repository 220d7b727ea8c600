// The files of ~/.aws/sso/cache, as the AWS CLI and the SDKs read and write them. Pure: bytes and names only.
import { createHash } from 'node:crypto';

import type { SsoSession } from '../aws/change.ts';
import { fieldsOf, parsedJson, textIn } from '../core/json-fields.ts';
import type { Registration, Token } from './api.ts';
import { sameStartUrl } from '../aws/start-url.ts';

export interface CacheFile {
  /** In `~/.aws/sso/cache`; its mode is 0600. */
  readonly name: string;
  readonly content: string;
}

/**
 * The token, and the registration it was made with. The session form is found by the name of the sso-session; the legacy
 * form (no sso-session) by the start URL, letter for letter as in the profile.
 */
export function cacheFilesOf(
  token: Token,
  form: 'session' | 'legacy' = token.session.name === '' ? 'legacy' : 'session',
): readonly CacheFile[] {
  const { session, registration } = token;
  const files = [{ name: tokenFileOf(session, form), content: tokenJson(token) }];
  // a token that came without its registration (an old cache) has none to write down
  if (registration.clientId === '') return files;
  return [
    ...files,
    { name: registrationFileOf(session, form), content: registrationJson(registration) },
  ];
}

/** The name of the file that holds a session's token. */
export function tokenFileOf(session: SsoSession, form: 'session' | 'legacy' = 'session'): string {
  return `${sha1(form === 'session' ? session.name : session.startUrl)}.json`;
}

/** For as long as a migration takes: five minutes. */
export function isValid({ expiresAt }: Pick<Token, 'expiresAt'>, now: Date): boolean {
  return expiresAt.getTime() > now.getTime() + 5 * 60_000;
}

/**
 * The token in a cache file, when it is for this session and valid for five minutes or can be refreshed; undefined for
 * anything else, damaged files included.
 */
export function tokenFrom(cacheJson: string, session: SsoSession, now: Date): Token | undefined {
  const fields = fieldsOf(parsedJson(cacheJson));
  const text = (name: string): string | undefined => {
    const value = textIn(fields[name]);
    return value === '' ? undefined : value;
  };
  const accessToken = text('accessToken');
  const expiresAt = dateFrom(text('expiresAt'));
  if (accessToken === undefined || expiresAt === undefined) return undefined;
  // it is sent as a header
  if (!/^[\x21-\x7e]+$/.test(accessToken)) return undefined;
  if (text('region') !== session.region) return undefined;
  if (!sameStartUrl(text('startUrl') ?? '', session.startUrl)) return undefined;
  const registration = {
    clientId: text('clientId') ?? '',
    clientSecret: text('clientSecret') ?? '',
    expiresAt: dateFrom(text('registrationExpiresAt')) ?? new Date(0),
    scopes: session.scopes,
    grantTypes: undefined,
  };
  const refreshToken = text('refreshToken');
  const isRefreshable =
    refreshToken !== undefined && registration.clientId !== '' && registration.expiresAt > now;
  return isValid({ expiresAt }, now) || isRefreshable
    ? { session, accessToken, expiresAt, refreshToken, registration }
    : undefined;
}

function tokenJson({ session, accessToken, expiresAt, refreshToken, registration }: Token): string {
  const { clientId, clientSecret, expiresAt: registrationExpiresAt } = registration;
  return JSON.stringify({
    startUrl: session.startUrl,
    region: session.region,
    accessToken,
    expiresAt: timestamp(expiresAt),
    ...(clientId === ''
      ? {}
      : { clientId, clientSecret, registrationExpiresAt: timestamp(registrationExpiresAt) }),
    ...(refreshToken === undefined ? {} : { refreshToken }),
  });
}

function registrationJson(registration: Registration): string {
  const { clientId, clientSecret, expiresAt, scopes, grantTypes } = registration;
  return JSON.stringify({
    clientId,
    clientSecret,
    expiresAt: timestamp(expiresAt),
    scopes,
    // the AWS CLI tells by these that it can use the registration in the browser
    ...(grantTypes === undefined ? {} : { grantTypes }),
  });
}

/** As Python writes sorted JSON, since the name is a hash of it. */
function registrationFileOf(session: SsoSession, form: 'session' | 'legacy'): string {
  const isSession = form === 'session';
  const scopes = session.scopes.map((scope) => pythonJson(scope)).join(', ');
  const fields = [
    `"region": ${pythonJson(session.region)}`,
    `"scopes": ${isSession ? `[${scopes}]` : 'null'}`,
    `"session_name": ${isSession ? pythonJson(session.name) : 'null'}`,
    `"startUrl": ${pythonJson(session.startUrl)}`,
    '"tool": "botocore"',
  ];
  return `${sha1(`{${fields.join(', ')}}`)}.json`;
}

/** Python escapes everything beyond ASCII. */
function pythonJson(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Whole seconds: older readers know no fractions. */
function timestamp(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** `2026-11-22T06:28:59Z`, and `…UTC`, which the AWS CLI wrote once. */
function dateFrom(text: string | undefined): Date | undefined {
  const date = new Date((text ?? '').replace(/UTC$/, 'Z'));
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}
