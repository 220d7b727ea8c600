// What becomes of the old keys: made inactive with the new role where it may, else with the key itself, else by somebody
// else, and seen to be refused afterwards. Never deleted here: an inactive key can be made active again.
import { isUserError } from '../core/errors.ts';
import { hasKey, isPlanned, maskedKey, type Row } from '../fix/rows.ts';
import type { OldKey } from '../core/migration.ts';
import type { Credentials, LastUse } from '../sso/api.ts';
import type { FixContext } from './fix-context.ts';
import { InterruptedAtQuestion } from './ask.ts';
import type { Check } from './fix-check.ts';
import { credentialsOf } from './fix-owners.ts';

export interface Retired {
  readonly rows: readonly Row[];
  readonly checks: readonly Check[];
  readonly next: readonly string[];
  /** By Ctrl-C: what is said here is how far it came. */
  readonly interrupted: boolean;
}

/** `rows` are those whose key is to go now; each key is handled once, whatever number of profiles held it. */
export async function retire(
  rows: readonly Row[],
  roleCredentials: ReadonlyMap<string, Credentials>,
  context: FixContext,
): Promise<Retired> {
  const { signal } = context.world;
  const outcomes = new Map<string | undefined, Outcome>();
  let interrupted = signal.aborted;
  for (const row of onePerKey(rows)) {
    const role = roleCredentials.get(row.profile.name);
    const outcome = interrupted ? undefined : await untilInterrupted(row, role, context);
    interrupted ||= outcome === undefined || signal.aborted;
    outcomes.set(row.profile.key?.id, outcome ?? later(row));
  }
  return {
    rows: rows.map((row) => {
      const outcome = outcomes.get(row.profile.key?.id);
      return outcome?.oldKey === undefined ? row : { ...row, oldKey: outcome.oldKey };
    }),
    checks: [...outcomes.values()].flatMap((outcome) => outcome.checks),
    next: [...outcomes.values()].flatMap((outcome) => outcome.next),
    interrupted,
  };
}

/** Undefined when the person left at the question. */
async function untilInterrupted(
  row: Row,
  role: Credentials | undefined,
  context: FixContext,
): Promise<Outcome | undefined> {
  try {
    return await retireOne(row, role, context);
  } catch (error) {
    if (error instanceof InterruptedAtQuestion) return undefined;
    throw error;
  }
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
  /** Undefined: as it was before. */
  readonly oldKey?: OldKey;
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
  const { signal } = world;
  const { lastUse } = await import('../sso/index.ts');
  const id = row.profile.key?.id ?? '';
  const told = role === undefined ? undefined : await quietly(() => lastUse(id, role, world));
  const use = told?.ok === true ? told.use : undefined;
  const user = use?.userName ?? row.user;
  const what = nameOf(row, user);
  const lately = use === undefined ? '' : `, ${lastUsed(use, world.now())}`;
  const wanted =
    flags.deactivate === 'yes' ||
    (flags.deactivate === 'ask' &&
      (await ask?.confirm(
        `Make ${what} inactive now?${lately === '' ? '' : ` It was ${lately.slice(2)}`}`,
      )) === true);
  if (!wanted || signal.aborted) return later(row, user, lately);
  const answer = await deactivate(row, role, user, context);
  if (answer.ok) {
    const refused = flags.noVerify ? undefined : await isRefused(row, context);
    const text =
      refused === false
        ? `${what} was made inactive, but AWS still accepts it; that can take a few minutes`
        : `${what} is inactive${refused === true ? ', and AWS refuses it now' : ''}`;
    return {
      oldKey: 'inactive',
      checks: [{ ok: refused !== false, text }],
      next: [`delete ${what} after 14 days without trouble:\nkeyscan keys delete ${key}`],
    };
  }
  if (answer.why === 'not-known') {
    const text = `whether ${what} is inactive is not known: ${answer.detail}`;
    return { ...later(row, user), oldKey: 'unknown', checks: [{ ok: false, text }] };
  }
  const checks = [{ ok: false, text: `${what} could not be made inactive: ${answer.detail}` }];
  if (answer.why === 'not-asked') return { ...later(row, user), checks };
  return {
    checks,
    next: [
      `ask your administrator: "Please make the access key ${key}${user === null ? '' : ` of the IAM user ${user}`} inactive; nothing here uses it any more."`,
    ],
  };
}

function later(row: Row, user = row.user, lately = ''): Outcome {
  const what = `${nameOf(row, user)}${lately === '' ? '' : `${lately},`}`;
  const command = `keyscan keys deactivate ${maskedKey(row) ?? ''}`;
  return { checks: [], next: [`make ${what} inactive:\n${command}`] };
}

function nameOf(row: Row, user: string | null): string {
  return `the old key ${maskedKey(row) ?? ''}${user === null ? '' : ` (user ${user})`}`;
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
): Promise<Deactivated> {
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
    try {
      const answer = await setKeyStatus({ keyId, userName: name }, 'Inactive', signer, world);
      if (answer.ok) return { ok: true };
      detail = answer.detail;
    } catch (error) {
      if (!isUserError(error)) throw error;
      const isNever =
        'code' in error && /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN)$/.test(String(error.code));
      return { ok: false, why: isNever ? 'not-asked' : 'not-known', detail: error.message };
    }
  }
  return { ok: false, why: 'refused', detail };
}

type Deactivated =
  | { readonly ok: true }
  | {
      readonly ok: false;
      /** `not-known`: it may have arrived before the connection, or the person, was gone. */
      readonly why: 'refused' | 'not-asked' | 'not-known';
      readonly detail: string;
    };

/** Asks with the old key until it is refused; a minute at most. Undefined when nobody could be asked. */
async function isRefused(row: Row, { world }: FixContext): Promise<boolean | undefined> {
  const { callerIdentity } = await import('../sso/index.ts');
  const old = credentialsOf(row.profile);
  if (old === undefined) return true;
  for (let waited = 0; ; waited += 1) {
    const identity = await quietly(() =>
      callerIdentity(old, world, row.profile.settings.get('region')),
    );
    if (identity?.ok === false) return true;
    if (identity === undefined || world.signal.aborted) return undefined;
    if (waited === 30) return false;
    await world.sleep(2000).catch(() => undefined);
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
