// What the build knows beyond esbuild: how the command's CommonJS files load each other, and what is made ready at build
// time. All of it is written as ordinary imports in the source, which is what tests run.
import { build } from 'esbuild';
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { evaluate } from './evaluate.js';
import { root } from './inputs.js';

/**
 * What a CommonJS file imports with `import()`. A module of ours gets a CommonJS file of its own that is required then
 * (loading an ES module instead would cost a sixth of Node's start). What rests on a library is an ES module, which
 * src/cli/boot.ts imports for them: `import()` in a file that it has compiled would make Node warn.
 */
export function loadedOnDemand({ from, named, onRequire, onImport }) {
  const up = from.includes('/') ? '../' : './';
  return {
    name: 'loaded on demand',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^[^:]*$/ }, async ({ path, kind, resolveDir }) => {
        if (kind !== 'dynamic-import' || builtinModules.includes(path)) return undefined;
        const own = path.startsWith('.');
        const target = own ? resolve(resolveDir, path) : path;
        const inSource = own ? relative(root, target).replace(/^src[/\\]|\.ts$/g, '') : path;
        const name = named[target] ?? `lazy/${inSource.replace(/\W+/g, '-')}`;
        if (name === 'app' || !own || (await restsOnLibrary(target))) {
          onImport(name, target);
          return { path: `${up}${name}.js`, namespace: 'imported' };
        }
        onRequire(name, target);
        return { path: `${up}${name}.cjs`, namespace: 'required' };
      });
      onResolve({ filter: /\.cjs$/, namespace: 'required' }, ({ path }) => ({
        path,
        external: true,
      }));
      onLoad({ filter: /.*/, namespace: 'required' }, ({ path }) => ({
        contents: `module.exports = require(${JSON.stringify(path)});`,
      }));
      // What import() promises is waited for once more when it has a `then`
      onLoad({ filter: /.*/, namespace: 'imported' }, ({ path }) => ({
        contents: `module.exports = { then: (...both) => importFrom(${JSON.stringify(path)}).then(...both) };`,
      }));
    },
  };
}

/** Whether a module needs a package, itself or by what it imports at once. */
async function restsOnLibrary(entry) {
  const { inputs } = await describe(entry);
  const seen = new Set();
  const visit = (path) => {
    if (path.includes('node_modules/')) return true;
    if (seen.has(path)) return false;
    seen.add(path);
    const imports = inputs[path]?.imports ?? [];
    return imports.some(
      (each) => each.kind !== 'dynamic-import' && !each.external && visit(each.path),
    );
  };
  return visit(relative(root, entry).split(sep).join('/'));
}

const described = new Map();

async function describe(entry) {
  if (!described.has(entry)) {
    const options = {
      absWorkingDir: root,
      entryPoints: [entry],
      bundle: true,
      platform: 'node',
      format: 'esm',
      metafile: true,
      write: false,
      logLevel: 'silent',
    };
    described.set(entry, build(options));
  }
  return (await described.get(entry)).metafile;
}

/**
 * Modules of ours that only some scans come to use, though the source imports them in the ordinary way: in the
 * CommonJS files they stand in files of their own (`files`: which modules, by name), each loaded when the first of its
 * functions is called. They must be pure, since they bring copies of what they rest on.
 */
export function lateModules({ from, files }) {
  const up = from.includes('/') ? '../' : './';
  const others = Object.entries(files).filter(([name]) => name !== from);
  const fileOf = (path) => others.find(([, paths]) => paths.includes(path))?.[0];
  return {
    name: 'late modules',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.\.?\// }, ({ path, kind, resolveDir, namespace }) => {
        const target = resolve(resolveDir, path);
        if (kind !== 'import-statement' || namespace !== 'file' || !fileOf(target)) return;
        // Relative, since esbuild writes it into a comment of the built file
        return { path: relative(root, target), namespace: 'late-own' };
      });
      onResolve({ filter: /\.cjs$/, namespace: 'late-own' }, ({ path }) => ({
        path,
        external: true,
      }));
      onLoad({ filter: /.*/, namespace: 'late-own' }, async ({ path }) => {
        const target = resolve(root, path);
        const name = fileOf(target);
        const load = `require(${JSON.stringify(`${up}${name}.cjs`)}).m${files[name].indexOf(target)}`;
        return { contents: getters(load, await exportsOf(target)) };
      });
    },
  };
}

/** The entry of such a file. */
export function lateEntry(paths) {
  return paths
    .map((path, index) => `export * as m${index} from ${JSON.stringify(path)};`)
    .join('\n');
}

function getters(load, names) {
  const each = names.map((name) => `get ${name}() { return load().${name}; }`);
  return `const load = () => ${load};\nmodule.exports = { ${each.join(', ')} };`;
}

async function exportsOf(path) {
  const { outputs } = await describe(path);
  return Object.values(outputs)[0].exports;
}

/**
 * Of Node's own modules some cost milliseconds to load (node:crypto a tenth of Node's start), and most scans need none
 * of them. In the CommonJS files they are loaded when the first of their functions is used. What Node has loaded anyway
 * before it starts us is left as it is.
 */
export function lateBuiltins() {
  const early = ['fs', 'path', 'url', 'util', 'module', 'events', 'buffer', 'process'];
  return {
    name: 'late builtins',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^node:/ }, ({ path, kind, namespace }) => {
        const late = kind === 'import-statement' && !early.includes(path.slice('node:'.length));
        return late && namespace !== 'late' ? { path, namespace: 'late' } : undefined;
      });
      onLoad({ filter: /.*/, namespace: 'late' }, async ({ path }) => ({
        contents: getters(`require(${JSON.stringify(path)})`, await namesImportedFrom(path)),
      }));
    },
  };
}

/** Those that our source asks for, by name or as a property of the whole module. */
async function namesImportedFrom(module) {
  const names = new Set();
  const statement = new RegExp(`import (?!type)([^;]*?) from '${module}';`, 'g');
  for (const file of readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })) {
    if (!/\.ts$/.test(file)) continue;
    const text = readFileSync(join(root, 'src', file), 'utf8');
    for (const [, clause] of text.matchAll(statement)) {
      const [, whole = '[]'] = /^(?:\* as )?(\w+)$/.exec(clause) ?? [];
      for (const [, name] of text.matchAll(new RegExp(`\\b${whole}\\.(\\w+)`, 'g')))
        names.add(name);
      for (const [, name] of clause.matchAll(/(?:^\{|,)\s*(?!type )(\w+)/g)) names.add(name);
    }
  }
  return [...names].sort();
}

/** `import manifest from '../../package.json'` brings in two fields of it, not the whole. */
export function onlyTheVersion() {
  const manifest = join(root, 'package.json');
  return {
    name: 'only the version',
    setup({ onLoad }) {
      onLoad({ filter: /[/\\]package\.json$/ }, ({ path }) => {
        if (path !== manifest) return undefined;
        const { name, version } = JSON.parse(readFileSync(manifest, 'utf8'));
        return { loader: 'json', contents: JSON.stringify({ name, version }) };
      });
    },
  };
}

/**
 * Two modules are run here, now, and replaced by what they make. src/engine/builtin.ts compiles the rules when it is
 * loaded, which is what tests want; the built program reads the tables from a file, `tables.bin`. And nobody but tests
 * reads the examples of our own rules (`rules check` is for other people's), which are more than half of rules/.
 */
export function compiledRules() {
  const replacements = new Map([
    [join(root, 'src/engine/builtin.ts'), tablesFromFile],
    [join(root, 'src/commands/own-anchors.ts'), computedAnchors],
    [join(root, 'rules/index.ts'), rulesWithoutExamples],
  ]);
  return {
    name: 'compiled rules',
    setup({ onLoad, initialOptions }) {
      onLoad({ filter: /[/\\](builtin|own-anchors|index)\.ts$/ }, async ({ path }) => {
        const contents = await replacements.get(path)?.(initialOptions.format);
        return contents && { loader: 'js', contents, resolveDir: dirname(path) };
      });
    },
  };
}

/** What `tables.bin` holds. A file of its own, because a string in JavaScript is read, checked and copied three times. */
export async function tables() {
  const { bytes } = await evaluate(`export { bytes } from './src/engine/builtin.ts';`);
  return bytes;
}

async function computedAnchors() {
  const { ownAnchors } = await evaluate(
    `export { ownAnchors } from './src/commands/own-anchors.ts';`,
  );
  return `export const ownAnchors = ${JSON.stringify(ownAnchors)};`;
}

/** It lies beside scan.cjs, index.js and app.js; only of ES modules the build may make a file in chunks/. */
function tablesFromFile(format) {
  const url = 'new URL(import.meta.url.replace(/(chunks[/])?[^/]*$/, "tables.bin"))';
  const place = format === 'esm' ? url : '`${__dirname}/tables.bin`';
  return `
    import { readFileSync } from 'node:fs';
    import { unpack } from './packed.ts';
    export const tables = unpack(readFileSync(${place}));
  `;
}

let withoutExamples;

function rulesWithoutExamples() {
  withoutExamples ??= evaluate(`export { rules } from './rules/index.ts';`).then(
    ({ rules }) =>
      `export const rules = ${parsed(rules.map((rule) => ({ ...rule, examples: [], negatives: [] })))};`,
  );
  return withoutExamples;
}

/** Node makes big values of JSON faster than of JavaScript. */
function parsed(value) {
  const json = JSON.stringify(value);
  if (!isDeepStrictEqual(JSON.parse(json), value)) throw new Error('rules must be data');
  return `JSON.parse(${JSON.stringify(json)})`;
}
