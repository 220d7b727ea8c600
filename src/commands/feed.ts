// Which documents a mode means, from which sources.
import type { ProfileRow } from '../core/finding.ts';
import { openFiles } from '../sources/files.ts';
import type { FilesRequest } from '../sources/files.ts';
import type { Item } from '../sources/read-file.ts';
import { count } from '../report/words.ts';
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
    default:
      throw new Error(`no documents of ${mode.type}`);
  }
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

function contentFeed(path: string, content: Uint8Array, cwd: string): Feed {
  const document = { path, stage: 'local', content } as const;
  const named = new Set([path]);
  return { items: () => [document], base: cwd, named, mayBeEmpty: true, notes: [] };
}
