// What the system says when it does not write, in words, with what a person can do about it.
import { codeOf, isUserError, UserError } from '../core/errors.ts';

/** The error itself when it is in words already or has nothing to do with the system. */
export function inWords(path: string, error: unknown): unknown {
  const code = codeOf(error);
  if (isUserError(error) || code === undefined) return error;
  const [why, hint] = reasons[code] ?? [`the system says ${code}`, permissions];
  return new UserError(`cannot write ${path}: ${why}`, { hint, cause: error });
}

/** It is not what it was when the change was planned. */
export function changed(path: string): UserError {
  return new UserError(`${path} was changed meanwhile`, {
    hint: 'Another program wrote to it; what it wrote is still there. Run the command again.',
  });
}

const permissions = 'Check that the folder exists and that you may write there.';
const space = 'Make some room and run the command again.';
const container =
  'A container often gets such a file from outside; run keyscan where the file itself lies.';

const reasons: Readonly<Record<string, readonly [why: string, hint: string]>> = {
  ENOSPC: ['the disk is full', space],
  EDQUOT: ['your disk quota is used up', space],
  EIO: ['the disk reports an error', 'Check the disk before you go on.'],
  EROFS: ['it lies on a file system that is mounted read-only', container],
  EBUSY: ['it is in use, or mounted as a single file', container],
  EXDEV: ['it is mounted as a single file', container],
  EACCES: ['permission denied', permissions],
  EPERM: [
    'the system does not permit it',
    'The file or its folder may be protected against changes (chattr, chflags), or belong to somebody else.',
  ],
  ENOENT: ['its folder does not exist', permissions],
  ENOTDIR: ['a part of its path is not a folder', permissions],
  EISDIR: ['it is a folder', permissions],
  ELOOP: ['its link leads in circles', 'Mend the link first.'],
  ENAMETOOLONG: ['its path is too long', 'Move it to a shorter path.'],
  EMFILE: ['too many files are open', 'Close some programs and run the command again.'],
  ENFILE: ['too many files are open', 'Close some programs and run the command again.'],
};
