// Commits one after the other, oldest first, each with what it changed and the contents it brought. Three gits run beside
// us: one lists, one compares trees, one reads objects; nobody waits for the end of the other.

import type { Skipped } from '../core/finding.ts';
import { type Change, parseChange } from './changes.ts';
import { ObjectStream } from './object-stream.ts';
import type { Empties } from './packs.ts';
import { type Blob, isUnavailable, presentObjects } from './objects.ts';
import type { Git } from './run.ts';

export interface CommitVisit {
  readonly id: string;
  /** The commit as git keeps it. */
  readonly object: Uint8Array;
  /** Those with something in them, as far as that is known. */
  readonly changes: readonly Brought[];
  readonly empty: Tally;
  /** No path was left out because it is not wanted. */
  readonly isWhole: boolean;
  /** Whether it took a path away, which may then be one that moved. */
  readonly deletes: boolean;
}

export interface Brought {
  readonly change: Change;
  /** Absent when the same content under the same path came earlier. */
  readonly content: Blob | undefined;
}

/** Contents that are known to hold nothing: how many came under their path for the first time, and their bytes. */
export interface Tally {
  files: number;
  bytes: number;
}

export function isVisit(item: CommitVisit | Skipped): item is CommitVisit {
  return 'changes' in item;
}

export interface WalkOptions {
  /** False for paths whose content is not read. */
  readonly wanted?: (path: string) => boolean;
  /** Finds out, beside git's comparing, which contents need not be read. */
  readonly sifting?: Generator<unknown, Empties> | undefined;
  /** Ends the walk early. */
  readonly signal?: AbortSignal;
}

export async function* walkCommits(
  git: Git,
  commits: readonly string[],
  { wanted = () => true, sifting, signal }: WalkOptions = {},
): AsyncGenerator<CommitVisit | Skipped> {
  const objects = new ObjectStream(git, presentObjects(git));
  const comparisons = new Comparisons(git, commits, objects, wanted);
  const stop = (): void => {
    comparisons.close();
    objects.close();
  };
  signal?.addEventListener('abort', stop);
  try {
    comparisons.open(sifting === undefined ? undefined : await finished(sifting, signal));
    while (!isOver(signal)) {
      const compared = comparisons.poll() ?? (await comparisons.next());
      if (compared === undefined) return;
      if ('reason' in compared) {
        yield compared;
        continue;
      }
      const contents: (Blob | undefined)[] = [];
      const commit = objects.poll() ?? (await objects.next());
      for (const { asked } of compared.changes) {
        contents.push(asked ? (objects.poll() ?? (await objects.next())).content : undefined);
      }
      if (isOver(signal)) return;
      yield visit(compared, commit.content, contents);
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    stop();
  }
}

/** Lets what git says come in between two steps. */
async function finished(
  sifting: Generator<unknown, Empties>,
  signal: AbortSignal | undefined,
): Promise<Empties | undefined> {
  for (;;) {
    const step = sifting.next();
    if (step.done === true) return step.value;
    await new Promise(setImmediate);
    if (isOver(signal)) return undefined;
  }
}

/** A call, because what is aborted may change while we wait. */
function isOver(signal: AbortSignal | undefined): boolean {
  return signal?.aborted ?? false;
}

function visit(
  { id, changes, empty, deletes, isWhole }: Compared,
  commit: Blob,
  contents: readonly (Blob | undefined)[],
): CommitVisit | Skipped {
  if (isUnavailable(commit) || !(commit instanceof Uint8Array)) {
    return { path: id, reason: 'missing-object', detail: 'what it says of itself cannot be read' };
  }
  return {
    id,
    deletes,
    isWhole,
    object: commit,
    empty,
    changes: changes.map(({ change }, index) => ({ change, content: contents[index] })),
  };
}

/** What somebody wrote into a commit or tag object. */
export function messageOf(object: Uint8Array): Uint8Array {
  const bytes = Buffer.from(object.buffer, object.byteOffset, object.byteLength);
  const end = bytes.indexOf('\n\n');
  return bytes.subarray(end < 0 ? bytes.length : end + 2);
}

/** Its message, and the header where that holds a merged tag with all that it says. */
export function textsOf(commit: Uint8Array): readonly Uint8Array[] {
  const message = messageOf(commit);
  const header = Buffer.from(commit.buffer, commit.byteOffset, commit.length - message.length);
  return header.includes('\nmergetag ') ? [message, header] : [message];
}

/** "Name <email>", and a date in ISO 8601 with its offset; null where the object does not tell. */
export interface Maker {
  readonly author: string | null;
  readonly date: string | null;
}

/** Who made a commit or tag object, and when. */
export function makerOf(object: Uint8Array, who: 'author' | 'tagger'): Maker {
  const bytes = Buffer.from(object.buffer, object.byteOffset, object.byteLength);
  const end = bytes.indexOf('\n\n');
  const header = bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
  const [, author = '', when = ''] = new RegExp(`^${who} (.*>)(.*)$`, 'm').exec(header) ?? [];
  return { author: author.trim() || null, date: isoDate(when) };
}

/** A zone that no clock has, as some programs have written, is read as UTC. */
function isoDate(when: string): string | null {
  const [, seconds, zone = ''] = /^ ?(-?\d+)(?: ([-+]\d+))?$/.exec(when) ?? [];
  if (seconds === undefined) return null;
  const [, sign = '+', hours = '00', minutes = '00'] =
    /^([-+])([01]\d|2[0-3])([0-5]\d)$/.exec(zone) ?? [];
  const east = (sign === '-' ? -60 : 60) * (Number(hours) * 60 + Number(minutes));
  const local = new Date((Number(seconds) + east) * 1000);
  if (Number.isNaN(local.getTime())) return null;
  return `${local.toISOString().replace(/\.\d+Z$/, '')}${sign}${hours}:${minutes}`;
}

interface Compared {
  readonly id: string;
  readonly changes: readonly Asked[];
  readonly empty: Tally;
  readonly isWhole: boolean;
  readonly deletes: boolean;
}

interface Asked {
  readonly change: Change;
  readonly asked: boolean;
}

/** How far comparing may be ahead of scanning, in commits. */
const ahead = 4000;
/** A clone without trees fails at every commit; that many are enough to see it. */
const mostFailures = 50;
const deleted = 0x44;
const mostPaths = 2 ** 26;
/** Bytes of comparisons that wait for the sifting. */
const mostHeld = 64 * 2 ** 20;

class Comparisons {
  private readonly git: Git;
  private readonly commits: readonly string[];
  private readonly objects: ObjectStream;
  private readonly wanted: (path: string) => boolean;
  private readonly seen = new Seen();
  private readonly paths = new Map<string, { readonly number: number; readonly wanted: boolean }>();
  /** Contents that hold nothing under their paths, told apart by the numbers of both. */
  private readonly passed = new Set<number>();
  private child: ReturnType<Git['start']> | undefined;
  private queue: (Compared | Skipped)[] = [];
  private taken = 0;
  private done = 0;
  private failures = 0;
  private finished = false;
  private isOpen = false;
  private empties: Empties | undefined;
  /** What git said before it could be understood, and at its end. */
  private held: Buffer[] = [];
  private heldBytes = 0;
  private ended: string | undefined;
  private current:
    | {
        readonly id: string;
        readonly changes: Asked[];
        readonly empty: Tally;
        deletes: boolean;
        isWhole: boolean;
      }
    | undefined;
  private rest: Buffer = Buffer.alloc(0);
  private wake: (() => void) | undefined;

  constructor(
    git: Git,
    commits: readonly string[],
    objects: ObjectStream,
    wanted: (path: string) => boolean,
  ) {
    this.git = git;
    this.commits = commits;
    this.objects = objects;
    this.wanted = wanted;
    this.start();
  }

  /** From now on comparisons are read; `empties` tells which contents hold nothing. */
  open(empties: Empties | undefined): void {
    this.empties = empties;
    this.isOpen = true;
    for (const chunk of this.held) this.read(chunk);
    this.held = [];
    this.objects.flush();
    if (this.ended !== undefined) this.stop(this.ended);
    else this.child?.stdout.resume();
  }

  poll(): Compared | Skipped | undefined {
    const item = this.queue[this.taken];
    if (item === undefined) return undefined;
    this.taken += 1;
    if (this.taken > ahead) {
      this.queue = this.queue.slice(this.taken);
      this.taken = 0;
    }
    if (this.queue.length - this.taken < ahead / 2) this.child?.stdout.resume();
    return item;
  }

  async next(): Promise<Compared | Skipped | undefined> {
    for (;;) {
      const item = this.poll();
      if (item !== undefined || this.finished) return item;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  close(): void {
    this.finished = true;
    // a program that git is wrapped in may hold the other ends for longer
    this.child?.stdout.destroy();
    this.child?.stderr.destroy();
    this.child?.kill();
    this.notify();
  }

  private start(): void {
    // -c compares a merge with all its parents at once: only what differs from each of them is its own doing
    const child = this.git.start([
      ...['diff-tree', '--stdin', '-r', '-z', '--raw', '-c', '--root', '--always'],
      ...['--no-renames', '--no-abbrev', '--ignore-submodules=none'],
    ]);
    this.child = child;
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      if (stderr.length < 2000) stderr += chunk.toString();
    });
    child.stdout.on('data', (chunk: Buffer) => {
      if (!this.isOpen) {
        this.held.push(chunk);
        this.heldBytes += chunk.length;
        if (this.heldBytes > mostHeld) child.stdout.pause();
        return;
      }
      this.read(chunk);
      this.objects.flush();
      if (this.queue.length - this.taken > ahead) child.stdout.pause();
      this.notify();
    });
    child.stdin.on('error', () => undefined);
    child.on('error', () => {
      this.stop(stderr);
    });
    child.on('close', () => {
      this.stop(stderr);
    });
    child.stdin.end(`${this.commits.slice(this.done).join('\n')}\n`);
  }

  /** At the end of git: all is compared, or it fell over a commit whose trees are not here. */
  private stop(stderr: string): void {
    if (this.finished) return;
    if (!this.isOpen) {
      this.ended = stderr;
      return;
    }
    this.rest = Buffer.alloc(0);
    this.complete();
    if (this.done < this.commits.length) {
      this.failures += 1;
      const given = this.failures < mostFailures ? 1 : this.commits.length - this.done;
      this.queue.push(incomparable(this.commits.slice(this.done, this.done + given), stderr));
      this.done += given;
    }
    if (this.done < this.commits.length) {
      this.start();
    } else {
      this.finished = true;
      this.objects.end();
    }
    this.notify();
  }

  private notify(): void {
    const { wake } = this;
    this.wake = undefined;
    wake?.();
  }

  private read(chunk: Buffer): void {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let at = 0;
    while (at < bytes.length) {
      if (bytes[at] === 0x3a) {
        const passed = this.passEmpty(bytes, at);
        if (passed > 0) {
          at = passed;
          continue;
        }
        const parsed = parseChange(bytes, at);
        if (parsed === undefined) break;
        this.add(parsed.change);
        at = parsed.next;
      } else {
        const end = bytes.indexOf(0, at);
        if (end < 0) break;
        this.complete();
        this.begin(bytes.toString('latin1', at, end));
        at = end + 1;
      }
    }
    this.rest = bytes.subarray(at);
  }

  /**
   * Most records end here, unread but for an id and a path: `:MODE MODE ID ID S`, NUL, path, NUL. Returns where the next
   * begins; 0 for those to be looked at, or not yet whole.
   */
  private passEmpty(bytes: Buffer, at: number): number {
    const { empties, current } = this;
    if (empties === undefined || current === undefined || bytes[at + 1] === 0x3a) return 0;
    const idLength = current.id.length;
    const ids = at + 15;
    const status = ids + 2 * idLength + 2;
    const pathEnd = bytes.indexOf(0, status + 2);
    if (pathEnd < 0 || bytes[status] === deleted) return 0;
    const id = ids + idLength + 1;
    const number = empties.find(bytes, id);
    if (number < 0) return 0;
    const rawPath = bytes.toString('latin1', status + 2, pathEnd);
    let path = this.paths.get(rawPath);
    if (path === undefined) {
      const wanted = this.wanted(bytes.toString('utf8', status + 2, pathEnd));
      this.paths.set(rawPath, (path = { number: this.paths.size, wanted }));
    }
    const key = number * mostPaths + path.number;
    if (!path.wanted) current.isWhole = false;
    const isChanged = bytes.compare(bytes, ids, ids + idLength, id, id + idLength) !== 0;
    if (path.wanted && isChanged && !this.passed.has(key)) {
      this.passed.add(key);
      current.empty.files += 1;
      current.empty.bytes += empties.size(number);
    }
    return pathEnd + 1;
  }

  private begin(id: string): void {
    this.current = {
      id,
      changes: [],
      empty: { files: 0, bytes: 0 },
      deletes: false,
      isWhole: true,
    };
    this.objects.ask(id);
  }

  private add(change: Change): void {
    if (change.status === 'deleted' && this.current !== undefined) this.current.deletes = true;
    if (change.blob === null) return;
    if (!this.wanted(change.path)) {
      if (this.current !== undefined) this.current.isWhole = false;
      return;
    }
    if (change.before.some(({ blob }) => blob === change.blob)) return;
    const asked = this.seen.add(change.blob, change.rawPath);
    if (asked) this.objects.ask(change.blob);
    this.current?.changes.push({ change, asked });
  }

  private complete(): void {
    if (this.current === undefined) return;
    this.queue.push(this.current);
    this.current = undefined;
    this.done += 1;
  }
}

function incomparable(commits: readonly string[], stderr: string): Skipped {
  const more = commits.length > 1 ? ` and the next ${commits.length - 1}` : '';
  const said = stderr.trim().split('\n').at(-1) ?? '';
  return {
    path: commits[0] ?? '',
    reason: 'missing-object',
    detail: `what it${more} changed cannot be read: ${said}`,
  };
}

/** Contents under paths, told apart exactly and kept small. */
class Seen {
  private readonly keys = new Set<string>();
  private readonly paths = new Map<string, number>();

  /** True the first time. */
  add(blob: string, rawPath: string): boolean {
    let path = this.paths.get(rawPath);
    if (path === undefined) this.paths.set(rawPath, (path = this.paths.size));
    const key =
      Buffer.from(blob, 'hex').toString('latin1') +
      String.fromCodePoint(path % 0xd800, (path / 0xd800) | 0);
    if (this.keys.has(key)) return false;
    this.keys.add(key);
    return true;
  }
}
