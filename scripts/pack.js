// Makes the package that is published: `node scripts/pack.js [folder]` prints the path of the tarball. It is packed from
// a folder of its own, because the manifest there says less than ours: without `prepare`, since npm would warn people
// that keyscan has install scripts, and without the tools that only a clone needs.
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';

import { dist, root, stamp } from './inputs.js';

const onlyForClones = ['scripts', 'devDependencies', 'lint-staged', 'prettier', 'allowScripts'];
const beside = ['README.md', 'LICENSE', 'CHANGELOG.md'];

const target = resolve(process.argv[2] ?? '.');
const folder = mkdtempSync(join(tmpdir(), 'keyscan-pack-'));
try {
  stage();
  process.stdout.write(`${pack()}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function stage() {
  run(process.execPath, [join(root, 'scripts/setup.js'), '--build']);
  cpSync(dist, join(folder, 'dist'), { recursive: true });
  rmSync(join(folder, 'dist', basename(stamp)));
  for (const name of ['types', 'compile-cache']) {
    rmSync(join(folder, 'dist', name), { recursive: true, force: true });
  }
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const types = join(folder, 'dist/types');
  run(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json'), '--outDir', types]);
  for (const name of beside) {
    if (existsSync(join(root, name))) copyFileSync(join(root, name), join(folder, name));
  }
  const manifest = Object.fromEntries(
    Object.entries(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))).filter(
      ([field]) => !onlyForClones.includes(field),
    ),
  );
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

function pack() {
  mkdirSync(target, { recursive: true });
  const flags = ['pack', '--json', '--ignore-scripts', '--pack-destination', target];
  const [{ filename }] = JSON.parse(run('npm', flags));
  return join(target, filename);
}

/** Child processes' words go to stderr: stdout is the answer. */
function run(command, args) {
  const { status, stdout, error } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: command === 'npm' && process.platform === 'win32',
  });
  if (error !== undefined) throw error;
  if (status !== 0) {
    process.stderr.write(`${stdout}pack: ${[command, ...args].join(' ')} failed\n`);
    process.exit(2);
  }
  return stdout;
}
