// Many objects, in the order they are asked for, out of one running `git cat-file`. Asking does not wait for answers,
// so git reads ahead while what came first is scanned.

import { BlobReader } from './blob-reader.ts';
import { type Blob, damaged, missing } from './objects.ts';
import type { Git } from './run.ts';

export interface Answer {
  readonly id: string;
  readonly type: string;
  readonly content: Blob;
}

/** Bigger contents are not kept but read in pieces when they are looked at. */
const heldAtMost = 16 * 2 ** 20;
/** Bytes that wait for their reader before git is made to wait. */
const readAhead = 32 * 2 ** 20;

export class ObjectStream {
  private readonly git: Git;
  /** In a partial clone: what may be asked for. */
  private readonly present: ReadonlySet<string> | undefined;
  private child: ReturnType<Git['start']>;
  private readonly asked: string[] = [];
  private answered = 0;
  private ready: Answer[] = [];
  private taken = 0;
  private waitingBytes = 0;
  private outgoing: string[] = [];
  private isComplete = false;
  private ended = false;
  private wake: (() => void) | undefined;

  // the answer being read
  private header = '';
  private type = '';
  private size = -1;
  private pieces: Buffer[] = [];
  private got = 0;

  constructor(git: Git, present?: ReadonlySet<string>) {
    this.git = git;
    this.present = present;
    this.child = this.start();
  }

  private start(): ReturnType<Git['start']> {
    const child = this.git.start(['cat-file', '--batch', '--buffer']);
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      this.read(chunk);
      if (this.waitingBytes > readAhead) child.stdout.pause();
      this.notify();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (stderr.length < 2000) stderr += chunk.toString();
    });
    child.stdin.on('error', () => undefined);
    child.on('error', () => {
      this.finish();
    });
    child.on('close', () => {
      this.goOn(stderr);
    });
    return child;
  }

  ask(id: string): void {
    this.asked.push(id);
    if (this.present?.has(id) === false) {
      this.settle();
      this.notify();
      return;
    }
    this.outgoing.push(id);
  }

  /** Nothing more will be asked. */
  end(): void {
    this.isComplete = true;
    this.flush();
    this.child.stdin.end();
  }

  /** The next answer, in the order asked, if it is there already. */
  poll(): Answer | undefined {
    const answer = this.ready[this.taken];
    if (answer === undefined) return undefined;
    this.taken += 1;
    if (this.taken > 1000) {
      this.ready = this.ready.slice(this.taken);
      this.taken = 0;
    }
    if (answer.content instanceof Uint8Array) this.waitingBytes -= answer.content.length;
    if (this.waitingBytes < readAhead / 2) this.child.stdout.resume();
    return answer;
  }

  async next(): Promise<Answer> {
    for (;;) {
      const answer = this.poll();
      if (answer !== undefined) return answer;
      if (this.ended) return { id: '', type: 'missing', content: missing('') };
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  close(): void {
    this.finish();
    this.child.stdout.destroy();
    this.child.stderr.destroy();
    this.child.kill();
  }

  /** Hands git what was asked since the last time. */
  flush(): void {
    if (this.outgoing.length === 0) return;
    this.child.stdin.write(`${this.outgoing.join('\n')}\n`);
    this.outgoing = [];
  }

  private finish(): void {
    this.ended = true;
    this.notify();
  }

  private notify(): void {
    const { wake } = this;
    this.wake = undefined;
    wake?.();
  }

  /** git has ended: all is answered, or it fell over an object that it cannot read, and goes on behind it. */
  private goOn(stderr: string): void {
    if (this.ended) return;
    const id = this.asked[this.answered];
    if (id === undefined) {
      this.finish();
      return;
    }
    this.header = '';
    this.pieces = [];
    this.size = -1;
    this.push({ id, type: 'missing', content: damaged(id, stderr) });
    this.child = this.start();
    this.outgoing = this.asked
      .slice(this.answered)
      .filter((each) => this.present?.has(each) !== false);
    this.flush();
    if (this.isComplete) this.child.stdin.end();
    this.notify();
  }

  private read(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;) {
      at = this.size < 0 ? this.readHeader(chunk, at) : this.readContent(chunk, at);
    }
  }

  private readHeader(chunk: Buffer, at: number): number {
    const end = chunk.indexOf(0x0a, at);
    this.header += chunk.toString('latin1', at, end < 0 ? chunk.length : end);
    if (end < 0) return chunk.length;
    const [, type = '', size] = this.header.split(' ');
    this.header = '';
    if (size === undefined) {
      const id = this.asked[this.answered] ?? '';
      this.push({ id, type: 'missing', content: missing(id) });
    } else {
      this.type = type;
      this.size = Number(size);
      this.got = 0;
    }
    return end + 1;
  }

  /** The content and the line end behind it. */
  private readContent(chunk: Buffer, at: number): number {
    const rest = this.size + 1 - this.got;
    const piece = chunk.subarray(at, at + rest);
    this.got += piece.length;
    if (this.size <= heldAtMost) this.pieces.push(piece);
    if (piece.length === rest) {
      const id = this.asked[this.answered] ?? '';
      this.push({ id, type: this.type, content: this.content(id) });
      this.pieces = [];
      this.size = -1;
    }
    return at + piece.length;
  }

  private content(id: string): Blob {
    if (this.size > heldAtMost) return new BlobReader(this.git, id, this.size);
    const [only] = this.pieces;
    const whole = this.pieces.length === 1 && only ? only : Buffer.concat(this.pieces);
    return whole.subarray(0, this.size);
  }

  private push(answer: Answer): void {
    this.answered += 1;
    this.ready.push(answer);
    if (answer.content instanceof Uint8Array) this.waitingBytes += answer.content.length;
    this.settle();
  }

  /** Answers what was not asked of git because it is not here, when it is its turn. */
  private settle(): void {
    for (let id = this.asked[this.answered]; id !== undefined; id = this.asked[this.answered]) {
      if (this.present?.has(id) !== false) return;
      this.answered += 1;
      this.ready.push({ id, type: 'missing', content: missing(id) });
    }
  }
}
