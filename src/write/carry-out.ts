// A cut-over that the journal knows of from before its first byte until it is over.
import { isUserError } from '../core/errors.ts';
import { toJson } from '../core/json-fields.ts';
import type { FilePlan, Inspect } from './api.ts';
import { type CutOver, cutOver, type FileOnDisk } from './cut-over.ts';
import { disk, type FileSystem } from './file-system.ts';
import { fingerprint, type JournalFile } from './journal.ts';
import type { State } from './state.ts';

export interface CarryOut {
  readonly plans: readonly FilePlan[];
  readonly inspect: Inspect;
  readonly profiles: readonly string[];
  /** Plain data for `keyscan undo`: the `undo` of src/aws's `rememberUndo`, without a secret; null: no way back. */
  readonly undo: unknown;
}

/** `recorded` is false when the files are as `files` says, but the journal could not be told so. */
export type CarriedOut = CutOver & { readonly recorded: boolean };

/** @throws UserError before anything is written, when the lock was lost or the journal cannot be written. */
export function carryOut(
  { plans, inspect, profiles, undo }: CarryOut,
  state: State,
  fs: FileSystem = disk,
): CarriedOut {
  const { journal } = state;
  state.checkHeld();
  journal.append({
    type: 'planned',
    profiles,
    files: plans.map(({ path, before, after }) => ({
      path,
      before: before === undefined ? null : fingerprint(before),
      after: fingerprint(after),
    })),
    undo: toJson(undo),
  });
  let announced: readonly string[] = [];
  const result = cutOver(plans, {
    inspect,
    announce: (temporaries) => {
      state.checkHeld();
      journal.append({ type: 'writing', temporaries });
      announced = temporaries;
    },
    fs,
  });
  return { ...result, recorded: record(result, announced, state) };
}

function record(result: CutOver, announced: readonly string[], { journal }: State): boolean {
  const files = result.files.map(fileOf);
  try {
    journal.append(
      result.done
        ? { type: 'written', files }
        : { type: 'not-written', reason: result.problem.message, files },
    );
    const isTidy = announced.length > 0 && result.leftOver.length === 0;
    if (isTidy) journal.append({ type: 'swept', temporaries: announced });
    return true;
  } catch (error) {
    if (!isUserError(error)) throw error;
    return false;
  }
}

function fileOf({ path, target, holds }: FileOnDisk): JournalFile {
  return { path, target, holds };
}
