// Makes a fresh clone ready with nothing but Node and npm: installs what package-lock.json says when that is not what
// lies there, and with --build builds dist/ when it is older than the source. Does nothing, fast, when all is in place.
// Uses only Node's own modules, and writes to stderr only: `npm run -s keyscan -- -f json` must stay pure JSON.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { dist, isBuilt, root } from './inputs.js';

const oldestNode = [20, 19];
const installed = join(root, 'node_modules/.keyscan-lock');
const lock = join(root, '.keyscan-cache/setup.lock');
const patienceMinutes = 15;
const quiet = ['--no-audit', '--no-fund', '--no-update-notifier'];

const withBuild = process.argv.includes('--build');
let holdsLock = false;

checkNode();
if (!isReady()) {
  takeLock();
  try {
    if (!isInstalled()) install();
    if (withBuild && !isBuilt()) runBuild();
  } finally {
    releaseLock();
  }
}

function isReady() {
  return isInstalled() && (!withBuild || isBuilt());
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [needMajor, needMinor] = oldestNode;
  if (major < needMajor || (major === needMajor && minor < needMinor)) {
    fail(
      `Node ${process.versions.node} is too old`,
      `install Node ${needMajor}.${needMinor} or newer`,
    );
  }
}

function isInstalled() {
  const wanted = readIfThere(join(root, 'package-lock.json'));
  if (wanted === undefined) fail('package-lock.json is missing', 'git checkout package-lock.json');
  const hash = createHash('sha256').update(wanted).digest('hex');
  if (readIfThere(installed) === hash) return true;

  // Installed by hand, or by an older lock file that differs in nothing that is installed here
  const actual = readIfThere(join(root, 'node_modules/.package-lock.json'));
  if (actual === undefined || !holdsAll(JSON.parse(wanted), JSON.parse(actual))) return false;
  writeFileSync(installed, hash);
  return true;
}

/** Every package of the lock file is there in its version; those for other systems may be absent. */
function holdsAll(wanted, actual) {
  return Object.entries(wanted.packages)
    .filter(([path]) => path !== '')
    .every(([path, { version, optional }]) => {
      const there = actual.packages[path];
      return there === undefined ? optional === true : there.version === version;
    });
}

function install() {
  say('installing the development tools (npm ci)');
  // Scripts of packages are not run: none of ours needs them. Our own `prepare` is, below.
  const flags = ['ci', '--ignore-scripts', '--include=dev', ...quiet];
  run(...npm(flags), 'npm ci failed', 'see its output above; is the package registry reachable?');
  const lockFile = readFileSync(join(root, 'package-lock.json'));
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(installed, createHash('sha256').update(lockFile).digest('hex'));
  run(process.execPath, ['scripts/prepare.js', '--no-build'], 'scripts/prepare.js failed');
}

function runBuild() {
  say(`building ${existsSync(dist) ? 'dist/ again' : 'dist/'}`);
  run(process.execPath, ['scripts/build.js'], 'the build failed', 'see the errors above');
}

/** npm itself runs us by way of a JavaScript file; otherwise the command must be found, a .cmd on Windows. */
function npm(flags) {
  const script = process.env.npm_execpath;
  if (script !== undefined && /npm-cli\.[cm]?js$/.test(script)) {
    return [process.execPath, [script, ...flags]];
  }
  return ['npm', flags];
}

function run(command, args, failure, hint) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: command === 'npm' && process.platform === 'win32',
  });
  if (error !== undefined) fail(`${failure}: ${error.message}`, hint);
  if (status !== 0) fail(failure, hint);
}

/** Two set-ups at once (a test run beside a hook) would pull node_modules from under each other. */
function takeLock() {
  mkdirSync(join(lock, '..'), { recursive: true });
  const giveUp = Date.now() + patienceMinutes * 60_000;
  for (let said = false; ;) {
    try {
      mkdirSync(lock);
      writeFileSync(join(lock, 'pid'), String(process.pid));
      holdsLock = true;
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isAbandoned()) rmSync(lock, { recursive: true, force: true });
    else if (Date.now() > giveUp) fail(`another set-up holds ${lock}`, `remove it if none runs`);
    else {
      if (!said) say('waiting for another set-up to finish');
      said = true;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
  }
}

function releaseLock() {
  if (holdsLock) rmSync(lock, { recursive: true, force: true });
}

function isAbandoned() {
  const pid = Number(readIfThere(join(lock, 'pid')));
  if (!Number.isInteger(pid) || pid <= 0) {
    // Made this moment and not signed yet, or its owner died in between
    const { mtimeMs = 0 } = statSync(lock, { throwIfNoEntry: false }) ?? {};
    return Date.now() - mtimeMs > 10_000;
  }
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function say(text) {
  process.stderr.write(`set-up: ${text}\n`);
}

function fail(what, hint) {
  releaseLock();
  process.stderr.write(`set-up: ${what}\n${hint === undefined ? '' : `  ${hint}\n`}`);
  process.exit(2);
}
