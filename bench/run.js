// node bench/run.js [start|hook|tree|history|hostile]..      see bench/README.md
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { dist } from '../scripts/inputs.js';
import { literalPatterns } from './literals.js';
import { compare, line } from './measure.js';
import { manyCommits } from './repository.js';
import {
  hostileLines,
  oneSmallFile,
  readyToCommit,
  smallFiles,
  temporaryFolder,
} from './worlds.js';

const keyscan = join(dist, 'keyscan.cjs');
const scans = (...args) => ({ command: [process.execPath, keyscan, ...args], codes: [0, 1, 2] });

const parts = { start, hook, tree, history, hostile };
const asked = process.argv.slice(2);
const unknown = asked.find((name) => !(name in parts));
if (unknown !== undefined) {
  process.stderr.write(`bench: ${unknown} is not one of ${Object.keys(parts).join(', ')}\n`);
  process.exit(2);
}
for (const name of asked.length > 0 ? asked : Object.keys(parts)) await parts[name]();

/** What a hook or an editor pays each time. */
function start() {
  const empty = join(temporaryFolder(), 'empty.cjs');
  writeFileSync(empty, '');
  const { folder } = readyToCommit(keyscan);
  const times = compare(
    {
      'bare node': { command: [process.execPath, empty], codes: [0] },
      'keyscan --staged': { ...scans('--staged'), codes: [0], cwd: folder },
      'keyscan --version': { ...scans('--version'), codes: [0] },
      'keyscan, one small file': { ...scans(oneSmallFile()), codes: [0] },
      'keyscan --help': { ...scans('--help'), codes: [0] },
    },
    21,
  );
  const bare = times['bare node'];
  say('start-up, against bare node');
  say(line('bare node', bare, bare));
  say(line('keyscan --version', times['keyscan --version'], bare, 1.15));
  say(line('keyscan, one small file', times['keyscan, one small file'], bare, 1.3));
  say(line('keyscan --staged', times['keyscan --staged'], bare, 1.5));
  say(line('keyscan --help', times['keyscan --help'], bare));
}

/** What a commit without any key pays, with the hooks that `keyscan install` writes. */
function hook() {
  const empty = join(temporaryFolder(), 'empty.cjs');
  writeFileSync(empty, '');
  const { folder, message } = readyToCommit(keyscan);
  const inside = (...command) => ({ command, codes: [0], cwd: folder });
  const times = compare(
    {
      'bare node': { command: [process.execPath, empty], codes: [0] },
      'pre-commit': inside('.git/hooks/pre-commit'),
      'commit-msg': inside('.git/hooks/commit-msg', message),
      'keyscan --staged': inside(process.execPath, keyscan, '--staged'),
      'git diff --cached --quiet': { ...inside('git', 'diff', '--cached', '--quiet'), codes: [1] },
    },
    41,
  );
  const bare = times['bare node'];
  say('\na clean commit of 3 files of 300, against bare node');
  say(line('bare node', bare, bare));
  say(line('pre-commit', times['pre-commit'], bare, 0.4));
  say(line('commit-msg', times['commit-msg'], bare));
  say(line('keyscan --staged', times['keyscan --staged'], bare));
  say(line('git diff --cached --quiet', times['git diff --cached --quiet'], bare));
}

/** Many small files: the same tree, the same literals. */
async function tree() {
  requireRipgrep();
  const folder = smallFiles(10_000);
  const patterns = join(temporaryFolder(), 'patterns');
  const literals = await literalPatterns();
  writeFileSync(patterns, `${literals.join('\n')}\n`);
  const rg = (...flags) => ({
    command: [
      'rg',
      '--no-config',
      '--no-ignore',
      '--hidden',
      '-c',
      ...flags,
      '-f',
      patterns,
      folder,
    ],
    codes: [0, 1],
  });
  const times = compare(
    { keyscan: { ...scans(folder), codes: [0, 1] }, 'rg -j1': rg('-j1'), rg: rg() },
    7,
  );
  say(`\n10,000 files of 2 KB, against ripgrep with the same ${literals.length} literals`);
  say(line('rg', times.rg, times.rg));
  say(line('rg -j1', times['rg -j1'], times.rg));
  say(line('keyscan', times.keyscan, times.rg, 3));
}

/** Every commit: against git writing out the same comparisons, which is the least that readers of its patches pay. */
async function history() {
  const repository = await manyCommits(10_000);
  const log = `exec git -C '${repository}' log -p -U0 --cc -a --all | cat >/dev/null`;
  const times = compare(
    {
      'git log -p': { command: ['sh', '-c', log], codes: [0] },
      'keyscan --history': { ...scans('--history'), codes: [0, 1], cwd: repository },
    },
    9,
  );
  const base = times['git log -p'];
  say('\nhistory of 10,000 commits, against git log -p -U0 --cc -a --all into a pipe');
  say(line('git log -p', base, base));
  say(line('keyscan --history', times['keyscan --history'], base, 1));
  say(`  peak memory of keyscan ${peakMemory(['--history'], repository)} MB`);
}

/** Megabytes that a scan held at most. */
function peakMemory(args, cwd) {
  const preload = join(temporaryFolder(), 'peak.cjs');
  const write = `require('node:fs').writeSync(2, '\\n' + process.resourceUsage().maxRSS)`;
  writeFileSync(preload, `process.on('exit', () => ${write});\n`);
  const node = ['--require', preload, keyscan, ...args];
  const { stderr } = spawnSync(process.execPath, node, { cwd, encoding: 'utf8' });
  return Math.round(Number(stderr.split('\n').at(-1)) / 1024);
}

/** Nothing that a stranger can put into a file may take much longer than prose of the same size, or more than its share. */
function hostile() {
  const size = 5_000_000;
  const whole = hostileLines(size);
  const quarter = new Map(hostileLines(size / 4));
  say(
    '\none line of 5 MB, against prose of that size; and against a quarter of itself (4 is linear)',
  );
  let prose;
  for (const [name, path] of whole) {
    const times = compare({ whole: scans(path), quarter: scans(quarter.get(name)) }, 3);
    prose ??= times.whole;
    const growth = (times.whole / times.quarter).toFixed(1);
    const { status } = spawnSync(process.execPath, [keyscan, path]);
    const note = status === 2 ? '  says: not fully checked' : '';
    say(`${line(name, times.whole, prose, 5)}  grows ${growth}${note}`);
  }
}

function requireRipgrep() {
  const { error } = spawnSync('rg', ['--version']);
  if (error === undefined) return;
  process.stderr.write('bench: ripgrep is not installed: apt-get install ripgrep\n');
  process.exit(2);
}

function say(text) {
  process.stdout.write(`${text}\n`);
}
