// Which refs reach a commit, and what a tree holds. Asked once at the end of a scan, and only when something was found.

import { isCommit, type Tip } from './tips.ts';
import type { Git } from './run.ts';

/** The parents of every commit that one of these reaches, parents first: one call of git, whatever is asked of it. */
export function loadGraph(git: Git, starts: readonly string[]): CommitGraph {
  if (starts.length === 0) return new Map();
  const order = git
    .run(['rev-list', '--topo-order', '--reverse', '--parents', '--stdin'], {
      input: `${starts.join('\n')}\n`,
    })
    .toString('latin1')
    .split('\n');
  return new Map(
    order.filter(Boolean).map((line) => {
      const [id = '', ...parents] = line.split(' ');
      return [id, parents];
    }),
  );
}

export type CommitGraph = ReadonlyMap<string, readonly string[]>;

/** Tips that one pass over the graph follows, a bit for each: memory stays bounded whatever the number of refs and leaks. */
const atOnce = 256;
const words = atOnce / 32;

/** For each commit the sorted names of the tips that reach it. */
export function containing(
  graph: CommitGraph,
  commits: ReadonlySet<string>,
  tips: readonly Tip[],
): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>([...commits].map((commit) => [commit, []]));
  const places = new Map([...graph.keys()].map((id, place) => [id, place]));
  const parents = [...graph.values()].map((ids) => ids.map((id) => places.get(id) ?? -1));
  const all = tips.filter(isCommit);
  for (let first = 0; first < all.length; first += atOnce) {
    const some = all.slice(first, first + atOnce);
    const bits = tipsReaching(
      parents,
      some.map(({ target }) => places.get(target) ?? -1),
    );
    for (const [commit, found] of names) {
      const at = (places.get(commit) ?? -1) * words;
      if (at < 0) continue;
      some.forEach(({ name }, tip) => {
        if (((bits[at + (tip >> 5)] ?? 0) >>> (tip & 31)) & 1) found.push(name);
      });
    }
  }
  for (const found of names.values()) found.sort();
  return names;
}

/** For each place, parents first, a bit for each of the tips that reach it; -1 is a place outside. */
function tipsReaching(
  parents: readonly (readonly number[])[],
  tips: readonly number[],
): Uint32Array {
  const bits = new Uint32Array(parents.length * words);
  tips.forEach((place, tip) => {
    if (place < 0) return;
    const at = place * words + (tip >> 5);
    bits[at] = (bits[at] ?? 0) | (1 << (tip & 31));
  });
  for (let place = parents.length - 1; place >= 0; place -= 1) {
    for (const parent of parents[place] ?? []) {
      if (parent < 0) continue;
      for (let word = 0; word < words; word += 1) {
        const at = parent * words + word;
        bits[at] = (bits[at] ?? 0) | (bits[place * words + word] ?? 0);
      }
    }
  }
  return bits;
}

/** Whether a merge is among the commits that `head` reaches and `commit` does not. */
export function mergesSince(graph: CommitGraph, head: string): (commit: string) => boolean {
  const merges = [...reachedFrom(graph, [head])].filter((id) => (graph.get(id)?.length ?? 0) > 1);
  return (commit) => {
    if (merges.length === 0) return false;
    const before = reachedFrom(graph, [commit]);
    return merges.some((id) => !before.has(id));
  };
}

/**
 * Parents of the commits and of all that lead to them which do not lead to them themselves, without those that others of
 * them reach.
 */
export function outsideOf(graph: CommitGraph, commits: readonly string[]): readonly string[] {
  const inside = new Set(commits);
  const outside = new Set<string>();
  for (const [id, parents] of graph) {
    if (!inside.has(id) && !parents.some((parent) => inside.has(parent))) continue;
    inside.add(id);
    for (const parent of parents) if (!inside.has(parent)) outside.add(parent);
  }
  const reached = reachedFrom(
    graph,
    [...outside].flatMap((id) => graph.get(id) ?? []),
  );
  return [...outside].filter((id) => !reached.has(id));
}

function reachedFrom(graph: CommitGraph, starts: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...starts];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    open.push(...(graph.get(id) ?? []));
  }
  return found;
}

export interface TreeEntry {
  readonly path: string;
  readonly blob: string;
}

/** The files and links of a tree; undefined when it cannot be read in full, or is not there, as HEAD before the first commit. */
export function treeOf(git: Git, tree: string): readonly TreeEntry[] | undefined {
  const { code, stdout } = git.attempt(['ls-tree', '-r', '-z', '--full-tree', tree]);
  if (code !== 0) return undefined;
  return stdout
    .toString()
    .split('\0')
    .flatMap((line) => {
      const [, blob, path] = /^\d+ blob ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
      return blob === undefined || path === undefined ? [] : [{ path, blob }];
    });
}

/** Commits, blobs and annotated tags that no ref and no reflog leads to. */
export function unreachable(git: Git): {
  readonly commits: readonly string[];
  readonly others: readonly string[];
} {
  // its exit code tells of damage, which is met again when the objects are read
  const { stdout } = git.attempt([
    ...['fsck', '--unreachable', '--no-reflogs', '--connectivity-only', '--no-progress'],
    '--no-dangling',
  ]);
  const ofType = (type: string): string[] =>
    [...stdout.toString('latin1').matchAll(new RegExp(`^unreachable ${type} ([0-9a-f]+)$`, 'gm'))]
      .map(([, id]) => id ?? '')
      .sort();
  return { commits: ofType('commit'), others: [...ofType('blob'), ...ofType('tag')] };
}
