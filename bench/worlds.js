// What is scanned: made here, the same way every time, outside every repository.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { root } from '../scripts/inputs.js';

const folders = [];

export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'keyscan-bench-'));
  folders.push(folder);
  return folder;
}

process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/**
 * `count` files of about 2 KB, 100 in a folder: pieces of the packages in node_modules, since made-up text has neither
 * the words nor the noise of real code.
 */
export function smallFiles(count) {
  const folder = temporaryFolder();
  const text = Buffer.concat([...sourceTexts(count * 2048)]);
  const random = numbers('small files');
  for (let index = 0; index < count; index += 1) {
    const parent = join(folder, `part-${String(Math.floor(index / 100)).padStart(3, '0')}`);
    if (index % 100 === 0) mkdirSync(parent);
    const size = 256 + Math.floor(random() * 3584);
    const start = Math.floor(random() * Math.max(1, text.length - size));
    writeFileSync(join(parent, `file-${index}.js`), text.subarray(start, start + size));
  }
  return folder;
}

export function oneSmallFile() {
  const folder = temporaryFolder();
  const path = join(folder, 'settings.js');
  writeFileSync(path, readFileSync(join(root, 'eslint.config.js')));
  return path;
}

/** A repository with the hooks of `program`, and three small files staged in which there is nothing to find. */
export function readyToCommit(program) {
  const folder = temporaryFolder();
  const message = join(temporaryFolder(), 'message');
  const sources = readdirSync(join(root, 'src/git')).map((name) =>
    readFileSync(join(root, 'src/git', name)),
  );
  for (let index = 0; index < 300; index += 1) {
    const parent = join(folder, `part-${index % 30}`);
    mkdirSync(parent, { recursive: true });
    writeFileSync(
      join(parent, `file-${index}.ts`),
      sources[index % sources.length].subarray(0, 2048),
    );
  }
  const env = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1' };
  const inside = (file, ...args) => {
    const { status, stderr } = spawnSync(file, args, { cwd: folder, env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${file} ${args.join(' ')}: ${stderr}`);
  };
  const author = ['-c', 'user.name=Bench', '-c', 'user.email=bench@moonbakery.example'];
  inside('git', 'init', '--quiet');
  inside('git', 'add', '.');
  inside('git', ...author, 'commit', '--quiet', '--message', 'All');
  inside(process.execPath, program, 'install');
  for (const index of [1, 2, 3]) {
    appendFileSync(join(folder, `part-${index}/file-${index}.ts`), `\n// note ${index}\n`);
  }
  inside('git', 'add', '.');
  writeFileSync(message, 'Change three files\n\nAnd say why.\n');
  return { folder, message };
}

/** One line each, of about `size` bytes: what drives careless patterns to quadratic time. `prose` is what they are compared with. */
export function hostileLines(size) {
  const folder = temporaryFolder();
  const write = ([name, content]) => {
    const path = join(folder, `${name.replace(/\W+/g, '-')}.txt`);
    writeFileSync(path, content.subarray(0, size));
    return [name, path];
  };
  const repeated = (text) => Buffer.alloc(size, text);
  const random = randomBytes('hostile', size);
  const base64 = Buffer.from(random.toString('base64'));
  const code = Buffer.concat([...sourceTexts(size * 2)]);
  return [
    ['prose', prose(size)],
    ['minified code', Buffer.from(code.toString('latin1').replace(/\s+/g, ' '), 'latin1')],
    ['random base64', base64],
    ['random bytes', random],
    ['one letter', repeated('a')],
    ['NUL', Buffer.alloc(size)],
    ['key=key=', repeated('key=')],
    ['key = "abc" …', repeated('key = "abc" ')],
    ['jwt heads', repeated('eyJ')],
    ['jwt heads, dotted', repeated('eyJhbGciOi.')],
    ['curl x x', repeated(`curl ${'x '.repeat(40)}`)],
    ['kind: secret data:', repeated('kind: secret data: ')],
    ['key id heads', repeated('AKIA')],
    ['key id heads, apart', repeated('AKIA ')],
    ['secret names', repeated('aws_secret_access_key')],
    ['secret names, assigned', repeated('aws_secret_access_key=')],
    ['secret names, opened quotes', repeated('"aws_secret_access_key": "')],
    ['session token names and letters', repeated(`aws_session_token=${'a'.repeat(300)}`)],
    ['block begins', repeated(`-----BEGIN ${'PRIVATE KEY'}-----`)],
    ['block begins and letters', repeated(`-----BEGIN ${'PRIVATE KEY'}-----${'A'.repeat(64)}`)],
    ['urls with a colon', repeated('https://a:')],
    ['urls with a password of @', repeated('postgres://a:b@')],
    ['base64 of key ids', repeated(Buffer.from('AKIA'.repeat(3)).toString('base64'))],
    ['percent escapes', repeated('%41%4B%49%41')],
    ['unicode escapes', repeated('\\u0041\\u004b')],
    ['backslashes', repeated('\\')],
    ['entities', repeated('&#65;&#75;')],
    ['quotes', repeated('"')],
    ['brackets', repeated('{"a":[')],
    ['concatenated', repeated(`"AKI" + "A" + `)],
    ['utf-16 of names', Buffer.from('aws_secret_access_key='.repeat(size / 44 + 1), 'utf16le')],
    ['github heads', repeated('ghp_')],
    ['account keys', repeated('AccountKey=')],
    ['commas', repeated(',')],
    ['equals', repeated('=')],
  ].map(write);
}

function prose(size) {
  const random = numbers('prose');
  const words = readFileSync(join(root, 'LICENSE'), 'utf8')
    .toLowerCase()
    .match(/[a-z]+/g);
  let text = '';
  while (text.length < size) text += `${words[Math.floor(random() * words.length)]} `;
  return Buffer.from(text);
}

export function* sourceTexts(enough) {
  let size = 0;
  const below = function* (folder) {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !entry.name.startsWith('.')) yield* below(path);
      else if (/\.([cm]?[jt]s|json|md|ya?ml)$/.test(entry.name)) yield path;
    }
  };
  for (const path of below(join(root, 'node_modules'))) {
    const bytes = readFileSync(path).subarray(0, 64 * 1024);
    yield bytes;
    size += bytes.length;
    if (size >= enough) return;
  }
}

export function numbers(seed) {
  const bytes = randomBytes(seed, 1 << 16);
  let at = 0;
  return () => {
    at = (at + 4) % bytes.length;
    return bytes.readUInt32LE(at) / 2 ** 32;
  };
}

export function randomBytes(seed, size) {
  const blocks = [];
  for (let index = 0; index * 64 < size; index += 1) {
    blocks.push(createHash('sha512').update(`${seed} ${index}`).digest());
  }
  return Buffer.concat(blocks).subarray(0, size);
}
