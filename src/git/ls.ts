// Which files of a work tree git knows or would take in: its own index and its own ignore rules, asked through
// plumbing. Nothing that the repository configures runs because of it, nothing is written, nothing is fetched.

import { type ChildProcessWithoutNullStreams, spawnSync } from 'node:child_process';
import { type Environment, openElsewhere, type Outcome } from './run.ts';

export type ListedKind = 'tracked' | 'untracked' | 'submodule' | 'nested-repository';

export interface ListedFile {
  /** Relative to the listed folder, `/` between names; bytes that are no UTF-8 are U+FFFD. */
  readonly name: string;
  /** The name's bytes, only where `name` could not keep them. */
  readonly bytes: Buffer | undefined;
  readonly kind: ListedKind;
}

export type Listing =
  | { readonly ok: true; readonly files: readonly ListedFile[] }
  | {
      readonly ok: false;
      readonly why: 'no-git' | 'refused';
      readonly detail: string;
      readonly hint: string | undefined;
    };

/** Tracked and untracked-but-not-ignored files below `folder`, sorted by name. Runs beside whatever else is done. */
export async function listWorkTree(
  folder: string,
  environment: Environment = process.env,
): Promise<Listing> {
  const git = openElsewhere(folder, environment);
  const outcome = await finish(git.start(listing));
  if (outcome === 'cannot start') return { ok: false, why: 'no-git', detail: '', hint: undefined };
  if (outcome.code === 0) return { ok: true, files: parseListing(outcome.stdout) };
  const { message, hint } = git.failure(listing, outcome);
  return { ok: false, why: 'refused', detail: message, hint };
}

// -t keeps index lines and other files apart.
const listing = ['ls-files', '-z', '-t', '--stage', '--cached', '--others', '--exclude-standard'];

/** Which of these paths git ignores; nothing when git cannot say. Tracked files are never ignored. */
export function ignoredByGit(
  folder: string,
  names: readonly (string | Buffer)[],
  environment: Environment = process.env,
): ReadonlySet<string> {
  if (names.length === 0) return new Set();
  // A name that begins with a colon would be read as magic, and the switch that turns magic off is refused.
  const paths = names.flatMap((name) => [Buffer.from('./'), Buffer.from(name), Buffer.of(0)]);
  const git = openElsewhere(folder, environment).command(['check-ignore', '-z', '--stdin']);
  const { status, stdout } = spawnSync(git.program, git.args, {
    cwd: git.cwd,
    env: { ...git.env, GIT_LITERAL_PATHSPECS: undefined },
    input: Buffer.concat(paths),
    maxBuffer: 2 ** 30,
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
  });
  if (status !== 0) return new Set();
  const ignored = stdout.toString().split('\0').slice(0, -1);
  return new Set(ignored.map((name) => name.slice('./'.length)));
}

/**
 * `H <mode> <hash> <stage>TAB<name>` for what the index holds, `? <name>` for the rest. The tag in front keeps apart an
 * untracked file that is named like an index line. A name that ends in `/` is a repository of its own.
 */
function parseListing(output: Buffer): readonly ListedFile[] {
  const text = output.toString('utf8');
  const records = text.includes('\uFFFD')
    ? splitBytes(output).map(parseBytes)
    : text
        .split('\0')
        .slice(0, -1)
        .map((record) => parseRecord(record, undefined));
  records.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  // A path with a merge conflict has up to three index entries.
  return records.filter(
    ({ name, bytes }, index) => bytes !== undefined || records[index - 1]?.name !== name,
  );
}

function parseBytes(record: Buffer): ListedFile {
  const text = record.toString('utf8');
  if (!text.includes('\uFFFD')) return parseRecord(text, undefined);
  return parseRecord(text, record.subarray(nameStart(record[0] === 0x3f, record.indexOf(0x09))));
}

function parseRecord(record: string, bytes: Buffer | undefined): ListedFile {
  const untracked = record.startsWith('?');
  const name = record.slice(nameStart(untracked, record.indexOf('\t')));
  if (!untracked) {
    return { name, bytes, kind: record.startsWith('160000', 2) ? 'submodule' : 'tracked' };
  }
  if (!name.endsWith('/')) return { name, bytes, kind: 'untracked' };
  return { name: name.slice(0, -1), bytes: bytes?.subarray(0, -1), kind: 'nested-repository' };
}

function nameStart(untracked: boolean, tab: number): number {
  return untracked ? 2 : tab + 1;
}

function splitBytes(output: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let start = 0; start < output.length;) {
    const end = output.indexOf(0, start);
    records.push(output.subarray(start, end < 0 ? output.length : end));
    start = (end < 0 ? output.length : end) + 1;
  }
  return records;
}

function finish(child: ChildProcessWithoutNullStreams): Promise<Outcome | 'cannot start'> {
  return new Promise((resolve) => {
    const out: Buffer[] = [];
    let stderr = '';
    child.stdin.on('error', () => undefined).end();
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      if (stderr.length < 65_536) stderr += chunk.toString();
    });
    child.on('error', () => {
      resolve('cannot start');
    });
    child.on('close', (code) => {
      resolve({ code: code ?? 128, stdout: Buffer.concat(out), stderr, tooMuch: false });
    });
  });
}
