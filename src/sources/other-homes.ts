// Homes of other people, and of this one under another system (root, Windows beside WSL), as far as this user may look
// into them: a key that is taken out here may go on lying there.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { bytesOf } from './aws-files.ts';
import { namesIn } from './home-path.ts';
import { FileReader, realPath } from './read-file.ts';

/** A folder with more in it than this is none of homes. */
const mostHomes = 500;

/** The AWS files that hold one of the values, absolute, sorted. */
export function otherHomesHolding(home: string, values: readonly string[]): readonly string[] {
  const reader = new FileReader(4 * 1024 * 1024);
  const own = realPath(home);
  const found = homesBeside(home).flatMap((other) => {
    if (realPath(other) === own) return [];
    return ['config', 'credentials'].flatMap((name) => {
      const file = path.join(other, '.aws', name);
      const bytes = existsSync(file) ? bytesOf(reader, file) : undefined;
      const text = bytes === undefined ? '' : Buffer.from(bytes).toString('latin1');
      return values.some((value) => text.includes(value)) ? [file] : [];
    });
  });
  return [...new Set(found)].sort();
}

function homesBeside(home: string): readonly string[] {
  const folders = [path.dirname(home), '/home', '/Users', '/mnt/c/Users'];
  const below = folders.flatMap((folder) => {
    const names = namesIn(folder);
    return names.length > mostHomes ? [] : names.map((name) => path.join(folder, name));
  });
  return [...new Set(['/root', ...below])];
}
