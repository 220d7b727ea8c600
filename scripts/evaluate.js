// Runs a few lines of TypeScript that import our source, where Node may be too old to run TypeScript itself.
import { build } from 'esbuild';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { root } from './inputs.js';

/**
 * @param {string} lines a module, whose exports are returned; imports are relative to the root: './src/…'
 * @returns {Promise<Record<string, any>>}
 */
export async function evaluate(lines) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    stdin: { contents: lines, resolveDir: root, loader: 'ts' },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    write: false,
    logLevel: 'warning',
  });
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'keyscan-'));
  try {
    writeFileSync(join(folder, 'lines.mjs'), outputFiles[0].contents);
    return await import(pathToFileURL(join(folder, 'lines.mjs')).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
