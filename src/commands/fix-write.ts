// The cut-over: tokens for the AWS tools first, then config, credentials and env files, all or none, and the journal that
// knows of it before the first byte is written.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { verifyEdits } from '../aws/verify.ts';
import { isPlanned, type Row } from '../fix/rows.ts';
import { encodeSecrets } from '../fix/undo-data.ts';
import { noHome } from '../sources/aws-files.ts';
import type { FilePlan } from '../write/api.ts';
import { carryOut } from '../write/carry-out.ts';
import type { JournalKey } from '../core/migration.ts';
import { reminder } from '../write/journal.ts';
import { readPassphraseFile } from '../write/passphrase.ts';
import { sealUndo } from '../write/seal.ts';
import { openState, type State } from '../write/state.ts';
import { stateFolder } from '../write/state-folder.ts';
import { forgetUndo, keepUndo } from '../write/undo-store.ts';
import { InterruptedAtQuestion } from './ask.ts';
import type { FixContext } from './fix-context.ts';
import type { FixPlan } from './fix-plan.ts';
import { forgetOldSessions } from './fix-role-cache.ts';
import type { SignedIn } from './fix-sign-in.ts';
import { said } from './messages.ts';

/** Removes what a crash of an earlier run left. Nothing is made where keyscan never wrote anything. */
export function tidyUp(context: FixContext): void {
  if (!existsSync(folderOf(context))) return;
  stateFor(context).close();
}

/** To be opened once the person has consented: it makes a folder in their home. */
export function stateFor(context: FixContext): State {
  const state = openState(folderOf(context));
  for (const problem of state.past.problems) context.host.err(said(problem));
  return state;
}

function folderOf({ host, found }: FixContext): string {
  const folder = stateFolder({ env: host.env, home: found.places.home });
  if (folder === undefined) throw noHome();
  return folder;
}

export interface ToWrite {
  readonly plan: FixPlan;
  readonly signedIn: readonly SignedIn[];
  /** Of `passphraseFor`. */
  readonly passphrase: Uint8Array | undefined;
}

/** Throws a UserError when something could not be written, or InterruptedAtQuestion; then every file is as it was. */
export async function cutOverTo(
  { plan, signedIn, passphrase }: ToWrite,
  context: FixContext,
  state: State,
): Promise<void> {
  const { found, host } = context;
  const { config, credentials } = found.places;
  const tokens = await tokenFiles(signedIn, context);
  await signalsThrough();
  // From here on nothing waits, so that a signal comes before it all or after it all
  if (context.world.signal.aborted) throw new InterruptedAtQuestion();
  if (passphrase !== undefined) sealWayBack(plan, passphrase, context, state);
  const result = carryOut(
    {
      plans: [...tokens, ...plan.files],
      inspect: (after) =>
        verifyEdits(
          found.texts,
          {
            config: after.get(config ?? '') ?? found.texts.config,
            credentials: after.get(credentials ?? '') ?? found.texts.credentials,
            same: found.texts.same,
          },
          plan.changes,
        ),
      profiles: plan.rows.filter(isPlanned).map(({ profile }) => profile.name),
      // env files stay as they are when a migration is taken back
      undo: plan.changes.length === 0 ? null : plan.way.undo,
    },
    state,
  );
  for (const file of result.leftOver) {
    host.err(said(`could not remove ${file}; the next keyscan --fix tries again`));
  }
  if (!result.recorded) host.err(said('the journal could not be written; the files are in place'));
  if (!result.done) {
    forgetUndo(state.folder, state.journal.run);
    throw result.problem;
  }
  forgetOldSessions(plan.changes, context);
  await signalsThrough();
}

/** A signal that came while the program was busy is noticed now. */
function signalsThrough(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * Seals the lines that are about to go, for `keyscan undo`, where the person gave a passphrase; never without one. On the
 * disk before anything else is written.
 */
function sealWayBack(
  { way }: FixPlan,
  passphrase: Uint8Array,
  { world }: FixContext,
  state: State,
): void {
  const secrets = encodeSecrets(way.secrets);
  keepUndo(
    state.folder,
    state.journal.run,
    sealUndo(secrets, passphrase, { now: world.now().getTime() }),
  );
}

/** Undefined where nothing is to be sealed. Asked for before the first byte is written. */
export async function passphraseFor(
  { changes }: FixPlan,
  { flags: { passphraseFile: file }, ask }: FixContext,
): Promise<Uint8Array | undefined> {
  if (changes.length === 0) return undefined;
  if (file !== undefined) return readPassphraseFile(file);
  if (ask === undefined) return undefined;
  const wanted = await ask.confirm('Keep the removed keys sealed for a day, for keyscan undo?');
  if (!wanted) return undefined;
  const passphrase = await ask.hidden('Passphrase (several random words; it is stored nowhere)');
  return new Uint8Array(Buffer.from(passphrase));
}

/** As the AWS CLI and the SDKs write them, so that they are signed in too. */
async function tokenFiles(
  signedIn: readonly SignedIn[],
  { found }: FixContext,
): Promise<readonly FilePlan[]> {
  const { cacheFilesOf } = await import('../sso/index.ts');
  const folder = join(found.places.home, '.aws', 'sso', 'cache');
  return signedIn
    .filter(({ isNew }) => isNew)
    .flatMap(({ token, legacy }) => cacheFilesOf(token, legacy ? 'legacy' : 'session'))
    .map(({ name, content }) => {
      const path = join(folder, name);
      return { path, before: readIfThere(path), after: Buffer.from(content), secret: true };
    });
}

function readIfThere(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** What `keyscan keys` lists: each old key once, with every profile that held it. */
export function remember(rows: readonly Row[], state: State, now: Date): void {
  const keys = new Map<string, JournalKey>();
  for (const { profile, rename, account, user, oldKey, state: how } of rows) {
    const id = profile.key?.id;
    if (how !== 'done' || id?.startsWith('AKIA') !== true) continue;
    const profiles = [...(keys.get(id)?.profiles ?? []), rename ?? profile.name];
    keys.set(id, { id, account, user, profiles, status: oldKey, remind: reminder(now) });
  }
  for (const key of keys.values()) state.journal.append({ type: 'key', key });
  const isOver = [...keys.values()].every(({ status }) => status === 'inactive');
  if (keys.size > 0 && isOver) forgetUndo(state.folder, state.journal.run);
}
