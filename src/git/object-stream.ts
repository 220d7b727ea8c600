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
  private readonly child: ReturnType<Git['start']>;
  private readonly asked: string[] = [];
  private answered = 0;
  private readonly ready: Answer[] = [];
  private taken = 0;
  private waitingBytes = 0;
  private outgoing: string[] = [];
  private outgoingBytes = 0;
  private ended = false;
  private stderr = '';
  private wake: (() => void) | undefined;
  private drained: (() => void) | undefined;

  // the answer being read
  private header = '';
  private type = '';
  private size = -1;
  private pieces: Buffer[] = [];
  private got = 0;

  constructor(git: Git) {
    this.git = git;
    this.child = git.start(['cat-file', '--batch', '--buffer']);
    this.child.stdout.on('data', (chunk: Buffer) => {
      this.read(chunk);
      if (this.waitingBytes > readAhead) this.child.stdout.pause();
      this.notify();
    });
    this.child.stderr.on('data', (chunk: Buffer) => {
      if (this.stderr.length < 2000) this.stderr += chunk.toString();
    });
    this.child.stdin.on('error', () => undefined);
    this.child.stdin.on('drain', () => {
      this.drained?.();
    });
    this.child.on('error', () => {
      this.finish();
    });
    this.child.on('close', () => {
      this.finish();
    });
  }

  ask(id: string): void {
    this.asked.push(id);
    this.outgoing.push(id);
    this.outgoingBytes += id.length + 1;
    if (this.outgoingBytes > 2 ** 14) this.flush();
  }

  /** Resolves when git has taken in what it was asked, so that questions do not pile up without end. */
  async room(): Promise<void> {
    if (!this.child.stdin.writableNeedDrain || this.ended) return;
    await new Promise<void>((resolve) => {
      this.drained = resolve;
    });
  }

  /** Nothing more will be asked. */
  end(): void {
    this.flush();
    this.child.stdin.end();
  }

  /** The next answer, in the order asked, if it is there already. */
  poll(): Answer | undefined {
    const answer = this.ready[this.taken];
    if (answer === undefined) return undefined;
    this.taken += 1;
    if (this.taken === this.ready.length) {
      this.ready.length = 0;
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
      if (this.ended) return this.unanswered();
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  close(): void {
    this.child.stdout.resume();
    this.child.kill();
  }

  private flush(): void {
    if (this.outgoing.length === 0) return;
    this.child.stdin.write(`${this.outgoing.join('\n')}\n`);
    this.outgoing = [];
    this.outgoingBytes = 0;
  }

  private finish(): void {
    this.ended = true;
    this.notify();
    this.drained?.();
  }

  private notify(): void {
    const { wake } = this;
    this.wake = undefined;
    wake?.();
  }

  /** git ended early, at an object it could not read: that one and all behind it have no content. */
  private unanswered(): Answer {
    const id = this.asked[this.answered] ?? '';
    this.answered += 1;
    return { id, type: 'missing', content: damaged(this.stderr) };
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
  }
}
