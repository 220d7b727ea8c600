// Which files below the current folder name a profile of this computer: they go on working when it keeps its name.

import path from 'node:path';
import { namedProfiles } from '../aws/named-profiles.ts';
import type { Environment } from '../git/run.ts';
import { openFiles } from './files.ts';
import { readFolder } from './folders.ts';
import { isDocument } from './read-file.ts';

const largest = 1024 * 1024;

/** Profile → report paths, in the order they are read. What git ignores is read where it holds a person's own settings. */
export async function namersBelow(
  cwd: string,
  env: Environment,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  const common = { cwd, env, maxFileSize: largest, seen: new Set<string>() };
  const scans = [
    await openFiles({ ...common, paths: ['.'], ignoredEnvFiles: 'read' }),
    await openFiles({ ...common, paths: ownSettings(cwd) }),
  ];
  for (const { items } of scans) {
    for (const item of items()) {
      if (!isDocument(item) || !(item.content instanceof Uint8Array)) continue;
      for (const name of namedProfiles(Buffer.from(item.content).toString(), item.path)) {
        found.set(name, [...(found.get(name) ?? []), item.path]);
      }
    }
  }
  return found;
}

/** Folder, then what its files are called. */
const places: readonly (readonly [folder: string, names: RegExp])[] = [
  [
    '',
    /\.(?:tfvars|tfbackend)(?:\.json)?$|^\.mcp\.json$|^samconfig\.|^cdk\.json$|\.code-workspace$/,
  ],
  ['.vscode', /\.json$/],
  ['.idea', /\.xml$/],
  ['.idea/runConfigurations', /\.xml$/],
  ['.run', /\.xml$/],
  ['.cursor', /\.json$/],
  ['.claude', /\.json$/],
  ['.git', /^config$/],
];

function ownSettings(cwd: string): string[] {
  return places.flatMap(([folder, names]) => {
    const entries = readFolder(path.join(cwd, folder));
    if (!Array.isArray(entries)) return [];
    return entries
      .filter(({ name, type }) => type === 'file' && names.test(name))
      .map(({ name }) => path.join(folder, name));
  });
}
