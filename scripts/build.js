// Builds `dist/`, the whole of what is published except the type declarations (`npm run build` adds those).
//
//   keyscan.cjs   the command: CommonJS, because an ES module as the entry alone costs a fifth of Node's start
//   scan.cjs      what a scan needs, loaded by keyscan.cjs with require() for the same reason; never loads a library
//   app.js        everything else of the command line, loaded with import(); index.js the Node API
//   lazy/         what rests on a library, for the CommonJS files to import() when it is needed; chunks/ what modules share
//
// Files are built in memory and put in place one by one, entries last and stale ones taken away at the end, so that a
// program started meanwhile never finds a file missing.
import { build } from 'esbuild';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { evaluate } from './evaluate.js';
import { dist, hashOfInputs, root, stamp } from './inputs.js';
import { notices } from './notices.js';

const source = (path) => join(root, 'src', path);
const firstOf = (...paths) => paths.map(source).find((path) => existsSync(path));

const main = firstOf('cli/main.cts', 'cli/main.ts');
const app = firstOf('cli/app.ts');
const scan = firstOf('cli/scan-entry.ts');
const api = firstOf('index.ts');
const schema = firstOf('policy/schema.ts');

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  charset: 'utf8',
  metafile: true,
  write: false,
  logLevel: 'warning',
  legalComments: 'none', // all of them stand in THIRD_PARTY_NOTICES.txt, with the licences
  alias: { 'string-width': join(root, 'scripts/shims/string-width.js') },
  define: { KEYSCAN_VERSION: JSON.stringify(version) },
};

async function buildAll() {
  const inputs = hashOfInputs();
  const compiledRules = rulesCompiled();
  const lazy = new Map();
  const entries = await Promise.all([
    ...(scan === undefined ? [] : [commonJs(scan, 'scan', compiledRules, lazy)]),
    commonJs(main, 'keyscan', compiledRules, lazy),
  ]);
  const imported = { ...(app && { app }), ...(api && { index: api }), ...Object.fromEntries(lazy) };
  const bundles = [...entries, await modules(imported, compiledRules)];

  const files = new Map(
    bundles
      .flatMap(({ outputFiles }) => outputFiles)
      .sort((a, b) => rank(a.path) - rank(b.path))
      .map(({ path, contents }) => [path, contents]),
  );
  files.set(
    join(dist, 'THIRD_PARTY_NOTICES.txt'),
    notices(
      root,
      bundles.map(({ metafile }) => metafile),
    ),
  );
  if (schema !== undefined) files.set(join(dist, 'schema.json'), await configurationSchema());
  files.set(stamp, inputs);

  for (const [path, contents] of files) put(path, contents);
  removeStale(dist, files);
}

/** Whoever refers to others comes after them. */
function rank(path) {
  return path.includes(`${sep}chunks${sep}`) ? 0 : path.endsWith('keyscan.cjs') ? 2 : 1;
}

/** One self-contained CommonJS file, except for what it loads on demand. */
function commonJs(entry, name, compiledRules, lazy) {
  return build({
    ...common,
    entryPoints: [{ in: entry, out: name }],
    outdir: dist,
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    banner: name === 'keyscan' ? { js: '#!/usr/bin/env node' } : {},
    plugins: [loadedOnDemand(lazy), compiledRules, onlyTheVersion],
  });
}

/** ES modules that share chunks, so that `import()` keeps what is rarely needed off everybody else's way. */
function modules(entryPoints, compiledRules) {
  return build({
    ...common,
    entryPoints,
    outdir: dist,
    format: 'esm',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    // CommonJS packages inside the bundle still call require() for Node's own modules
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    plugins: [compiledRules, onlyTheVersion],
  });
}

/**
 * What the CommonJS files import() on demand: `./app.ts` and whatever rests on a library stay imports, of modules built
 * beside them (`lazy` collects which), so that the library is not even read on the usual way. Our own modules are put
 * into the same file, where import() only runs them: loading an ES module would cost a sixth of Node's start.
 * `import('./scan-entry.ts')` becomes a require of the built file. All of it is written alike in the source.
 */
const loadedOnDemand = (lazy) => ({
  name: 'loaded on demand',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[^:]*$/ }, async ({ path, resolveDir, kind, importer }) => {
      if (kind !== 'dynamic-import' || importer === main || builtinModules.includes(path)) return;
      const own = path.startsWith('.');
      const target = own ? resolve(resolveDir, path) : path;
      if (target === app) return { path: './app.js', external: true };
      if (target === scan) return { path: './scan.cjs', namespace: 'built' };
      if (own && !(await restsOnLibrary(target))) return;
      const name = own ? relative(root, target).replace(/^src[/\\]|\.ts$/g, '') : path;
      const lazyName = `lazy/${name.replace(/\W+/g, '-')}`;
      lazy.set(lazyName, target);
      return { path: `./${lazyName}.js`, external: true };
    });
    onResolve({ filter: /^\.\/scan\.cjs$/, namespace: 'built' }, ({ path }) => ({
      path,
      external: true,
    }));
    onLoad({ filter: /.*/, namespace: 'built' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
    }));
  },
});

/** Whether a module needs a package, itself or by what it imports at once. */
async function restsOnLibrary(entry) {
  const { metafile } = await build({ ...common, format: 'esm', entryPoints: [entry] });
  const seen = new Set();
  const visit = (path) => {
    if (path.includes('node_modules/')) return true;
    if (seen.has(path)) return false;
    seen.add(path);
    const imports = metafile.inputs[path]?.imports ?? [];
    return imports.some(
      (each) => each.kind !== 'dynamic-import' && !each.external && visit(each.path),
    );
  };
  return visit(relative(root, entry).split(sep).join('/'));
}

/** `import manifest from '../../package.json'` brings in two fields of it, not the whole. */
const onlyTheVersion = {
  name: 'only the version',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]package\.json$/ }, ({ path }) => {
      if (path !== join(root, 'package.json')) return undefined;
      return { loader: 'json', contents: JSON.stringify({ name: '@keyscan/cli', version }) };
    });
  },
};

/**
 * src/engine/builtin.ts compiles the rules when it is loaded, which is what tests want. In the built program the
 * tables stand ready: the module is run here, now, and replaced by its result.
 */
function rulesCompiled() {
  const builtin = firstOf('engine/builtin.ts');
  return {
    name: 'compiled rules',
    setup({ onLoad }) {
      if (builtin === undefined) return;
      let contents;
      onLoad({ filter: /[/\\]engine[/\\]builtin\.ts$/ }, async ({ path }) => {
        if (path !== builtin) return undefined;
        contents ??= replacement();
        return { loader: 'ts', resolveDir: dirname(builtin), contents: await contents };
      });
    },
  };

  // Tables are plain data; parsing JSON is the fastest way for Node to make them
  async function replacement() {
    const { tables } = await evaluate(`export { tables } from './src/engine/builtin.ts';`);
    const data = JSON.stringify(tables);
    const roundTrip = JSON.parse(data);
    if (!isDeepStrictEqual(roundTrip, tables)) throw new Error('the tables are not plain data');
    return `import type { Tables } from './tables.ts';
      export const tables: Tables = JSON.parse(${JSON.stringify(data)});`;
  }
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
  if (path.endsWith('.cjs')) chmodSync(half, 0o755);
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

await buildAll();
