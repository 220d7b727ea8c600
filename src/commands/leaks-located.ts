// What only the end of a scan of commits can tell of each leak: which refs reach it, whether HEAD still holds it, and with
// that the commands that take it out.

import type { Finding } from '../core/finding.ts';
import type { Scanner } from '../detect/api.ts';
import { isUnavailable, readBlobs } from '../git/objects.ts';
import { containing, loadGraph, type TreeEntry, treeOf } from '../git/reach.ts';
import type { Git } from '../git/run.ts';
import { isCommit, type Tip } from '../git/tips.ts';
import type { Leaks } from './leaks.ts';
import { rewriter } from './rewriter.ts';

export interface Located {
  readonly leaks: Leaks;
  readonly tips: readonly Tip[];
  /** The commits that were looked at, and the revisions that lead to them (`^…` for those that end them). */
  readonly listed: readonly string[];
  readonly revisions: readonly string[];
  /** Whether something was found in a file of that content, by `keyOf`. */
  readonly isTelling: (key: string) => boolean;
  /** Whether there are commands against them at all. */
  readonly isExact: boolean;
}

/** More commits than that have another problem than the right command. */
const mostRewrites = 100;

export function keyOf({ blob, path }: TreeEntry): string {
  return `${blob}\0${path}`;
}

export function located(git: Git, scanner: Scanner, scan: Located): readonly Finding[] {
  const { leaks, tips, listed, isExact } = scan;
  const findings = leaks.all();
  if (findings.length === 0) return [];
  const { code, stdout } = git.attempt(['rev-parse', '--verify', 'HEAD^{commit}']);
  const head = code === 0 ? stdout.toString().trim() : null;
  const starts = tips.filter(isCommit).map(({ target }) => target);
  const graph = loadGraph(git, [...new Set([...starts, ...(head === null ? [] : [head])])]);
  const bringingsOf = (finding: Finding) => leaks.bringingsOf(finding);
  const commits = new Set(findings.flatMap(bringingsOf).map(({ commit }) => commit));
  const reaching = containing(graph, commits, tips);
  const refsOf = (commit: string): readonly string[] => reaching.get(commit) ?? [];
  const isVisited = head !== null && listed.includes(head);
  const there = atHead(git, scanner, scan, isVisited);
  const exactly =
    isExact && new Set(findings.map(({ commit }) => commit)).size <= mostRewrites
      ? rewriter(git, {
          graph,
          head,
          refsOf,
          bringingsOf,
          atHead: ({ fingerprint }) => there.get(fingerprint) ?? new Map(),
        })
      : undefined;
  return findings.map((finding) => {
    const refs = new Set(bringingsOf(finding).flatMap(({ commit }) => refsOf(commit)));
    const whole = { ...finding, atHead: there.has(finding.fingerprint), refs: [...refs].sort() };
    return exactly === undefined ? whole : exactly(whole);
  });
}

/**
 * What lies in HEAD's tree, as far as it was found anywhere, stands under the same path, or, where HEAD itself was not
 * looked at, is not what the scan ended with: by fingerprint the blob of each path.
 */
function atHead(
  git: Git,
  scanner: Scanner,
  { leaks, revisions, isTelling }: Located,
  isVisited: boolean,
): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const paths = new Set(leaks.all().map(({ path }) => path));
  const ends = revisions.filter((id) => !isVisited && !id.startsWith('^'));
  const trees = ends.map((id) => new Set(treeOf(git, id)?.map(keyOf)));
  const entries = (treeOf(git, 'HEAD') ?? []).filter((entry) => {
    const key = keyOf(entry);
    return paths.has(entry.path) || isTelling(key) || trees.some((tree) => !tree.has(key));
  });
  const pathsOf = new Map<string, string[]>();
  for (const { blob, path } of entries) {
    pathsOf.set(blob, [...(pathsOf.get(blob) ?? []), path]);
  }
  const found = new Map<string, Map<string, string>>();
  for (const [id, content] of readBlobs(git, [...pathsOf.keys()])) {
    if (isUnavailable(content)) continue;
    for (const path of pathsOf.get(id) ?? []) {
      const { findings } = scanner.scan({ path, stage: 'committed', content });
      for (const { fingerprint } of findings) {
        const at = found.get(fingerprint) ?? new Map<string, string>();
        found.set(fingerprint, at.set(path, id));
      }
    }
  }
  return found;
}
