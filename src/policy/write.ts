import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../core/errors.ts';
import { codeOf } from './files.ts';

// The only place of this layer that writes, and it writes only baselines and configurations.

/** Replaces the file as a whole or not at all; keeps its mode, and the link if it is one. */
export function writeWhole(path: string, text: string): void {
  try {
    replace(target(path), text);
  } catch (error) {
    throw new UserError(`cannot write ${path} (${codeOf(error) ?? 'unknown error'})`, {
      hint: 'Check that the folder exists and that you may write there.',
      cause: error,
    });
  }
}

function replace(file: string, text: string): void {
  const mode = statSync(file, { throwIfNoEntry: false })?.mode;
  const temporary = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
  const fd = openSync(temporary, 'wx', 0o666);
  try {
    try {
      if (mode !== undefined) fchmodSync(fd, mode & 0o7777);
      writeFileSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, file);
  } catch (error) {
    unlinkSync(temporary);
    throw error;
  }
}

/** Renaming over a link would replace the link and leave the file it names as it was. */
function target(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
