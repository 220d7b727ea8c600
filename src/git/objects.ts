// Blobs out of git's object store, by `cat-file --batch`. A missing or damaged object is data for the report, not an
// exception; what is too big to hold at once is a Reader.

import { BlobReader } from './blob-reader.ts';
import type { Reader } from '../core/document.ts';
import type { SkipReason } from '../core/finding.ts';
import type { Git } from './run.ts';

export type Blob = Uint8Array | Reader | Unavailable;

/** Why there are no bytes. */
export interface Unavailable {
  readonly unavailable: SkipReason;
  readonly detail: string;
}

/** A full hash, of either kind. */
export function isId(text: string): boolean {
  return /^[0-9a-f]{40,64}$/.test(text);
}

export function isUnavailable(blob: Blob): blob is Unavailable {
  return 'unavailable' in blob;
}

export function isContent(blob: Blob): blob is Uint8Array | Reader {
  return !isUnavailable(blob);
}

/** What one answer may hold before its big blobs are read piece by piece. */
export interface Limits {
  readonly together: number;
  readonly alone: number;
}

const usual: Limits = { together: 64 * 2 ** 20, alone: 16 * 2 ** 20 };

/**
 * The contents of objects, each asked for once. One call of git when they are small together, which is nearly always;
 * otherwise the sizes first and then a portion at a time, so that memory stays bounded.
 */
export function* readBlobs(
  git: Git,
  ids: readonly string[],
  limits: Limits = usual,
): Generator<readonly [id: string, blob: Blob]> {
  const unique = [...new Set(ids)];
  if (unique.length === 0) return;
  const outcome = git.attempt(['cat-file', '--batch'], {
    input: requests(unique),
    limit: limits.together,
  });
  if (!outcome.tooMuch) {
    // git stops at an object it cannot inflate: whoever was not answered is asked for alone
    if (outcome.code === 0) {
      yield* answers(outcome.stdout, unique);
      return;
    }
    if (unique.length === 1) {
      yield [unique[0] ?? '', damaged(unique[0] ?? '', outcome.stderr)];
      return;
    }
  }
  for (const portion of portions(git, unique, limits)) {
    if (portion.length === 1) yield alone(git, portion[0] ?? '', limits);
    else yield* readBlobs(git, portion, limits);
  }
}

/**
 * What is here of a partial clone; undefined for a whole one. Asking git for one of the others would end it, since it may
 * not fetch.
 */
export function presentObjects(git: Git): ReadonlySet<string> | undefined {
  if (!isPartial(git)) return undefined;
  const output = git.run([
    'cat-file',
    '--batch-all-objects',
    '--unordered',
    '--batch-check=%(objectname)',
  ]);
  return new Set(output.toString('latin1').split('\n'));
}

/** Whether some remote promised what this clone left out. */
export function isPartial(git: Git): boolean {
  const promises = '^(extensions\\.partialclone|remote\\..*\\.promisor)$';
  return git.attempt(['config', '--get-regexp', promises]).code === 0;
}

function requests(ids: readonly string[]): string {
  return `${ids.join('\n')}\n`;
}

function* answers(
  output: Buffer,
  ids: readonly string[],
): Generator<readonly [id: string, blob: Blob]> {
  let at = 0;
  for (const id of ids) {
    const end = output.indexOf(0x0a, at);
    const header = output.toString('latin1', at, end).split(' ');
    at = end + 1;
    if (header[1] === 'missing' || header.length !== 3) {
      yield [id, missing(id)];
      continue;
    }
    const size = Number(header[2]);
    yield [id, output.subarray(at, at + size)];
    at += size + 1;
  }
}

/** Each small enough to be asked for at once; a big or damaged object stands alone. */
function portions(git: Git, ids: readonly string[], limits: Limits): string[][] {
  const half = Math.ceil(ids.length / 2);
  const sizes = sizesOf(git, ids);
  if (sizes === undefined) {
    return ids.length === 1 ? [[...ids]] : [ids.slice(0, half), ids.slice(half)];
  }
  const made: string[][] = [];
  let current: string[] = [];
  let sum = 0;
  for (const id of ids) {
    const size = (sizes.get(id) ?? 0) + 128;
    if (current.length > 0 && sum + size > limits.together) {
      made.push(current);
      current = [];
      sum = 0;
    }
    if (size > limits.alone) made.push([id]);
    else {
      current.push(id);
      sum += size;
    }
  }
  if (current.length > 0) made.push(current);
  // all of them small and yet git failed: find the damaged one by halves
  if (made.length === 1 && ids.length > 1) return [ids.slice(0, half), ids.slice(half)];
  return made;
}

function sizesOf(git: Git, ids: readonly string[]): Map<string, number> | undefined {
  const { code, stdout } = git.attempt(['cat-file', '--batch-check'], { input: requests(ids) });
  if (code !== 0) return undefined;
  const lines = stdout.toString('latin1').split('\n');
  return new Map(ids.map((id, index) => [id, Number(lines[index]?.split(' ')[2] ?? 0)]));
}

function alone(git: Git, id: string, limits: Limits): readonly [id: string, blob: Blob] {
  const size = sizesOf(git, [id])?.get(id) ?? 0;
  if (size > limits.alone) return [id, new BlobReader(git, id, size)];
  const outcome = git.attempt(['cat-file', '--batch'], { input: requests([id]) });
  if (outcome.code !== 0) return [id, damaged(id, outcome.stderr)];
  return [...answers(outcome.stdout, [id])][0] ?? [id, missing(id)];
}

export function missing(id: string): Unavailable {
  return {
    unavailable: 'missing-object',
    detail: `object ${id} is not in this repository (a partial clone, or damage)`,
  };
}

export function damaged(id: string, stderr: string): Unavailable {
  if (/lazy fetch|promisor/.test(stderr)) return missing(id);
  return {
    unavailable: 'unreadable',
    detail: stderr.trim().split('\n')[0] || 'git cannot read it',
  };
}
