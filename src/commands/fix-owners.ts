// Whose the old keys are, asked of AWS with the keys themselves: only with consent, never for canaries, other stores or
// what other tools own. It tells root, dead and machine keys, the IAM user, and the account where the id does not.
import type { Profile } from '../aws/profiles.ts';
import { isRobotUser } from '../fix/robots.ts';
import { judgedAs, type Row } from '../fix/rows.ts';
import type { Credentials, Identity } from '../sso/api.ts';
import type { FixContext } from './fix-context.ts';

export async function askOwners(
  rows: readonly Row[],
  context: FixContext,
): Promise<readonly Row[]> {
  const { flags, ask, world } = context;
  const askable = rows.filter(mayBeAsked);
  if (flags.noVerify || flags.dryRun || askable.length === 0) return rows;
  const keys = new Set(askable.map(({ profile }) => profile.key?.id));
  const whose = keys.size === 1 ? 'whose this key is' : `whose these ${keys.size} keys are`;
  const question = `Ask AWS ${whose}? It changes nothing`;
  const consent = flags.yes || (await ask?.confirm(question, true)) === true;
  if (!consent) return rows;
  const { callerIdentity } = await import('../sso/index.ts');
  const identities = new Map<string, Identity>();
  for (const { profile } of askable) {
    const credentials = credentialsOf(profile);
    if (credentials === undefined || identities.has(profile.key?.id ?? '')) continue;
    identities.set(
      credentials.accessKeyId,
      await callerIdentity(credentials, world, profile.settings.get('region')),
    );
  }
  return rows.map((row) => {
    const identity = mayBeAsked(row) ? identities.get(row.profile.key?.id ?? '') : undefined;
    return identity === undefined ? row : told(row, identity, context);
  });
}

const askedClasses: readonly string[] = ['human', 'split', 'odd-name'];

function mayBeAsked(row: Row): boolean {
  return askedClasses.includes(row.class) && row.profile.key?.id?.startsWith('AKIA') === true;
}

/** The pair as the SDKs would use it. */
export function credentialsOf({ key }: Profile): Credentials | undefined {
  if (key?.id === undefined || key.secret === undefined) return undefined;
  return { accessKeyId: key.id, secretAccessKey: key.secret, sessionToken: key.token };
}

function told(row: Row, identity: Identity, { found, flags }: FixContext): Row {
  if (!identity.ok) {
    // a profile that somebody has mapped is moved all the same: then it works again
    if (identity.why === 'invalid' && !found.wishes.has(row.profile.name)) {
      return { ...judgedAs(row, 'dead'), oldKey: 'inactive' };
    }
    return identity.why === 'invalid' ? { ...row, oldKey: 'inactive' } : row;
  }
  const asked: Row = { ...row, account: identity.account, oldKey: 'active' };
  if (/:root$/.test(identity.arn)) return judgedAs(asked, 'root');
  const user = /:user\/(?:.*\/)?([^/]+)$/.exec(identity.arn)?.[1] ?? null;
  const isNamed = flags.profiles.includes(row.profile.name) || found.wishes.has(row.profile.name);
  const robot = user !== null && !isNamed && row.class === 'human' && isRobotUser(user);
  return { ...(robot ? judgedAs(asked, 'robot') : asked), user };
}
