// One keyscan at a time changes files. The lock is a file with the process that holds it; that of a process which is no
// more is taken over. It cannot keep out the AWS CLI, which knows no lock; for that see replace.ts.
import { randomBytes } from 'node:crypto';
import { constants, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { codeOf, UserError } from '../core/errors.ts';
import { countIn, fieldsOf, nullOr, parsedJson, textIn, whole } from '../core/json-fields.ts';
import { type FileSystem, readUpTo, writeAll } from './file-system.ts';
import { discard, giveToOwnerOf, lacksHardLinks } from './replace.ts';

export interface Lock {
  /** Throws a UserError when it is no longer ours. */
  readonly check: () => void;
  readonly release: () => void;
}

/** @throws UserError when another keyscan holds it, on this computer or another one that shares the folder. */
export function takeLock(folder: string, fs: FileSystem): Lock {
  const file = join(folder, 'lock');
  const token = randomBytes(8).toString('hex');
  const isOurs = (): boolean => tokenOf(holderOf(file, fs)) === token;
  clearAway(folder, fs);
  take(file, token, fs);
  return {
    check: () => {
      if (!isOurs()) throw held(file, undefined);
    },
    release: () => {
      if (isOurs()) discard(file, fs);
    },
  };
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process began, as the system counts; null where it does not say. */
  readonly began: string | null;
  readonly token: string;
}

/** Attempts, and milliseconds between them: longer than taking over a dead lock takes. */
const attempts = 40;
const pause = 10;

function take(file: string, token: string, fs: FileSystem): void {
  const own = `${file}-${token}-${process.pid}`;
  writeHolder(own, token, fs);
  try {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      if (putInPlace(own, file, token, fs)) return;
      const holder = holderOf(file, fs);
      if (holder === undefined) continue;
      if (isHeld(holder)) throw held(file, holder);
      if (removeDead(file, own, token, fs)) continue;
      fs.pause(pause);
    }
    throw held(file, undefined);
  } finally {
    discard(own, fs);
  }
}

/** The link is made as a whole or not at all, so that a lock never lies there half written. */
function putInPlace(own: string, file: string, token: string, fs: FileSystem): boolean {
  try {
    fs.link(own, file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    if (!lacksHardLinks(error)) throw error;
  }
  try {
    writeHolder(file, token, fs);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Only one at a time removes a dead lock, and looks once more before: of two that find the same one, the slower would
 * otherwise remove what the faster has put there. False: somebody else is at it.
 */
function removeDead(file: string, own: string, token: string, fs: FileSystem): boolean {
  const guard = `${file}-takeover`;
  if (!putInPlace(own, guard, token, fs)) {
    const other = holderOf(guard, fs);
    if (other !== undefined && !isHeld(other)) discard(guard, fs);
    return false;
  }
  try {
    const holder = holderOf(file, fs);
    if (holder !== undefined && !isHeld(holder)) discard(file, fs);
    return true;
  } finally {
    discard(guard, fs);
  }
}

function writeHolder(file: string, token: string, fs: FileSystem): void {
  const holder: Holder = { pid: process.pid, host: hostname(), began: beginOf(process.pid), token };
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const fd = fs.open(file, flags, 0o600);
  try {
    writeAll(fs, fd, Buffer.from(`${JSON.stringify(holder)}\n`));
    giveToOwnerOf(join(file, '..'), fd, fs);
  } finally {
    fs.close(fd);
  }
}

function holderOf(file: string, fs: FileSystem): Holder | 'damaged' | undefined {
  let fd;
  try {
    fd = fs.open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    return parseHolder(Buffer.from(readUpTo(fs, fd, 4096)).toString());
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  } finally {
    if (fd !== undefined) fs.close(fd);
  }
}

function parseHolder(text: string): Holder | 'damaged' {
  const { pid, host, began, token } = fieldsOf(parsedJson(text));
  const holder = {
    pid: countIn(pid),
    host: textIn(host),
    began: nullOr(began, textIn),
    token: textIn(token),
  };
  return whole(holder) ?? 'damaged';
}

/** A lock that cannot be read may be anybody's. */
function isHeld(holder: Holder | 'damaged'): boolean {
  return holder === 'damaged' || lives(holder);
}

function tokenOf(holder: Holder | 'damaged' | undefined): string | undefined {
  return typeof holder === 'object' ? holder.token : undefined;
}

/** Of a process on another computer nothing can be said, so it counts as alive. */
function lives({ pid, host, began }: Omit<Holder, 'token'>): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false;
  }
  const now = beginOf(pid);
  // Another process may have got its number
  return began === null || now === null || began === now;
}

/** Linux alone says it in a file: the boot, and the ticks from there. */
function beginOf(pid: number): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name of the program stands in brackets and may hold anything; field 22 is the 20th after it
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return ticks === undefined ? null : `${boot} ${ticks}`;
  } catch {
    return null;
  }
}

/** Files of attempts that did not come to their end; their names have the process too, for those half written. */
function clearAway(folder: string, fs: FileSystem): void {
  for (const name of fs.readdir(folder)) {
    const pid = /^lock-[0-9a-f]{16}-(\d{1,10})$/.exec(name)?.[1];
    if (pid === undefined) continue;
    const holder = holderOf(join(folder, name), fs);
    const maker = { pid: Number(pid), host: hostname(), began: null };
    if (!lives(typeof holder === 'object' ? holder : maker)) discard(join(folder, name), fs);
  }
}

function held(file: string, holder: Holder | 'damaged' | undefined): UserError {
  const who =
    typeof holder === 'object'
      ? ` (process ${holder.pid}${holder.host === hostname() ? '' : ` on ${holder.host}`})`
      : '';
  return new UserError(`another keyscan is at work${who}`, {
    hint: `Wait until it is done. If there is none, remove ${file}`,
  });
}
