// `--cache`: which commits held nothing the last time, so that only the others and new ones are looked at. It can only
// make us skip, and so hide: it lies in the person's own cache folder, never in the repository, where a stranger could
// have put it, and is believed only when nobody else can have written it. It holds ids of commits and nothing of them.

import { createHash, createHmac, randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

import { rules as builtinRules } from '../../rules/index.ts';
import type { ScannerOptions } from '../detect/api.ts';
import type { Git } from '../git/run.ts';
import type { Host } from './host.ts';
import { version } from './version.ts';

export interface HistoryCache {
  /** Commits that held nothing under the same rules; none when there is no cache that can be believed. */
  readonly known: ReadonlySet<string>;
  /** Sentences for standard error. */
  readonly notes: readonly string[];
  /** Writes the commits that hold nothing; says what went wrong, if anything. */
  readonly save: (clean: Iterable<string>) => string | undefined;
}

/** `top` is the work tree, or the folder of a bare repository. Never throws: without a cache all is looked at. */
export function openHistoryCache(
  git: Git,
  scanner: ScannerOptions,
  top: string,
  { env }: Pick<Host, 'env'>,
): HistoryCache {
  const common = realPath(path.resolve(git.cwd, git.line(['rev-parse', '--git-common-dir'])));
  const folder = cacheFolder(env);
  if (folder === undefined) return without('there is no home folder to keep it in');
  if ([common, realPath(top)].some((place) => isInside(place, realPath(folder)))) {
    return without(`${folder} lies in the repository, where anybody could have written it`);
  }
  const name = createHash('sha256').update(common).digest('hex').slice(0, 32);
  const file = path.join(folder, `history-${name}`);
  const held = read(file);
  const usable = typeof held === 'string' ? undefined : held;
  const salt = usable?.salt ?? randomBytes(saltSize);
  const key = keyOf(scanner, salt);
  const known = usable?.key.equals(key) === true ? usable.commits : [];
  return {
    known: new Set(known),
    notes: typeof held === 'string' ? [`${held}; every commit is looked at`] : [],
    save: (clean) => save(file, salt, key, clean),
  };
}

function without(reason: string): HistoryCache {
  const notes = [`no cache is used: ${reason}`];
  return { known: new Set(), notes, save: () => undefined };
}

/** As the XDG base directory specification has it, which says to ignore a relative path; on Windows LOCALAPPDATA. */
function cacheFolder({ XDG_CACHE_HOME, HOME, LOCALAPPDATA }: Host['env']): string | undefined {
  const local = process.platform === 'win32' ? LOCALAPPDATA : undefined;
  const home = HOME === undefined || HOME === '' ? undefined : path.join(HOME, '.cache');
  const folder = [XDG_CACHE_HOME, local, home].find((each) => path.isAbsolute(each ?? ''));
  return folder === undefined ? undefined : path.join(folder, 'keyscan');
}

/** Of what may not be there yet: the part that is, resolved. */
function realPath(name: string): string {
  try {
    return realpathSync(name);
  } catch {
    const parent = path.dirname(name);
    return parent === name ? name : path.join(realPath(parent), path.basename(name));
  }
}

function isInside(folder: string, name: string): boolean {
  const relative = path.relative(folder, name);
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

/**
 * All that decides whether a commit holds something. Of this computer's own keys, which are looked for too, nothing can be
 * told from it: it is salted, and the keys are random. Paths that are left out are no part of it: a commit with such a path
 * is never kept.
 */
function keyOf({ rules = builtinRules, select, own = [] }: ScannerOptions, salt: Buffer): Buffer {
  const active = rules.map((rule) => select?.(rule) ?? true);
  return createHmac('sha256', salt)
    .update(JSON.stringify([version, process.version, rules, active, own]))
    .digest();
}

// magic, salt, key, length of an id (one byte), ids, SHA-256 of all before
const magic = Buffer.from('keyscan history 1\n');
const saltSize = 32;
const digestSize = 32;
const headSize = magic.length + saltSize + digestSize + 1;

interface Held {
  readonly salt: Buffer;
  readonly key: Buffer;
  readonly commits: readonly string[];
}

/** Undefined when there is none; a sentence when there is one that cannot be believed. */
function read(file: string): Held | string | undefined {
  let bytes: Buffer;
  try {
    const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = fstatSync(descriptor);
      const { uid, mode } = stats;
      if (!stats.isFile()) return `the cache ${file} is damaged`;
      if (process.getuid !== undefined && (uid !== process.getuid() || (mode & 0o022) !== 0)) {
        return `the cache ${file} is not used: somebody else could have written it`;
      }
      bytes = readFileSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
  return parse(bytes) ?? `the cache ${file} is damaged`;
}

function parse(bytes: Buffer): Held | undefined {
  const end = bytes.length - digestSize;
  if (end < headSize || !bytes.subarray(0, magic.length).equals(magic)) return undefined;
  const body = bytes.subarray(0, end);
  if (!createHash('sha256').update(body).digest().equals(bytes.subarray(end))) return undefined;
  const idSize = bytes[headSize - 1] ?? 0;
  if (idSize === 0 || (end - headSize) % idSize !== 0) return undefined;
  const commits: string[] = [];
  for (let at = headSize; at < end; at += idSize)
    commits.push(body.toString('hex', at, at + idSize));
  const keyAt = magic.length + saltSize;
  return {
    salt: bytes.subarray(magic.length, keyAt),
    key: bytes.subarray(keyAt, keyAt + digestSize),
    commits,
  };
}

function save(
  file: string,
  salt: Buffer,
  key: Buffer,
  clean: Iterable<string>,
): string | undefined {
  const ids = [...clean].map((id) => Buffer.from(id, 'hex'));
  const [first] = ids;
  const body = Buffer.concat([magic, salt, key, Buffer.of(first?.length ?? 20), ...ids]);
  const whole = Buffer.concat([body, createHash('sha256').update(body).digest()]);
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(temporary, whole, { flag: 'wx', mode: 0o600 });
    renameSync(temporary, file);
    return undefined;
  } catch (error) {
    remove(temporary);
    const reason = error instanceof Error ? error.message : String(error);
    return `the cache cannot be written: ${reason}`;
  }
}

function remove(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // it was not there
  }
}
