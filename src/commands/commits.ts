// `--range`, `--since`, `--history` and `--pre-push`: every commit on its own, each leak once, at the commit that brought
// it in. A changed file is read whole for its context; it counts when one of the commit's own lines takes part.

import type { Document } from '../core/document.ts';
import type { Finding, Skipped, Stage } from '../core/finding.ts';
import type { Scanner } from '../detect/api.ts';
import { type Change, contentsBefore } from '../git/changes.ts';
import { newToAll } from '../git/lines.ts';
import { type Blob, isContent, isUnavailable, readBlobs } from '../git/objects.ts';
import { type Walk, walkable } from '../git/gaps.ts';
import { containing, loadGraph, type TreeEntry, treeOf } from '../git/reach.ts';
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
import { type Bringing, rewriter } from './rewriter.ts';
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
    scan.forgotten = new Set(listed.filter((id) => !held.has(id)));
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
    findings: scan.located(listed),
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
const nobody = { author: null, date: null } as const;

/** More commits than that have another problem than the right command. */
const mostRewrites = 100;

function fingerprintsOf(findings: readonly Finding[]): ReadonlySet<string> {
  return new Set(findings.map(({ fingerprint }) => fingerprint));
}

function keyOf({ blob, path }: TreeEntry): string {
  return `${blob}\0${path}`;
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
  /** Commits that only a reflog leads to, or nothing. */
  forgotten: ReadonlySet<string> = new Set();
  /** By fingerprint, in the order they were brought in. */
  readonly leaks = new Map<string, Finding>();
  readonly skipped: Skipped[];
  readonly clean: string[] = [];
  files = 0;
  bytes = 0;
  private readonly git: Git;
  private readonly scanner: Scanner;
  private readonly request: CommitsRequest;
  /** Commands that write commits anew need all of them. */
  private readonly isWhole: boolean;
  /** What the headers of commits hold, for which there is no exact command. */
  private readonly inHeaders = new Set<string>();
  /** Contents in which something was found, `blob\0path`, and its fingerprints. */
  private readonly telling = new Map<string, ReadonlySet<string>>();
  /** Every commit that brought it, by fingerprint: branches may have it by different ones. */
  private readonly bringings = new Map<string, Bringing[]>();
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
    this.isWhole = gaps.length === 0;
  }

  visit(commit: CommitVisit): void {
    const gaps = this.skipped.length;
    const stage = this.stageOf(commit.id);
    const [message = [], header = []] = textsOf(commit.object).map((content) =>
      this.scan({ path: '<commit-message>', stage, content }),
    );
    for (const { fingerprint } of header) this.inHeaders.add(fingerprint);
    const said = [...message, ...header];
    this.keep(said, commit.id, () => makerOf(commit.object, 'author'));
    let found = said.length > 0;
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
    this.keep(said, isCommit(tip) ? target : null, () => makerOf(blob, 'tagger'));
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
    if (found.length > 0) this.telling.set(`${id}\0${path}`, fingerprintsOf(found));
    this.keep(found, null, () => nobody);
  }

  /** Whether anything is in it, old or new. */
  private look({ change, content }: Brought, commit: CommitVisit): boolean {
    const key = `${change.blob ?? ''}\0${change.path}`;
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
      (finding) => this.isNews(finding, commit.id) || !this.isBefore(change, finding),
    );
    if (candidates.length > 0) {
      const brought = onLines(candidates, this.linesOf(change, blob, commit));
      // git names a note by what it belongs to, in folders when there are many
      const noted = path === '<note>' ? change.path.replaceAll('/', '') : undefined;
      const place = { blob: change.blob ?? undefined, noted };
      this.keep(brought, commit.id, () => makerOf(commit.object, 'author'), place);
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
    return before.some(({ blob }) => this.telling.get(`${blob ?? ''}\0${path}`)?.has(fingerprint));
  }

  /** What is pushed in one of the commits that brought it is pushed. */
  private bring(bringing: Bringing): void {
    const { fingerprint, stage, next } = bringing.finding;
    const before = this.bringings.get(fingerprint);
    if (before === undefined) this.bringings.set(fingerprint, [bringing]);
    else before.push(bringing);
    const known = this.leaks.get(fingerprint);
    if (known?.stage === 'committed' && stage === 'pushed') {
      this.leaks.set(fingerprint, { ...known, stage, next });
    }
  }

  /**
   * A leak that somebody allowed where it was first seen is news where the permission is missing, and one that was
   * amended or reset where a ref leads to it.
   */
  private isNews({ fingerprint, suppressed }: Finding, commit: string | null): boolean {
    const known = this.leaks.get(fingerprint);
    if (known === undefined || (known.suppressed !== null && suppressed === null)) return true;
    return (
      commit !== null &&
      this.forgotten.has(known.commit ?? '') &&
      !this.forgotten.has(commit) &&
      (known.suppressed === null) === (suppressed === null)
    );
  }

  private keep(
    findings: readonly Finding[],
    commit: string | null,
    maker: () => Maker | typeof nobody,
    place: Pick<Bringing, 'blob' | 'noted'> = {},
  ): void {
    for (const finding of findings) {
      if (commit !== null) this.bring({ ...place, finding, commit });
      if (!this.isNews(finding, commit)) continue;
      const known = this.leaks.get(finding.fingerprint);
      const { stage, next } = known?.stage === 'pushed' ? known : finding;
      this.leaks.set(finding.fingerprint, { ...finding, stage, next, commit, ...maker() });
    }
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

  /** With what only the end of the scan can tell: which refs reach it, and whether HEAD still holds it. */
  located(listed: readonly string[]): readonly Finding[] {
    const findings = [...this.leaks.values()];
    if (findings.length === 0) return [];
    const bringingsOf = ({ fingerprint }: Finding): readonly Bringing[] =>
      this.bringings.get(fingerprint) ?? [];
    const commits = new Set(findings.flatMap(bringingsOf).map(({ commit }) => commit));
    const { code, stdout } = this.git.attempt(['rev-parse', '--verify', 'HEAD^{commit}']);
    const head = code === 0 ? stdout.toString().trim() : null;
    const starts = this.request.tips.filter(isCommit).map(({ target }) => target);
    const graph = loadGraph(this.git, [...new Set([...starts, ...(head === null ? [] : [head])])]);
    const reaching = containing(graph, commits, this.request.tips);
    const refsOf = (commit: string): readonly string[] => reaching.get(commit) ?? [];
    const paths = new Set(findings.map(({ path }) => path));
    const atHead = this.atHead(paths, head !== null && listed.includes(head));
    const exactly =
      this.isWhole && new Set(findings.map(({ commit }) => commit)).size <= mostRewrites
        ? rewriter(this.git, {
            graph,
            head,
            refsOf,
            bringingsOf,
            atHead: ({ fingerprint }) => atHead.get(fingerprint) ?? new Map(),
          })
        : undefined;
    return findings.map((finding) => {
      const refs = new Set(bringingsOf(finding).flatMap(({ commit }) => refsOf(commit)));
      const located = {
        ...finding,
        atHead: atHead.has(finding.fingerprint),
        refs: [...refs].sort(),
      };
      const isExact = exactly !== undefined && !this.inHeaders.has(finding.fingerprint);
      return isExact ? exactly(located) : located;
    });
  }

  /**
   * What lies in HEAD's tree, as far as it was found anywhere, stands under the same path, or, where HEAD itself was not
   * looked at, is not what the scan ended with: the blob of each path.
   */
  private atHead(
    wanted: ReadonlySet<string>,
    isVisited: boolean,
  ): ReadonlyMap<string, ReadonlyMap<string, string>> {
    const ends = this.request.selection.revisions.filter((id) => !isVisited && !id.startsWith('^'));
    const trees = ends.map((id) => new Set(treeOf(this.git, id)?.map(keyOf)));
    const entries = (treeOf(this.git, 'HEAD') ?? []).filter((entry) => {
      const key = keyOf(entry);
      return (
        wanted.has(entry.path) || this.telling.has(key) || trees.some((tree) => !tree.has(key))
      );
    });
    const pathsOf = new Map<string, string[]>();
    for (const { blob, path } of entries) {
      pathsOf.set(blob, [...(pathsOf.get(blob) ?? []), path]);
    }
    const found = new Map<string, Map<string, string>>();
    for (const [id, content] of readBlobs(this.git, [...pathsOf.keys()])) {
      if (isUnavailable(content)) continue;
      for (const path of pathsOf.get(id) ?? []) {
        const { findings } = this.scanner.scan({ path, stage: 'committed', content });
        for (const { fingerprint } of findings) {
          const at = found.get(fingerprint) ?? new Map<string, string>();
          found.set(fingerprint, at.set(path, id));
        }
      }
    }
    return found;
  }
}
