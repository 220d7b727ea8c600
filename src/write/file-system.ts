// The calls of the operating system that the writer makes, in one place, so that a test can fail each of them or end the
// program at it. Synchronous, so that no signal handler of ours runs in the middle of a cut-over.
import {
  type BigIntStats,
  chmodSync,
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  writeSync,
} from 'node:fs';

export interface FileSystem {
  readonly realpath: (path: string) => string;
  readonly readlink: (path: string) => string;
  /** Undefined when there is nothing of that name. */
  readonly lstat: (path: string) => BigIntStats | undefined;
  readonly fstat: (fd: number) => BigIntStats;
  readonly readdir: (path: string) => readonly string[];
  /** Flags and mode as open(2) takes them. */
  readonly open: (path: string, flags: number, mode?: number) => number;
  /** How many bytes it put into `into`, from byte `position` of the file on; 0 at the end. */
  readonly read: (fd: number, into: Uint8Array, position: number) => number;
  /** How many bytes of it the system took. */
  readonly write: (fd: number, bytes: Uint8Array) => number;
  readonly fchmod: (fd: number, mode: number) => void;
  readonly fchown: (fd: number, uid: number, gid: number) => void;
  readonly chmod: (path: string, mode: number) => void;
  readonly fsync: (fd: number) => void;
  readonly close: (fd: number) => void;
  readonly rename: (from: string, to: string) => void;
  /** Fails when `to` exists. */
  readonly link: (from: string, to: string) => void;
  readonly unlink: (path: string) => void;
  readonly mkdir: (path: string, mode: number) => void;
  readonly rmdir: (path: string) => void;
  /** Milliseconds. */
  readonly pause: (time: number) => void;
}

export const disk: FileSystem = {
  realpath: (path) => realpathSync.native(path),
  readlink: (path) => readlinkSync(path),
  lstat: (path) => lstatSync(path, { bigint: true, throwIfNoEntry: false }),
  fstat: (fd) => fstatSync(fd, { bigint: true }),
  readdir: (path) => readdirSync(path),
  open: openSync,
  read: (fd, into, position) => readSync(fd, into, 0, into.length, position),
  write: (fd, bytes) => writeSync(fd, bytes),
  fchmod: fchmodSync,
  fchown: fchownSync,
  chmod: chmodSync,
  fsync: fsyncSync,
  close: closeSync,
  rename: renameSync,
  link: linkSync,
  unlink: unlinkSync,
  mkdir: (path, mode) => {
    mkdirSync(path, { mode });
  },
  rmdir: rmdirSync,
  pause: (time) => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, time);
  },
};

/** `length` bytes at most, from the beginning. */
export function readUpTo(fs: FileSystem, fd: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let got = 0;
  while (got < length) {
    const more = fs.read(fd, bytes.subarray(got), got);
    if (more === 0) break;
    got += more;
  }
  return bytes.subarray(0, got);
}

export function writeAll(fs: FileSystem, fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += fs.write(fd, bytes.subarray(done));
}
