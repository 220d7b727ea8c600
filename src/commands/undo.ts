// `keyscan undo`: takes a migration back. The files may have changed since, so nothing is restored as a whole unless it is
// still what the migration wrote; what was changed since stays.
import type { AwsTexts } from '../aws/change.ts';
import type { AwsFileKind } from '../aws/profiles.ts';
import type { Undo, UndoSecrets } from '../aws/undo.ts';
import { codeOf, UserError } from '../core/errors.ts';
import { problemsOf, sayUndo, takeBack, type TakenBack } from '../fix/take-back.ts';
import { readSecrets, readUndo } from '../fix/undo-data.ts';
import { visible } from '../report/visible.ts';
import { wrap } from '../report/width.ts';
import { type AwsPlaces, awsPlaces, noHome } from '../sources/aws-files.ts';
import { homePath } from '../sources/home-path.ts';
import type { FilePlan } from '../write/api.ts';
import { carryOut } from '../write/carry-out.ts';
import { disk } from '../write/file-system.ts';
import type { JournalKey } from '../core/migration.ts';
import { hasFingerprint, readJournal } from '../write/journal.ts';
import { keysIn, type Migration, migrationsIn } from '../write/migrations.ts';
import { readPassphraseFile } from '../write/passphrase.ts';
import { locate, readNow, sameBytes } from '../write/place.ts';
import { openUndo } from '../write/seal.ts';
import { openState, type State } from '../write/state.ts';
import { stateFolder } from '../write/state-folder.ts';
import { forgetUndo, loadUndo } from '../write/undo-store.ts';
import { type Ask, asking, InterruptedAtQuestion, mustBeSaid } from './ask.ts';
import { exitCodes } from './host.ts';
import type { ExitCode, Host } from './host.ts';
import { said } from './messages.ts';

export interface UndoFlags {
  /** As `keyscan undo` lists it; the beginning is enough. Undefined: the last one. */
  readonly id: string | undefined;
  readonly yes: boolean;
  readonly passphraseFile: string | undefined;
}

export async function undo(flags: UndoFlags, host: Host): Promise<ExitCode> {
  const interruption = host.interruptible();
  try {
    return await takeLastBack(flags, host, interruption.signal);
  } catch (error) {
    if (!(error instanceof InterruptedAtQuestion)) throw error;
    host.err(said('interrupted; nothing was written'));
    return interruption.code() ?? error.code;
  }
}

async function takeLastBack(flags: UndoFlags, host: Host, signal: AbortSignal): Promise<ExitCode> {
  const places = awsPlaces(host.env);
  const folder = stateFolder({ env: host.env, home: places.home });
  if (folder === undefined) throw noHome();
  const { entries, problems } = readJournal(folder);
  for (const problem of problems) host.err(said(problem));
  const migrations = migrationsIn(entries);
  const migration = choose(migrations, flags.id);
  if (migration === undefined || migration.state === 'undone') {
    const text = migration && `migration ${migration.id} was taken back already`;
    host.err(said(text ?? 'there is no migration to take back'));
    return exitCodes.clean;
  }
  const way = readUndo(migration.undo);
  if (way === undefined) {
    throw new UserError(`how to take migration ${migration.id} back cannot be read`, {
      hint: 'The journal is damaged, or of another version of keyscan.',
    });
  }
  const ask = await asking(host, signal);
  const secrets = await secretsOf(folder, migration, flags, ask);
  host.out(screen({ migration, way, secrets, migrations, places }, widthOf(host)));
  await consent(flags, migration, ask);
  const state = openState(folder);
  try {
    return perform({ migration, way, secrets, places, keys: keysIn(entries) }, state, host);
  } finally {
    state.close();
  }
}

function choose(migrations: readonly Migration[], id: string | undefined): Migration | undefined {
  if (id === undefined) return migrations.findLast(isOpen);
  const meant = migrations.filter((migration) => migration.id.startsWith(id));
  const [one, other] = meant;
  if (one === undefined || other !== undefined || id === '') {
    throw new UserError(
      other === undefined
        ? `there is no migration ${id}`
        : `${id} may be ${one?.id ?? ''} or ${other.id}`,
      {
        hint: 'keyscan undo lists them',
      },
    );
  }
  if (one.state === 'not-written') {
    throw new UserError(`migration ${one.id} was not carried out; there is nothing to take back`);
  }
  return one;
}

function isOpen({ state }: Migration): boolean {
  return state === 'written' || state === 'unfinished';
}

/** Opened with the passphrase, when the old key was kept and is not too old. */
async function secretsOf(
  folder: string,
  { id }: Migration,
  { passphraseFile }: UndoFlags,
  ask: Ask | undefined,
): Promise<UndoSecrets | undefined> {
  const sealed = loadUndo(folder, id);
  if (sealed === undefined) {
    if (passphraseFile === undefined) return undefined;
    throw new UserError('the old key is not kept, or no longer', {
      hint: 'Leave out --passphrase-file to take everything back but the key.',
    });
  }
  const content = openUndo(sealed, await passphraseFrom(passphraseFile, ask));
  const secrets = readSecrets(content);
  content.fill(0);
  if (secrets === undefined) {
    throw new UserError('what was kept for undo is of another version of keyscan');
  }
  return secrets;
}

async function passphraseFrom(file: string | undefined, ask: Ask | undefined): Promise<Uint8Array> {
  if (file !== undefined) return readPassphraseFile(file);
  if (ask === undefined) throw mustBeSaid('a passphrase is needed', '--passphrase-file FILE');
  const typed = await ask.hidden('Passphrase that the removed keys were sealed with');
  return new Uint8Array(Buffer.from(typed));
}

interface Shown {
  readonly migration: Migration;
  readonly way: Undo;
  readonly secrets: UndoSecrets | undefined;
  readonly migrations: readonly Migration[];
  readonly places: AwsPlaces;
}

/** Of a terminal, which would break lines anywhere. */
function widthOf(host: Host): number {
  return host.outIsTerminal() ? host.columns() : Infinity;
}

function screen({ migration, way, secrets, migrations, places }: Shown, width: number): string {
  const others = migrations.filter((each) => isOpen(each) && each.id !== migration.id);
  const files = [places.config, places.credentials].flatMap((file) =>
    migration.files.some(({ path }) => path === file) ? homePath(places.home, file ?? '') : [],
  );
  const lines = [
    `Migration ${titleOf(migration)}`,
    `Files: ${files.join(', ')}`,
    ...sayUndo(way, secrets !== undefined).flatMap((line) =>
      wrap(visible(line), width - 4).map((part, index) => `${index === 0 ? '  ' : '    '}${part}`),
    ),
    ...(others.length === 0 ? [] : ['', 'Others:', ...others.map((each) => `  ${titleOf(each)}`)]),
  ];
  return lines.map((line) => `${visible(line)}\n`).join('');
}

function titleOf({ id, at, profiles, state }: Migration): string {
  const unfinished = state === 'unfinished' ? ', interrupted' : '';
  return `${id} of ${at.slice(0, 16).replace('T', ' ')}: ${profiles.join(', ')}${unfinished}`;
}

async function consent({ yes }: UndoFlags, { id }: Migration, ask: Ask | undefined): Promise<void> {
  if (yes || (await ask?.confirm('Take it back?')) === true) return;
  throw new UserError('nothing was changed', { hint: `to take it back: keyscan undo ${id} --yes` });
}

interface Work {
  readonly migration: Migration;
  readonly way: Undo;
  readonly secrets: UndoSecrets | undefined;
  readonly places: AwsPlaces;
  readonly keys: readonly JournalKey[];
}

function perform(work: Work, state: State, host: Host): ExitCode {
  const { migration, way, secrets, places, keys } = work;
  const texts = textsAt(places);
  const taken = takeBack(texts, way, secrets, (file) =>
    isOurs(migration, places[file], texts[file]),
  );
  const plans = plansFor(texts, taken, places, secrets !== undefined);
  const notes = [...taken.notes, ...otherFiles(migration, places)];
  if (plans.length === 0) {
    for (const note of notes) host.err(said(note));
    throw new UserError('nothing is left that could be taken back');
  }
  const inspect = (): readonly string[] => problemsOf(texts, taken.after, way);
  const result = carryOut({ plans, inspect, profiles: migration.profiles, undo: null }, state);
  if (!result.done) throw result.problem;
  state.journal.append({ type: 'undone', undone: migration.id });
  forgetUndo(state.folder, migration.id);
  for (const note of [...notes, ...next(migration, keys)]) host.err(said(note));
  host.err(said(`migration ${migration.id} is taken back`));
  return exitCodes.clean;
}

function textsAt({ config, credentials }: AwsPlaces): AwsTexts {
  const real = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : locate(path, disk).target;
  return {
    config: bytesAt(config),
    credentials: bytesAt(credentials),
    same: config !== undefined && real(config) === real(credentials),
  };
}

function bytesAt(path: string | undefined): Uint8Array | undefined {
  if (path === undefined) return undefined;
  try {
    return readNow(locate(path, disk).target, disk);
  } catch (error) {
    throw new UserError(`cannot read ${path} (${codeOf(error) ?? 'unknown error'})`, {
      hint: 'Check that it is a file and that you may read it.',
      cause: error,
    });
  }
}

function isOurs(
  { files }: Migration,
  path: string | undefined,
  bytes: Uint8Array | undefined,
): boolean {
  const written = files.find((file) => file.path === path);
  return written !== undefined && bytes !== undefined && hasFingerprint(bytes, written.after);
}

/** Credentials first: in between the profile has both forms, which works; it must never have neither. */
function plansFor(
  texts: AwsTexts,
  { after }: TakenBack,
  places: AwsPlaces,
  keyComesBack: boolean,
): readonly FilePlan[] {
  const kinds: readonly AwsFileKind[] = texts.same ? ['config'] : ['credentials', 'config'];
  return kinds.flatMap((kind) => {
    const path = places[kind];
    const bytes = after[kind];
    if (path === undefined || bytes === undefined || sameBytes(texts[kind], bytes)) return [];
    const secret = kind === 'credentials' || texts.same || keyComesBack;
    return [{ path, before: texts[kind], after: bytes, secret }];
  });
}

/** Env files stay as they are, since what they held is not kept; and whoever signed in stays signed in. */
function otherFiles(
  { files }: Migration,
  { home, config, credentials }: AwsPlaces,
): readonly string[] {
  const others = files
    .map(({ path }) => path)
    .filter((path) => path !== config && path !== credentials);
  const isToken = (path: string): boolean => /[/\\]sso[/\\]cache[/\\][^/\\]*\.json$/.test(path);
  return [
    ...others
      .filter((path) => !isToken(path))
      .map((path) => `${homePath(home, path)} was changed too and stays as it is`),
    ...(others.some(isToken) ? ['you stay signed in; to end that: aws sso logout'] : []),
  ];
}

function next({ profiles }: Migration, keys: readonly JournalKey[]): readonly string[] {
  const own = keys.filter((key) => key.profiles.some((profile) => profiles.includes(profile)));
  const isRetired = own.some(({ status }) => status === 'inactive' || status === 'deleted');
  return isRetired ? ['the old key is not active: keyscan keys shows it'] : [];
}
