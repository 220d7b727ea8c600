// The passphrase of the encrypted undo, from a file or a pipe that was named. It never comes from the command line or the
// environment, where other programs can read it.
import { closeSync, openSync, readSync } from 'node:fs';
import { codeOf, UserError } from '../core/errors.ts';

/** The first line, without its end. The bytes are for the caller to zero. @throws UserError */
export function readPassphraseFile(path: string): Uint8Array {
  const buffer = Buffer.allocUnsafeSlow(mostBytes);
  try {
    const line = firstLine(buffer.subarray(0, fill(path, buffer)));
    if (line.length === 0) throw new UserError(`there is no passphrase in ${path}`);
    return new Uint8Array(line);
  } finally {
    buffer.fill(0);
  }
}

const mostBytes = 4096;

function fill(path: string, buffer: Uint8Array): number {
  let fd;
  try {
    fd = openSync(path, 'r');
    let got = 0;
    while (got < buffer.length) {
      const more = readSync(fd, buffer, got, buffer.length - got, null);
      if (more === 0) break;
      got += more;
    }
    return got;
  } catch (error) {
    throw new UserError(
      `cannot read the passphrase from ${path} (${codeOf(error) ?? 'unknown error'})`,
      {
        hint: 'Name a file or a pipe whose first line is the passphrase.',
        cause: error,
      },
    );
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function firstLine(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0x0a);
  const line = end < 0 ? bytes : bytes.subarray(0, end);
  return line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
}
