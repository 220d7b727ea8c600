// What the next commit would add: the index against HEAD, by object ids. The working tree is not looked at, and nothing
// is written. GIT_INDEX_FILE, GIT_DIR and GIT_WORK_TREE are what git told the hook.

import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import type { Document, Reader } from '../core/document.ts';
import { UserError } from '../core/errors.ts';
import type { Skipped } from '../core/finding.ts';
import { type Change, contentsBefore, parseChanges } from './changes.ts';
import { newToAll } from './lines.ts';
import { isContent, isId, isUnavailable, readBlobs } from './objects.ts';
import type { Git } from './run.ts';

export interface StagedBlob {
  readonly document: Document;
  readonly bytes: number;
  /**
   * The lines that the commit would add, or null for all. Costs reading what was there before, so it is only asked for
   * where something was found.
   */
  addedLines(): ReadonlySet<number> | null;
}

export function isStagedBlob(item: StagedBlob | Skipped): item is StagedBlob {
  return 'document' in item;
}

export function* stagedBlobs(
  git: Git,
  wanted: (path: string) => boolean = () => true,
): Generator<StagedBlob | Skipped> {
  const { base, changes } = stagedChanges(git);
  const moves = changes.some(({ status }) => status === 'deleted');
  const origins = lazily(() =>
    moves ? contentsBefore(git, [...comparison, base]) : new Map<string, null>(),
  );
  const merged = lazily(() => knownToRemotes(git));
  const byBlob = groupByBlob(changes.filter(({ path }) => wanted(path)));
  if (byBlob.size === 0) requireIndex(git);
  for (const change of changes) {
    if (change.mode === 'submodule') yield submodule(change.path);
  }
  for (const [id, blob] of readBlobs(git, [...byBlob.keys()])) {
    for (const change of byBlob.get(id) ?? []) {
      if (isUnavailable(blob)) {
        yield { path: change.path, reason: blob.unavailable, detail: blob.detail };
        continue;
      }
      yield {
        document: { path: change.path, stage: 'staged', content: blob },
        bytes: sizeOf(blob),
        addedLines: () => addedLines(git, change, blob, origins, merged),
      };
    }
  }
}

/** To git a missing index is an empty one; in a bare repository nobody meant it. */
function requireIndex(git: Git): void {
  const [isBare, index = ''] = git
    .run(['rev-parse', '--is-bare-repository', '--git-path', 'index'])
    .toString()
    .split('\n');
  if (isBare !== 'true' || existsSync(resolve(git.cwd, index))) return;
  throw new UserError(`a bare repository has no index and no files: ${git.cwd}`, {
    hint: 'scan its commits: keyscan --history',
  });
}

interface Staged {
  readonly base: string;
  readonly changes: readonly Change[];
}

// Intent-to-add entries are not part of the commit. Renames are looked for later and only when needed: finding them
// reads blobs and has limits, and without them a moved file is simply new. A sparse index holds folders as a whole.
const comparison = [
  'diff-index',
  '-r',
  '--cached',
  '--ita-invisible-in-index',
  '--ignore-submodules=none',
];

function stagedChanges(git: Git): Staged {
  const raw = (base: string): readonly string[] => [
    ...comparison,
    '--raw',
    '-z',
    '--no-abbrev',
    '--no-renames',
    base,
    '--',
  ];
  const outcome = git.attempt(raw('HEAD'));
  if (outcome.code === 0 && !outcome.tooMuch) return staged('HEAD', outcome.stdout);
  // before the first commit there is no HEAD, and everything is new
  if (git.attempt(['rev-parse', '--quiet', '--verify', 'HEAD']).code !== 1) {
    throw git.failure(raw('HEAD'), outcome);
  }
  const nothing = git.line(['hash-object', '-t', 'tree', '--stdin']);
  return staged(nothing, git.run(raw(nothing)));
}

function staged(base: string, output: Buffer): Staged {
  return { base, changes: parseChanges(output) };
}

function groupByBlob(changes: readonly Change[]): Map<string, Change[]> {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    if (!addsContent(change) || change.blob === null) continue;
    const group = groups.get(change.blob);
    if (group === undefined) groups.set(change.blob, [change]);
    else group.push(change);
  }
  return groups;
}

/** A changed mode or a deletion brings nothing in; unmerged paths cannot be committed. */
function addsContent(change: Change): boolean {
  if (change.status === 'deleted' || change.status === 'unmerged') return false;
  return change.before.every(({ blob }) => blob !== change.blob);
}

function addedLines(
  git: Git,
  change: Change,
  blob: Uint8Array | Reader,
  origins: () => ReadonlyMap<string, string | null>,
  merged: () => readonly Had[],
): ReadonlySet<number> | null {
  const old = change.before[0]?.blob ?? origins().get(change.rawPath) ?? null;
  const against = [old, ...merged().map((had) => had(change))].filter((id) => id !== null);
  if (against.length === 0) return null;
  const before = [...readBlobs(git, against)].map(([, content]) => content);
  return newToAll(before.filter(isContent), blob);
}

/** The content that a commit has in the place of a staged one. */
type Had = (change: Change) => string | null;

/** In a merge: the commits where what is merged was last seen on a remote. What they hold is no news to anybody. */
function knownToRemotes(git: Git): readonly Had[] {
  const heads = mergeHeads(git);
  if (heads.length === 0) return [];
  const local = git
    .run(['rev-list', '--boundary', ...heads, '--not', '--remotes', '--'])
    .toString('latin1')
    .split('\n');
  const frontier = local.filter((line) => line.startsWith('-')).map((line) => line.slice(1));
  const unpushed = new Set(local);
  const known = [...heads.filter((head) => !unpushed.has(head)), ...frontier.slice(0, 64)];
  return known.map((commit) => {
    const before = lazily(() => contentsBefore(git, [...comparison, commit]));
    return ({ rawPath, blob }) => {
      const old = before().get(rawPath);
      return old === undefined ? blob : old;
    };
  });
}

/** `git merge` tells its pre-merge-commit hook the other heads by variables, before MERGE_HEAD is written. */
function mergeHeads(git: Git): string[] {
  const file = resolve(git.cwd, git.line(['rev-parse', '--git-path', 'MERGE_HEAD']));
  // more than one line in an octopus, of which git tells only the first
  const written = existsSync(file) ? readFileSync(file, 'latin1').split('\n').filter(isId) : [];
  const told = Object.keys(git.environment)
    .map((name) => name.replace(/^GITHEAD_/, ''))
    .filter(isId);
  return [...new Set([...written, ...told])];
}

function submodule(path: string): Skipped {
  return { path, reason: 'submodule', detail: 'a submodule is a repository of its own' };
}

function sizeOf(blob: Uint8Array | Reader): number {
  return blob instanceof Uint8Array ? blob.length : blob.size;
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
