// What a tree-to-tree or tree-to-index comparison says, by object ids alone (git's `--raw -z`): no content is compared,
// so no attribute, filter, textconv or binary heuristic has a say.

import type { Git } from './run.ts';

/** One changed path. The content before and after is an object id; null where there is none. */
export interface Change {
  readonly status: 'added' | 'modified' | 'type' | 'deleted' | 'unmerged';
  readonly path: string;
  /** The path's bytes, one character each: what tells names apart that are not UTF-8. */
  readonly rawPath: string;
  readonly mode: Mode;
  readonly blob: string | null;
  /** One per parent, in their order; more than one only in merges. */
  readonly before: readonly Before[];
}

export interface Before {
  readonly mode: Mode;
  readonly blob: string | null;
}

export type Mode = 'file' | 'link' | 'submodule' | 'none';

const emptyId = /^0+$/;

/** Reads one record of raw output and says where the next begins; undefined when `at` is no record. */
export function parseChange(
  output: Buffer,
  at: number,
): { readonly change: Change; readonly next: number } | undefined {
  let colons = 0;
  while (output[at + colons] === 0x3a) colons += 1;
  const headEnd = output.indexOf(0, at);
  const pathEnd = output.indexOf(0, headEnd + 1);
  if (colons === 0 || headEnd < 0 || pathEnd < 0) return undefined;
  const fields = output.toString('latin1', at + colons, headEnd).split(' ');
  const parents = colons;
  const mode = modeOf(fields[parents]);
  const blob = idOf(fields[2 * parents + 1]);
  return {
    next: pathEnd + 1,
    change: {
      status: statusOf(fields[2 * parents + 2] ?? ''),
      path: output.toString('utf8', headEnd + 1, pathEnd),
      rawPath: output.toString('latin1', headEnd + 1, pathEnd),
      mode,
      blob: mode === 'submodule' ? null : blob,
      before: Array.from({ length: parents }, (_, index) => ({
        mode: modeOf(fields[index]),
        blob: modeOf(fields[index]) === 'file' ? idOf(fields[parents + 1 + index]) : null,
      })),
    },
  };
}

export function parseChanges(output: Buffer): Change[] {
  const changes: Change[] = [];
  for (let at = 0; at < output.length;) {
    const parsed = parseChange(output, at);
    if (parsed === undefined) throw new Error('git printed a comparison that is not understood');
    changes.push(parsed.change);
    at = parsed.next;
  }
  return changes;
}

/**
 * The content that each changed file had before, by raw path; null where it had none, nor under another name. Asked only
 * where it decides something: finding renames reads contents and has limits.
 */
export function contentsBefore(
  git: Git,
  comparison: readonly string[],
): ReadonlyMap<string, string | null> {
  const output = git.run([...comparison, '--raw', '-z', '--no-abbrev', '-M', '-l5000']);
  const found = new Map<string, string | null>();
  for (let at = 0; at < output.length;) {
    const headEnd = output.indexOf(0, at);
    const [, , blob, , status = ''] = output.toString('latin1', at, headEnd).split(' ');
    const oldEnd = output.indexOf(0, headEnd + 1);
    const isMove = status.startsWith('R');
    const start = isMove ? oldEnd + 1 : headEnd + 1;
    const end = isMove ? output.indexOf(0, start) : oldEnd;
    found.set(output.toString('latin1', start, end), idOf(blob));
    at = end + 1;
  }
  return found;
}

function statusOf(letters: string): Change['status'] {
  if (/^D+$/.test(letters)) return 'deleted';
  if (letters === 'A') return 'added';
  if (letters === 'T') return 'type';
  return letters === 'U' ? 'unmerged' : 'modified';
}

function modeOf(mode: string | undefined): Mode {
  if (mode === '160000') return 'submodule';
  if (mode === '120000') return 'link';
  return mode === undefined || emptyId.test(mode) ? 'none' : 'file';
}

function idOf(id: string | undefined): string | null {
  return id === undefined || emptyId.test(id) ? null : id;
}
