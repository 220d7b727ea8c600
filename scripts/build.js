// Builds `dist/`, the whole of what is published except the type declarations (`npm run build` adds those).
//
//   keyscan.cjs   the command: CommonJS, because an ES module as the entry alone costs a fifth of Node's start. It loads
//                 the other CommonJS files, and keeps what V8 makes of them (src/cli/boot.ts)
//   program.cjs   argv, options, exit codes; scan.cjs: what every scan needs
//   tables.bin    the compiled rules
//   late.cjs      what a scan needs once it has found something; tree.cjs, policy.cjs, own.cjs, home.cjs: other occasions
//   lazy/*.cjs    what only some scans need (a format, git's history), each with all it rests on
//   lazy/*.js     what rests on a library, loaded with import(); chunks/ is what these ES modules share
//   app.js        every other command; index.js the Node API
//
// Files are built in memory and put in place one by one, entries last and stale ones taken away at the end, so that a
// program started meanwhile never finds a file missing.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

import { awsSdk } from './aws-sdk.js';
import {
  compiledRules,
  lateBuiltins,
  lateEntry,
  lateModules,
  loadedOnDemand,
  onlyTheVersion,
  tables,
} from './build-plugins.js';
import { evaluate } from './evaluate.js';
import { dist, hashOfInputs, root, stamp } from './inputs.js';
import { notices } from './notices.js';

const source = (path) => join(root, 'src', path);

/**
 * Imported at once in the source, but of no use to the scan of a file that holds nothing: see `lateModules`. What
 * belongs here shows in NODE_V8_COVERAGE of such a scan. By the file that holds them, each with its occasion.
 */
const late = {
  // something was found, or may have been
  late: [
    'detect/findings.ts',
    'detect/windows.ts',
    'policy/inline.ts',
    'report/cards.ts',
    'commands/write-report.ts',
    'report/profiles.ts',
    '../rules/index.ts',
  ],
  // a literal of some rule stands in the text
  shapes: ['engine/shapes.ts'],
  // a folder is scanned
  tree: [
    'git/ls.ts',
    'git/run.ts',
    'sources/env-files.ts',
    'sources/folder-plan.ts',
    'sources/folders.ts',
  ],
  // there is a configuration, a baseline or a file of patterns
  policy: ['policy/baseline.ts', 'policy/config-file.ts', 'policy/gitignore.ts'],
  // there are AWS keys on this computer, or rules of the user
  own: ['aws/profiles.ts', 'detect/own.ts', 'engine/compile.ts', 'engine/pack.ts'],
  // this computer is scanned
  home: ['sources/home.ts', 'sources/home-places.ts', 'sources/process-environment.ts'],
};
for (const [name, paths] of Object.entries(late)) late[name] = paths.map(source);

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  metafile: true,
  write: false,
  logLevel: 'warning',
  legalComments: 'none', // all of them stand in THIRD_PARTY_NOTICES.txt, with the licences
  alias: { 'string-width': join(root, 'scripts/shims/string-width.js') },
};

const small = {
  format: 'cjs',
  // Every blank is read at every start; names stay, and so do lines short enough to be pointed at
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 120,
  // V8 reads a file of nothing but ASCII in half the time
  charset: 'ascii',
};

await buildAll();

async function buildAll() {
  const inputs = hashOfInputs();
  const plugins = [compiledRules(), onlyTheVersion()];
  const { bundles, imported } = await commandBundles(plugins);
  bundles.push(await bootFile(bundles));
  bundles.push(await modules({ ...imported, index: source('index.ts') }, plugins));

  const programs = bundles
    .flatMap(({ outputFiles }) => outputFiles)
    .sort((a, b) => rank(a.path) - rank(b.path))
    .map(({ path, contents, text }) => [path, path.endsWith('.cjs') ? ascii(text) : contents]);
  const files = new Map([[join(dist, 'tables.bin'), await tables()], ...programs]);
  const metafiles = bundles.map(({ metafile }) => metafile);
  files.set(join(dist, 'THIRD_PARTY_NOTICES.txt'), notices(root, metafiles));
  files.set(join(dist, 'schema.json'), await configurationSchema());
  files.set(stamp, inputs);

  for (const [path, contents] of files) put(path, contents);
  removeStale(dist, files);
}

/** esbuild leaves regular expressions as they are. The same escape means the same in them and in strings. */
function ascii(text) {
  return text.replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Whoever refers to others comes after them. */
function rank(path) {
  const folder = dirname(path).split(sep).at(-1);
  if (folder === 'chunks') return 0;
  return path.endsWith('keyscan.cjs') ? 2 : 1;
}

/** The command's files, from the first on: each bundle says what else it loads on demand. */
async function commandBundles(plugins) {
  const wanted = new Map([['program', source('cli/main.ts')], ...Object.entries(late)]);
  const imported = {};
  const bundles = [];
  for (const [name, entry] of wanted) {
    const { bundle, required, modules } = await commonJs(name, entry, plugins);
    bundles.push(bundle);
    Object.assign(imported, modules);
    for (const [other, path] of required) wanted.set(other, path); // visited by this same loop
  }
  return { bundles, imported };
}

/**
 * One self-contained CommonJS file, except for what it loads on demand: that is told. `entry` is a module, or a list of
 * them for `lateModules`.
 */
async function commonJs(name, entry, plugins) {
  const required = new Map();
  const modules = {};
  const onDemand = loadedOnDemand({
    from: name,
    named: { [source('cli/scan-entry.ts')]: 'scan', [source('cli/app.ts')]: 'app' },
    onRequire: (other, path) => required.set(other, path),
    onImport: (other, path) => (modules[other] = path),
  });
  const bundle = await build({
    ...common,
    ...(Array.isArray(entry)
      ? { stdin: { contents: lateEntry(entry), resolveDir: root } }
      : { entryPoints: [entry] }),
    outfile: join(dist, `${name}.cjs`),
    ...small,
    // V8 checks regex literals when it reads a file, and \p{…} loads tables for it; new RegExp() waits until it is reached
    supported: {
      'regexp-unicode-property-escapes': false,
      'regexp-sticky-and-unicode-flags': false,
    },
    inject: [join(root, 'scripts/shims/performance.js')],
    plugins: [lateBuiltins(), onDemand, lateModules({ from: name, files: late }), ...plugins],
  });
  return { bundle, required, modules };
}

/** The command itself, which knows by a hash which build it belongs to. */
async function bootFile(bundles) {
  const hash = createHash('sha256');
  for (const { contents } of bundles.flatMap(({ outputFiles }) => outputFiles))
    hash.update(contents);
  return build({
    ...common,
    ...small,
    entryPoints: [source('cli/boot.ts')],
    outfile: join(dist, 'keyscan.cjs'),
    banner: { js: '#!/usr/bin/env node' },
    define: { BUILD: JSON.stringify(hash.digest('hex').slice(0, 16)) },
  });
}

/** ES modules that share chunks, so that `import()` keeps what is rarely needed off everybody else's way. */
async function modules(entryPoints, plugins) {
  const bundle = await build({
    ...common,
    ...awsSdk,
    alias: { ...common.alias, ...awsSdk.alias },
    charset: 'utf8',
    entryPoints,
    outdir: dist,
    format: 'esm',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    // The ES modules of packages that have both: of a CommonJS one, import() would see nothing but its default
    mainFields: ['module', 'main'],
    // CommonJS packages inside the bundle still call require() for Node's own modules
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    plugins,
  });
  const entries = Object.keys(entryPoints).map((name) => join(dist, `${name}.js`));
  const needed = reachable(bundle.metafile, entries);
  return { ...bundle, outputFiles: bundle.outputFiles.filter(({ path }) => needed.has(path)) };
}

/** esbuild makes a file of what is imported on demand even where nobody is left who would demand it. */
function reachable({ outputs }, entries) {
  const seen = new Set();
  const follow = (path) => {
    if (seen.has(path)) return;
    seen.add(path);
    const { imports = [] } = outputs[relative(root, path).split(sep).join('/')] ?? {};
    for (const each of imports) if (!each.external) follow(join(root, each.path));
  };
  entries.forEach(follow);
  return seen;
}

/** The schema that keyscan.config.json may name for its editor, from the same source that checks the file. */
async function configurationSchema() {
  const { jsonSchema } = await evaluate(`
    import { configSchema, toJSONSchema } from './src/policy/schema.ts';
    export const jsonSchema = toJSONSchema(configSchema, { io: 'input' });
  `);
  return `${JSON.stringify({ title: 'keyscan configuration', ...jsonSchema }, null, 2)}\n`;
}

function put(path, contents) {
  mkdirSync(dirname(path), { recursive: true });
  const half = `${path}.${process.pid}.tmp`;
  writeFileSync(half, contents);
  if (path.endsWith('keyscan.cjs')) chmodSync(half, 0o755);
  renameSync(half, path);
}

/** Hashed chunks of earlier builds would otherwise stay and be published. A neighbour's half-written file is left alone. */
function removeStale(folder, files) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) removeStale(path, files);
    else if (!files.has(path) && !path.endsWith('.tmp')) rmSync(path, { force: true });
  }
  if (readdirSync(folder).length === 0) rmSync(folder, { recursive: true });
}
