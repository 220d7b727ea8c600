// Signing in: which IAM Identity Center, with a token that is there already, a refreshed one, or the browser. Tokens stay
// in memory; what is to be written for the AWS tools is handed to the step after the person's consent.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { SsoSession } from '../aws/change.ts';
import { sameStartUrl } from '../aws/start-url.ts';
import { isUserError, UserError } from '../core/errors.ts';
import { hasBrowser, openBrowser } from '../fix/browser.ts';
import type { Row } from '../fix/rows.ts';
import {
  chooseSession,
  defaultScopes,
  existingSessions,
  isSessionName,
  sessionName,
  type SessionWish,
} from '../fix/sessions.ts';
import type { Portal, Token } from '../sso/api.ts';
import { mustBeSaid } from './ask.ts';
import type { FixContext } from './fix-context.ts';
import { said } from './messages.ts';

export interface SignedIn {
  readonly session: SsoSession;
  /** For profiles without an sso-session, whose token lies elsewhere in the cache. */
  readonly legacy: boolean;
  readonly token: Token;
  readonly portal: Portal;
  /** Not yet in the cache that the AWS tools read. */
  readonly isNew: boolean;
}

/** The session that profiles move to. Asks for what neither flags nor the config file say. */
export async function sessionFor(context: FixContext): Promise<SsoSession> {
  const { flags, found, ask } = context;
  const existing = existingSessions(found.texts);
  const wish = { name: flags.ssoSession, startUrl: flags.startUrl, region: flags.ssoRegion };
  const choice = chooseSession(existing, wish);
  if (choice.type === 'known') return choice.session;
  if (choice.type === 'new') return newSession(choice.wish, existing, context);
  if (ask === undefined) {
    const names = choice.from.map(({ name }) => name).join(', ');
    throw mustBeSaid(`there are several sso-sessions (${names})`, '--sso-session NAME');
  }
  const chosen = await ask.select('Which IAM Identity Center?', [
    ...choice.from.map((session) => ({
      name: `${session.name}  ${session.startUrl} (${session.region})`,
      value: session,
    })),
    { name: 'another one', value: undefined },
  ]);
  return chosen ?? newSession(wish, existing, context);
}

/** The one there is, as far as it is known without asking anybody; for the dry run. */
export function knownSession({
  flags,
  found,
}: Pick<FixContext, 'flags' | 'found'>): SsoSession | undefined {
  const existing = existingSessions(found.texts);
  const { startUrl, ssoRegion: region, ssoSession: name } = flags;
  const choice = chooseSession(existing, { name, startUrl, region });
  if (choice.type === 'known') return choice.session;
  if (choice.type === 'choose' || startUrl === undefined || region === undefined) return undefined;
  return {
    name: name ?? sessionName(startUrl, existing),
    startUrl,
    region,
    scopes: defaultScopes,
  };
}

/** What the flags say of it, held against itself and the config file before a key is used for anything. */
export async function refuseOddSession(context: FixContext): Promise<void> {
  const { ssoSession: name, startUrl, ssoRegion: region } = context.flags;
  if (name === undefined && startUrl === undefined && region === undefined) return;
  const { checkStartUrl, isRegion } = await import('../sso/index.ts');
  if (startUrl !== undefined) checkStartUrl(startUrl);
  if (region !== undefined && !isRegion(region)) throw oddRegion(region);
  const isKnown = existingSessions(context.found.texts).some((session) => session.name === name);
  if (name !== undefined && !isKnown && !isSessionName(name)) throw oddName(name);
  knownSession(context);
}

function oddRegion(region: string): UserError {
  return new UserError(`--sso-region cannot be "${region}"`, { hint: 'such as eu-west-1' });
}

function oddName(name: string): UserError {
  return new UserError(`--sso-session cannot be "${name}"`, {
    hint: 'every SDK reads letters, digits, - and _',
  });
}

async function newSession(
  wish: SessionWish,
  existing: readonly SsoSession[],
  { ask, host }: FixContext,
): Promise<SsoSession> {
  const { checkStartUrl, isRegion } = await import('../sso/index.ts');
  const problemOf = (text: string): string | undefined => {
    try {
      checkStartUrl(text);
      return undefined;
    } catch (error) {
      if (error instanceof UserError) return error.message;
      throw error;
    }
  };
  const typed =
    wish.startUrl ??
    (await ask?.text('Start URL of your AWS access portal', {
      proposal: host.env['AWS_DEFAULT_SSO_START_URL'],
      check: problemOf,
    }));
  if (typed === undefined) {
    const region = wish.region === undefined ? ' --sso-region REGION' : '';
    throw mustBeSaid('no start URL is known', `--start-url URL${region}`);
  }
  const { url, isAwsHost, region: guess } = checkStartUrl(typed);
  if (!isAwsHost) await warnOfStrangeHost(url, ask, host);
  const region =
    wish.region ??
    guess ??
    (await ask?.text('Region of your IAM Identity Center (such as eu-west-1)', {
      check: (text) => (isRegion(text) ? undefined : 'a region is written like eu-west-1'),
    }));
  if (region === undefined) throw mustBeSaid('the region is not known', '--sso-region REGION');
  if (!isRegion(region)) throw oddRegion(region);
  const same = existing.find(
    (session) =>
      wish.name === undefined && sameStartUrl(session.startUrl, url) && session.region === region,
  );
  if (same !== undefined) return same;
  const name = wish.name ?? sessionName(url, existing);
  if (!isSessionName(name)) throw oddName(name);
  return { name, startUrl: url, region, scopes: defaultScopes };
}

/** A page that only looks like the portal is how tokens are stolen. */
async function warnOfStrangeHost(
  url: string,
  ask: FixContext['ask'],
  host: FixContext['host'],
): Promise<void> {
  const { hostname } = new URL(url);
  host.err(
    said(`${hostname} is no host of AWS: a page that asks you to sign in there may be a trap`),
  );
  if (ask === undefined || (await ask.confirm(`Is ${hostname} really your portal?`))) return;
  throw new UserError('not signed in', { hint: 'ask your administrator for the start URL' });
}

/** As much of a run as signing in needs. */
export interface SignInContext {
  readonly flags: Pick<FixContext['flags'], 'deviceCode' | 'noBrowser'>;
  readonly host: FixContext['host'];
  readonly world: FixContext['world'];
  readonly found: { readonly places: FixContext['found']['places'] };
}

/** Signs in once for each session. */
export function signIns(
  context: SignInContext,
): (session: SsoSession, legacy: boolean) => Promise<SignedIn> {
  const done = new Map<string, Promise<SignedIn>>();
  return (session, legacy) => {
    const key = JSON.stringify([legacy ? '' : session.name, session.startUrl, session.region]);
    const begun = done.get(key) ?? signInTo(session, legacy, context);
    done.set(key, begun);
    return begun;
  };
}

async function signInTo(
  session: SsoSession,
  legacy: boolean,
  context: SignInContext,
): Promise<SignedIn> {
  const { flags, host, world, found } = context;
  const { isAlive, isValid, openPortal, refresh, signIn, tokenFileOf, tokenFrom } =
    await import('../sso/index.ts');
  const file = tokenFileOf(session, legacy ? 'legacy' : 'session');
  const cache = readIfThere(join(found.places.home, '.aws', 'sso', 'cache', file));
  const cached = cache === undefined ? undefined : tokenFrom(cache, session, world.now());
  const opened = (token: Token, isNew: boolean): SignedIn => ({
    session,
    legacy,
    token,
    portal: openPortal(token, world),
    isNew,
  });
  if (cached !== undefined) {
    if (isValid(cached, world.now()) && (await isAlive(cached, world))) {
      return opened(cached, false);
    }
    try {
      return opened(await refresh(cached, world), true);
    } catch (error) {
      if (!isUserError(error) || world.signal.aborted) throw error;
      // the portal's own session has ended: sign in again
    }
  }
  const flow = flowFor(context);
  const waiting = waitingIn(context);
  const token = await signIn(
    { session, flow },
    {
      show: ({ url, code, expiresAt }) => {
        const lines = [
          `sign in to ${session.startUrl}`,
          ...(code === undefined ? [] : [`  code  ${code}  (the page must show the same)`]),
          `  page  ${url}`,
        ];
        host.err(lines.map((line, index) => (index === 0 ? said(line) : `${line}\n`)).join(''));
        waiting.until(expiresAt);
      },
      open: (url) => {
        if (!flags.noBrowser) openBrowser(url, host.env, process.platform);
      },
    },
    world,
  ).finally(waiting.end);
  host.err(said('signed in'));
  return opened(token, true);
}

/**
 * The browser comes back to this computer, so that it has to be one of this computer; a code can be typed in anywhere.
 * Throws a UserError in a CI job: nobody is there to do either.
 */
function flowFor({ flags, host }: SignInContext): 'browser' | 'device' {
  if (flags.deviceCode) return 'device';
  if ((host.env['CI'] ?? '') !== '') {
    throw new UserError('somebody has to sign in, and CI is set: nobody is here', {
      hint: 'sign in before (aws sso login), or have a code shown that somebody types in: --device-code',
    });
  }
  if (flags.noBrowser ? host.canAsk() : hasBrowser(host.env, process.platform)) return 'browser';
  host.err(said('no browser can be opened here: sign in with a code, on any device'));
  return 'device';
}

/** Shows a person at a terminal that it goes on, and for how long. */
function waitingIn({ host, world }: SignInContext) {
  let timer: ReturnType<typeof setInterval> | undefined;
  let shown = '';
  return {
    until: (expiresAt: Date): void => {
      timer = setInterval(() => {
        const minutes = Math.ceil((expiresAt.getTime() - world.now().getTime()) / 60_000);
        const text = `waiting for you to sign in, ${Math.max(minutes, 1)} min left, Ctrl-C ends it`;
        if (text !== shown) void host.tick(() => (shown = text));
      }, 250);
    },
    end: (): void => {
      clearInterval(timer);
    },
  };
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** The session that a profile names already, in either form. */
export function ownSession(row: Row, existing: readonly SsoSession[]): SsoSession | undefined {
  return ownSessionOf(row.profile.settings, existing);
}

export function ownSessionOf(
  settings: ReadonlyMap<string, string>,
  existing: readonly SsoSession[],
): SsoSession | undefined {
  const named = settings.get('sso_session');
  if (named !== undefined) return existing.find(({ name }) => name === named);
  const startUrl = settings.get('sso_start_url');
  const region = settings.get('sso_region');
  if (startUrl === undefined || region === undefined) return undefined;
  return { name: '', startUrl, region, scopes: [] };
}
