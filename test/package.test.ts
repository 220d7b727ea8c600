// What a user gets: the packed package, installed by npm into an empty folder, run and imported there.
import { beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';

import { cleanEnvironment, projectRoot, run, temporaryFolder, writeTree } from './support/run.ts';

const user = temporaryFolder('user');
const installed = join(user, 'node_modules/@keyscan/cli');

beforeAll(() => {
  const tarball = shell(process.execPath, [join(projectRoot, 'scripts/pack.js'), user]).trim();
  writeTree(user, { 'package.json': '{ "name": "moonbakery", "private": true }\n' });
  shell('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball]);
}, 120_000);

describe('the published manifest', () => {
  const manifest = () =>
    JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Record<string, unknown>;

  it('brings nothing else with it and runs nothing when it is installed', () => {
    expect(readdirSync(join(user, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(
      ['@keyscan'],
    );
    expect(readdirSync(join(user, 'node_modules/@keyscan'))).toEqual(['cli']);
    const { dependencies, devDependencies, scripts } = manifest();
    expect({ dependencies, devDependencies, scripts }).toEqual({
      dependencies: undefined,
      devDependencies: undefined,
      scripts: undefined,
    });
  });

  it('says what ours says of name, version, licence, Node and command', () => {
    const fields = ['name', 'version', 'license', 'type', 'engines', 'bin', 'exports'];
    const ours = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    expect(fields.map((field) => manifest()[field])).toEqual(fields.map((field) => ours[field]));
  });

  it('exports only files that are there', () => {
    const targets = (value: unknown): readonly string[] =>
      typeof value === 'string' ? [value] : Object.values(value as object).flatMap(targets);
    const named = [...targets(manifest()['exports']), ...targets(manifest()['bin'])];
    expect(named.filter((path) => !existsSync(join(installed, path)))).toEqual([]);
  });
});

describe('the files of the package', () => {
  const files = () =>
    readdirSync(installed, { recursive: true, encoding: 'utf8' })
      .map((name) => name.split(sep).join('/'))
      .filter((name) => statSync(join(installed, name)).isFile())
      .sort();

  it('are these and no others', () => {
    const rest = files().filter(
      (name) =>
        !/^dist\/(chunks\/[\w-]+\.js|lazy\/[\w-]+\.c?js)$/.test(name) &&
        !/^dist\/types\/(src|rules)\/[\w/-]+\.d\.ts$/.test(name),
    );
    expect(rest).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist/THIRD_PARTY_NOTICES.txt',
      'dist/app.js',
      'dist/home.cjs',
      'dist/index.js',
      'dist/keyscan.cjs',
      'dist/late.cjs',
      'dist/own.cjs',
      'dist/policy.cjs',
      'dist/program.cjs',
      'dist/scan.cjs',
      'dist/schema.json',
      'dist/shapes.cjs',
      'dist/tables.bin',
      'dist/tree.cjs',
      'package.json',
    ]);
  });

  it('are all reached from the command or the API: no chunk of an earlier build', () => {
    const reached = new Set<string>();
    const follow = (name: string): void => {
      if (reached.has(name)) return;
      reached.add(name);
      const text = readFileSync(join(installed, 'dist', name), 'utf8');
      for (const [, path] of text.matchAll(/["'](\.\.?\/[\w./-]+\.c?js)["']/g)) {
        const target = join('dist', name, '..', path!).split(sep).join('/').slice('dist/'.length);
        if (existsSync(join(installed, 'dist', target))) follow(target);
      }
    };
    follow('keyscan.cjs');
    follow('program.cjs');
    follow('index.js');
    const programs = files().filter((name) => /^dist\/.*\.c?js$/.test(name));
    expect(programs.filter((name) => !reached.has(name.slice('dist/'.length)))).toEqual([]);
  });

  it('hold no path of the computer that built them', () => {
    const texts = files().map(
      (name) => [name, readFileSync(join(installed, name), 'utf8')] as const,
    );
    expect(texts.filter(([, text]) => text.includes(projectRoot)).map(([name]) => name)).toEqual(
      [],
    );
  });

  it('carry the licence of every package that is bundled', () => {
    const notices = readFileSync(join(installed, 'dist/THIRD_PARTY_NOTICES.txt'), 'utf8');
    const named = [...notices.matchAll(/^-{80}\n\n(\S+) \d/gm)].map((match) => match[1]!);
    const bundled = new Set(
      files()
        .filter((name) => /\.c?js$/.test(name))
        .flatMap((name) => [
          ...readFileSync(join(installed, name), 'utf8').matchAll(
            /^\s*\/\/ node_modules\/((?:@[\w.-]+\/)?[\w.-]+)\//gm,
          ),
        ])
        .map((match) => match[1]!),
    );
    expect(bundled.size).toBeGreaterThan(0);
    expect([...bundled].filter((name) => !named.includes(name))).toEqual([]);
    expect(notices.split(`${'-'.repeat(80)}\n`).filter((part) => part.trim() === '')).toEqual([]);
  });
});

describe('the installed command', () => {
  const command = join(
    user,
    'node_modules/.bin',
    `keyscan${process.platform === 'win32' ? '.cmd' : ''}`,
  );

  it('runs as npm links it', () => {
    const { version } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(run(['--version'], { command })).toEqual({
      code: 0,
      signal: null,
      stdout: `${version}\n`,
      stderr: '',
    });
  });

  it('ends with 0 for a folder without a leak and with 1 for one with', () => {
    const folder = temporaryFolder('project');
    writeTree(folder, { 'settings.ini': 'region = eu-west-1\n' });
    expect(run(['settings.ini'], { command, cwd: folder }).code).toBe(0);
    writeTree(folder, { 'deploy/.env': demoLeak() });
    expect(run(['.'], { command, cwd: folder }).code).toBe(1);
  });
});

describe('the Node API', () => {
  it('is imported by its name, and finds what the command finds', () => {
    writeTree(user, { 'leaky/.env': demoLeak() });
    writeFileSync(
      join(user, 'scan.mjs'),
      `import { scan } from '@keyscan/cli';
      const { findings, complete } = await scan({ paths: ['leaky'] });
      console.log(JSON.stringify([complete, findings.map(({ rule, kind, path }) => [rule, kind, path])]));`,
    );
    expect(JSON.parse(shell(process.execPath, ['scan.mjs']))).toEqual([
      true,
      [['aws-access-key', 'pair', '.env']],
    ]);
  });

  it('carries types that a strict project compiles against', () => {
    writeTree(user, {
      'typed.mts': `import { scan, type ScanReport } from '@keyscan/cli';
        const report: ScanReport = await scan({ paths: ['leaky'] });
        export const rules: readonly string[] = report.findings.map(({ rule }) => rule);
        // @ts-expect-error a finding holds no secret
        report.findings.map(({ secret }) => secret);
      `,
    });
    const compilerOptions = {
      strict: true,
      noEmit: true,
      module: 'nodenext',
      target: 'es2023',
      types: [],
    };
    writeTree(user, {
      'tsconfig.json': JSON.stringify({ compilerOptions, files: ['typed.mts'] }),
    });
    expect(shell(process.execPath, [join(projectRoot, 'node_modules/typescript/bin/tsc')])).toBe(
      '',
    );
  }, 60_000);
});

function demoLeak(): string {
  return shell(process.execPath, [join(projectRoot, 'scripts/demo-leak.js')]);
}

/** For tools that are not ours: what they print, or everything they said when they fail. */
function shell(command: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: user,
    env: cleanEnvironment(user),
    encoding: 'utf8',
    shell: command === 'npm' && process.platform === 'win32',
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}\n${stdout}\n${stderr}`);
  return stdout;
}
