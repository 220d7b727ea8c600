// No command shows or writes anything of a secret, in a home and a repository that are full of them: on the terminal, in
// reports, caches, journals and baselines, when it works, when it fails and when it crashes. Scans of files in every format:
// test/commands-safety.test.ts; --fix with AWS: the worlds of test/support/migration.ts look after every run.

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import type { ScanReport } from '../src/core/finding.ts';
import { sampled, thorough } from './support/effort.ts';
import { generate } from './support/examples.ts';
import { key, repository, type Repository } from './support/repository.ts';
import { run, type RunResult, temporaryFolder, writeTree } from './support/run.ts';
import { everyFile, traceFinder } from './support/traces.ts';

const names = ['work', 'env', 'staged', 'past', 'message', 'hook', 'shell', 'variable', 'remote'];
const keys = new Map(names.map((name) => [name, key(`no-secret ${name}`)]));
const github = generate('github:ghp', 'no-secret');
const leakIn = traceFinder([
  ...[...keys.values()].flatMap(({ id, secret }) => [id, secret]),
  github,
]);
const of = (name: string): ReturnType<typeof key> => keys.get(name) ?? key(name);

interface World {
  readonly repo: Repository;
  readonly state: string;
  /** Everything that the command printed and every file that it made or changed, searched. */
  readonly keyscan: (args: readonly string[], more?: More) => RunResult;
}

interface More {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

function world(): World {
  const repo = repository();
  const state = temporaryFolder('state');
  repo.commit({ 'README.md': 'Moonbakery\n' });
  repo.commit({ 'old.env': of('past').lines }, `Bake\n\n${of('past').lines}`);
  repo.commit({ 'old.env': '', 'src/a.js': `const token = '${github}'; // keyscan:ignore\n` });
  repo.write({ '.env': of('env').lines, '.gitignore': '.env\n' });
  repo.stage({ 'new.env': of('staged').lines });
  const { id, secret } = of('remote');
  repo.git('remote', 'add', 'origin', `https://${id}:${encodeURIComponent(secret)}@git.example/x`);
  writeTree(repo.home, {
    '.aws/credentials': `[work]\n${of('work').lines}\n[robot]\n${of('hook').lines}`,
    '.aws/config': `[profile work]\nregion = eu-west-1\n[profile role]\nsource_profile = work\nrole_arn = arn:aws:iam::111122223333:role/x\n`,
    '.bash_history': `export AWS_SECRET_ACCESS_KEY=${of('shell').secret}\n`,
    'message.txt': `Bake\n\n${of('message').lines}`,
  });
  const keyscan = (args: readonly string[], more: More = {}): RunResult => {
    const before = everyFile(repo.folder, repo.home, state);
    const result = run(args, {
      cwd: repo.folder,
      home: repo.home,
      ...(more.input === undefined ? {} : { input: more.input }),
      env: {
        XDG_STATE_HOME: state,
        AWS_SECRET_ACCESS_KEY: of('variable').secret,
        AWS_ACCESS_KEY_ID: of('variable').id,
        ...more.env,
      },
    });
    const shown = [leakIn(result.stdout), leakIn(result.stderr)];
    expect([args, shown]).toEqual([args, [undefined, undefined]]);
    const written = [...everyFile(repo.folder, repo.home, state)]
      .filter(([file, content]) => before.get(file) !== content)
      .filter(([file, content]) => leakIn(content) !== undefined || leakIn(file) !== undefined);
    expect([args, written.map(([file]) => file)]).toEqual([args, []]);
    return result;
  };
  return { repo, state, keyscan };
}

describe('a command shows and writes nothing of a secret', () => {
  const { repo, keyscan } = world();
  const head = repo.head();

  it('is a test that notices one', () => {
    const other = world();
    writeFileSync(join(other.repo.folder, 'x.mjs'), `console.log(process.env.AWS_ACCESS_KEY_ID)`);
    const script = `require('node:fs').writeFileSync('copy', process.env.AWS_SECRET_ACCESS_KEY)`;
    const env = { NODE_OPTIONS: `--require ${join(temporaryWith(script), 'x.cjs')}` };
    expect(() => other.keyscan(['--version'], { env })).toThrow('copy');
    const say = {
      NODE_OPTIONS: `--require ${join(temporaryWith('console.error(process.env.AWS_ACCESS_KEY_ID)'), 'x.cjs')}`,
    };
    expect(() => other.keyscan(['--version'], { env: say })).toThrow('value');
  });

  it.each([
    { args: [], code: 1 },
    { args: ['-v', '--show-suppressed', '--fail-on', 'low'], code: 1 },
    { args: ['--home', '-v'], code: 1 },
    { args: ['--home', '-f', 'json'], code: 1 },
    { args: ['--staged', '-v'], code: 1 },
    { args: ['--staged', '-f', 'sarif', '-o', 'report.sarif'], code: 1 },
    { args: ['--range', 'HEAD~2..HEAD', '-v'], code: 1 },
    { args: ['--history', '--reflog', '--unreachable', '--cache', '-v'], code: 1 },
    { args: ['--history', '--cache', '-f', 'json', '-o', 'past.json'], code: 1 },
    { args: ['--history', '-f', 'gitlab'], code: 1 },
    { args: ['--commit-msg', 'MESSAGE'], code: 1 },
    { args: ['--pre-push', 'origin', 'URL'], code: 1, input: 'PUSH' },
    { args: ['install', '--pre-push', '--yes', '-v'], code: 0 },
    { args: ['doctor', '-v'], code: 0 },
    { args: ['keys', '-v'], code: 0 },
    { args: ['undo', '-v'], code: 0 },
    { args: ['--fix', '--dry-run', '-v'], code: 1 },
    { args: ['--fix', '--dry-run', '-f', 'json'], code: 1 },
    { args: ['--fix', '--yes', '--no-verify'], code: 2 },
    { args: ['baseline', '--history', '-v'], code: 0 },
    { args: ['uninstall', '-v'], code: 0 },
  ])('$args', ({ args, code, input }) => {
    const { id, secret } = of('remote');
    const words = args.map((word) =>
      word === 'MESSAGE'
        ? join(repo.home, 'message.txt')
        : word === 'URL'
          ? `https://${id}:${encodeURIComponent(secret)}@git.example/x`
          : word,
    );
    const pushed = `refs/heads/main ${head} refs/heads/main ${'0'.repeat(40)}\n`;
    const result = keyscan(words, input === undefined ? {} : { input: pushed });
    expect([result.code, result.stderr]).toEqual([code, expect.not.stringContaining('internal')]);
  });

  it('explain and ignore of one finding', () => {
    const { findings }: ScanReport = JSON.parse(keyscan(['-f', 'json', 'new.env']).stdout);
    const fingerprint = findings[0]?.fingerprint ?? '';
    expect(keyscan(['explain', fingerprint, '-v']).code).toBe(0);
    expect(keyscan(['ignore', fingerprint, '--reason', 'a test']).code).toBe(0);
    expect(keyscan(['explain', fingerprint]).code).toBe(0);
  });

  it('doctor where the hooks fail, and hold keys themselves', () => {
    const broken = world();
    const { lines, id, secret } = of('hook');
    broken.keyscan(['install']);
    broken.repo.hook('pre-commit', `${lines.replaceAll(' = ', '=')}keyscan --staged ${secret}`);
    expect(broken.keyscan(['doctor', '-v']).code).not.toBe(0);
    broken.repo.hook('commit-msg', `exit 3 # ${id}:${secret}`);
    broken.repo.git('config', 'core.hooksPath', 'nowhere');
    expect(broken.keyscan(['doctor', '-v']).code).not.toBe(0);
    broken.repo.git('config', '--unset', 'core.hooksPath');
    expect(broken.keyscan(['doctor', '--run-hooks', '--yes']).code).not.toBe(0);
  });

  const crash = `
    const { readFileSync } = require('node:fs');
    const text = readFileSync(process.env.HOME + '/.aws/credentials', 'utf8') + readFileSync('new.env', 'utf8');
    const { map } = Array.prototype;
    let left = Number(process.env.CRASH_AT);
    Array.prototype.map = function (...given) {
      if (left-- === 0) throw Object.assign(new TypeError(text), { code: /AKIA\\w+/.exec(text)[0], path: text });
      return map.apply(this, given);
    };`;

  const crashing = [
    [['-v']],
    [['--home', '-f', 'json']],
    [['--staged', '-v']],
    [['--history', '--cache', '-v', '-o', 'past.txt']],
    [['doctor', '-v']],
    [['--fix', '--dry-run', '-v']],
    [['baseline']],
    [['keys']],
    [['undo']],
    [['install', '--yes']],
  ];

  it.each(sampled(crashing, 4))('when it crashes somewhere: %j', (args) => {
    const own = world();
    const hook = join(temporaryWith(crash), 'x.cjs');
    let crashes = 0;
    // Later and later, until it ends as ever; the very first is before anything is read
    const [times, step] = thorough ? [60, 3] : [4, 29];
    for (let at = 1; at < 1 + step * times; at += step) {
      const env = { NODE_OPTIONS: `--require ${hook}`, CRASH_AT: String(at) };
      const { code, stderr } = own.keyscan(args, { env });
      if (stderr.includes('internal error')) crashes++;
      else expect([0, 1, 2]).toContain(code);
      rmSync(join(own.repo.folder, '.keyscan-baseline.json'), { force: true });
    }
    expect(crashes).toBeGreaterThan(0);
  });
});

function temporaryWith(script: string): string {
  const folder = temporaryFolder();
  writeTree(folder, { 'x.cjs': script });
  return folder;
}
