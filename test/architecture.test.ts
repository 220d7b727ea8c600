// docs/architecture.md says who may import whom; this reads its table and holds the source to it. Fails closed: a folder
// the table does not name, a row whose folder is gone and a word this file does not know are failures, not gaps.
import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, posix, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Layer {
  readonly folder: string;
  /** Folders, its own among them. */
  readonly mayImport: readonly string[];
  readonly mayNot: readonly Ban[];
}

/** `writing (stdin.ts aside)`: a word, and the one file it does not bind. */
interface Ban {
  readonly word: string;
  readonly except: string | undefined;
}

interface Import {
  readonly from: string;
  /** As written. */
  readonly name: string;
  /** A file of ours, relative to the root; undefined for Node's modules and packages. */
  readonly file: string | undefined;
  readonly when: 'load' | 'call' | 'never';
  /** `readFileSync` of `import { readFileSync as read }`. */
  readonly names: readonly string[];
}

interface Source {
  readonly path: string;
  readonly imports: readonly Import[];
  /** Names used that are not properties: `process`, `fetch`. */
  readonly globals: ReadonlySet<string>;
  /** Properties of `process` used: `argv`. */
  readonly ofProcess: ReadonlySet<string>;
  readonly strings: ReadonlySet<string>;
  readonly hasFunctions: boolean;
}

const layers = readLayers();
const sources = [...filesBelow('src'), ...filesBelow('rules')].map((path) =>
  parse(path, readFileSync(join(root, path), 'utf8')),
);

describe('the layer table of docs/architecture.md', () => {
  it('names every folder and file that lies in src, and rules', () => {
    const there = readdirSync(join(root, 'src')).map((name) => `src/${name}`);
    expect(layers.map(({ folder }) => folder).sort()).toEqual([...there, 'rules'].sort());
  });

  it('names no layer in "may import" that has no row', () => {
    const folders = new Set(layers.map(({ folder }) => folder));
    const unknown = layers.flatMap(({ mayImport }) =>
      mayImport.filter((name) => !folders.has(name)),
    );
    expect(unknown).toEqual([]);
  });

  it('says "may not" only in words that are enforced here', () => {
    const said = layers.flatMap(({ mayNot }) => mayNot.map(({ word }) => word));
    expect(said.filter((word) => !(word in forbidden))).toEqual([]);
  });

  it('excepts only files that are there and still need it', () => {
    const idle = layers.flatMap(({ mayNot }) =>
      mayNot
        .filter(({ except }) => except !== undefined)
        .filter(({ word, except }) => {
          const source = sources.find(({ path }) => path === except);
          return source === undefined || forbidden[word]?.(source) === undefined;
        })
        .map(({ word, except }) => `${word} (${except} aside)`),
    );
    expect(idle).toEqual([]);
  });

  it('has no two layers that may import each other', () => {
    const allowed = (a: Layer, b: Layer) => a !== b && a.mayImport.includes(b.folder);
    const mutual = layers.flatMap((a) =>
      layers.filter((b) => allowed(a, b) && allowed(b, a)).map((b) => `${a.folder} ${b.folder}`),
    );
    expect(mutual).toEqual([]);
  });
});

describe.each(layers.map((layer) => [layer.folder, layer] as const))('%s', (folder, layer) => {
  const own = sources.filter(({ path }) => path === folder || path.startsWith(`${folder}/`));

  it('holds source', () => {
    expect(own.length).toBeGreaterThan(0);
  });

  it('imports only the layers it may', () => {
    const wrong = own
      .flatMap(({ imports }) => imports)
      .filter(({ file }) => file !== undefined && !layer.mayImport.includes(layerOf(file)))
      // The version stands there, and nowhere else; the build takes only that
      .filter(
        ({ file }) => file !== 'package.json' || layer.mayNot.some(({ word }) => word === 'Node'),
      )
      .map(({ from, name }) => `${from} imports ${name}`);
    expect(wrong).toEqual([]);
  });

  for (const { word, except } of layer.mayNot) {
    it(`does without ${word}`, () => {
      const breaks = forbidden[word] ?? (() => 'says a word that nobody checks');
      const bound = own.filter(({ path }) => path !== except);
      const wrong = bound.flatMap((source) => {
        const why = breaks(source);
        return why === undefined ? [] : [`${source.path} ${why}`];
      });
      expect(wrong).toEqual([]);
    });
  }
});

describe('the reading of a source', () => {
  it('sees an import in each way of writing it, and when it loads', () => {
    const { imports } = parse(
      'src/report/a.ts',
      `import fs, { readFileSync as read } from 'node:fs';
      import type { Rule } from '../core/rule.ts';
      import '../git/hooks.ts';
      export { run } from '../commands/scan.ts';
      export * from './pretty.ts';
      type Later = import('../policy/config.ts').Config;
      const late = () => import('chalk');
      const path = require('node:path'), os = process.getBuiltinModule('node:os');
      const any = (name: string) => import(name);`,
    );
    expect(imports.map(({ file, name, when, names }) => [file ?? name, when, ...names])).toEqual([
      ['node:fs', 'load', '*', 'readFileSync'],
      ['src/core/rule.ts', 'never', 'Rule'],
      ['src/git/hooks.ts', 'load', '*'],
      ['src/commands/scan.ts', 'load', '*'],
      ['src/report/pretty.ts', 'load', '*'],
      ['src/policy/config.ts', 'never'],
      ['chalk', 'call', '*'],
      ['node:path', 'call', '*'],
      ['node:os', 'call', '*'],
      ['?', 'call', '*'],
    ]);
  });

  it.each([
    ['Node', `const home = process.env['HOME'];`, 'uses process'],
    ['Node', `import { join } from 'node:path';`, 'imports node:path'],
    ['libraries', `import type { Chalk } from 'chalk';`, 'imports chalk'],
    ['files', `const fs = await import('node:fs/promises');`, 'imports node:fs/promises'],
    ['network', `void fetch('http://localhost');`, 'uses fetch'],
    ['console', `process.stdout.write('found');`, 'uses process. stdout'],
    ['writing', `import { rmSync as away } from 'node:fs';`, 'imports rmSync'],
    ['writing', `import * as fs from 'node:fs';`, 'imports *'],
    ['writing to a work tree', `git(['checkout', '--', path]);`, 'knows git checkout'],
    ['text decoding', `new TextDecoder().decode(bytes);`, 'uses TextDecoder'],
    ['functions', `export const rules = [{ match: (text) => true }];`, 'holds a function'],
    ['exit codes', `process.exitCode = 1;`, 'uses process. exitCode'],
    ['argv', `const [, , first] = process.argv;`, 'uses process. argv'],
    ['process.exit', `process.exit(2);`, 'uses process. exit'],
  ])('without %s objects to %s', (word, text, complaint) => {
    expect(forbidden[word]!(parse('src/report/a.ts', text))).toBe(complaint);
  });

  it('takes no property or field for a global of the same name', () => {
    const { globals } = parse(
      'src/report/a.ts',
      `interface Job { process: string } const job = { fetch: 1 }; export const got = job.fetch;`,
    );
    expect([...globals].filter((name) => ['process', 'fetch'].includes(name))).toEqual([]);
  });
});

describe('every import', () => {
  // boot.ts loads the built files by the names that the build has written into them
  const boot = 'src/cli/boot.ts';
  const all = sources
    .flatMap(({ imports }) => imports)
    .filter(({ from, name }) => from !== boot || name !== '?');

  it('of a package names a development dependency, since all of them are bundled', () => {
    const { devDependencies } = readManifest();
    const strange = all
      .filter(({ name, file }) => file === undefined && !isNodes(name))
      .filter(({ name }) => !(packageOf(name) in devDependencies))
      .map(({ from, name }) => `${from} imports ${name}`);
    expect(strange).toEqual([]);
  });

  it("of one of Node's modules carries node:, so that no package can stand in for it", () => {
    const bare = all.filter(({ name }) => !name.startsWith('node:') && isNodes(name));
    expect(bare.map(({ from, name }) => `${from} imports ${name}`)).toEqual([]);
  });

  it('of a file of ours names a file that exists', () => {
    const gone = all.filter(({ file }) => file !== undefined && !existsSync(join(root, file)));
    expect(gone.map(({ from, name }) => `${from} imports ${name}`)).toEqual([]);
  });

  it('is known when the file is read: no import() of a computed name', () => {
    expect(all.filter(({ name }) => name === '?').map(({ from }) => from)).toEqual([]);
  });
});

describe('rules/index.ts', () => {
  it('lists every file of rules', () => {
    const index = sources.find(({ path }) => path === 'rules/index.ts');
    const listed = index?.imports.map(({ file }) => file) ?? [];
    const there = filesBelow('rules').filter((path) => path !== 'rules/index.ts');
    expect(there.filter((path) => !listed.includes(path))).toEqual([]);
  });
});

describe('the way of a clean scan', () => {
  it('loads no package: libraries are imported where they are used', () => {
    const way = loadedBy(['src/cli/main.ts', 'src/cli/scan-entry.ts']);
    const heavy = way
      .flatMap(({ imports }) => imports)
      .filter(({ when, file, name }) => when === 'load' && file === undefined && !isNodes(name));
    expect(heavy.map(({ from, name }) => `${from} imports ${name}`)).toEqual([]);
  });
});

describe('the documents', () => {
  it('name only paths that exist', () => {
    const gone = documents().flatMap((document) =>
      pathsNamedIn(readFileSync(join(root, document), 'utf8'))
        .filter((path) => !existsSync(join(root, path)))
        .map((path) => `${document}: ${path}`),
    );
    expect(gone).toEqual([]);
  });

  it('link only to files that exist', () => {
    const gone = documents().flatMap((document) =>
      linksIn(readFileSync(join(root, document), 'utf8'))
        .filter((link) => !existsSync(join(root, dirname(document), link)))
        .map((link) => `${document}: ${link}`),
    );
    expect(gone).toEqual([]);
  });
});

describe('package.json', () => {
  it('has nothing that users would have to install beside keyscan', () => {
    const { dependencies, peerDependencies, optionalDependencies } = readManifest();
    expect([dependencies, peerDependencies, optionalDependencies]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

// What each word of the column "may not" means, as a question to one source: the answer is what it does wrong.

const files = ['fs', 'fs/promises', 'child_process', 'worker_threads', 'cluster'];
const sockets = [
  'net',
  'http',
  'https',
  'http2',
  'tls',
  'dgram',
  'dns',
  'dns/promises',
  'inspector',
];
const writing =
  /^(write|append|rename|rm|unlink|mkdir|mkdtemp|chmod|fchmod|chown|truncate|ftruncate|link|symlink|cp|copyFile|createWriteStream|utimes)/;
const workTree = [
  'checkout',
  'checkout-index',
  'restore',
  'switch',
  'clean',
  'apply',
  'am',
  'merge',
  'pull',
  'rebase',
];

const forbidden: Readonly<Record<string, (source: Source) => string | undefined>> = {
  Node: (source) =>
    importsOneOf(source, builtinModules) ??
    usesOneOf(source, ['process', 'Buffer', 'require', 'setImmediate', '__dirname', '__filename']),
  libraries: ({ imports }) =>
    says(
      'imports',
      imports
        .filter(({ name, file }) => file === undefined && !isNodes(name))
        .map(({ name }) => name),
    ),
  files: (source) => importsOneOf(source, files),
  network: (source) =>
    importsOneOf(source, sockets) ?? usesOneOf(source, ['fetch', 'WebSocket', 'EventSource']),
  console: (source) =>
    usesOneOf(source, ['console']) ?? usesOfProcess(source, ['stdout', 'stderr', '_rawDebug']),
  writing: ({ imports }) =>
    says(
      'imports',
      imports
        .filter(({ name }) => /^node:fs/.test(name))
        .flatMap(({ names }) => names.filter((name) => writing.test(name) || name === '*')),
    ),
  'writing to a work tree': ({ strings }) =>
    says(
      'knows git',
      workTree.filter((command) => strings.has(command)),
    ),
  'text decoding': (source) =>
    importsOneOf(source, ['string_decoder']) ?? usesOneOf(source, ['TextDecoder']),
  functions: ({ hasFunctions }) => (hasFunctions ? 'holds a function' : undefined),
  'exit codes': (source) => usesOfProcess(source, ['exit', 'exitCode', 'abort', 'kill']),
  argv: (source) => usesOfProcess(source, ['argv', 'argv0', 'execArgv']),
  'process.exit': (source) => usesOfProcess(source, ['exit', 'exitCode', 'abort']),
  // What "may import" already leaves out
  'the rest': () => undefined,
};

function importsOneOf({ imports }: Source, modules: readonly string[]): string | undefined {
  return says(
    'imports',
    imports
      .filter(
        ({ name, file }) => file === undefined && modules.includes(name.replace(/^node:/, '')),
      )
      .map(({ name }) => name),
  );
}

function usesOneOf({ globals }: Source, names: readonly string[]): string | undefined {
  return says(
    'uses',
    names.filter((name) => globals.has(name)),
  );
}

function usesOfProcess({ ofProcess }: Source, names: readonly string[]): string | undefined {
  return says(
    'uses process.',
    names.filter((name) => ofProcess.has(name)),
  );
}

function says(verb: string, what: readonly string[]): string | undefined {
  return what.length === 0 ? undefined : `${verb} ${what.join(', ')}`;
}

// Reading the table

function readLayers(): readonly Layer[] {
  const text = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
  const rows = [...text.matchAll(/^\| `([^`]+)` *\|([^|]*)\|([^|]*)\|([^|]*)\|$/gm)];
  const folders = rows.map((row) => row[1]!);
  return rows.map(([, folder, , mayImport, mayNot], index) => ({
    folder: folder!,
    mayImport: [folder!, ...importable(mayImport!.trim(), folders, index)],
    mayNot: words(mayNot!, ',').map((text) => ban(folder!, text)),
  }));
}

function ban(folder: string, text: string): Ban {
  const [, word = text, file] = /^(.*) \((.*) aside\)$/.exec(text) ?? [];
  return { word, except: file === undefined ? undefined : `${folder}/${file}` };
}

function importable(cell: string, folders: readonly string[], index: number): readonly string[] {
  if (cell === 'all of the above') return folders.slice(0, index);
  return words(cell, ' ').map((name) => (name === 'rules' ? 'rules' : `src/${name}`));
}

function words(cell: string, separator: string): readonly string[] {
  return cell
    .split(separator)
    .map((word) => word.trim())
    .filter((word) => word !== '' && word !== '–');
}

function layerOf(file: string): string {
  const found = layers.find(({ folder }) => file === folder || file.startsWith(`${folder}/`));
  return found?.folder ?? file;
}

// Reading the source

function filesBelow(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => posix.join(folder, name.split(sep).join('/')))
    .filter((path) => statSync(join(root, path)).isFile())
    .sort();
}

function parse(path: string, text: string): Source {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const imports: Import[] = [];
  const globals = new Set<string>();
  const ofProcess = new Set<string>();
  const strings = new Set<string>();
  let hasFunctions = false;

  const add = (name: ts.Node | undefined, when: Import['when'], names: readonly string[] = []) => {
    const written = name !== undefined && ts.isStringLiteralLike(name) ? name.text : '?';
    imports.push({ from: path, name: written, file: ownFile(path, written), when, names });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, isTypeOnly(node) ? 'never' : 'load', importedNames(node));
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
      add(node.moduleSpecifier, node.isTypeOnly ? 'never' : 'load', ['*']);
    } else if (ts.isImportTypeNode(node)) {
      add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, 'never');
    } else if (ts.isExternalModuleReference(node)) {
      add(node.expression, 'load', ['*']);
    } else if (ts.isCallExpression(node) && loads(node.expression)) {
      add(node.arguments[0], 'call', ['*']);
    } else if (ts.isFunctionLike(node) && !ts.isFunctionTypeNode(node)) {
      hasFunctions = true;
    } else if (ts.isStringLiteralLike(node)) {
      strings.add(node.text);
    } else if (ts.isIdentifier(node) && !isPropertyName(node)) {
      globals.add(node.text);
    }
    if (ts.isPropertyAccessExpression(node) && node.expression.getText() === 'process') {
      ofProcess.add(node.name.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return { path, imports, globals, ofProcess, strings, hasFunctions };
}

function loads(callee: ts.Expression): boolean {
  return (
    callee.kind === ts.SyntaxKind.ImportKeyword ||
    ['require', 'process.getBuiltinModule', 'require.resolve'].includes(callee.getText())
  );
}

function ownFile(from: string, name: string): string | undefined {
  return /^\.\.?\//.test(name) ? posix.join(posix.dirname(from), name) : undefined;
}

function isTypeOnly({ importClause }: ts.ImportDeclaration): boolean {
  return importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

function importedNames({ importClause }: ts.ImportDeclaration): readonly string[] {
  const bindings = importClause?.namedBindings;
  if (bindings === undefined || ts.isNamespaceImport(bindings)) return ['*'];
  const named = bindings.elements.map(({ propertyName, name }) => (propertyName ?? name).text);
  return importClause?.name === undefined ? named : ['*', ...named];
}

function isPropertyName(node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isPropertyAssignment(parent) && parent.name === node) ||
    ((ts.isPropertySignature(parent) || ts.isPropertyDeclaration(parent)) && parent.name === node)
  );
}

function isNodes(name: string): boolean {
  return name.startsWith('node:') || builtinModules.includes(name);
}

function packageOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

/** Everything that is loaded when one of these files is, by itself and by what it imports. */
function loadedBy(entries: readonly string[]): readonly Source[] {
  const seen = new Set<string>();
  const follow = (path: string): readonly Source[] => {
    const source = sources.find((candidate) => candidate.path === path);
    if (source === undefined || seen.has(path)) return [];
    seen.add(path);
    const next = source.imports.filter(({ when, file }) => when === 'load' && file !== undefined);
    return [source, ...next.flatMap(({ file }) => follow(file!))];
  };
  return entries.flatMap(follow);
}

// Reading the documents

function documents(): readonly string[] {
  const below = existsSync(join(root, 'docs')) ? filesBelow('docs') : [];
  const beside = readdirSync(root).filter((name) => name.endsWith('.md'));
  const bench = existsSync(join(root, 'bench/README.md')) ? ['bench/README.md'] : [];
  return [...beside, ...below.filter((name) => name.endsWith('.md')), ...bench];
}

/** `src/a/b.ts` between single backticks, outside blocks of code; `rules/*.ts` is taken for `rules/`. */
function pathsNamedIn(markdown: string): readonly string[] {
  const prose = markdown.replace(/^```[\s\S]*?^```/gm, '');
  const folders = 'src|rules|test|scripts|docs|bench|fixtures|\\.ci|\\.husky|\\.github';
  return [...prose.matchAll(new RegExp(`\`((?:${folders})/[\\w./@*<-]*)\``, 'g'))]
    .map((match) => match[1]!)
    .map((path) => path.replace(/[^/]*[*<].*$/, ''));
}

function linksIn(markdown: string): readonly string[] {
  const prose = markdown.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)]
    .map((match) => match[1]!)
    .filter((target) => !/^[a-z][a-z+.-]*:/i.test(target));
}

interface Manifest {
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly dependencies?: unknown;
  readonly peerDependencies?: unknown;
  readonly optionalDependencies?: unknown;
}

function readManifest(): Manifest {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
}
