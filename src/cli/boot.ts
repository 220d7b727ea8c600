// The command's first file, and the only one that Node loads by itself. V8 takes longer to read and compile the program
// than the program takes to scan a small file, so what V8 made of each CommonJS file is kept beside it, in
// `compile-cache/BUILD/NODE-ARCH/`, and used by the next run. It lies in the package's own folder and nowhere else: who
// can write there can change the program as well, so nobody gains by it. Where that folder cannot be written, or is
// somebody else's, every run compiles anew. V8 refuses what another V8, or the same with other flags, has made.
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';

/** Hash of all the files that may be loaded here, set by the build: V8 itself compares nothing but lengths. */
declare const BUILD: string;

interface Module {
  exports: unknown;
}

/** Seconds after which V8 may have thrown away the code of functions that ran at the start. */
const longRun = 5;

const cache = join(__dirname, 'compile-cache');
const kept = join(cache, BUILD, `${process.version}-${process.arch}`);
const loaded = new Map<string, { readonly module: Module; readonly script: Script }>();
let missing = false;

load(join(__dirname, 'program.cjs'));

/** A file of ours, once; as Node's own loader would, without looking at what else the name could mean. */
function load(filename: string): unknown {
  const before = loaded.get(filename);
  if (before !== undefined) return before.module.exports;
  const cachedData = codeOf(filename);
  const source = readFileSync(filename, 'latin1'); // the build makes ASCII of them
  const wrapped = `(function (exports, require, module, __filename, __dirname, importFrom) {${source}\n})`;
  const script = new Script(wrapped, { filename, ...(cachedData && { cachedData }) });
  if (cachedData === undefined || script.cachedDataRejected) keepLater();
  const module: Module = { exports: {} };
  loaded.set(filename, { module, script });
  const folder = dirname(filename);
  const requireFrom = (request: string): unknown =>
    request.startsWith('.') ? load(join(folder, request)) : process.getBuiltinModule(request);
  const importFrom = (request: string) => import(pathToFileURL(join(folder, request)).href);
  const run: unknown = script.runInThisContext();
  if (typeof run === 'function') {
    Reflect.apply(run, undefined, [
      module.exports,
      requireFrom,
      module,
      filename,
      folder,
      importFrom,
    ]);
  }
  return module.exports;
}

function codeOf(filename: string): Buffer | undefined {
  if (process.env.NODE_DISABLE_COMPILE_CACHE) return undefined;
  try {
    return readFileSync(keptAt(filename));
  } catch {
    return undefined;
  }
}

function keptAt(filename: string): string {
  return join(kept, filename.slice(__dirname.length + 1).replace(/\W/g, '-'));
}

function keepLater(): void {
  if (!missing) process.on('exit', keep);
  missing = true;
}

/**
 * After a whole scan, and for every file of it: the code of a function is there once it was called. Not when Node was
 * started with options, since V8 would refuse it at the next start without them.
 */
function keep(code: number): void {
  if (code > 1 || !loaded.has(join(__dirname, 'scan.cjs'))) return;
  const { NODE_DISABLE_COMPILE_CACHE, NODE_OPTIONS, NODE_V8_COVERAGE } = process.env;
  if (NODE_DISABLE_COMPILE_CACHE || NODE_OPTIONS || NODE_V8_COVERAGE) return;
  if (process.execArgv.length > 0 || process.uptime() > longRun) return;
  try {
    if (process.geteuid && statSync(__dirname).uid !== process.geteuid()) return;
    if (!existsSync(kept)) makeRoom();
    for (const [filename, { script }] of loaded) put(keptAt(filename), script.createCachedData());
  } catch {
    // It would only have been faster
  }
}

/** What other builds left goes. */
function makeRoom(): void {
  mkdirSync(kept, { recursive: true });
  for (const name of readdirSync(cache)) {
    if (name !== BUILD) rmSync(join(cache, name), { recursive: true, force: true });
  }
}

/** Whole or not at all, for other runs and after a crash. */
function put(path: string, content: Buffer): void {
  const half = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(half, 'wx', 0o644);
    try {
      writeSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(half, path);
  } finally {
    rmSync(half, { force: true });
  }
}
