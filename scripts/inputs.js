// What the built program is made of, as one hash: `dist/` is stale when it differs. Content, not times, because git,
// archives and copies all give files new times.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const dist = join(root, 'dist');

/** Lies beside the program it describes, so that deleting `dist/` forgets both; the package leaves it out. */
export const stamp = join(dist, '.inputs');

const inputs = ['src', 'rules', 'scripts', 'package.json', 'package-lock.json', 'LICENSE'];

/** @returns {boolean} */
export function isBuilt() {
  const built = existsSync(join(dist, 'keyscan.cjs')) && existsSync(stamp);
  return built && readFileSync(stamp, 'utf8') === hashOfInputs();
}

/** @returns {string} */
export function hashOfInputs() {
  const hash = createHash('sha256');
  for (const path of inputs.flatMap(filesOf).sort()) {
    hash.update(`\0${path}\0`).update(readFileSync(join(root, path)));
  }
  return hash.digest('hex');
}

/** @param {string} path relative to the root */
function filesOf(path) {
  const found = statSync(join(root, path), { throwIfNoEntry: false });
  if (found === undefined) return [];
  if (!found.isDirectory()) return [path];
  return readdirSync(join(root, path)).flatMap((name) => filesOf(`${path}/${name}`));
}
