// What becomes of the old keys: made inactive with the new role where it may, else with the key itself, else by somebody
// else, and seen to be refused afterwards. Never deleted here: an inactive key can be made active again.
import { isUserError } from '../core/errors.ts';
import { hasKey, isPlanned, maskedKey, type Row } from '../fix/rows.ts';
import type { Credentials, LastUse } from '../sso/api.ts';
import type { FixContext } from './fix-context.ts';
import type { Check } from './fix-check.ts';
import { credentialsOf } from './fix-owners.ts';

export interface Retired {
  readonly rows: readonly Row[];
  readonly checks: readonly Check[];
  readonly next: readonly string[];
}

/** `rows` are those whose key is to go now; each key is handled once, whatever number of profiles held it. */
export async function retire(
  rows: readonly Row[],
  roleCredentials: ReadonlyMap<string, Credentials>,
  context: FixContext,
): Promise<Retired> {
  const checks: Check[] = [];
  const next: string[] = [];
  const inactive = new Set<string>();
  for (const row of onePerKey(rows)) {
    const outcome = await retireOne(row, roleCredentials.get(row.profile.name), context);
    checks.push(...outcome.checks);
    next.push(...outcome.next);
    if (outcome.inactive) inactive.add(row.profile.key?.id ?? '');
  }
  const isRetired = (row: Row): boolean => inactive.has(row.profile.key?.id ?? '-');
  return {
    rows: rows.map((row) => (isRetired(row) ? { ...row, oldKey: 'inactive' } : row)),
    checks,
    next,
  };
}

/** Temporary credentials end by themselves, and what is dead is not made inactive. */
function onePerKey(rows: readonly Row[]): readonly Row[] {
  const byKey = new Map<string, Row>();
  for (const row of rows) {
    const id = row.profile.key?.id;
    const isStatic = id?.startsWith('AKIA') === true && row.oldKey !== 'inactive';
    if (isStatic && hasKey(row) && isPlanned(row) && !byKey.has(id)) byKey.set(id, row);
  }
  return [...byKey.values()];
}

interface Outcome {
  readonly inactive: boolean;
  readonly checks: readonly Check[];
  readonly next: readonly string[];
}

async function retireOne(
  row: Row,
  role: Credentials | undefined,
  context: FixContext,
): Promise<Outcome> {
  const { flags, ask, world } = context;
  const key = maskedKey(row) ?? '';
  const { lastUse } = await import('../sso/index.ts');
  const id = row.profile.key?.id ?? '';
  const told = role === undefined ? undefined : await quietly(() => lastUse(id, role, world));
  const use = told?.ok === true ? told.use : undefined;
  const user = use?.userName ?? row.user;
  const what = `the old key ${key}${user === null ? '' : ` (user ${user})`}`;
  const lately = use === undefined ? '' : `, ${lastUsed(use, world.now())}`;
  const wanted =
    flags.deactivate === 'yes' ||
    (flags.deactivate === 'ask' &&
      (await ask?.confirm(
        `Make ${what} inactive now?${lately === '' ? '' : ` It was ${lately.slice(2)}`}`,
      )) === true);
  if (!wanted) return later(key, what, lately);
  const answer = await deactivate(row, role, user, context);
  if (answer.ok) {
    const refused = flags.noVerify ? undefined : await isRefused(row, context);
    const text =
      refused === false
        ? `${what} was made inactive, but AWS still accepts it; that can take a few minutes`
        : `${what} is inactive${refused === true ? ', and AWS refuses it now' : ''}`;
    return {
      inactive: true,
      checks: [{ ok: refused !== false, text }],
      next: [`delete ${what} after 14 days without trouble:\nkeyscan keys delete ${key}`],
    };
  }
  return {
    inactive: false,
    checks: [{ ok: false, text: `${what} could not be made inactive: ${answer.detail}` }],
    next: [
      `ask your administrator: "Please make the access key ${key}${user === null ? '' : ` of the IAM user ${user}`} inactive; nothing here uses it any more."`,
    ],
  };
}

function later(key: string, what: string, lately: string): Outcome {
  const next = [`make ${what}${lately}, inactive:\nkeyscan keys deactivate ${key}`];
  return { inactive: false, checks: [], next };
}

/** "last used 4 minutes ago by s3 in eu-west-1" */
function lastUsed({ date, service, region }: LastUse, now: Date): string {
  if (date === null) return 'never used as far as AWS knows';
  const minutes = Math.max(0, Math.round((now.getTime() - date.getTime()) / 60_000));
  const ago =
    minutes < 60
      ? `${minutes} minutes`
      : minutes < 48 * 60
        ? `${Math.round(minutes / 60)} hours`
        : `${Math.round(minutes / 1440)} days`;
  const where = [
    service === null || service === 'N/A' ? '' : ` by ${service}`,
    region === null || region === 'N/A' ? '' : ` in ${region}`,
  ];
  return `last used ${ago} ago${where.join('')}`;
}

async function deactivate(
  row: Row,
  role: Credentials | undefined,
  userName: string | null,
  { flags, world }: FixContext,
): Promise<{ readonly ok: true } | { readonly ok: false; readonly detail: string }> {
  const { setKeyStatus } = await import('../sso/index.ts');
  const keyId = row.profile.key?.id ?? '';
  const attempts: Credentials[] = [];
  // IAM takes the user from the signer when none is named, so that the role has to name it
  if (role !== undefined && userName !== null) attempts.push(role);
  const own = flags.noVerify ? undefined : credentialsOf(row.profile);
  if (own !== undefined) attempts.push(own);
  let detail = 'neither the new role nor the key itself may do that';
  for (const signer of attempts) {
    const name = signer === own ? undefined : (userName ?? undefined);
    const answer = await quietly(() =>
      setKeyStatus({ keyId, userName: name }, 'Inactive', signer, world),
    );
    if (answer?.ok === true) return { ok: true };
    if (answer !== undefined) detail = answer.detail;
  }
  return { ok: false, detail };
}

/** Asks with the old key until it is refused; a minute at most. */
async function isRefused(row: Row, { world }: FixContext): Promise<boolean> {
  const { callerIdentity } = await import('../sso/index.ts');
  const old = credentialsOf(row.profile);
  if (old === undefined) return true;
  for (let waited = 0; ; waited += 1) {
    const identity = await quietly(() =>
      callerIdentity(old, world, row.profile.settings.get('region')),
    );
    if (identity?.ok === false) return true;
    if (waited === 30) return false;
    await world.sleep(2000);
  }
}

/** What AWS cannot be asked about now is not known; the migration itself is done. */
async function quietly<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (isUserError(error)) return undefined;
    throw error;
  }
}
