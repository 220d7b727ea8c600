// A repository with as much history as one likes, the same every time: files of pieces of node_modules that people edit a
// few lines at a time, on branches that are merged, with pictures among them.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

import { numbers, randomBytes, sourceTexts, temporaryFolder } from './worlds.js';

/** @returns {Promise<string>} the folder of a bare repository of about `count` commits, packed as a clone is */
export async function manyCommits(count) {
  const folder = temporaryFolder();
  git(folder, 'init', '--quiet', '--bare', '--initial-branch=main');
  const child = spawn('git', ['fast-import', '--quiet'], {
    cwd: folder,
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  for (const piece of stream(count)) {
    if (!child.stdin.write(piece)) await once(child.stdin, 'drain');
  }
  child.stdin.end();
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`git fast-import ended with ${code}`);
  git(folder, 'repack', '-a', '-d', '-f', '-q', '--depth=50', '--window=10');
  return folder;
}

function git(cwd, ...args) {
  const { status, stderr } = spawnSync('git', args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args[0]}: ${stderr}`);
}

const start = 1_600_000_000;
const author = 'Ada Example <ada@moonbakery.example>';

/** What git fast-import reads: a commit in about twelve is the first of a branch that is merged five commits later. */
function* stream(count) {
  const random = numbers('history');
  const below = (limit) => Math.floor(random() * limit);
  const lines = Buffer.concat([...sourceTexts(24 * 2 ** 20)])
    .toString('latin1')
    .split(/(?<=\n)/)
    .filter((line) => line.length < 200);
  const some = (length) => {
    const at = below(lines.length - length);
    return lines.slice(at, at + length);
  };
  const noise = randomBytes('pictures', 1 << 20);
  const files = new Map();
  const names = [];
  let mark = 0;
  let tip = 0;
  let side; // { name, tip, left }

  const fresh = () => {
    const name = `src/part-${below(40)}/module-${names.length}.js`;
    names.push(name);
    files.set(name, some(30 + below(random() < 0.1 ? 3000 : 400)));
    return name;
  };
  /** What it does to one file. */
  const change = () => {
    if (names.length < 30 || random() < 0.12) {
      const name = fresh();
      return modify(name, files.get(name).join(''));
    }
    // what was changed lately is changed again
    const name = names[names.length - 1 - Math.floor(names.length * random() ** 3)];
    if (random() < 0.01) {
      const picture = name.replace('.js', '.png');
      const at = below(1 << 19);
      return modify(picture, noise.subarray(at, at + 2000 + below(40_000)));
    }
    const text = files.get(name);
    for (let hunks = 1 + below(3); hunks > 0; hunks -= 1) {
      text.splice(below(text.length), below(6), ...some(1 + below(8)));
    }
    return modify(name, text.join(''));
  };

  while (mark < count) {
    mark += 1;
    const own = side === undefined && random() < 0.08;
    if (own) side = { tip, left: 5, name: `refs/heads/side` };
    const branch = side !== undefined && random() < 0.6 ? side : undefined;
    const merging = side !== undefined && side.left <= 0;
    const from = merging ? tip : branch ? branch.tip : tip;
    const changes = merging ? [] : Array.from({ length: 1 + below(4) }, change);
    yield `commit ${branch && !merging ? branch.name : 'refs/heads/main'}\nmark :${mark}\n`;
    yield `author ${author} ${start + mark * 600} +0100\ncommitter ${author} ${start + mark * 600} +0100\n`;
    yield data(`Change ${changes.length} files\n\n${some(1 + below(4)).join('')}`);
    if (from > 0) yield `from :${from}\n`;
    if (merging) {
      yield `merge :${side.tip}\n`;
      // the work of both sides
      for (const name of names.slice(-40)) yield* modify(name, files.get(name).join(''));
    }
    for (const each of changes) yield* each;
    if (merging) side = undefined;
    else if (branch) {
      branch.tip = mark;
      branch.left -= 1;
      continue;
    }
    tip = mark;
  }
}

function modify(name, content) {
  return [`M 100644 inline ${name}\n`, data(content)];
}

function data(content) {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(content, 'latin1');
  return Buffer.concat([Buffer.from(`data ${bytes.length}\n`), bytes, Buffer.from('\n')]);
}
