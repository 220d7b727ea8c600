// From what a person typed, or a hook was told, to the commits that are meant. What cannot be answered from this clone is
// said with the fetch that mends it.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { UserError } from '../core/errors.ts';
import { type Git, quoted } from './run.ts';

/** What rev-list is told to select commits by. */
export interface Selection {
  /** Such as --reflog. */
  readonly options?: readonly string[];
  /** Full hashes; one with ^ in front leaves out what it reaches. */
  readonly revisions: readonly string[];
}

/** `A..B`, `A...B` (what a pull request of B into A brings), either side HEAD when left out. */
export function selectRange(git: Git, range: string): Selection {
  const match = /^(.*?)(\.{2,3})(.*)$/s.exec(range);
  if (match === null) {
    throw new UserError(`not a range of commits: ${range}`, {
      hint: 'write two revisions with two or three dots between: --range main..HEAD',
    });
  }
  const [, left = '', dots = '', right = ''] = match;
  // git takes it for HEAD..HEAD, which holds nothing and would pass for clean
  if (left === '' && (right === '' || right === 'HEAD')) {
    throw new UserError(`the range ${range} has no beginning`, {
      hint: 'a variable of the CI system may be empty: name where it begins, as in --range main..HEAD',
    });
  }
  const from = resolveCommit(git, left === '' ? 'HEAD' : left);
  const to = resolveCommit(git, right === '' ? 'HEAD' : right);
  if (dots === '...') mergeBase(git, from, to);
  // the ancestors of all merge bases are what both sides share, so A...B leaves out exactly what A reaches
  return complete(git, { revisions: [to, `^${from}`] });
}

/** merge-base(REF, HEAD)..HEAD */
export function selectSince(git: Git, revision: string): Selection {
  const from = resolveCommit(git, revision);
  const head = resolveCommit(git, 'HEAD');
  mergeBase(git, from, head);
  return complete(git, { revisions: [head, `^${from}`] });
}

export function resolveCommit(git: Git, revision: string): string {
  if (revision.startsWith('-')) {
    throw new UserError(`not a revision: ${revision}`);
  }
  // the rest of `:/text` is all text
  const name = revision.startsWith(':/') ? revision : `${revision}^{commit}`;
  const args = ['rev-parse', '--verify', name];
  const outcome = git.attempt(args);
  const [, log, start] = /log for '(.*)' only goes back to (.*)/.exec(outcome.stderr) ?? [];
  if (outcome.code === 0 && log !== undefined) {
    throw new UserError(`the log of '${log}' only goes back to ${start}`, {
      hint: 'git log shows the commits of that time: name one of them',
    });
  }
  if (outcome.code === 0) return outcome.stdout.toString('latin1').trim();
  if (/not a git repository|dubious ownership|unsafe repository/i.test(outcome.stderr)) {
    throw git.failure(args, outcome);
  }
  throw new UserError(`no such commit here: ${revision}`, { hint: hintFor(git, revision) });
}

/** Throws when a commit of the selection has parents that this shallow clone lacks. */
function complete(git: Git, selection: Selection): Selection {
  const boundary = shallowBoundary(git);
  if (boundary.size === 0) return selection;
  const reached = listCommits(git, selection).find((id) => boundary.has(id));
  if (reached === undefined) return selection;
  throw new UserError(
    `this clone is shallow: the range reaches ${reached.slice(0, 12)}, whose parents are not here`,
    { hint: `type: ${unshallow(git)}` },
  );
}

/** Full hashes, parents before children, otherwise by commit time. */
export function listCommits(git: Git, { options = [], revisions }: Selection): readonly string[] {
  if (options.length === 0 && revisions.length === 0) return [];
  const input = revisions.map((each) => `${each}\n`).join('');
  return git
    .run(['rev-list', '--date-order', '--reverse', '--stdin', ...options], { input })
    .toString('latin1')
    .split('\n')
    .filter(Boolean);
}

/** Commits whose parents were left out of this clone. */
export function shallowBoundary(git: Git): ReadonlySet<string> {
  const path = resolve(git.cwd, git.line(['rev-parse', '--git-path', 'shallow']));
  try {
    return new Set(readFileSync(path, 'latin1').split('\n').filter(Boolean));
  } catch {
    return new Set();
  }
}

function mergeBase(git: Git, a: string, b: string): void {
  const args = ['merge-base', a, b];
  const outcome = git.attempt(args);
  if (outcome.code === 0) return;
  if (shallowBoundary(git).size > 0) {
    throw new UserError('this clone is shallow: where the two histories meet is not here', {
      hint: `type: ${unshallow(git)}`,
    });
  }
  // with the same exit code it says that something is missing on the way
  if (outcome.stderr !== '') throw git.failure(args, outcome);
  throw new UserError(`${a.slice(0, 12)} and ${b.slice(0, 12)} have no commit in common`, {
    hint: 'compare all the same: --range A..B with two dots',
  });
}

function hintFor(git: Git, revision: string): string {
  if (/^0{40,64}$/.test(revision)) {
    return `this is what CI systems give for a new branch; name the branch it started from: --since ${mainBranch(git)}`;
  }
  if (/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(revision)) {
    return `type: git fetch ${remoteOf(git)} ${revision}`;
  }
  if (isDate.test(revision)) return hintForDate(git, revision);
  const [name = ''] = revision.replace(/^refs\/heads\//, '').split(/[~^]|@\{/, 1);
  return fetchOf(git, name) ?? elsewhere(git, name);
}

/** Where the remote says its HEAD is. */
function mainBranch(git: Git): string {
  const head = `refs/remotes/${remoteOf(git)}/HEAD`;
  const { code, stdout } = git.attempt(['symbolic-ref', '--quiet', '--short', head]);
  return code === 0 ? quoted(stdout.toString().trim()) : 'origin/main';
}

const isDate =
  /^\d{4}[-/]\d\d?[-/]\d\d?([T ]\d.*)?$|^\d\d?\.\d\d?\.\d{4}$|^\d+[ .](second|minute|hour|day|week|month|year)s?\b|^(today|yesterday|noon|midnight)$|^(last[ .])?(\w{2,6}day|week|month|year)$/i;

function hintForDate(git: Git, date: string): string {
  const { stdout } = git.attempt(['rev-list', '-1', `--before=${date}`, 'HEAD']);
  if (stdout.length === 0)
    return 'all commits here came after it; for all of them, type: keyscan --history';
  return `for what came since a day, type: keyscan --since "$(git rev-list -1 --before=${quoted(date)} HEAD)"`;
}

/** What gets a branch or a tag that this clone does not know. */
function fetchOf(git: Git, name: string): string | undefined {
  const isRef = git.attempt(['check-ref-format', '--allow-onelevel', name]).code === 0;
  const mayBeHash = /^[0-9a-f]{4,}$/.test(name);
  if (!isRef || mayBeHash || name === 'HEAD' || isHere(git, name)) return undefined;
  const [, remote, branch] = /^(?:refs\/remotes\/)?([^/]+)\/(.+)$/.exec(name) ?? [];
  const known = remotes(git);
  if (remote !== undefined && branch !== undefined && known.includes(remote)) {
    return `type: git fetch ${quoted(remote)} ${quoted(`+${branch}:refs/remotes/${remote}/${branch}`)}`;
  }
  if (known.length === 0) return undefined;
  const from = remoteOf(git);
  if (isHere(git, `refs/remotes/${from}/${name}`)) return `it is here as ${from}/${name}`;
  const both = quoted(`${name}:${name}`);
  return `type: git fetch ${from} ${both}, or for a tag: git fetch ${from} tag ${quoted(name)}`;
}

function elsewhere(git: Git, name: string): string {
  if (shallowBoundary(git).size > 0) return `this clone is shallow; type: ${unshallow(git)}`;
  if (name === 'HEAD' && !isHere(git, name)) return 'there are no commits here yet';
  return 'git log shows what is here; git fetch gets what is not';
}

function isHere(git: Git, name: string): boolean {
  return git.attempt(['rev-parse', '--quiet', '--verify', name]).code === 0;
}

export function unshallow(git: Git): string {
  return `git fetch --unshallow ${remoteOf(git)}`;
}

/** For a partial clone; only git 2.36 and later has it. */
export function refetch(git: Git): string {
  return `git fetch --refetch --no-filter ${remoteOf(git)}`;
}

function remoteOf(git: Git): string {
  const names = remotes(git);
  return quoted(names.includes('origin') ? 'origin' : (names[0] ?? 'origin'));
}

export function remotes(git: Git): readonly string[] {
  const { code, stdout } = git.attempt(['remote']);
  return code === 0 ? stdout.toString().split('\n').filter(Boolean) : [];
}
