// A history in which commits are missing or damaged, after a crash or a copy that was not whole. git's list ends where it
// meets the first of them; here it is walked as if it began behind each, and they are told.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Skipped } from '../core/finding.ts';
import { isUnavailable, readBlobs } from './objects.ts';
import { listCommits, type Selection, shallowBoundary } from './revisions.ts';
import { type Git, openGit } from './run.ts';

export interface Walk {
  /** Takes no parents for parents that cannot be read. */
  readonly git: Git;
  /** What of it can be asked for. */
  readonly selection: Selection;
  readonly listed: readonly string[];
  readonly gaps: readonly Skipped[];
  /** Whether a commit can be read. */
  readonly isHere: (id: string) => boolean;
}

/** Calls `use` with what can be walked of the selection; a whole history costs nothing more. */
export async function walkable<T>(
  git: Git,
  selection: Selection,
  use: (walk: Walk) => Promise<T>,
): Promise<T> {
  let listed: readonly string[];
  try {
    listed = listCommits(git, selection);
  } catch (error) {
    return around(git, selection, use, error);
  }
  return use({ git, selection, listed, gaps: [], isHere: () => true });
}

const reflog = '--reflog';

async function around<T>(
  git: Git,
  selection: Selection,
  use: (walk: Walk) => Promise<T>,
  error: unknown,
): Promise<T> {
  const commits = commitsHere(git);
  const shallow = shallowBoundary(git);
  const lost = new Map(
    [...commits].flatMap(([id, parents]) => {
      const gone = shallow.has(id) ? [] : parents.filter((parent) => !commits.has(parent));
      return gone.length === 0 ? [] : [[id, gone]];
    }),
  );
  const isHere = (id: string): boolean => commits.has(id.replace('^', ''));
  // a reflog with damage ends git's list too; then whatever is here is looked at
  const { options = [] } = selection;
  const isLogged = options.includes(reflog);
  const walked: Selection = {
    options: options.filter((option) => option !== reflog),
    revisions: [...selection.revisions.filter(isHere), ...(isLogged ? commits.keys() : [])],
  };
  if (lost.size === 0 && selection.revisions.every(isHere) && !isLogged) throw error;
  const folder = mkdtempSync(join(tmpdir(), 'keyscan-history-'));
  try {
    const grafts = join(folder, 'grafts');
    const lines = [...lost.keys()].map((id) =>
      [id, ...(commits.get(id) ?? []).filter((parent) => commits.has(parent))].join(' '),
    );
    writeFileSync(grafts, `${lines.join('\n')}\n`);
    const grafted = openGit(git.cwd, git.environment, grafts);
    const listed = listCommits(grafted, walked);
    const gone = [
      ...selection.revisions.filter((revision) => !isHere(revision)),
      ...listed.flatMap((id) => lost.get(id) ?? []),
    ];
    const gaps = [...new Set(gone)].sort().map(gap);
    return await use({ git: grafted, selection: walked, listed, gaps, isHere });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function gap(id: string): Skipped {
  return {
    path: id,
    reason: 'missing-object',
    detail: 'missing or damaged; what only it leads to cannot be found',
  };
}

/** The parents of every commit that can be read, whatever leads to it. */
function commitsHere(git: Git): ReadonlyMap<string, readonly string[]> {
  const all = git.run([
    ...['cat-file', '--batch-all-objects', '--unordered'],
    '--batch-check=%(objecttype) %(objectname)',
  ]);
  const ids = [...all.toString('latin1').matchAll(/^commit (.*)$/gm)].map(([, id = '']) => id);
  const found = new Map<string, readonly string[]>();
  for (const [id, object] of readBlobs(git, ids)) {
    if (isUnavailable(object) || !(object instanceof Uint8Array)) continue;
    const [header = ''] = Buffer.from(object).toString('latin1').split('\n\n', 1);
    const parents = [...header.matchAll(/^parent ([0-9a-f]+)$/gm)].map(([, parent = '']) => parent);
    found.set(id, parents);
  }
  return found;
}
