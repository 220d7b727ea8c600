// `--range`, `--since`, `--history` and `--pre-push`: every commit on its own, each leak once, at the commit that brought
// it in. A changed file is read whole for its context; it counts when one of the commit's own lines takes part.

import type { Document } from '../core/document.ts';
import type { Finding, Skipped, Stage } from '../core/finding.ts';
import type { Scanner } from '../detect/api.ts';
import { type Change, contentsBefore } from '../git/changes.ts';
import { newToAll } from '../git/lines.ts';
import { type Blob, isContent, isUnavailable, readBlobs } from '../git/objects.ts';
import { type Walk, walkable } from '../git/gaps.ts';
import { treeOf } from '../git/reach.ts';
import { listCommits, type Selection } from '../git/revisions.ts';
import { isCommit, isGone, type Tip } from '../git/tips.ts';
import type { Empties } from '../git/packs.ts';
import type { Git } from '../git/run.ts';
import {
  type Brought,
  type CommitVisit,
  isVisit,
  type Maker,
  makerOf,
  messageOf,
  textsOf,
  walkCommits,
} from '../git/walk.ts';
import type { Watch } from './collect.ts';
import { status, watched } from './commits-progress.ts';
import { Leaks } from './leaks.ts';
import { keyOf, located } from './leaks-located.ts';
import { onLines } from './staged.ts';

export interface CommitsRequest {
  readonly selection: Selection;
  /** Which are named as reaching a leak. */
  readonly tips: readonly Tip[];
  /** Whose messages are read, or the files and folders that they name; default: those of `tips` at these commits. */
  readonly tags?: readonly Tip[];
  /** False for paths that the policy leaves out. */
  readonly wanted: (path: string) => boolean;
  /** Finds out which contents hold nothing; started only for many commits. */
  readonly sift?: (idLength: number) => Generator<number, Empties>;
  /** Commits that are known to hold nothing. */
  readonly known?: ReadonlySet<string>;
  /** Objects that no commit leads to. */
  readonly loose?: readonly string[];
  /** Ends the scan with what was found so far. */
  readonly signal?: AbortSignal;
}

export interface CommitsScan {
  readonly findings: readonly Finding[];
  readonly skipped: readonly Skipped[];
  readonly files: number;
  readonly bytes: number;
  readonly commits: number;
  /** The commits, known ones too, without any finding or gap, and without a path that was left out. */
  readonly clean: readonly string[];
  readonly interrupted: boolean;
}

export function scanCommits(
  git: Git,
  scanner: Scanner,
  request: CommitsRequest,
  watch: Watch,
): Promise<CommitsScan> {
  return walkable(git, request.selection, (walk) => scanWalk(walk, scanner, request, watch));
}

async function scanWalk(
  { git, selection, listed, gaps, isHere }: Walk,
  scanner: Scanner,
  asked: CommitsRequest,
  watch: Watch,
): Promise<CommitsScan> {
  const request = {
    ...asked,
    tips: asked.tips.filter((tip) => !isCommit(tip) || isHere(tip.target)),
  };
  const scan = new CommitsScanning(git, scanner, request, gaps);
  const commits = listed.filter((id) => request.known?.has(id) !== true);
  const progress = { done: 0, total: commits.length, started: performance.now() };
  const starts = (prefix: string): readonly string[] =>
    request.tips
      .filter((tip) => isCommit(tip) && tip.name.startsWith(prefix))
      .map(({ target }) => target);
  const { options = [], revisions } = selection;
  const remote = starts('refs/remotes/').map((id) => `^${id}`);
  scan.unpushed = new Set(
    remote.length === 0
      ? listed
      : listCommits(git, { options, revisions: [...revisions, ...remote] }),
  );
  if (asked.selection.options?.includes('--reflog') === true || request.loose !== undefined) {
    const held = new Set(listCommits(git, { revisions: starts('') }));
    scan.leaks.forgotten = new Set(listed.filter((id) => !held.has(id)));
  }
  scan.notes = new Set(listCommits(git, { revisions: starts('refs/notes/') }));
  const sifting =
    commits.length < fewCommits
      ? undefined
      : watched(request.sift?.(commits[0]?.length ?? 0), watch);
  for await (const item of walkCommits(git, commits, { ...request, sifting })) {
    if (isVisit(item)) scan.visit(item);
    else scan.skipped.push(item);
    progress.done += 1;
    const wait = watch.tick(() => status(progress, scan.leaks.size));
    if (wait !== undefined) await wait;
  }
  const interrupted = request.signal?.aborted ?? false;
  if (!interrupted) {
    scan.tags(request.tags ?? tagsOf(request.tips, new Set(listed)));
    scan.loose(request.loose ?? []);
  }
  const { skipped, files, bytes } = scan;
  const clean = [...listed.filter((id) => request.known?.has(id) === true), ...scan.clean];
  return {
    findings: located(git, scanner, {
      leaks: scan.leaks,
      tips: request.tips,
      listed,
      revisions: asked.selection.revisions,
      isTelling: (key) => scan.telling.has(key),
      // commands that write commits anew need all of them
      isExact: gaps.length === 0,
    }),
    skipped,
    files,
    bytes,
    commits: progress.done + listed.length - commits.length,
    clean,
    interrupted,
  };
}

/** Reading their files one by one is quicker than sifting all that is packed. */
const fewCommits = 200;

/** What no commit brought. */
const nobody: Maker = { author: null, date: null };

function fingerprintsOf(findings: readonly Finding[]): ReadonlySet<string> {
  return new Set(findings.map(({ fingerprint }) => fingerprint));
}

function tagsOf(tips: readonly Tip[], commits: ReadonlySet<string>): readonly Tip[] {
  return tips.filter(({ target, targetType }) => targetType !== 'commit' || commits.has(target));
}

/** The tag that this one is of. */
function tagInside(tag: Uint8Array): string | undefined {
  const header = Buffer.from(tag.buffer, tag.byteOffset, tag.byteLength).toString('latin1', 0, 200);
  return /^object ([0-9a-f]+)\ntype tag\n/.exec(header)?.[1];
}

class CommitsScanning {
  unpushed: ReadonlySet<string> = new Set();
  notes: ReadonlySet<string> = new Set();
  readonly leaks = new Leaks();
  readonly skipped: Skipped[];
  readonly clean: string[] = [];
  /** Contents in which something was found, by `keyOf`, and its fingerprints. */
  readonly telling = new Map<string, ReadonlySet<string>>();
  files = 0;
  bytes = 0;
  private readonly git: Git;
  private readonly scanner: Scanner;
  private readonly request: CommitsRequest;
  private latestOrigins: readonly [of: string, found: ReadonlyMap<string, string | null>] = [
    '',
    new Map(),
  ];
  private readonly blobs = new Set<string>();

  constructor(git: Git, scanner: Scanner, request: CommitsRequest, gaps: readonly Skipped[]) {
    this.git = git;
    this.scanner = scanner;
    this.request = request;
    this.skipped = [...gaps];
  }

  visit(commit: CommitVisit): void {
    const gaps = this.skipped.length;
    const stage = this.stageOf(commit.id);
    const [message = [], header = []] = textsOf(commit.object).map((content) =>
      this.scan({ path: '<commit-message>', stage, content }),
    );
    const maker = (): Maker => makerOf(commit.object, 'author');
    this.leaks.keep(message, commit.id, maker);
    this.leaks.keep(header, commit.id, maker, { isInHeader: true });
    let found = message.length + header.length > 0;
    this.files += commit.empty.files;
    this.bytes += commit.empty.bytes;
    for (const brought of commit.changes) {
      if (this.request.loose !== undefined && brought.change.blob !== null) {
        this.blobs.add(brought.change.blob);
      }
      if (this.look(brought, commit)) found = true;
    }
    if (!found && commit.isWhole && this.skipped.length === gaps) this.clean.push(commit.id);
  }

  /** Messages of annotated tags, also of those that other tags are of, and what tags hold that lead to no commit. */
  tags(tags: readonly Tip[]): void {
    let open = new Map(tags.filter(({ type }) => type === 'tag').map((tip) => [tip.id, tip]));
    while (open.size > 0) {
      const inner = new Map<string, Tip>();
      for (const [id, blob] of readBlobs(this.git, [...open.keys()])) {
        const tip = open.get(id);
        if (tip === undefined) continue;
        this.tag(tip, id, blob);
        const next = blob instanceof Uint8Array ? tagInside(blob) : undefined;
        if (next !== undefined) inner.set(next, tip);
      }
      open = inner;
    }
    for (const tip of tags) this.contentOf(tip);
  }

  private tag(tip: Tip, id: string, blob: Blob): void {
    const { name, target } = tip;
    const path = `<tag-message>/${name.replace(/^refs\/(?:tags\/)?/, '')}`;
    if (isUnavailable(blob) || !(blob instanceof Uint8Array)) {
      this.skipped.push({ path, reason: 'missing-object', detail: `tag ${id} cannot be read` });
      return;
    }
    // what a push would take along is not there yet, whatever became of the commit
    const isNew = this.request.tags !== undefined || !isCommit(tip);
    const stage = isNew ? 'committed' : this.stageOf(target);
    const said = this.scan({ path, stage, content: messageOf(blob) });
    this.leaks.keep(said, isCommit(tip) ? target : null, () => makerOf(blob, 'tagger'));
  }

  private contentOf(tip: Tip): void {
    const { name, target, targetType } = tip;
    if (isGone(tip)) {
      const detail = target === '' ? 'what it leads to' : `object ${target}, which it leads to`;
      this.skipped.push({ path: name, reason: 'missing-object', detail });
      return;
    }
    if (targetType !== 'blob' && targetType !== 'tree') return;
    const entries =
      targetType === 'blob' ? [{ path: name, blob: target }] : treeOf(this.git, target);
    if (entries === undefined) {
      const detail = `not all of tree ${target} is in this repository (a partial clone, or damage)`;
      this.skipped.push({ path: name, reason: 'missing-object', detail });
      return;
    }
    const paths = new Map(entries.map(({ blob, path }) => [blob, path]));
    for (const [id, content] of readBlobs(this.git, [...paths.keys()])) {
      this.anonymous(paths.get(id) ?? name, content, id);
    }
  }

  loose(ids: readonly string[]): void {
    const unseen = ids.filter((id) => !this.blobs.has(id));
    for (const [id, content] of readBlobs(this.git, unseen)) {
      this.anonymous(`<unreachable>/${id}`, content, id);
    }
  }

  private anonymous(path: string, content: Blob, id: string): void {
    if (isUnavailable(content)) {
      this.skipped.push({ path, reason: content.unavailable, detail: content.detail });
      return;
    }
    const found = this.scan({ path, stage: 'committed', content });
    if (found.length > 0) this.telling.set(keyOf({ blob: id, path }), fingerprintsOf(found));
    this.leaks.keep(found, null, () => nobody);
  }

  /** Whether anything is in it, old or new. */
  private look({ change, content }: Brought, commit: CommitVisit): boolean {
    const key = keyOf({ blob: change.blob ?? '', path: change.path });
    const again = content === undefined;
    if (again && !this.telling.has(key)) return false;
    const blob = content ?? this.read(change.blob);
    const path = this.notes.has(commit.id) ? '<note>' : change.path;
    if (isUnavailable(blob)) {
      this.skipped.push({
        path,
        reason: blob.unavailable,
        detail: `${blob.detail}, commit ${commit.id}`,
      });
      return false;
    }
    const found = this.scan({ path, stage: this.stageOf(commit.id), content: blob });
    if (found.length === 0) return false;
    this.telling.set(key, fingerprintsOf(found));
    const candidates = found.filter(
      (finding) => this.leaks.isNews(finding, commit.id) || !this.isBefore(change, finding),
    );
    if (candidates.length > 0) {
      const brought = onLines(candidates, this.linesOf(change, blob, commit));
      // git names a note by what it belongs to, in folders when there are many
      const noted = path === '<note>' ? change.path.replaceAll('/', '') : undefined;
      const place = { blob: change.blob ?? undefined, noted };
      this.leaks.keep(brought, commit.id, () => makerOf(commit.object, 'author'), place);
    }
    return true;
  }

  private scan(document: Document): readonly Finding[] {
    const { findings, skipped } = this.scanner.scan(document);
    this.files += 1;
    this.bytes += 'length' in document.content ? document.content.length : document.content.size;
    this.skipped.push(...skipped);
    return findings;
  }

  /** Whether a parent had it under the same path. */
  private isBefore({ before, path }: Change, { fingerprint }: Finding): boolean {
    return before.some(({ blob }) =>
      this.telling.get(keyOf({ blob: blob ?? '', path }))?.has(fingerprint),
    );
  }

  private stageOf(commit: string): Stage {
    return this.unpushed.has(commit) ? 'committed' : 'pushed';
  }

  private read(id: string | null): Blob {
    const [answer] = readBlobs(this.git, id === null ? [] : [id]);
    return answer?.[1] ?? { unavailable: 'missing-object', detail: 'no object' };
  }

  /** Lines that are new compared with every parent; a moved file is compared with where it came from. */
  private linesOf(
    change: Change,
    after: Document['content'],
    commit: CommitVisit,
  ): ReadonlySet<number> | null {
    const ids = change.before.flatMap(
      ({ blob }, parent) => blob ?? this.origin(change, commit, parent) ?? [],
    );
    const contents = [...readBlobs(this.git, ids)].map(([, blob]) => blob);
    return newToAll(contents.filter(isContent), after);
  }

  /** In a merge each parent may have it under another name, which is then taken away from none of the others. */
  private origin(
    { before, rawPath }: Change,
    { id, deletes }: CommitVisit,
    parent: number,
  ): string | undefined {
    const isMerge = before.length > 1;
    if (!isMerge && !deletes) return undefined;
    const compared = isMerge ? [`${id}^${parent + 1}`, id] : ['--no-commit-id', id];
    const of = compared.join(' ');
    if (this.latestOrigins[0] !== of) {
      this.latestOrigins = [of, contentsBefore(this.git, ['diff-tree', '-r', ...compared])];
    }
    return this.latestOrigins[1].get(rawPath) ?? undefined;
  }
}
