// `keyscan keys`: the old keys that migrations replaced, from the journal, and what becomes of them in IAM, signed by the
// SSO role of a profile that was moved. Never a canary, never a key that the journal does not know.
import { accountIn, type Profile, readProfiles } from '../aws/profiles.ts';
import { isCanaryAccount } from '../aws/keyid.ts';
import { UserError } from '../core/errors.ts';
import { maskKeyId } from '../core/mask-key-id.ts';
import { existingSessions } from '../fix/sessions.ts';
import { loadPalette, type Pen, penFor } from '../report/pen.ts';
import { keyTable } from '../report/keys.ts';
import { awsPlaces, noHome, readAwsFiles } from '../sources/aws-files.ts';
import type { IamAnswer } from '../sso/api.ts';
import type { JournalKey } from '../core/migration.ts';
import { readJournal, reminder } from '../write/journal.ts';
import { keysIn } from '../write/migrations.ts';
import { openState } from '../write/state.ts';
import { stateFolder } from '../write/state-folder.ts';
import { forgetUndo } from '../write/undo-store.ts';
import { type Ask, asking, InterruptedAtQuestion, mustBeSaid } from './ask.ts';
import { ownSessionOf, type SignInContext, signIns } from './fix-sign-in.ts';
import { worldOf } from './fix-world.ts';
import { type ExitCode, exitCodes, type Host } from './host.ts';
import { said } from './messages.ts';

export interface KeysFlags {
  readonly action: KeyAction | undefined;
  /** As the list shows it: `AKIA…7Q2X`; its end is enough. */
  readonly key: string | undefined;
  readonly yes: boolean;
  readonly deviceCode: boolean;
  readonly noBrowser: boolean;
  readonly quiet: boolean;
}

export const keyActions = ['deactivate', 'reactivate', 'delete'] as const;
export type KeyAction = (typeof keyActions)[number];

export async function keys(flags: KeysFlags, host: Host): Promise<ExitCode> {
  const home = homeOf(host);
  const folder = stateFolder({ env: host.env, home });
  if (folder === undefined) throw noHome();
  const { entries, problems } = readJournal(folder);
  for (const problem of problems) host.err(said(problem));
  const known = keysIn(entries);
  if (flags.action === undefined) {
    host.out(keyTable(known, new Date(), await penOf(host)));
    return exitCodes.clean;
  }
  const key = chosen(known, flags.key);
  const interruption = host.interruptible();
  try {
    const ask = await asking(host, interruption.signal);
    await consent(flags.action, key, flags, ask);
    const world = worldOf(host.env, interruption.signal);
    const state = openState(folder);
    try {
      const answer = await carryOut(flags.action, key, { flags, host, world, home });
      if (!answer.ok) throw notDone(flags.action, key, answer.detail);
      state.journal.append({ type: 'key', key: after(flags.action, key, world.now()) });
      // the sealed copy of a key that is of no use any more is of none either
      if (flags.action !== 'reactivate') {
        for (const entry of entries) {
          if (entry.type === 'key' && entry.key.id === key.id) forgetUndo(folder, entry.run);
        }
      }
    } finally {
      state.close();
    }
    if (!flags.quiet) host.out(`${maskKeyId(key.id)} is ${results[flags.action]}\n`);
    return exitCodes.clean;
  } catch (error) {
    if (error instanceof InterruptedAtQuestion || interruption.signal.aborted) {
      host.err(said('interrupted'));
      return interruption.code() ?? 130;
    }
    throw error;
  }
}

const results: Readonly<Record<KeyAction, string>> = {
  deactivate: 'inactive',
  reactivate: 'active again',
  delete: 'deleted',
};

function homeOf(host: Host): string {
  const { home } = awsPlaces(host.env);
  if (home === undefined) throw noHome();
  return home;
}

async function penOf(host: Host): Promise<Pen> {
  const palette = await loadPalette(host.color() > 0);
  return penFor({ color: host.color(), unicode: host.unicode, columns: host.columns() }, palette);
}

/** By its whole id, or by the end of it that the list shows. */
function chosen(known: readonly JournalKey[], typed: string | undefined): JournalKey {
  if (typed === undefined) {
    throw new UserError('which key?', { hint: 'keyscan keys lists them: AKIA…7Q2X, or its end' });
  }
  const end = typed.replace(/^.*(?:…|\.\.\.)/, '').toUpperCase();
  const found = known.filter(({ id }) => end.length >= 4 && id.endsWith(end));
  const [only, ...others] = found;
  if (only === undefined) {
    throw new UserError(`no migration knows a key ${typed}`, {
      hint: 'keyscan keys lists those that keyscan --fix replaced; other keys are for the IAM console',
    });
  }
  if (others.length > 0) {
    throw new UserError(`${found.length} keys end in ${end}`, { hint: 'type more of its end' });
  }
  const account = accountIn(only.id);
  if (account !== null && isCanaryAccount(account)) {
    throw new UserError('this key is a canary: whoever uses or changes it raises an alarm');
  }
  return only;
}

async function consent(
  action: KeyAction,
  key: JournalKey,
  flags: KeysFlags,
  ask: Ask | undefined,
): Promise<void> {
  if (key.status === 'deleted') throw new UserError(`${maskKeyId(key.id)} is deleted already`);
  if (action === 'delete' && key.status !== 'inactive') {
    throw new UserError(`${maskKeyId(key.id)} is not inactive yet`, {
      hint: 'make it inactive first and see for a while that nothing misses it: keyscan keys deactivate',
    });
  }
  if (flags.yes) return;
  if (ask === undefined) throw mustBeSaid(`to ${action} a key needs your consent`, '--yes');
  const user = key.user === null ? '' : ` of the IAM user ${key.user}`;
  const early =
    action === 'delete' && key.remind !== null && key.remind > new Date().toISOString().slice(0, 10)
      ? ` It was to wait until ${key.remind}.`
      : '';
  const forGood = action === 'delete' ? ' That cannot be taken back.' : '';
  if (await ask.confirm(`${words[action]} ${maskKeyId(key.id)}${user}?${early}${forGood}`)) return;
  throw new UserError('nothing was changed');
}

const words: Readonly<Record<KeyAction, string>> = {
  deactivate: 'Make inactive',
  reactivate: 'Make active again',
  delete: 'Delete',
};

interface Way {
  readonly flags: KeysFlags;
  readonly host: Host;
  readonly world: SignInContext['world'];
  readonly home: string;
}

async function carryOut(action: KeyAction, key: JournalKey, way: Way): Promise<IamAnswer> {
  const { host, world, home } = way;
  const places = awsPlaces(host.env);
  const files = readAwsFiles(places);
  const signer = signerFor(key, readProfiles(files));
  const config = files.find(({ kind }) => kind === 'config')?.bytes;
  const session = ownSessionOf(signer.settings, existingSessions({ config }));
  if (session === undefined) throw noSigner(key);
  const context = { flags: way.flags, host, world, found: { places: { ...places, home } } };
  const { portal } = await signIns(context)(session, session.name === '');
  const credentials = await portal.credentials(
    signer.settings.get('sso_account_id') ?? '',
    signer.settings.get('sso_role_name') ?? '',
  );
  const { deleteKey, lastUse, setKeyStatus } = await import('../sso/index.ts');
  const told = key.user === null ? await lastUse(key.id, credentials, world) : undefined;
  const userName = key.user ?? (told?.ok === true ? told.use.userName : null) ?? undefined;
  const iamKey = { keyId: key.id, userName };
  if (action === 'delete') return deleteKey(iamKey, credentials, world);
  const status = action === 'deactivate' ? 'Inactive' : 'Active';
  return setKeyStatus(iamKey, status, credentials, world);
}

/** A profile that held the key and signs in with SSO now, in the account of the key. */
function signerFor(key: JournalKey, profiles: readonly Profile[]): Profile {
  const signing = profiles.filter(
    ({ settings }) =>
      settings.has('sso_account_id') &&
      settings.has('sso_role_name') &&
      (key.account === null || settings.get('sso_account_id') === key.account),
  );
  const found = signing.find(({ name }) => key.profiles.includes(name)) ?? signing[0];
  if (found === undefined) throw noSigner(key);
  return found;
}

function noSigner(key: JournalKey): UserError {
  return new UserError(`no profile here signs in with SSO to ${key.account ?? 'its account'}`, {
    hint: `ask an administrator of that account, or use the IAM console: ${maskKeyId(key.id)}`,
  });
}

function notDone(action: KeyAction, key: JournalKey, detail: string): UserError {
  const user = key.user === null ? '' : ` of the IAM user ${key.user}`;
  const what = { deactivate: 'make inactive', reactivate: 'make active', delete: 'delete' }[action];
  return new UserError(`not done: ${detail}`, {
    hint: `ask your administrator: "Please ${what} the access key ${maskKeyId(key.id)}${user}."`,
  });
}

function after(action: KeyAction, key: JournalKey, now: Date): JournalKey {
  switch (action) {
    case 'deactivate':
      return { ...key, status: 'inactive', remind: reminder(now) };
    case 'reactivate':
      return { ...key, status: 'active', remind: reminder(now) };
    case 'delete':
      return { ...key, status: 'deleted', remind: null };
  }
}
