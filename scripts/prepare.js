// What npm runs after an install in a clone, also when it installs straight from git. It must never fail there: without
// the development tools (`npm ci --omit=dev`) it does nothing.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { isBuilt, root } from './inputs.js';

const has = (path) => existsSync(join(root, path));

if (!process.argv.includes('--no-build') && has('node_modules/esbuild') && !isBuilt()) {
  run('scripts/build.js');
}
if (has('node_modules/husky') && has('.git') && !process.env.CI && !hasOtherHooks()) {
  run('node_modules/husky/bin.js');
}

/** Hooks that somebody keeps elsewhere on purpose are not replaced. */
function hasOtherHooks() {
  const { stdout } = spawnSync('git', ['config', 'core.hooksPath'], {
    cwd: root,
    encoding: 'utf8',
  });
  return typeof stdout === 'string' && !['', '.husky/_'].includes(stdout.trim());
}

function run(script) {
  const { status } = spawnSync(process.execPath, [script], { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0)
    process.stderr.write(`prepare: ${script} did not finish; going on without it\n`);
}
