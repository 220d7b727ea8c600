// A blob too big to hold, read from a running `git cat-file` by whoever asks synchronously. Node has no synchronous
// pipe, so a worker reads and the asker waits; nothing is written to disk. Reading forward is cheap, a jump back beyond
// what is kept starts git again.

import type * as Threads from 'node:worker_threads';

import { UserError } from '../core/errors.ts';
import type { Reader } from '../core/document.ts';
import type { Command, Git } from './run.ts';

const chunkSize = 4 * 2 ** 20;
const chunksKept = 4;

export class BlobReader implements Reader {
  readonly size: number;
  private readonly git: Git;
  private readonly id: string;
  private stream: Stream | undefined;
  /** The latest chunks, the first of which begins at byte `start`. */
  private chunks: Uint8Array[] = [];
  private start = 0;

  constructor(git: Git, id: string, size: number) {
    this.git = git;
    this.id = id;
    this.size = size;
  }

  read(target: Uint8Array, position: number): number {
    let filled = 0;
    while (filled < target.length && position + filled < this.size) {
      const piece = this.from(position + filled).subarray(0, target.length - filled);
      target.set(piece, filled);
      filled += piece.length;
    }
    return filled;
  }

  /** What is at hand from byte `position` on, at least one byte of it. */
  private from(position: number): Uint8Array {
    if (position < this.start || (this.stream === undefined && position >= this.end())) {
      this.restart();
    }
    while (position >= this.end()) this.pull();
    let at = this.start;
    for (const chunk of this.chunks) {
      if (position < at + chunk.length) return chunk.subarray(position - at);
      at += chunk.length;
    }
    throw new Error('a chunk went missing');
  }

  private end(): number {
    return this.chunks.reduce((sum, { length }) => sum + length, this.start);
  }

  private restart(): void {
    this.close();
    this.chunks = [];
    this.start = 0;
    this.stream = new Stream(this.git.command(['cat-file', 'blob', this.id]));
  }

  private pull(): void {
    const chunk = this.stream?.next();
    if (chunk === undefined) {
      throw new UserError(`git cannot read object ${this.id} to its end`, {
        hint: 'git fsck tells what is damaged; another clone may have it whole',
      });
    }
    if (this.chunks.length === chunksKept) this.start += this.chunks.shift()?.length ?? 0;
    this.chunks.push(chunk);
    if (this.end() >= this.size) this.close();
  }

  private close(): void {
    this.stream?.close();
    this.stream = undefined;
  }
}

/** The output of a command, a chunk at a time, without returning to the event loop. */
class Stream {
  private readonly worker: Threads.Worker;
  private readonly port: Threads.MessagePort;
  private readonly signal = new Int32Array(new SharedArrayBuffer(8));

  constructor(command: Command) {
    const { MessageChannel, Worker } = threads();
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    this.worker = new Worker(readerProgram, {
      eval: true,
      workerData: { ...command, port: port2, signal: this.signal, chunkSize },
      transferList: [port2],
    });
    this.worker.unref();
  }

  next(): Uint8Array | undefined {
    Atomics.add(this.signal, wanted, 1);
    Atomics.notify(this.signal, wanted);
    const { receiveMessageOnPort } = threads();
    for (;;) {
      const before = Atomics.load(this.signal, delivered);
      const received: { readonly message: Uint8Array | null } | undefined = receiveMessageOnPort(
        this.port,
      );
      if (received !== undefined) return received.message ?? undefined;
      Atomics.wait(this.signal, delivered, before, 1000);
    }
  }

  close(): void {
    void this.worker.terminate();
    this.port.close();
  }
}

// Loading it costs a tenth of Node's start, and nearly every blob is small.
function threads(): typeof Threads {
  return process.getBuiltinModule('node:worker_threads');
}

const wanted = 0;
const delivered = 1;

// Runs in the worker. It stays a chunk ahead of what was asked for and sends null at the end or when git failed.
const readerProgram = `
const { workerData } = require('node:worker_threads');
const { spawn } = require('node:child_process');
const { program, args, cwd, env, port, signal, chunkSize } = workerData;
const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'ignore'], windowsHide: true });
process.once('exit', () => child.kill());
let sent = 0;
const send = (chunk) => {
  port.postMessage(chunk, chunk === null ? [] : [chunk.buffer]);
  Atomics.add(signal, 1, 1);
  Atomics.notify(signal, 1);
  sent += 1;
  for (let asked = Atomics.load(signal, 0); sent > asked; asked = Atomics.load(signal, 0)) Atomics.wait(signal, 0, asked);
};
(async () => {
  let chunk = new Uint8Array(chunkSize);
  let filled = 0;
  const ended = new Promise((resolve) => { child.once('error', () => resolve(1)); child.once('close', resolve); });
  for await (const data of child.stdout) {
    for (let at = 0; at < data.length;) {
      const piece = data.subarray(at, at + chunkSize - filled);
      chunk.set(piece, filled);
      at += piece.length;
      filled += piece.length;
      if (filled === chunkSize) { send(chunk); chunk = new Uint8Array(chunkSize); filled = 0; }
    }
  }
  if ((await ended) === 0 && filled > 0) await send(chunk.slice(0, filled));
  send(null);
})();
`;
