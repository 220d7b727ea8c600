// What was planned, written and checked, one JSON object a line, each on the disk before the next step is taken. No secret
// ever stands in it; key ids do, in full, because `keyscan keys` must name them to AWS (an id alone opens nothing, the file is
// 0600, and screens mask them). Contents of files are remembered as salted hashes.
import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../core/json-fields.ts';
import type { JournalKey } from '../core/migration.ts';
import type { FileOnDisk } from './cut-over.ts';
import { disk, type FileSystem, readUpTo, writeAll } from './file-system.ts';
import { entryOf } from './journal-entry.ts';
import { inWords } from './problems.ts';
import { giveToOwnerOf, syncFolder } from './replace.ts';
import { journalName } from './state-folder.ts';

export type JournalEvent =
  | {
      readonly type: 'planned';
      readonly profiles: readonly string[];
      readonly files: readonly PlannedFile[];
      /** How to take it back, without secrets: what `rememberUndo` of src/aws says. Null where there is no way back. */
      readonly undo: Json;
    }
  /** Temporary files are about to be made under these names. */
  | { readonly type: 'writing'; readonly temporaries: readonly string[] }
  | { readonly type: 'written'; readonly files: readonly JournalFile[] }
  /** Failed, and taken back as far as `files` says. */
  | {
      readonly type: 'not-written';
      readonly reason: string;
      readonly files: readonly JournalFile[];
    }
  | { readonly type: 'swept'; readonly temporaries: readonly string[] }
  | {
      readonly type: 'checked';
      readonly profile: string;
      readonly ok: boolean;
      readonly detail: string;
    }
  | { readonly type: 'key'; readonly key: JournalKey }
  /** The migration `run` was taken back by the run that writes this. */
  | { readonly type: 'undone'; readonly undone: string };

export interface PlannedFile {
  readonly path: string;
  /** `fingerprint` of the bytes; null for a file that did not exist. */
  readonly before: string | null;
  readonly after: string;
}

export type JournalFile = Pick<FileOnDisk, 'path' | 'target' | 'holds'>;

export type JournalEntry = {
  readonly v: 1;
  /** Which run of keyscan wrote it: 12 hex digits. */
  readonly run: string;
  /** ISO 8601, UTC. */
  readonly at: string;
} & JournalEvent;

export interface Journal {
  readonly run: string;
  /** The entry is on the disk when it returns. @throws UserError */
  readonly append: (event: JournalEvent) => void;
}

export interface JournalRead {
  readonly entries: readonly JournalEntry[];
  /** Temporary files that may still lie where a crash left them. */
  readonly temporaries: readonly string[];
  /** What could not be read, in sentences. Never a reason not to go on. */
  readonly problems: readonly string[];
}

/** How long a key stays inactive before keyscan asks whether it can be deleted. */
const daysUntilReminder = 14;

export function openJournal(
  folder: string,
  fs: FileSystem = disk,
  now = () => new Date(),
): Journal {
  const run = randomBytes(6).toString('hex');
  const file = join(folder, journalName);
  return {
    run,
    append: (event) => {
      try {
        append(file, { v: 1, run, at: now().toISOString(), ...event }, fs);
      } catch (error) {
        throw inWords(file, error);
      }
    },
  };
}

/** Never throws. Lines that are damaged, or of a newer keyscan, are passed over and said. */
export function readJournal(folder: string, fs: FileSystem = disk): JournalRead {
  const file = join(folder, journalName);
  try {
    return readText(file, read(file, fs));
  } catch {
    const problems = [`${file} cannot be read; earlier migrations are not known`];
    return { entries: [], temporaries: [], problems };
  }
}

/** Recognises content without keeping it: a hash under a salt of its own, `SALT:HASH` in hex. */
export function fingerprint(bytes: Uint8Array, salt = randomBytes(16).toString('hex')): string {
  return `${salt}:${createHash('sha256').update(salt).update(bytes).digest('hex')}`;
}

export function hasFingerprint(bytes: Uint8Array, expected: string): boolean {
  return fingerprint(bytes, expected.slice(0, expected.indexOf(':'))) === expected;
}

/** The day to be reminded, from the day the key was taken out of use. */
export function reminder(from: Date): string {
  return new Date(from.getTime() + daysUntilReminder * 86_400_000).toISOString().slice(0, 10);
}

/** A few thousand migrations. */
const mostBytes = 16 * 1024 * 1024;

function append(file: string, entry: JournalEntry, fs: FileSystem): void {
  const isNew = fs.lstat(file) === undefined;
  const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
  const fd = fs.open(file, flags, 0o600);
  try {
    if (isNew) giveToOwnerOf(join(file, '..'), fd, fs);
    // A crash may have left half a line
    const begin = isNew || endsLine(fd, fs) ? '' : '\n';
    writeAll(fs, fd, Buffer.from(`${begin}${JSON.stringify(entry)}\n`));
    fs.fsync(fd);
  } finally {
    fs.close(fd);
  }
  if (isNew) syncFolder(join(file, '..'), fs);
}

function endsLine(fd: number, fs: FileSystem): boolean {
  const size = Number(fs.fstat(fd).size);
  const last = new Uint8Array(1);
  return size === 0 || (fs.read(fd, last, size - 1) === 1 && last[0] === 0x0a);
}

function read(file: string, fs: FileSystem): string {
  if (fs.lstat(file) === undefined) return '';
  const fd = fs.open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { size } = fs.fstat(fd);
    if (size > mostBytes) throw new Error('too large');
    return Buffer.from(readUpTo(fs, fd, Number(size))).toString();
  } finally {
    fs.close(fd);
  }
}

function readText(file: string, text: string): JournalRead {
  const entries: JournalEntry[] = [];
  const problems: string[] = [];
  const open = new Set<string>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '') continue;
    const entry = entryOf(line);
    if (typeof entry === 'string') {
      problems.push(`${file}:${index + 1} ${entry} and is passed over`);
      continue;
    }
    entries.push(entry);
    if (entry.type === 'writing') for (const path of entry.temporaries) open.add(path);
    if (entry.type === 'swept') for (const path of entry.temporaries) open.delete(path);
  }
  return { entries, temporaries: [...open], problems };
}
