// Which IAM Identity Center the profiles will sign in to: one that the config file knows already, or a new one.

import type { AwsTexts, SsoSession } from '../aws/change.ts';
import { parseIni } from '../aws/ini.ts';
import { sameStartUrl } from '../aws/start-url.ts';
import { UserError } from '../core/errors.ts';

/** What the person said of it on the command line. */
export interface SessionWish {
  readonly name: string | undefined;
  readonly startUrl: string | undefined;
  readonly region: string | undefined;
}

export const defaultScopes = ['sso:account:access'];

/** The complete `[sso-session NAME]` sections of the config file, in their order, each name once. */
export function existingSessions({ config }: Pick<AwsTexts, 'config'>): readonly SsoSession[] {
  if (config === undefined) return [];
  const found = new Map<string, SsoSession>();
  for (const { name, settings } of parseIni(config).sections) {
    const session = /^sso-session[ \t]+(\S.*)$/.exec(name)?.[1];
    const value = (wanted: string): string | undefined =>
      settings.findLast((setting) => setting.name === wanted && setting.within === undefined)
        ?.value;
    const startUrl = value('sso_start_url');
    const region = value('sso_region');
    if (session === undefined || !startUrl || !region) continue;
    const scopes = (value('sso_registration_scopes') ?? '').split(/[\s,]+/).filter(Boolean);
    found.set(session, {
      name: session,
      startUrl,
      region,
      scopes: scopes.length > 0 ? scopes : defaultScopes,
    });
  }
  return [...found.values()];
}

export type SessionChoice =
  | { readonly type: 'known'; readonly session: SsoSession }
  | { readonly type: 'choose'; readonly from: readonly SsoSession[] }
  | { readonly type: 'new'; readonly wish: SessionWish };

/** What the flags and the config file leave open. Throws for flags that contradict the file. */
export function chooseSession(existing: readonly SsoSession[], wish: SessionWish): SessionChoice {
  const { name, startUrl, region } = wish;
  const named = existing.find((session) => session.name === name);
  if (named !== undefined) {
    if (startUrl !== undefined && !sameStartUrl(named.startUrl, startUrl)) {
      throw new UserError(
        `the sso-session ${named.name} is there already, with another start URL: ${named.startUrl}`,
        { hint: 'choose another name with --sso-session, or leave --start-url out' },
      );
    }
    if (region !== undefined && region !== named.region) {
      throw new UserError(
        `the sso-session ${named.name} is there already, with another region: ${named.region}`,
        { hint: 'choose another name with --sso-session, or leave --sso-region out' },
      );
    }
    return { type: 'known', session: named };
  }
  if (startUrl !== undefined) {
    const same = existing.find(
      (session) =>
        name === undefined &&
        sameStartUrl(session.startUrl, startUrl) &&
        (region === undefined || region === session.region),
    );
    return same === undefined ? { type: 'new', wish } : { type: 'known', session: same };
  }
  if (name !== undefined || existing.length === 0) return { type: 'new', wish };
  const [only, ...others] = existing;
  return only !== undefined && others.length === 0
    ? { type: 'known', session: only }
    : { type: 'choose', from: existing };
}

/** A name for a new session that no other has: the alias in the address where it says something. */
export function sessionName(startUrl: string, existing: readonly SsoSession[]): string {
  const alias = /^https:\/\/([^./]+)\.awsapps\.com/i.exec(startUrl)?.[1]?.toLowerCase();
  const base = alias === undefined || /^d-[0-9a-f]{10}$/.test(alias) ? 'sso' : alias;
  const taken = new Set(existing.map(({ name }) => name));
  let name = base;
  for (let number = 2; taken.has(name); number += 1) name = `${base}-${number}`;
  return name;
}

/** What every SDK can read behind `sso-session `. */
export function isSessionName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name);
}
