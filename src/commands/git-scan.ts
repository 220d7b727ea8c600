// The scans that git hands the documents of: the index, commits, and what the hooks ask about. Loaded only for them,
// because starting a program costs as much as scanning a file.

import { readFileSync } from 'node:fs';
import path from 'node:path';

import type { Skipped } from '../core/finding.ts';
import type { Scanner } from '../detect/api.ts';
import { isPartial } from '../git/objects.ts';
import { siftPacks } from '../git/packs.ts';
import { refetch, selectRange, selectSince, shallowBoundary, unshallow } from '../git/revisions.ts';
import type { Selection } from '../git/revisions.ts';
import { unreachable } from '../git/reach.ts';
import { isCommit, tips } from '../git/tips.ts';
import { pushed, pushOfFramework } from '../git/push.ts';
import { openGit } from '../git/run.ts';
import type { Git } from '../git/run.ts';
import type { ReportContext } from '../report/format.ts';
import { count } from '../report/words.ts';
import type { Collected } from './collect.ts';
import { scanCommits } from './commits.ts';
import type { CommitsRequest, CommitsScan } from './commits.ts';
import type { GitMode, HistoryMode, PushMode } from './flags.ts';
import { openHistoryCache } from './history-cache.ts';
import type { Host, Interrupted } from './host.ts';
import type { Asked } from './outcome.ts';
import type { Settings } from './settings.ts';
import { scanMessage } from './message.ts';
import { scanStaged } from './staged.ts';

export interface GitScanned {
  readonly collected: Collected;
  readonly asked: Asked;
  readonly base: string;
  readonly what: ReportContext['what'];
  readonly notes: readonly string[];
}

export async function scanGit(
  mode: GitMode,
  scanner: Scanner,
  settings: Settings,
  host: Host,
): Promise<GitScanned> {
  const git = openGit(host.cwd, host.env);
  if (mode.type === 'staged') return scanIndex(git, scanner, settings, host);
  if (mode.type === 'commit-msg') {
    const collected = scanMessage(mode.file, scanner, host);
    return { collected, asked: asked(settings), base: host.cwd, what: 'message', notes: [] };
  }
  if (mode.type === 'pre-push') return scanPush(git, mode, scanner, settings, host);
  if (mode.type === 'history') return scanHistory(git, mode, scanner, settings, host);
  const selection =
    mode.type === 'range' ? selectRange(git, mode.range) : selectSince(git, mode.revision);
  // tags of files and folders are of no range
  const request = { selection, tips: tips(git).filter(isCommit) };
  return scanSelection(git, request, scanner, settings, host);
}

function scanIndex(git: Git, scanner: Scanner, settings: Settings, host: Host): GitScanned {
  const base = topOf(git, settings, host);
  return {
    collected: scanStaged(git, scanner, wanted(settings, base)),
    asked: asked(settings),
    base,
    // git commit --all, --patch and with paths: an index that is gone when the commit is stopped
    what: git.environment.GIT_INDEX_FILE?.endsWith('.lock') ? 'files of a commit' : 'staged files',
    notes: [],
  };
}

async function scanPush(
  git: Git,
  mode: PushMode,
  scanner: Scanner,
  settings: Settings,
  host: Host,
): Promise<GitScanned> {
  const input = readFileSync(0, 'latin1');
  const told = (input === '' ? pushOfFramework(git, host.env) : undefined) ?? {
    ...mode,
    input,
  };
  const push = pushed(git, told.input, told);
  const scanned = await scanSelection(git, { ...push, tips: tips(git) }, scanner, settings, host);
  return { ...scanned, what: 'pushed commits', notes: [] };
}

async function scanHistory(
  git: Git,
  mode: HistoryMode,
  scanner: Scanner,
  settings: Settings,
  host: Host,
): Promise<GitScanned> {
  const known = tips(git);
  const loose = mode.unreachable ? unreachable(git) : undefined;
  const selection: Selection = {
    options: mode.reflog ? ['--reflog'] : [],
    revisions: [...known.filter(isCommit).map(({ target }) => target), ...(loose?.commits ?? [])],
  };
  const cache = mode.cache
    ? openHistoryCache(git, settings.scanner, topOf(git, settings, host), host)
    : undefined;
  const request = {
    selection,
    tips: known,
    ...(cache ? { known: cache.known } : {}),
    sift: (idLength: number) => siftPacks(git, scanner.sieve, idLength),
    ...(loose ? { loose: loose.others } : {}),
  };
  const scanned = await scanSelection(git, request, scanner, settings, host, 'the history');
  const unsaved = cache?.save(scanned.clean);
  const notes = [...(cache?.notes ?? []), ...scanned.notes, ...(unsaved ? [unsaved] : [])];
  return withShallow(git, { ...scanned, notes });
}

/** What a shallow clone lacks was asked for with the rest. */
function withShallow(git: Git, scanned: GitScanned): GitScanned {
  const boundary = [...shallowBoundary(git)].sort();
  if (boundary.length === 0) return scanned;
  const gaps = boundary.map((id, index) => ({
    path: id,
    reason: 'missing-object' as const,
    detail: `what came before it, as this clone is shallow${index === 0 ? `; type: ${unshallow(git)}` : ''}`,
  }));
  const { collected } = scanned;
  return { ...scanned, collected: { ...collected, skipped: [...gaps, ...collected.skipped] } };
}

async function scanSelection(
  git: Git,
  request: Omit<CommitsRequest, 'wanted'>,
  scanner: Scanner,
  settings: Settings,
  host: Host,
  where = 'the range',
): Promise<GitScanned & { readonly clean: readonly string[] }> {
  const base = topOf(git, settings, host);
  const interruption = host.interruptible();
  const collected = await scanCommits(
    git,
    scanner,
    {
      ...request,
      wanted: wanted(settings, base),
      signal: interruption.signal,
    },
    host,
  );
  const code = interruption.code();
  return {
    collected,
    asked: { ...asked(settings), ...(code === undefined ? {} : { interrupted: code }) },
    base,
    what: 'commits',
    notes: [...notesOf(collected, where, code), ...partialNotes(git, collected.skipped)],
    clean: collected.clean,
  };
}

function notesOf(
  { commits, skipped }: CommitsScan,
  where: string,
  interrupted: Interrupted | undefined,
): readonly string[] {
  if (interrupted !== undefined) {
    return [`interrupted after ${count(commits, 'commit')}: this is what was found until then`];
  }
  return commits + skipped.length === 0 ? [`${where} holds no commits`] : [];
}

function partialNotes(git: Git, skipped: readonly Skipped[]): readonly string[] {
  const lacks = skipped.some(({ reason }) => reason === 'missing-object');
  return lacks && isPartial(git)
    ? [
        `this clone is partial: clone anew without --filter or, with git 2.36 or later, type: ${refetch(git)}`,
      ]
    : [];
}

function asked({ failOn }: Settings): Asked {
  return { failOn, named: new Set(), everything: true, mayBeEmpty: true };
}

/** The top of the work tree; of a bare repository the current folder. Hooks may have been told another tree. */
function topOf(git: Git, settings: Settings, host: Host): string {
  const { GIT_DIR, GIT_WORK_TREE } = host.env;
  const found = settings.tree.file('');
  if (found !== undefined && GIT_DIR === undefined && GIT_WORK_TREE === undefined) return found;
  const { code, stdout } = git.attempt(['rev-parse', '--show-toplevel']);
  return code === 0 ? stdout.toString().replace(/\n$/, '') : host.cwd;
}

function wanted(settings: Settings, base: string): (reportPath: string) => boolean {
  return (reportPath) => !settings.exclude(path.join(base, reportPath), false);
}
