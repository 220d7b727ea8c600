// All of standard input as one document. Small input is held; what is more goes to a file that nobody else can open,
// enciphered with a key that only this process has, so that no secret of a pipe is ever written to a disk.

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Document, Reader } from '../core/document.ts';
import { codeOf, UserError } from '../core/errors.ts';
import { problemText } from './read-file.ts';

export interface StandardInput {
  readonly document: Document;
  /** Ends the document. */
  readonly close: () => void;
}

export interface StandardInputOptions {
  /** `--stdin-filename`; taken as it is, with `/` between names. */
  readonly name?: string | undefined;
  /** Bytes that are held in memory at most. */
  readonly heldBytes?: number;
  readonly descriptor?: number;
}

export function readStandardInput(options: StandardInputOptions = {}): StandardInput {
  const { name = '<stdin>', heldBytes = 64 * 1024 * 1024, descriptor = 0 } = options;
  const chunks: Buffer[] = [];
  let held = 0;
  let spool: Spool | undefined;
  for (;;) {
    const chunk = readChunk(descriptor);
    if (chunk.length === 0) break;
    if (spool === undefined && held + chunk.length <= heldBytes) {
      chunks.push(chunk);
      held += chunk.length;
      continue;
    }
    spool ??= startSpool(chunks.splice(0));
    spool.write(chunk);
  }
  const content = spool?.reader() ?? Buffer.concat(chunks);
  const close = (): void => spool?.close();
  return { document: { path: name, stage: 'local', content }, close };
}

const chunkBytes = 256 * 1024;

function readChunk(descriptor: number): Buffer {
  const chunk = Buffer.allocUnsafeSlow(chunkBytes);
  for (;;) {
    try {
      const got = readSync(descriptor, chunk, 0, chunkBytes, null);
      // Pipes give little at a time: keeping a whole chunk for it would hold several times the input.
      return got < chunkBytes / 2 ? Buffer.from(chunk.subarray(0, got)) : chunk.subarray(0, got);
    } catch (error) {
      const code = codeOf(error);
      // Windows reports the end of a pipe like this.
      if (code === 'EOF') return chunk.subarray(0, 0);
      if (code === 'EAGAIN') waitAMoment();
      else if (code !== 'EINTR') throw unreadable(error);
    }
  }
}

/** A terminal or a socket that somebody set to non-blocking has nothing yet. */
function waitAMoment(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
}

function unreadable(cause: unknown): UserError {
  const reason = problemText(cause) ?? 'it is closed';
  return new UserError(`standard input cannot be read: ${reason}`, {
    hint: 'pipe something into keyscan, as in: git diff | keyscan --stdin',
    cause,
  });
}

interface Spool {
  readonly write: (chunk: Buffer) => void;
  readonly reader: () => Reader;
  readonly close: () => void;
}

/** AES in counter mode: every block of 16 bytes can be read by itself. */
const cipher = 'aes-256-ctr';
const blockBytes = 16;

function startSpool(first: readonly Buffer[]): Spool {
  const name = path.join(tmpdir(), `keyscan-${randomBytes(12).toString('hex')}`);
  const descriptor = openNew(name);
  const key = randomBytes(32);
  const encipher = createCipheriv(cipher, key, counter(0));
  let size = 0;
  const write = (chunk: Buffer): void => {
    const bytes = encipher.update(chunk);
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
    } catch (cause) {
      closeSync(descriptor);
      throw noRoom(cause);
    }
    size += bytes.length;
  };
  const read = (target: Uint8Array, position: number): number => {
    const skew = position % blockBytes;
    const wanted = Math.min(target.length, size - position);
    if (wanted <= 0) return 0;
    const bytes = Buffer.allocUnsafe(wanted + skew);
    const got = readSync(descriptor, bytes, 0, bytes.length, position - skew);
    const decipher = createDecipheriv(cipher, key, counter((position - skew) / blockBytes));
    target.set(decipher.update(bytes.subarray(0, got)).subarray(skew));
    return Math.max(got - skew, 0);
  };
  for (const chunk of first) write(chunk);
  return {
    write,
    reader: () => ({ size, read }),
    close: () => {
      closeSync(descriptor);
    },
  };
}

/** Unlinked at once: only this process can read it, and nothing is left behind by a crash. */
function openNew(name: string): number {
  try {
    const descriptor = openSync(name, 'wx+', 0o600);
    unlinkSync(name);
    return descriptor;
  } catch (cause) {
    throw noRoom(cause);
  }
}

function noRoom(cause: unknown): UserError {
  const reason = problemText(cause) ?? 'the folder does not exist';
  return new UserError(`a long standard input cannot be kept in ${tmpdir()}: ${reason}`, {
    hint: 'set TMPDIR to a folder with enough room, or write the input to a file and scan that',
    cause,
  });
}

function counter(block: number): Buffer {
  const bytes = Buffer.alloc(blockBytes);
  bytes.writeBigUInt64BE(BigInt(block), 8);
  return bytes;
}
