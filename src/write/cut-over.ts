// Several files from one state to the next. Everything that can fail is done first: all new contents lie finished beside
// their files, and the old ones too, so that what is left is a rename for each file, and a rename to take it back.
import { dirname } from 'node:path';
import { isUserError, UserError } from '../core/errors.ts';
import type { FilePlan, Inspect } from './api.ts';
import { disk, type FileSystem } from './file-system.ts';
import { locate, readNow, sameBytes } from './place.ts';
import { changed, inWords } from './problems.ts';
import {
  close,
  discard,
  type InTime,
  isThere,
  makeFolders,
  open,
  putInPlace,
  removeFolders,
  rename,
  rescueLateWrites,
  stage,
  type Staged,
  syncFolder,
  temporaryBeside,
} from './replace.ts';

export interface CutOverOptions {
  readonly inspect: Inspect;
  /**
   * Remembers where temporary files are about to be, so that the next start removes what a crash leaves; what begins with
   * one of these paths is ours. Must be on the disk when it returns; nothing was written before.
   */
  readonly announce: (temporaries: readonly string[]) => void;
  readonly fs?: FileSystem;
}

/** `holds` is what was read at the end: `other` is neither the old nor the new content, `unknown` could not be read. */
export interface FileOnDisk {
  readonly path: string;
  /** Where the bytes lie when the path is a link. */
  readonly target: string;
  readonly holds: 'before' | 'after' | 'other' | 'unknown';
}

export type CutOver =
  | { readonly done: true; readonly files: readonly FileOnDisk[]; readonly leftOver: LeftOver }
  | {
      readonly done: false;
      readonly problem: UserError;
      readonly files: readonly FileOnDisk[];
      readonly leftOver: LeftOver;
    };

/** Temporary files that could not be removed; 0600. The next start tries again. */
export type LeftOver = readonly string[];

/**
 * Writes the files in the order given (the config first: a profile that has both forms works, one that has neither does
 * not). Nothing is written when one of them is not what its plan is based on or `inspect` objects; when a later one cannot
 * be written, the earlier ones are taken back, unless somebody else has changed them meanwhile.
 * Throws only what is a bug, and then too the files are taken back first.
 */
export function cutOver(
  plans: readonly FilePlan[],
  { inspect, announce, fs = disk }: CutOverOptions,
): CutOver {
  const steps: Step[] = [];
  const folders: string[] = [];
  let problem: Error | undefined;
  try {
    for (const plan of plans) add(steps, plan, fs);
    refuseStale(steps);
    refuseBad(plans, inspect);
    const toWrite = steps.filter(({ plan }) => !sameBytes(plan.before, plan.after));
    carryOut(toWrite, announce, folders, fs);
  } catch (error) {
    problem = error instanceof Error ? error : new Error('not an error', { cause: error });
    for (const step of [...steps].reverse()) takeBack(step, fs);
  }
  const leftOver = steps.flatMap((step) => clearUp(step, fs));
  const files = plans.map((plan) => onDisk(plan, problem === undefined, fs));
  if (problem === undefined) return { done: true, files, leftOver };
  removeFolders(folders, fs);
  if (!isUserError(problem)) throw problem;
  return { done: false, problem: withState(problem, plans, files), files, leftOver };
}

/** What could not be taken back belongs to what went wrong. */
function withState(
  problem: UserError,
  plans: readonly FilePlan[],
  files: readonly FileOnDisk[],
): UserError {
  const lines = files
    .filter((_, index) => !sameBytes(plans[index]?.before, plans[index]?.after))
    .filter(({ holds }) => holds === 'after')
    .map(({ path }) => `${path} has its new content and could not be taken back`);
  if (lines.length === 0) return problem;
  const { message, hint } = problem;
  return new UserError([message, ...lines].join('\n'), {
    cause: problem,
    ...(hint === undefined ? {} : { hint }),
  });
}

interface Step {
  readonly plan: FilePlan;
  readonly inTime: InTime;
  readonly temporary: string;
  staged?: Staged;
  /** A copy of the old content, 0600, for the way back; undefined when there was no file. */
  old?: Staged;
}

/** Config and credentials may be one file, and then both plans must say the same. */
function add(steps: Step[], plan: FilePlan, fs: FileSystem): void {
  const inTime = open(plan, fs);
  const twin = steps.findIndex((step) => step.inTime.place.target === inTime.place.target);
  const first = steps[twin];
  if (first === undefined) {
    steps.push({ plan, inTime, temporary: temporaryBeside(inTime.place) });
    return;
  }
  close(inTime.original, fs);
  if (!sameBytes(first.plan.after, plan.after)) {
    throw new UserError(`${first.plan.path} and ${plan.path} are one file`, {
      hint: 'Their changes were planned apart and would overwrite each other.',
    });
  }
  const secret = first.plan.secret || plan.secret;
  steps[twin] = { ...first, plan: { ...first.plan, secret } };
}

function refuseStale(steps: readonly Step[]): void {
  for (const { plan, inTime } of steps) {
    if (!sameBytes(inTime.original?.bytes, plan.before)) throw changed(plan.path);
  }
}

function refuseBad(plans: readonly FilePlan[], inspect: Inspect): void {
  const [first, ...others] = inspect(new Map(plans.map(({ path, after }) => [path, after])));
  if (first === undefined) return;
  throw new UserError([`nothing was written: ${first}`, ...others].join('\n'), {
    hint: 'The files would not mean what was planned. Please report this with the form of the files, without keys.',
  });
}

function carryOut(
  steps: readonly Step[],
  announce: CutOverOptions['announce'],
  folders: string[],
  fs: FileSystem,
): void {
  if (steps.length === 0) return;
  announce(steps.map(({ temporary }) => temporary));
  const each = (act: (step: Step) => void): void => {
    for (const step of steps) {
      try {
        act(step);
      } catch (error) {
        throw inWords(step.plan.path, error);
      }
    }
  };
  each((step) => {
    makeReady(step, folders, fs);
  });
  each(({ plan, inTime, staged }) => {
    if (staged !== undefined) putInPlace(plan.path, inTime, staged, fs);
  });
  each(({ plan, inTime, staged }) => {
    if (staged !== undefined) rescueLateWrites(plan.path, inTime, staged, fs);
  });
}

function makeReady(step: Step, folders: string[], fs: FileSystem): void {
  const { plan, inTime, temporary } = step;
  const { original, place } = inTime;
  folders.push(...makeFolders(dirname(place.target), fs));
  step.staged = stage(plan, inTime, temporary, fs);
  if (original === undefined) return;
  const old = { ...plan, after: original.bytes, secret: true };
  step.old = stage(old, inTime, oldCopy(temporary), fs);
}

function oldCopy(temporary: string): string {
  return `${temporary}-old`;
}

/** Does nothing where our file is not in place (any more); what cannot be taken back shows in what is on disk. */
function takeBack({ plan, inTime, staged, old }: Step, fs: FileSystem): void {
  const { original, place } = inTime;
  try {
    if (staged === undefined || !isThere(place.target, staged.identity, fs)) return;
    if (!sameBytes(readNow(place.target, fs), plan.after)) return;
    rescueLateWrites(plan.path, inTime, staged, fs);
    if (original === undefined) {
      fs.unlink(place.target);
    } else if (old !== undefined) {
      fs.chmod(old.temporary, original.mode);
      rename(old.temporary, place.target, fs);
    }
    syncFolder(dirname(place.target), fs);
  } catch {
    // Whatever it was, the file is whole: the old one, the new one, or what another program wrote.
  }
}

/** Closes the step and removes its temporary files; those that stay are named. */
function clearUp({ inTime, temporary }: Step, fs: FileSystem): LeftOver {
  close(inTime.original, fs);
  return [temporary, oldCopy(temporary)].filter((path) => !discard(path, fs));
}

function onDisk(plan: FilePlan, done: boolean, fs: FileSystem): FileOnDisk {
  const { path } = plan;
  try {
    const { target } = locate(path, fs);
    const now = readNow(target, fs);
    const [likely, other] = done ? (['after', 'before'] as const) : (['before', 'after'] as const);
    const holds = [likely, other].find((state) => sameBytes(now, plan[state])) ?? 'other';
    return { path, target, holds };
  } catch {
    return { path, target: path, holds: 'unknown' };
  }
}
