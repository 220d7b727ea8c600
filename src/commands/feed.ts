// Which documents a mode means, from which sources.
import { existsSync } from 'node:fs';
import path from 'node:path';

import type { Finding, ProfileRow } from '../core/finding.ts';
import { awsPlaces } from '../sources/aws-files.ts';
import { envFilesIn, isHomeOrTop } from '../sources/env-files.ts';
import { openHome } from '../sources/home.ts';
import type { HomeRequest } from '../sources/home.ts';
import { openFiles } from '../sources/files.ts';
import type { FilesRequest } from '../sources/files.ts';
import type { Item } from '../sources/read-file.ts';
import { count } from '../report/words.ts';
import { journalName, stateFolder } from '../write/state-folder.ts';
import type { ScanFlags } from './flags.ts';
import type { Host } from './host.ts';
import type { Settings } from './settings.ts';

export interface Feed {
  /** To be run once. A document is valid until the next is asked for. */
  readonly items: () => Iterable<Item>;
  /** The folder that relative report paths start from. */
  readonly base: string;
  /** Report paths of what was asked for by name. */
  readonly named: ReadonlySet<string>;
  /** Whether nothing to read is an answer too. */
  readonly mayBeEmpty: boolean;
  /** Sentences for standard error. */
  readonly notes: readonly string[];
  readonly profiles?: readonly ProfileRow[];
  /** Puts a finding where its reader looks for it, once it is made. */
  readonly relocate?: (finding: Finding) => Finding;
}

export async function feedOf(flags: ScanFlags, settings: Settings, host: Host): Promise<Feed> {
  const { mode } = flags;
  switch (mode.type) {
    case 'stdin':
      return stdinFeed(mode.name, host.cwd);
    case 'content':
      return contentFeed(mode.name ?? '<content>', mode.content, host.cwd);
    case 'paths':
      return filesFeed(request(mode.paths, settings, host));
    case 'tree':
      return filesFeed(request([settings.tree.file('') ?? host.cwd], settings, host));
    case 'home':
      return withDueKeys(await homeFeed(settings, host, { mustHaveHome: true }), settings, host);
    case 'audit':
      return withDueKeys(await auditFeed(settings, host), settings, host);
    default:
      throw new Error(`the documents of ${mode.type} come from git`);
  }
}

/** This computer, and the current folder with the env files that git ignores. What both would read is read once. */
async function auditFeed(settings: Settings, host: Host): Promise<Feed> {
  const seen = new Set<string>();
  const home = await homeFeed(settings, host, { seen });
  const here = await currentFolder(settings, host, seen);
  function* items(): Generator<Item> {
    yield* home.items();
    if (here !== undefined) yield* here.items();
  }
  return {
    ...home,
    items,
    base: here?.base ?? host.cwd,
    notes: [...home.notes, ...(here?.notes ?? [])],
  };
}

async function currentFolder(
  settings: Settings,
  host: Host,
  seen: Set<string>,
): Promise<Feed | undefined> {
  const common = { ...request(['.'], settings, host), ignoredEnvFiles: 'read', seen } as const;
  if (!isHomeOrTop(host.cwd, awsPlaces(host.env).home)) return filesFeed(common);
  const paths = envFilesIn(host.cwd).map(({ name }) => name);
  const where =
    path.dirname(host.cwd) === host.cwd ? 'at the top of the disk' : 'in the home folder';
  const note = `${where} only its own env files are read; keyscan . reads all of it`;
  const feed = paths.length === 0 ? undefined : await filesFeed({ ...common, paths });
  const notes = [note, ...(feed?.notes ?? [])];
  return { ...(feed ?? nothing(host.cwd)), notes };
}

function nothing(base: string): Feed {
  return { items: () => [], base, named: new Set(), mayBeEmpty: true, notes: [] };
}

async function homeFeed(
  { maxFileSize, today }: Settings,
  { env, cwd }: Host,
  options: Pick<HomeRequest, 'mustHaveHome' | 'seen'>,
): Promise<Feed> {
  const request = { env, maxFileSize, now: today, ...options };
  const { items, profiles, relocate } = await openHome(request);
  return { ...nothing(cwd), items, profiles, relocate };
}

/** Whoever looks after this computer is told when an old key of a migration can go. */
async function withDueKeys(feed: Feed, { today }: Settings, { env }: Host): Promise<Feed> {
  const folder = stateFolder({ env, home: awsPlaces(env).home });
  if (folder === undefined || !existsSync(path.join(folder, journalName))) return feed;
  const { dueNotes } = await import('./due-keys.ts');
  return { ...feed, notes: [...feed.notes, ...dueNotes(folder, today)] };
}

function request(paths: readonly string[], settings: Settings, { cwd, env }: Host): FilesRequest {
  const { maxFileSize, exclude, noIgnore } = settings;
  return { cwd, env, paths, maxFileSize, exclude, ignoredFiles: noIgnore ? 'read' : 'leave' };
}

async function filesFeed(request: FilesRequest): Promise<Feed> {
  const { items, base, named, notes, leftEnvFiles } = await openFiles(request);
  const left =
    leftEnvFiles === 0
      ? []
      : [
          `left ${count(leftEnvFiles, 'env file')} that git ignores; keyscan without a path reads ${leftEnvFiles === 1 ? 'it' : 'them'}, and so does --no-ignore`,
        ];
  return { items, base, named, notes: [...notes, ...left], mayBeEmpty: false };
}

async function stdinFeed(name: string | undefined, cwd: string): Promise<Feed> {
  const { readStandardInput } = await import('../sources/stdin.ts');
  const { document, close } = readStandardInput({ name });
  function* items(): Generator<Item> {
    try {
      yield document;
    } finally {
      close();
    }
  }
  return { items, base: cwd, named: new Set([document.path]), mayBeEmpty: true, notes: [] };
}

function contentFeed(name: string, content: Uint8Array, cwd: string): Feed {
  const document = { path: name, stage: 'local', content } as const;
  const named = new Set([name]);
  return { items: () => [document], base: cwd, named, mayBeEmpty: true, notes: [] };
}
