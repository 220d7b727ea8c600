// What git knows of a leak that nobody else has yet, as far as the commands against it depend on it.

import type { Finding, Part } from '../core/finding.ts';
import { type Blob, readBlobs } from '../git/objects.ts';
import { type CommitGraph, mergesSince, outsideOf } from '../git/reach.ts';
import type { Git } from '../git/run.ts';
import { messageOf } from '../git/walk.ts';
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
  const read = (id: string): Blob | undefined => [...readBlobs(git, [id])][0]?.[1];
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
      isBare,
      isRoot: parents.length === 0,
      merges: commit !== null && (parents.length > 1 || hasMergeSince(commit)),
      canFixUp: object instanceof Uint8Array && hasPlainTitle(messageOf(object)),
      pathAtHead: paths.has(path) ? path : paths.keys().next().value,
      isUntouched: blob !== undefined && paths.get(path) === blob,
      noted: notedOf(finding),
      values: valuesOf(finding, blob, blob === undefined ? object : read(blob)),
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

/**
 * A shell command that prints the values, so that they stand in no argument and no file. Undefined where one of them is
 * not text on a line of its file, as in UTF-16.
 */
function valuesOf(
  { commit, parts }: Finding,
  blob: string | undefined,
  content: Blob | undefined,
): string | undefined {
  if (commit === null || !(content instanceof Uint8Array)) return undefined;
  const text = Buffer.from(blob === undefined ? messageOf(content) : content);
  if (text.includes(0)) return undefined;
  const source =
    blob === undefined
      ? `git cat-file commit ${commit} | sed '1,/^$/d'`
      : `git cat-file blob ${blob}`;
  const lines = text.toString('latin1').split('\n');
  const cuts = parts.map((part) => cutOf(part, Buffer.from(lines[part.line - 1] ?? '', 'latin1')));
  if (!cuts.every((cut) => cut !== undefined)) return undefined;
  const commands = [...new Set(cuts)].map((cut) => `${source} | ${cut}`);
  return commands.length === 1 ? commands[0] : `{ ${commands.join('; ')}; }`;
}

function cutOf({ line, endLine, column, endColumn }: Part, bytes: Buffer): string | undefined {
  const text = bytes.toString();
  if (endLine !== line || !Buffer.from(text).equals(bytes)) return undefined;
  // a byte-order mark is no column
  const start = line === 1 && text.startsWith('\uFEFF') ? 1 : 0;
  const [from, to] = [column, endColumn].map((each) =>
    Buffer.byteLength(text.slice(0, start + each - 1)),
  );
  return from === undefined || to === undefined
    ? undefined
    : `sed -n ${line}p | cut -b ${from + 1}-${to}`;
}
