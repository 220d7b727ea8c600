import { UserError } from '../core/errors.ts';
import type { Severity } from '../core/finding.ts';
import type { Rule } from '../core/rule.ts';
import { configOf, givenConfig, onlySource, type RawConfig } from './config-file.ts';
import { foldersUp, inFolder } from './files.ts';
import type { PolicyTree } from './files.ts';

// The configuration: data, looked for from the current folder up to the top of the tree. Every scan looks, so looking
// costs a few calls, and what reads one (config-file.ts) is loaded where there is one. A repository may say what counts,
// never where keyscan writes or what it trusts.

export interface Config {
  /** As messages show it; null when there is none. */
  readonly file: string | null;
  /** The folder that its patterns are relative to, from the top. */
  readonly folder: string;
  readonly settings: Settings;
  /** A mistake that only the caller can see, such as an unknown format: says where it stands. */
  problem(path: readonly PropertyKey[], message: string, hint?: string): UserError;
}

export interface Settings {
  readonly failOn?: Severity | 'never';
  readonly format?: string;
  /** From the top of the tree. */
  readonly baseline?: string;
  readonly exclude?: readonly string[];
  readonly noIgnore?: boolean;
  readonly noInlineIgnore?: boolean;
  readonly showSuppressed?: boolean;
  /** Bytes. */
  readonly maxFileSize?: number;
  readonly threads?: number;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly rules?: Readonly<Record<string, 'off' | Severity>>;
  readonly customRules?: readonly Rule[];
}

/** In one folder there may be one of these; package.json counts when it has the key `keyscan`. */
const fileNames = ['keyscan.config.json', '.keyscanrc', '.keyscanrc.json'] as const;
const packageFile = 'package.json';

const sizeLimit = 1024 * 1024;
const packageLimit = 16 * 1024 * 1024;

/** The configuration in force: `given` by --config (from the current folder), else the nearest one. */
export async function loadConfig(
  tree: PolicyTree,
  options: { readonly cwd: string; readonly given?: string | undefined },
): Promise<Config> {
  const { given, cwd } = options;
  if (given !== undefined) return configOf(givenConfig(given, cwd, tree));
  for (const folder of foldersUp(tree.folder)) {
    const files = configsIn(folder, tree);
    const found = files.length === 0 ? undefined : onlySource(files, folder);
    if (found !== undefined) return configOf(found);
  }
  return {
    file: null,
    folder: tree.folder,
    settings: {},
    problem: (_, message) => new UserError(message),
  };
}

/** What may be a configuration. */
function configsIn(folder: string, tree: PolicyTree): readonly RawConfig[] {
  return [...fileNames, packageFile].flatMap((file) => {
    const path = inFolder(folder, file);
    const bytes = tree.read(path, file === packageFile ? packageLimit : sizeLimit);
    if (bytes === undefined) return [];
    if (file === packageFile && !mayHoldOne(bytes)) return [];
    return [{ file, name: tree.name(path), bytes }];
  });
}

/** False only for a package file without the key `keyscan`, as those are that name us among what they install or run. */
function mayHoldOne({ buffer, byteOffset, length }: Uint8Array): boolean {
  const text = Buffer.from(buffer, byteOffset, length);
  if (!text.includes('"keyscan"')) return false;
  try {
    const manifest: unknown = JSON.parse(text.toString());
    return typeof manifest !== 'object' || manifest === null || 'keyscan' in manifest;
  } catch {
    return true;
  }
}
