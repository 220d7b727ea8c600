// keyscan doctor in real repositories: each way in which a hook does not stop a key, whether the line it says to type
// mends it, and that the repository does not notice.
import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join, relative } from 'node:path';

import { withCanary } from '../src/commands/doctor-canary.ts';
import { reachScript } from '../src/commands/doctor-hooks.ts';
import { hookScript } from '../src/commands/hook-script.ts';
import { openGit } from '../src/git/run.ts';
import { sampled } from './support/effort.ts';
import { newerGit } from './support/git-stand-ins.ts';
import { repository, type Repository } from './support/repository.ts';
import {
  cleanEnvironment,
  program,
  run,
  type RunResult,
  temporaryFolder,
  writeTree,
} from './support/run.ts';

/** Every file below, with mode and bytes. */
function everything(folder: string): Readonly<Record<string, string>> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    paths
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path, `${statSync(path).mode} ${readFileSync(path, 'latin1')}`]),
  );
}

function installed(...options: readonly string[]): Repository {
  const repo = repository();
  repo.commit({ 'README.md': '#\n', 'a/b.txt': 'b\n' });
  repo.keyscan('install', ...options);
  return repo;
}

function hookFile(repo: Repository, name = 'pre-commit'): string {
  return join(repo.folder, '.git/hooks', name);
}

function edit(file: string, change: (text: string) => string): void {
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}

/** husky as its own set-up leaves it: a stub for every hook of git, which runs the committed file with -e if there is one. */
function husky(lines: string): Repository {
  const repo = repository();
  const stub =
    '#!/bin/sh\n[ -f ".husky/${0##*/}" ] || exit 0\nexport PATH="node_modules/.bin:$PATH"\nsh -e ".husky/${0##*/}" "$@"\n';
  repo.commit({
    'package.json': '{"devDependencies": {"husky": "^9.0.0"}}\n',
    '.husky/pre-commit': lines,
    '.husky/pre-merge-commit': lines,
    '.husky/commit-msg': 'keyscan --commit-msg "$1"\n',
  });
  repo.write(
    Object.fromEntries(
      ['pre-commit', 'pre-merge-commit', 'commit-msg', 'pre-push'].map((name) => [
        `.husky/_/${name}`,
        stub,
      ]),
    ),
  );
  for (const name of readdirSync(join(repo.folder, '.husky/_'))) {
    chmodSync(join(repo.folder, '.husky/_', name), 0o755);
  }
  repo.git('config', 'core.hooksPath', '.husky/_');
  mkdirSync(join(repo.folder, 'node_modules/.bin'), { recursive: true });
  symlinkSync(program, join(repo.folder, 'node_modules/.bin/keyscan'));
  return repo;
}

function onWindows<T>(act: () => T): T {
  const { platform } = process;
  Object.defineProperty(process, 'platform', { value: 'win32' });
  try {
    return act();
  } finally {
    Object.defineProperty(process, 'platform', { value: platform });
  }
}

const screen = `keyscan doctor: the hooks of this repository

  ✔ pre-commit        stops a key, lets through what has none
  ✔ pre-merge-commit  stops a key, lets through what has none
  ✔ commit-msg        stops a key, lets through what has none
  ✔ pre-push          stops a key, lets through what has none

✔ all 4 hooks fire and stop a key
`;

describe('keyscan doctor', () => {
  it('shows that every hook fires, and says nothing when it is to be quiet', () => {
    const repo = installed('--pre-push');
    expect(repo.keyscan('doctor')).toMatchObject({ code: 0, stdout: screen, stderr: '' });
    expect(repo.keyscan('doctor', '--quiet')).toMatchObject({ code: 0, stdout: '', stderr: '' });
    rmSync(hookFile(repo));
    const [loud, quiet] = [repo.keyscan('doctor'), repo.keyscan('doctor', '--quiet')];
    expect({ code: quiet.code, same: quiet.stdout === loud.stdout }).toEqual({
      code: 1,
      same: true,
    });
  });

  it('says with --verbose where git looks and what would run', () => {
    const repo = installed();
    const { stdout } = repo.keyscan('doctor', '--verbose');
    expect(stdout).toContain('.git/hooks/pre-commit, version');
    expect(stdout.replace(/\n {4}/g, ' ')).toContain(
      `git looks for hooks in ${repo.folder}/.git/hooks (the default)`,
    );
  });

  it.each([
    ['as it is', (): unknown => undefined],
    [
      'with something staged, changed and untracked, a split index and no HEAD yet',
      (repo: Repository): unknown => {
        repo.git('update-ref', '-d', 'HEAD');
        repo.git('config', 'core.splitIndex', 'true');
        repo.stage({ 'staged.txt': 'staged\n' }).write({ 'a/b.txt': 'changed\n', new: 'new\n' });
        return repo.git('update-index', '--split-index');
      },
    ],
  ])('leaves the repository %s byte for byte', (_, arrange) => {
    const repo = installed('--pre-push');
    arrange(repo);
    const before = everything(repo.folder);
    const { code } = repo.keyscan('doctor');
    expect({ code, after: everything(repo.folder) }).toEqual({ code: 0, after: before });
  });

  it('runs nothing of the repository, and shows no key', () => {
    const repo = installed();
    const mark = join(repo.home, 'ran');
    const trap = `#!/bin/sh\n: > '${mark}'\n`;
    for (const name of ['pre-commit', 'commit-msg']) {
      writeFileSync(`${hookFile(repo, name)}.before-keyscan`, trap, { mode: 0o755 });
    }
    repo.write({ 'node_modules/.bin/keyscan': trap, 'node_modules/.bin/git': trap });
    repo.git('config', 'core.fsmonitor', `sh -c ": > '${mark}'"`);
    repo.hook('post-index-change', `: > '${mark}'`);
    const { code, stdout, stderr } = repo.keyscan('doctor', '--verbose');
    expect({ code, ran: existsSync(mark), shown: /AKIA/.test(stdout + stderr) }).toEqual({
      code: 0,
      ran: false,
      shown: false,
    });
  });

  it('leaves nothing behind in the folder for temporary files', () => {
    const TMPDIR = temporaryFolder('tmp');
    const repo = installed();
    run(['doctor'], { cwd: repo.folder, home: repo.home, env: { TMPDIR } });
    expect(readdirSync(TMPDIR)).toEqual([]);
  });
});

interface Problem {
  readonly title: string;
  readonly world: () => Repository;
  readonly env?: (repo: Repository) => Readonly<Record<string, string>>;
  readonly code: 1 | 2;
  /** What is said of the pre-commit hook, and the line to type. */
  readonly what: RegExp;
  readonly mend: string | undefined;
  /** Whether typing that line is all there is to do. */
  readonly mends?: true;
}

function changed(change: (repo: Repository) => unknown): () => Repository {
  return () => {
    const repo = installed();
    change(repo);
    return repo;
  };
}

const problems: readonly Problem[] = [
  {
    title: 'no hook at all',
    world: () => repository(),
    code: 1,
    what: /^not installed$/,
    mend: 'keyscan install',
    mends: true,
  },
  {
    title: 'a missing run bit',
    world: changed((repo) => {
      chmodSync(hookFile(repo), 0o644);
    }),
    code: 1,
    what: /does not run it: .git\/hooks\/pre-commit lacks the run bit$/,
    mend: 'chmod +x .git/hooks/pre-commit',
    mends: true,
  },
  {
    title: 'core.hooksPath of the user, which shadows the hooks here',
    world: changed((repo) =>
      repo.git('config', '--global', 'core.hooksPath', join(repo.home, 'elsewhere')),
    ),
    code: 1,
    what: /^git looks for hooks in .*elsewhere \(core.hooksPath, global\), and it is not there$/,
    mend: 'git config --global --unset-all core.hooksPath && keyscan install',
    mends: true,
  },
  {
    title: 'core.hooksPath of the repository, set after the hooks were installed',
    world: changed((repo) => repo.git('config', 'core.hooksPath', 'tools/hooks')),
    code: 1,
    what: /^git looks for hooks in .*tools\/hooks \(core.hooksPath, local\), and it is not there$/,
    mend: 'keyscan install',
    mends: true,
  },
  {
    title: 'an older version',
    world: changed((repo) => {
      edit(hookFile(repo), (text) => text.replace(/, version \S+\./, ', version 0.0.1.'));
    }),
    code: 1,
    what: /^written by version 0.0.1; this is \d/,
    mend: 'keyscan install',
    mends: true,
  },
  {
    title: 'a program that is gone',
    world: changed((repo) => {
      edit(hookFile(repo), (text) => text.replace(/^program=.*$/m, "program='/nowhere/k.cjs'"));
    }),
    code: 1,
    what: /\/nowhere\/k.cjs is gone$/,
    mend: 'keyscan install',
    mends: true,
  },
  {
    title: 'a Node that is gone',
    world: changed((repo) => {
      // as it is written by a Node that lies there
      edit(hookFile(repo), (text) => {
        const [, start = '', body = ''] =
          /^([^]*?SHA-256 of what follows: )\w+\n([^]*)$/.exec(text) ?? [];
        const moved = body.replace(/^node=.*$/m, "node='/nowhere/node'");
        return `${start}${createHash('sha256').update(moved).digest('hex')}\n${moved}`;
      });
    }),
    code: 1,
    what: /^its Node is gone: \/nowhere\/node$/,
    mend: 'keyscan install',
    mends: true,
  },
  {
    title: 'a hook of ours that was changed',
    world: changed((repo) => {
      edit(hookFile(repo), (text) => text.replace(/^clean \|\| /m, 'true || '));
    }),
    code: 1,
    what: /is not as keyscan wrote it$/,
    mend: 'keyscan install',
    mends: true,
  },
  {
    title: 'another copy of keyscan, which is not run',
    world: changed((repo) => {
      const copy = join(repo.home, 'keyscan.cjs');
      writeFileSync(copy, '');
      edit(hookFile(repo), (text) => text.replace(/^program=.*$/m, `program='${copy}'`));
    }),
    code: 2,
    what: /^runs another keyscan, which was not tried: /,
    mend: 'keyscan install',
    mends: true,
  },
  {
    title: "somebody's own hook",
    world: changed((repo) => {
      rmSync(hookFile(repo));
      repo.hook('pre-commit', 'npm test');
    }),
    code: 1,
    what: /^.git\/hooks\/pre-commit is there and does not call keyscan$/,
    mend: 'keyscan install',
    mends: true,
  },
  {
    title: 'a hook by hand that goes on after keyscan has failed',
    world: changed((repo) => {
      mkdirSync(join(repo.folder, 'node_modules/.bin'), { recursive: true });
      symlinkSync(program, join(repo.folder, 'node_modules/.bin/keyscan'));
      repo.hook('pre-commit', 'keyscan --staged\nnpm test');
    }),
    code: 1,
    what: /pre-commit:2: the hook goes on after it has failed; add: \|\| exit \$\?$/,
    mend: '$EDITOR .git/hooks/pre-commit',
  },
  {
    title: 'a rule that is turned off',
    world: changed((repo) => repo.write({ 'keyscan.config.json': '{"rules": {"aws/*": "off"}}' })),
    code: 1,
    what: /^runs and lets a key through/,
    mend: 'keyscan rules --format json',
  },
  {
    title: 'a mistake in the configuration',
    world: changed((repo) => repo.write({ 'keyscan.config.json': '{"rulez": {}}' })),
    code: 1,
    what: /^stops everything, with or without a key \(exit 2\): keyscan: .*rulez/,
    mend: 'keyscan --staged',
  },
  {
    title: 'the pre-commit framework, without keyscan',
    world: changed((repo) => {
      rmSync(hookFile(repo));
      repo.hook('pre-commit', '# File generated by pre-commit: https://pre-commit.com');
      repo.write({ '.pre-commit-config.yaml': 'repos: []\n' });
    }),
    code: 1,
    what: /^the pre-commit framework is here, without keyscan$/,
    mend: 'keyscan install',
  },
  {
    title: 'the pre-commit framework with keyscan, which is not run',
    world: changed((repo) => {
      rmSync(hookFile(repo));
      repo.hook('pre-commit', '# File generated by pre-commit: https://pre-commit.com');
      repo.write({ '.pre-commit-config.yaml': 'repos:\n  - id: keyscan\n' });
    }),
    code: 2,
    what: /^the pre-commit framework runs it together with other hooks, so it was not tried$/,
    mend: 'keyscan doctor --run-hooks',
  },
  {
    title: 'lefthook that is not set up in this clone',
    world: () => repository().write({ 'lefthook.yml': 'pre-commit:\n' }),
    code: 1,
    what: /^lefthook is not set up in this clone$/,
    mend: 'lefthook install',
  },
  {
    title: 'simple-git-hooks turned off by its variable',
    // its hooks look at the variable first, and end with the command of its configuration
    world: () =>
      repository()
        .hook('pre-commit', '[ "$SKIP_SIMPLE_GIT_HOOKS" = 1 ] && exit 0\nkeyscan --staged')
        .write({ 'package.json': '{"simple-git-hooks": {}}\n' }),
    env: () => ({ SKIP_SIMPLE_GIT_HOOKS: '1' }),
    code: 1,
    what: /^SKIP_SIMPLE_GIT_HOOKS is set, so simple-git-hooks does not run it$/,
    mend: 'unset SKIP_SIMPLE_GIT_HOOKS',
  },
  {
    title: 'lefthook turned off by LEFTHOOK=0',
    world: () =>
      repository()
        .hook('pre-commit', 'lefthook run pre-commit')
        .write({ 'lefthook.yml': 'run: keyscan --staged\n' }),
    env: () => ({ LEFTHOOK: '0' }),
    code: 1,
    what: /^LEFTHOOK is set, so lefthook does not run it$/,
    mend: 'unset LEFTHOOK',
  },
  {
    title: 'husky that is not set up in this clone',
    world: () => {
      const repo = husky('keyscan --staged\n');
      repo.git('config', '--unset', 'core.hooksPath');
      return repo;
    },
    code: 1,
    what: /^husky is not set up in this clone$/,
    mend: 'npx --no-install husky',
  },
  {
    title: 'husky whose stubs are gone',
    world: () => {
      const repo = husky('keyscan --staged\n');
      rmSync(join(repo.folder, '.husky/_'), { recursive: true });
      return repo;
    },
    code: 1,
    what: /^.husky\/_\/pre-commit is missing$/,
    mend: 'npx --no-install husky',
  },
  {
    title: 'husky without our line',
    world: () => husky('npm test\n'),
    code: 1,
    what: /^.husky\/pre-commit does not call keyscan$/,
    mend: 'keyscan install',
  },
  {
    title: 'husky with our line commented out',
    world: () => husky('if true; then\n  # keyscan --staged\n  npm test\nfi\n'),
    code: 1,
    what: /^.husky\/pre-commit does not call keyscan$/,
    mend: 'keyscan install',
  },
  {
    title: 'husky turned off by HUSKY=0',
    world: () => husky('keyscan --staged\n'),
    env: () => ({ HUSKY: '0' }),
    code: 1,
    what: /^HUSKY=0 is set, so husky runs no hook$/,
    mend: 'unset HUSKY',
  },
  {
    title: "husky turned off in the user's start-up file",
    world: () => {
      const repo = husky('keyscan --staged\n');
      writeTree(repo.home, { '.config/husky/init.sh': 'export HUSKY=0\n' });
      return repo;
    },
    code: 1,
    what: /^HUSKY=0 stands in .*init.sh, so husky runs no hook$/,
    mend: undefined,
  },
  {
    title: 'husky with an end before our line',
    world: () => husky('exit 0\nkeyscan --staged\n'),
    code: 1,
    what: /pre-commit:2: line 1 ends the hook before it$/,
    mend: '$EDITOR .husky/pre-commit',
  },
  {
    title: 'husky with a line that hides our failure',
    world: () => husky('keyscan --staged || true\n'),
    code: 1,
    what: /pre-commit:1: what follows on its line hides that it failed$/,
    mend: '$EDITOR .husky/pre-commit',
  },
  {
    title: 'husky 8, which leaves the PATH as it is',
    world: () => {
      const repo = husky('keyscan --staged\n');
      repo.git('config', 'core.hooksPath', '.husky');
      for (const name of ['pre-commit', 'pre-merge-commit', 'commit-msg'])
        chmodSync(join(repo.folder, '.husky', name), 0o755);
      return repo;
    },
    code: 1,
    what: /^.husky\/pre-commit:1 calls keyscan, which is not on the PATH there; npx --no-install keyscan finds it$/,
    mend: '$EDITOR .husky/pre-commit',
  },
  {
    title: 'husky that calls a keyscan that is not installed',
    world: () => {
      const repo = husky('keyscan --staged\n');
      rmSync(join(repo.folder, 'node_modules'), { recursive: true });
      return repo;
    },
    code: 1,
    what: /pre-commit:1 calls keyscan, which is not here$/,
    mend: undefined,
  },
];

/** What the screen says of one hook, with its lines joined, and the line to type. */
function saidOf(
  name: string,
  { stdout }: RunResult,
): { readonly what: string; readonly mend: string } {
  const lines = stdout.split('\n');
  const start = lines.findIndex((line) => line.slice(4).startsWith(`${name} `));
  const length = lines.slice(start + 1).findIndex((line) => !line.startsWith(' '.repeat(22)));
  const block = lines.slice(start, start + 1 + length).map((line) => line.slice(22));
  return { what: block.slice(0, -1).join(' '), mend: block.at(-1) ?? '' };
}

describe('what doctor finds', () => {
  it.each(sampled(problems, 6).map((each) => [each.title, each] as const))('%s', (_, problem) => {
    const repo = problem.world();
    const before = everything(repo.folder);
    const options = { cwd: repo.folder, home: repo.home, env: problem.env?.(repo) ?? {} };
    const result = run(['doctor'], options);
    const { what, mend } = saidOf('pre-commit', result);
    expect(result.code).toBe(problem.code);
    expect(what).toMatch(problem.what);
    if (problem.mend !== undefined) expect(mend).toBe(problem.mend);
    expect(everything(repo.folder)).toEqual(before);
    if (problem.mends) {
      const folder = temporaryFolder('bin');
      writeFileSync(
        join(folder, 'keyscan'),
        `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`,
        { mode: 0o755 },
      );
      const PATH = `${folder}${delimiter}${process.env['PATH'] ?? ''}`;
      run(['-c', mend], { ...options, command: 'sh', env: { PATH } });
      expect(run(['doctor'], options).stdout).toMatch(/✔ pre-commit /);
    }
  });

  it('that a husky hook is in order', () => {
    const repo = husky('npm test\nkeyscan --staged\nlint-staged\n');
    expect(repo.keyscan('doctor')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('all 3 hooks fire'),
    });
  });

  it('that a husky hook is in order where pnpm put a script in place of a link', () => {
    const repo = husky('keyscan --staged\n');
    const bin = join(repo.folder, 'node_modules/.bin');
    rmSync(join(bin, 'keyscan'));
    const target = `"$basedir/${relative(bin, program)}" "$@"`;
    repo.write({
      'node_modules/.bin/keyscan': `#!/bin/sh
basedir=$(dirname "$(echo "$0" | sed -e 's,\\\\,/,g')")
if [ -x "$basedir/node" ]; then
  exec "$basedir/node"  ${target}
else
  exec node  ${target}
fi
`,
    });
    chmodSync(join(bin, 'keyscan'), 0o755);
    expect(repo.keyscan('doctor')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('all 3 hooks fire'),
    });
  });

  it('that a hook is ours on Windows, where paths of the system have backslashes', () => {
    const folder = temporaryFolder('windows');
    writeTree(folder, { 'bin/node.exe': '', 'dist/keyscan.cjs': '' });
    const parts = {
      node: `${folder}\\bin\\node.exe`,
      program: `${folder}\\dist\\keyscan.cjs`,
      version: '0.1.0',
      anchors: 'AKIA',
      grep: undefined,
    };
    const file = join(folder, 'pre-commit');
    const reached = onWindows(() => {
      writeFileSync(file, hookScript('pre-commit', parts));
      return reachScript('pre-commit', file, 'pre-commit', parts);
    });
    expect(reached).toMatchObject({ part: 'script' });
  });

  it('with the shell of Git for Windows where there is no other', () => {
    const folder = temporaryFolder('windows');
    const PATH = process.env['PATH'] ?? '';
    const core = join(folder, 'mingw64/libexec/git-core');
    writeTree(folder, {
      'cmd/git.exe': `#!/bin/sh\nPATH='${PATH}'\ncase "$*" in *--exec-path) echo '${core}' ;; *) exec git "$@" ;; esac\n`,
    });
    chmodSync(join(folder, 'cmd/git.exe'), 0o755);
    const repo = repository();
    const env = { ...cleanEnvironment(repo.home), PATH: join(folder, 'cmd') };
    const shell = onWindows(() =>
      withCanary(openGit(repo.folder, env), env, (canary) => canary.shell),
    );
    expect(shell).toBe(join(folder, 'bin/sh.exe'));
  });

  it('nothing to tell outside of a repository, without git, and in a bare one', () => {
    const outside = run(['doctor']);
    const repo = installed();
    const PATH = temporaryFolder('empty');
    const without = run(['doctor'], { cwd: repo.folder, env: { PATH } });
    const bare = repository({ init: ['--bare'] }).keyscan('doctor');
    expect([outside, without, bare].map(({ code, stdout }) => ({ code, stdout }))).toEqual(
      Array(3).fill({ code: 2, stdout: '' }),
    );
    expect(without.stderr).toContain('git was not found');
  });

  it('on a narrow screen, without a line that is longer than it has to be', () => {
    const repo = repository();
    const { stdout } = run(['doctor'], { cwd: repo.folder, env: { COLUMNS: '60', LC_ALL: 'C' } });
    expect(stdout.split('\n').filter((line) => line.length > 60)).toEqual([]);
    expect(/^[\x20-\x7e\n]*$/.test(stdout)).toBe(true);
  });
});

describe('keyscan doctor --run-hooks', () => {
  it('runs nothing without consent', () => {
    const repo = installed();
    expect(repo.keyscan('doctor', '--run-hooks')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('keyscan doctor --run-hooks --yes'),
    });
  });

  it('shows that the whole hooks stop a key, also what comes before ours', () => {
    const repo = installed();
    const own = readFileSync(hookFile(repo), 'utf8');
    renameSync(hookFile(repo), `${hookFile(repo)}-keyscan`);
    expect(own).toContain('keyscan');
    repo.hook('pre-commit', `: > "$HOME/mine"\n"${hookFile(repo)}-keyscan" || exit $?`);
    const { code, stdout } = repo.keyscan('doctor', '--run-hooks', '--yes');
    expect({ code, mine: existsSync(join(repo.home, 'mine')) }).toEqual({ code: 0, mine: true });
    expect(stdout).toContain('all 3 hooks fire');
  });

  it('has nothing against a pre-push hook that nobody wanted us in', () => {
    const { code, stdout } = husky('keyscan --staged\n').keyscan('doctor', '--run-hooks', '--yes');
    expect(stdout).toMatch(/○ pre-push +not installed\n +keyscan install --pre-push\n/);
    expect(stdout).toContain('all 3 hooks fire');
    expect(code).toBe(0);
  });

  it('cannot tell when something else stops the commit first', () => {
    const repo = installed();
    rmSync(hookFile(repo));
    repo.hook('pre-commit', 'echo "no commits on Sundays"; exit 3');
    const result = repo.keyscan('doctor', '--run-hooks', '--yes');
    expect(result.code).toBe(2);
    expect(result.stdout.replaceAll(/\s+/g, ' ')).toContain(
      'something else stopped it first (exit 3): no commits on Sundays',
    );
  });

  it('finds a hook that lets the key through', () => {
    const repo = installed();
    rmSync(hookFile(repo));
    repo.hook('pre-commit', 'exit 0');
    expect(repo.keyscan('doctor', '--run-hooks', '--yes').code).toBe(1);
  });
});

describe('for every repository', () => {
  it('cannot be told with a git that has no such hooks', () => {
    const repo = repository();
    const { env } = newerGit('2.53.1');
    const result = run(['doctor', '--global'], { cwd: repo.folder, home: repo.home, env });
    expect(result).toMatchObject({ code: 2, stdout: '' });
  });

  it('is shown by the configuration and the canary', () => {
    const home = temporaryFolder('home');
    const cwd = temporaryFolder('anywhere');
    const { env } = newerGit('2.54.0');
    const options = { cwd, home, env };
    const codes = [
      run(['doctor', '--global'], options).code,
      run(['install', '--global'], options).code,
      run(['doctor', '--global'], options).code,
    ];
    const git = { ...options, command: 'git' };
    run(['config', '--global', 'hook.keyscan-pre-commit.enabled', 'false'], git);
    const off = run(['doctor', '--global'], options);
    expect([...codes, off.code]).toEqual([1, 0, 0, 1]);
    expect(saidOf('pre-commit', off).mend).toBe(
      'git config --global --unset-all hook.keyscan-pre-commit.enabled',
    );
  });

  it('counts in a repository without hooks of its own', () => {
    const repo = repository();
    const { env } = newerGit('2.54.0');
    const options = { cwd: repo.folder, home: repo.home, env };
    run(['install', '--global'], options);
    const result = run(['doctor'], options);
    expect(result.code).toBe(0);
    expect(result.stdout.replaceAll(/\s+/g, ' ')).toContain('as in every repository');
  });
});
