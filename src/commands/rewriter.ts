// What git knows of a leak that nobody else has yet, as far as the commands against it depend on it.

import type { Finding } from '../core/finding.ts';
import { byteAt } from '../detect/spans.ts';
import { type Blob, readBlobs } from '../git/objects.ts';
import { type CommitGraph, mergesSince, outsideOf } from '../git/reach.ts';
import type { Git } from '../git/run.ts';
import { messageOf } from '../git/walk.ts';
import type { Written } from './rewrite-all.ts';
import { rewriteOf } from './rewrite.ts';

export interface Surroundings {
  readonly graph: CommitGraph;
  readonly head: string | null;
  /** Where HEAD's files hold it: the blob of each path. */
  readonly atHead: (finding: Finding) => ReadonlyMap<string, string>;
  /** The file it was found in; undefined for messages. */
  readonly blobOf: (finding: Finding) => string | undefined;
  /** What a note with it belongs to. */
  readonly notedOf: (finding: Finding) => string | undefined;
}

/** Puts the exact commands right behind what they are for. */
export function rewriter(git: Git, around: Surroundings): (finding: Finding) => Finding {
  const { graph, head, atHead, blobOf, notedOf } = around;
  const branch = lineOf(git, 'symbolic-ref', '--quiet', 'HEAD');
  const isBare = lineOf(git, 'rev-parse', '--is-bare-repository') === 'true';
  const hasMergeSince = head === null ? () => false : mergesSince(graph, head);
  const limits = { together: tooBig, alone: tooBig };
  const read = (id: string): Blob | undefined => [...readBlobs(git, [id], limits)][0]?.[1];
  return (finding) => {
    const { commit, stage, path, next } = finding;
    if (stage !== 'committed') return finding;
    const parents = commit === null ? [] : (graph.get(commit) ?? []);
    const object = commit === null ? undefined : read(commit);
    const paths = atHead(finding);
    const blob = blobOf(finding);
    const rewrite = rewriteOf(finding, {
      head,
      branch,
      isLastButOne: head !== null && commit !== null && graph.get(head)?.includes(commit) === true,
      isBare,
      isRoot: parents.length === 0,
      merges: commit !== null && (parents.length > 1 || hasMergeSince(commit)),
      canFixUp: object instanceof Uint8Array && hasPlainTitle(messageOf(object)),
      pathAtHead: paths.has(path) ? path : paths.keys().next().value,
      isUntouched: blob !== undefined && paths.get(path) === blob,
      noted: notedOf(finding),
      values: writtenIn(finding, blob, blob === undefined ? object : read(blob)),
      outside: commit === null ? [] : outsideOf(graph, commit),
    });
    const [first = '', ...rest] = next;
    return rewrite === undefined ? finding : { ...finding, next: [first, rewrite, ...rest] };
  };
}

/** What git prints on one line; null when it fails. */
function lineOf(git: Git, ...args: readonly string[]): string | null {
  const { code, stdout } = git.attempt(args);
  return code === 0 ? stdout.toString().trim() : null;
}

function hasPlainTitle(message: Uint8Array): boolean {
  return /^(?!(?:fixup|squash|amend)! )\S/.test(Buffer.from(message).toString('latin1'));
}

/** Bytes of a blob beyond which its values are not looked for. */
const tooBig = 256 * 2 ** 20;

/** Where the values are written; nothing where the text is unknown or too big. */
function writtenIn(
  { commit, parts }: Finding,
  blob: string | undefined,
  content: Blob | undefined,
): readonly Written[] {
  if (commit === null || !(content instanceof Uint8Array)) return [];
  const skipped = blob === undefined ? content.length - messageOf(content).length : 0;
  const text = content.subarray(skipped);
  const isBinary = text.includes(0);
  const at = byteAt(text);
  const values = parts.map(({ line, column, endLine, endColumn }) => {
    const from = at({ line, column });
    const to = at({ line: endLine, column: endColumn });
    return {
      type: blob === undefined ? ('commit' as const) : ('blob' as const),
      id: blob ?? commit,
      start: skipped + from,
      length: to - from,
      isPlain: !isBinary && isPlain(Buffer.from(text.subarray(from, to))),
    };
  });
  return [...new Map(values.map((value) => [value.start, value])).values()];
}

function isPlain(value: Buffer): boolean {
  const text = value.toString();
  return Buffer.from(text).equals(value) && !/[\r\n]|^(?:literal|glob|regex):|==>/.test(text);
}
