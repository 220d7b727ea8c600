// What git knows of a leak that nobody else has yet, as far as the commands against it depend on it.

import type { Finding } from '../core/finding.ts';
import { byteAt } from '../detect/spans.ts';
import { readBlobs } from '../git/objects.ts';
import { type CommitGraph, mergesSince, outsideOf } from '../git/reach.ts';
import type { Git } from '../git/run.ts';
import { messageOf } from '../git/walk.ts';
import type { Written } from './rewrite-all.ts';
import { rewritable, rewriteOf } from './rewrite.ts';

/** One of the commits that brought a leak in. */
export interface Bringing {
  readonly commit: string;
  readonly finding: Finding;
  /** The file it was found in; undefined for messages. */
  readonly blob?: string | undefined;
  /** What a note with it belongs to. */
  readonly noted?: string | undefined;
  /** A merge keeps in its header what a signed tag said. */
  readonly isInHeader?: boolean;
}

export interface Surroundings {
  readonly graph: CommitGraph;
  readonly head: string | null;
  /** The full names of what leads to a commit, sorted. */
  readonly refsOf: (commit: string) => readonly string[];
  readonly bringingsOf: (finding: Finding) => readonly Bringing[];
  /** Where HEAD's files hold it: the blob of each path. */
  readonly atHead: (finding: Finding) => ReadonlyMap<string, string>;
}

/** Puts the exact commands right behind what they are for. */
export function rewriter(git: Git, around: Surroundings): (finding: Finding) => Finding {
  const { graph, head, refsOf, bringingsOf, atHead } = around;
  const branch = lineOf(git, 'symbolic-ref', '--quiet', 'HEAD');
  const here = branch ?? 'HEAD';
  const isBare = lineOf(git, 'rev-parse', '--is-bare-repository') === 'true';
  const taken = takenElsewhere(git, here);
  const hasMergeSince = head === null ? () => false : mergesSince(graph, head);
  return (leak) => {
    if (leak.stage !== 'committed') return leak;
    const rewritten = rewritable(leak.refs ?? [], here, taken);
    const all = bringingsOf(leak);
    const within = all.filter(
      ({ commit, finding }) =>
        !isApart(finding) && refsOf(commit).some((name) => rewritten.includes(name)),
    );
    const own = all.find(({ commit, finding }) => {
      return commit === leak.commit && finding.path === leak.path;
    });
    const told = own === undefined || isApart(leak) || within.includes(own) ? own : within[0];
    const { commit, path, refs } = { ...leak, ...(told && placeOf(told)) };
    const parents = commit === null ? [] : (graph.get(commit) ?? []);
    const paths = atHead(leak);
    const rewrite = rewriteOf({
      commit,
      path,
      refs: refs ?? [],
      head,
      here,
      taken,
      rewritten,
      isOne: within.length < 2,
      isLastButOne: head !== null && commit !== null && graph.get(head)?.includes(commit) === true,
      isBare,
      isRoot: parents.length === 0,
      merges: commit !== null && (parents.length > 1 || hasMergeSince(commit)),
      canFixUp: () => commit !== null && hasPlainTitle(git, commit),
      pathAtHead: paths.has(path) ? path : paths.keys().next().value,
      isUntouched: told?.blob !== undefined && paths.get(path) === told.blob,
      noted: told?.noted,
      isInHeader: within.some(({ isInHeader }) => isInHeader === true),
      values: () =>
        writtenIn(
          git,
          within.filter(({ isInHeader }) => isInHeader !== true),
        ),
      outside: () =>
        outsideOf(
          graph,
          within.map((each) => each.commit),
        ),
    });
    const [first = '', ...rest] = leak.next;
    return rewrite === undefined ? leak : { ...leak, next: [first, rewrite, ...rest] };
  };
}

/** What no commit of a branch holds. */
function isApart({ path }: Finding): boolean {
  return path === '<note>' || path.startsWith('<tag-message>/');
}

function placeOf({ commit, finding }: Bringing): {
  readonly commit: string;
  readonly path: string;
} {
  return { commit, path: finding.path };
}

/** What git prints on one line; null when it fails. */
function lineOf(git: Git, ...args: readonly string[]): string | null {
  const { code, stdout } = git.attempt(args);
  return code === 0 ? stdout.toString().trim() : null;
}

/** Branches that other work trees stand on: written anew, these would take the old commits' files for work of somebody. */
function takenElsewhere(git: Git, here: string): ReadonlySet<string> {
  const format = '--format=%(if)%(worktreepath)%(then)%(refname)%(end)';
  const names = git.run(['for-each-ref', format, 'refs/heads']).toString().split('\n');
  return new Set(names.filter((name) => name !== '' && name !== here));
}

function hasPlainTitle(git: Git, commit: string): boolean {
  const [answer] = readBlobs(git, [commit]);
  const object = answer?.[1];
  if (!(object instanceof Uint8Array)) return false;
  return /^(?!(?:fixup|squash|amend)! )\S/.test(Buffer.from(messageOf(object)).toString('latin1'));
}

/** Bytes of a blob beyond which its values are not looked for. */
const tooBig = 256 * 2 ** 20;

/** Every way in which the values are written; nothing where a text is unknown or too big. */
function writtenIn(git: Git, bringings: readonly Bringing[]): readonly Written[] {
  const ids = bringings.map(({ blob, commit }) => blob ?? commit);
  const found = new Map<string, Written>();
  for (const [id, content] of readBlobs(git, ids, { together: tooBig, alone: tooBig })) {
    if (!(content instanceof Uint8Array)) return [];
    for (const bringing of bringings.filter((_, index) => ids[index] === id)) {
      for (const [bytes, value] of valuesIn(content, bringing)) {
        const key = `${value.type} ${Buffer.from(bytes).toString('latin1')}`;
        if (!found.has(key)) found.set(key, value);
      }
    }
  }
  return [...found.values()];
}

function valuesIn(
  content: Uint8Array,
  { blob, commit, finding }: Bringing,
): readonly (readonly [bytes: Uint8Array, value: Written])[] {
  const skipped = blob === undefined ? content.length - messageOf(content).length : 0;
  const text = content.subarray(skipped);
  const isBinary = text.includes(0);
  const at = byteAt(text);
  return finding.parts.map(({ line, column, endLine, endColumn }) => {
    const from = at({ line, column });
    const to = at({ line: endLine, column: endColumn });
    const bytes = text.subarray(from, to);
    const value: Written = {
      type: blob === undefined ? 'commit' : 'blob',
      id: blob ?? commit,
      start: skipped + from,
      length: to - from,
      isPlain: !isBinary && isPlain(Buffer.from(bytes)),
    };
    return [bytes, value];
  });
}

function isPlain(value: Buffer): boolean {
  const text = value.toString();
  return Buffer.from(text).equals(value) && !/[\r\n]|^(?:literal|glob|regex):|==>/.test(text);
}
