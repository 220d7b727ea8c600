import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';

import { sampled } from './support/effort.ts';
import { newerGit, oldestGit } from './support/git-stand-ins.ts';
import { key, repository, type Repository } from './support/repository.ts';
import { program, run, temporaryFolder } from './support/run.ts';

const bakery = key('moonbakery');
const plain = 'region = eu-west-1\noutput = json\n';

function commits(repo: Repository, files: Readonly<Record<string, string>>, message = 'Next') {
  const before = repo.head();
  repo.stage(files);
  const { stderr, stdout } = repo.try('commit', '--quiet', '--message', message);
  return { moved: repo.head() !== before, said: stdout + stderr };
}

/** Names, bytes and modes of the hooks. */
function hooksOf(repo: Repository): Readonly<Record<string, string>> {
  const folder = join(repo.folder, '.git/hooks');
  if (!existsSync(folder)) return {};
  const all = readdirSync(folder).filter((name) => !name.endsWith('.sample'));
  return Object.fromEntries(
    all.map((name) => [
      name,
      `${statSync(join(folder, name)).mode.toString(8)} ${readFileSync(join(folder, name), 'latin1')}`,
    ]),
  );
}

describe('keyscan install', () => {
  it('puts in hooks that stop keys and are silent otherwise', () => {
    const repo = repository();
    const { code } = repo.keyscan('install');
    const names = Object.keys(hooksOf(repo)).sort();
    const clean = commits(repo, { 'a.ini': plain });
    const key = commits(repo, { 'b.ini': bakery.lines });
    repo.git('rm', '--quiet', '--cached', 'b.ini');
    const message = commits(repo, { 'c.ini': plain }, bakery.lines);
    expect({ code, names, clean, key: key.moved, message: message.moved }).toEqual({
      code: 0,
      names: ['commit-msg', 'pre-commit', 'pre-merge-commit'],
      clean: { moved: true, said: '' },
      key: false,
      message: false,
    });
  });

  it('does not start Node for a commit without any anchor', () => {
    const repo = repository();
    repo.keyscan('install');
    rmSync(join(repo.folder, '.git/hooks/commit-msg'));
    repo.commit({ 'README.md': '#\n' });
    const pre = join(repo.folder, '.git/hooks/pre-commit');
    const script = readFileSync(pre, 'utf8');
    writeFileSync(
      pre,
      script
        .replace(/^node='.*'$/m, "node='/nowhere/node'")
        .replace(/^ {4}for candidate in .*$/m, '    for candidate in; do')
        .replace('command -v node', 'command -v no-such-node'),
    );
    expect([
      commits(repo, { 'a.ini': plain }),
      commits(repo, { 'b.ini': bakery.lines }).moved,
    ]).toEqual([{ moved: true, said: '' }, false]);
  });

  it('stops the commit and says how to mend it when Node is needed and not there', () => {
    const repo = repository();
    repo.keyscan('install');
    repo.commit({ 'README.md': '#\n' });
    const pre = join(repo.folder, '.git/hooks/pre-commit');
    const script = readFileSync(pre, 'utf8');
    writeFileSync(pre, script.replace(/^program='.*'$/m, "program='/nowhere/keyscan.cjs'"));
    const { moved, said } = commits(repo, { 'b.ini': bakery.lines });
    expect({ moved, said: said.includes('Mend it: keyscan install') }).toEqual({
      moved: false,
      said: true,
    });
  });

  it('stops commits and pushes and says how to mend it when Node is gone', () => {
    const repo = repository();
    repo.commit({ 'README.md': '#\n' });
    repo.keyscan('install', '--pre-push');
    const remote = join(temporaryFolder('remote'), 'r.git');
    repo.git('init', '--quiet', '--bare', remote);
    for (const name of ['pre-commit', 'pre-push']) {
      const file = join(repo.folder, '.git/hooks', name);
      const withoutNode = readFileSync(file, 'utf8')
        .replace(/^node='.*'$/m, "node='/nowhere/node'")
        .replace(/^ {4}for candidate in .*$/m, '    for candidate in; do')
        .replace('command -v node', 'command -v no-such-node');
      writeFileSync(file, withoutNode);
    }
    const pushed = repo.try('push', '--quiet', remote, 'main');
    const { moved, said } = commits(repo, { 'b.ini': bakery.lines });
    const mend = 'Mend it: put Node.js 20 or later on the PATH, then: keyscan install';
    expect({
      moved,
      refs: repo.beside(remote).try('show-ref').stdout,
      said: [said, pushed.stderr].map((each) => each.includes(mend)),
    }).toEqual({ moved: false, refs: '', said: [true, true] });
  });

  it('passes over a Node that is too old when its own is gone', () => {
    const repo = repository();
    repo.keyscan('install');
    repo.commit({ 'README.md': '#\n' });
    const file = join(repo.folder, '.git/hooks/pre-commit');
    const script = readFileSync(file, 'utf8')
      .replace(/^node='.*'$/m, "node='/nowhere/node'")
      .replace('command -v node', 'command -v no-such-node');
    writeFileSync(file, script);
    const versions = join(repo.home, '.nvm/versions/node');
    for (const version of ['v10.24.1', 'v22.0.0'])
      mkdirSync(join(versions, version, 'bin'), { recursive: true });
    // as Node 10 answers: it knows neither our program nor that it is new enough
    writeFileSync(join(versions, 'v10.24.1/bin/node'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    symlinkSync(process.execPath, join(versions, 'v22.0.0/bin/node'));
    const { moved, said } = commits(repo, { 'b.ini': bakery.lines });
    expect({ moved, said: said.includes('b.ini:1') }).toEqual({ moved: false, said: true });
  });

  it('finds Node under a bare PATH, as graphical clients have it', () => {
    const repo = repository();
    repo.keyscan('install');
    const head = repo.commit({ 'README.md': '#\n' });
    repo.stage({ 'b.ini': bakery.lines });
    const { code } = repo.with({ PATH: '/usr/bin:/bin' }, 'commit', '--quiet', '--message', 'x');
    expect({ code, head: repo.head() }).toEqual({ code: 1, head });
  });

  it('keeps the hook that was there: it runs, it still blocks, and it comes back byte for byte', () => {
    const repo = repository();
    repo.commit({ 'README.md': '#\n' });
    const hooks = join(repo.folder, '.git/hooks');
    mkdirSync(hooks, { recursive: true });
    writeFileSync(join(hooks, 'pre-commit'), '#!/bin/sh\n# \xff\r\n[ ! -e stop ]', 'latin1');
    chmodSync(join(hooks, 'pre-commit'), 0o750);
    const before = hooksOf(repo);
    repo.keyscan('install', '--pre-push');
    const free = commits(repo, { 'a.ini': plain }).moved;
    repo.write({ stop: '' });
    const blocked = commits(repo, { 'a2.ini': plain }).moved;
    rmSync(join(repo.folder, 'stop'));
    const leak = commits(repo, { 'b.ini': bakery.lines }).moved;
    const { code } = repo.keyscan('uninstall');
    expect({ free, blocked, leak, code, after: hooksOf(repo) }).toEqual({
      free: true,
      blocked: false,
      leak: false,
      code: 0,
      after: before,
    });
  });

  it('hands a kept pre-push hook what git tells it', () => {
    const repo = repository();
    repo.commit({ 'README.md': '#\n' });
    const remote = join(temporaryFolder('remote'), 'r.git');
    repo.git('init', '--quiet', '--bare', remote);
    repo.hook('pre-push', 'cat > "$HOME/told"; echo "$1" >> "$HOME/told"');
    repo.keyscan('install', '--pre-push');
    repo.git('remote', 'add', 'origin', remote);
    repo.git('push', '--quiet', 'origin', 'main');
    expect(readFileSync(join(repo.home, 'told'), 'utf8')).toBe(
      `refs/heads/main ${repo.head()} refs/heads/main ${'0'.repeat(40)}\norigin\n`,
    );
  });

  it('changes nothing the second time', () => {
    const repo = repository().hook('pre-commit', 'exit 0');
    repo.keyscan('install');
    const once = hooksOf(repo);
    const { stdout } = repo.keyscan('install');
    expect({ hooks: hooksOf(repo), stdout }).toEqual({
      hooks: once,
      stdout:
        'pre-commit: already there\npre-merge-commit: already there\ncommit-msg: already there\n',
    });
  });

  it('keeps the pre-push hook that was asked for earlier, and brings it up to date', () => {
    const repo = repository();
    repo.keyscan('install', '--pre-push');
    const before = hooksOf(repo);
    const file = join(repo.folder, '.git/hooks/pre-push');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/, version \S+\./, ', version 0.0.1.'));
    const { stdout } = repo.keyscan('install');
    expect({ after: hooksOf(repo), stdout }).toEqual({
      after: before,
      stdout: expect.stringContaining('pre-push: brought up to date'),
    });
  });

  it('keeps hooks that are links, and puts the links back', () => {
    const repo = repository();
    repo.commit({ 'README.md': '#\n' });
    const hooks = join(repo.folder, '.git/hooks');
    repo.hook('pre-commit', 'echo ran >> "$HOME/told"');
    symlinkSync('pre-commit', join(hooks, 'pre-merge-commit'));
    symlinkSync('../../tools/not-there', join(hooks, 'commit-msg'));
    const links = (): readonly string[] =>
      ['pre-merge-commit', 'commit-msg'].map((name) => readlinkSync(join(hooks, name)));
    const before = { hooks: readdirSync(hooks).sort(), links: links() };
    const installed = repo.keyscan('install').code;
    const again = repo.keyscan('install').stdout;
    const doctor = repo.keyscan('doctor').code;
    repo.git('switch', '--quiet', '--create', 'side');
    const moved = commits(repo, { 'a.ini': plain }).moved;
    repo.git('switch', '--quiet', 'main');
    repo.git('merge', '--quiet', '--no-ff', '--no-edit', 'side');
    const ran = readFileSync(join(repo.home, 'told'), 'utf8');
    repo.keyscan('uninstall');
    expect({
      installed,
      again: again.match(/already there/g)?.length,
      doctor,
      moved,
      ran,
      tools: existsSync(join(repo.folder, 'tools')),
      after: { hooks: readdirSync(hooks).sort(), links: links() },
    }).toEqual({
      installed: 0,
      again: 3,
      doctor: 0,
      moved: true,
      ran: 'ran\nran\n',
      tools: false,
      after: before,
    });
  });

  it.each(sampled(['/bin/sh', '/usr/bin/env bash', '/bin/sh -e'], 1))(
    'lets a kept hook of %s go by its own name and stop the commit',
    (shell) => {
      const repo = repository();
      repo.commit({ 'README.md': '#\n' });
      // as one script for all hooks does, and that of husky 4
      repo.hook('pre-commit', '');
      const file = join(repo.folder, '.git/hooks/pre-commit');
      const told =
        'echo "$(basename "$0") $(dirname "$0") $# $1 $(case $- in *e*) echo e;; esac)" > "$HOME/told"';
      writeFileSync(file, `#!${shell}\n${told}\n[ "$(basename "$0")" != pre-commit ]\n`);
      const first = commits(repo, { 'a.ini': plain });
      const before = readFileSync(join(repo.home, 'told'), 'utf8');
      repo.keyscan('install');
      const second = commits(repo, { 'a.ini': plain });
      expect([first.moved, second.moved]).toEqual([false, false]);
      expect(readFileSync(join(repo.home, 'told'), 'utf8')).toBe(before);
    },
  );

  it.each(
    sampled<[string, string, boolean]>(
      [
        ['one that sh reads by default', 'exit 3\n', false],
        ['an empty one', '', true],
        ['one without a line end', '#!/bin/sh\nexit 3', false],
        ['one whose first line ends in CRLF', '#!/bin/sh\r\nexit 0\r\n', false],
        ['one whose shell takes no further options', '#!/bin/sh -\nexit 0\n', true],
        ['one whose shell has a long option', '#!/usr/bin/env -S bash --norc\nexit 0\n', true],
        ['one of another language', `#!${process.execPath}\nprocess.exit(3);\n`, false],
      ],
      3,
    ),
  )('treats a kept hook as git did: %s', (_, text, goes) => {
    const repo = repository();
    repo.commit({ 'README.md': '#\n' });
    repo.hook('pre-commit', '');
    writeFileSync(join(repo.folder, '.git/hooks/pre-commit'), text);
    const before = commits(repo, { 'a.ini': plain }).moved;
    repo.keyscan('install');
    expect([before, commits(repo, { 'b.ini': 'b\n' }).moved]).toEqual([goes, goes]);
  });

  it('loses nothing that was written into its hook: it is put aside and named', () => {
    const repo = repository();
    repo.keyscan('install');
    const hooks = join(repo.folder, '.git/hooks');
    const file = join(hooks, 'pre-commit');
    const before = readFileSync(file, 'utf8');
    const edited = before.replace('\nchain ', '\necho mine\nchain ');
    writeFileSync(file, edited);
    const { stdout, code } = repo.keyscan('install');
    const aside = readFileSync(`${file}.edited`, 'utf8');
    const mended = readFileSync(file, 'utf8') === before;
    writeFileSync(file, edited);
    const second = repo.keyscan('uninstall');
    rmSync(`${file}.edited`);
    const taken = repo.keyscan('uninstall');
    expect(edited).not.toBe(before);
    expect({ code, mended, aside: aside === edited }).toEqual({
      code: 0,
      mended: true,
      aside: true,
    });
    expect(stdout).toContain(
      'pre-commit: brought up to date; edited as it was: pre-commit.edited\n',
    );
    expect({
      code: second.code,
      said: second.stderr.includes('pre-commit.edited is there already'),
    }).toEqual({ code: 2, said: true });
    expect(taken.stdout).toContain('pre-commit: taken out; edited as it was: pre-commit.edited\n');
    expect([existsSync(file), readFileSync(`${file}.edited`, 'utf8') === edited]).toEqual([
      false,
      true,
    ]);
  });

  it('says what is in the way where a hook should be', () => {
    const repo = repository();
    mkdirSync(join(repo.folder, '.git/hooks/pre-commit'), { recursive: true });
    const codes = ['install', 'doctor', 'uninstall'].map((command) => repo.keyscan(command));
    expect(codes.map(({ code }) => code)).toEqual([2, 1, 0]);
    expect(codes[0]?.stderr).toContain('.git/hooks/pre-commit is a folder');
    expect(readdirSync(join(repo.folder, '.git/hooks/pre-commit'))).toEqual([]);
    expect(existsSync(join(repo.folder, '.git/hooks/commit-msg'))).toBe(false);
  });

  it('puts a kept hook back when ours was deleted', () => {
    const repo = repository().hook('pre-commit', 'exit 0');
    const before = hooksOf(repo);
    repo.keyscan('install');
    rmSync(join(repo.folder, '.git/hooks/pre-commit'));
    repo.keyscan('uninstall');
    expect(hooksOf(repo)).toEqual(before);
  });

  it('in a linked work tree installs for all of them', () => {
    const repo = repository();
    repo.commit({ 'README.md': '#\n' });
    const folder = join(temporaryFolder('linked'), 'tree');
    repo.git('worktree', 'add', '--quiet', folder);
    repo.beside(folder).keyscan('install');
    expect([
      commits(repo, { 'b.ini': bakery.lines }).moved,
      commits(repo.beside(folder), { 'b.ini': bakery.lines }).moved,
    ]).toEqual([false, false]);
  });

  it('uses core.hooksPath of the repository', () => {
    const repo = repository();
    repo.commit({ 'README.md': '#\n' });
    repo.git('config', 'core.hooksPath', 'tools/hooks');
    repo.keyscan('install');
    expect({
      there: existsSync(join(repo.folder, 'tools/hooks/pre-commit')),
      ...commits(repo, { 'b.ini': bakery.lines }),
    }).toMatchObject({ there: true, moved: false });
  });

  it('does so with the oldest git, and doctor shows it', () => {
    const repo = repository(oldestGit());
    repo.commit({ 'README.md': '#\n' });
    repo.git('config', 'core.hooksPath', 'tools/hooks');
    repo.keyscan('install');
    expect({
      doctor: repo.keyscan('doctor').code,
      ...commits(repo, { 'b.ini': bakery.lines }),
    }).toMatchObject({ doctor: 0, moved: false });
  });

  it('refuses where a global core.hooksPath would silence it', () => {
    const repo = repository();
    repo.git('config', '--global', 'core.hooksPath', '/somewhere/else');
    const { code, stderr } = repo.keyscan('install');
    expect({
      code,
      said: stderr.includes('git does not look at hooks in this repository'),
    }).toEqual({ code: 2, said: true });
  });

  it.each(['', '/dev/null'])('says that core.hooksPath switches hooks off: "%s"', (value) => {
    const repo = repository();
    repo.git('config', 'core.hooksPath', value);
    const said = ['install', 'doctor'].map((command) => repo.keyscan(command));
    const mend = 'git config --local --unset-all core.hooksPath';
    expect(said.map(({ code }) => code)).toEqual([2, 1]);
    for (const { stdout, stderr } of said) expect(stdout + stderr).toContain(mend);
    repo.git('config', '--local', '--unset-all', 'core.hooksPath');
    expect(repo.keyscan('install').code).toBe(0);
    expect(commits(repo, { 'b.ini': bakery.lines }).moved).toBe(false);
  });

  it.each(['', '/dev/null', 'elsewhere'])(
    'takes out what lies where git does not look any more: core.hooksPath is "%s"',
    (value) => {
      const repo = repository().hook('pre-commit', 'exit 0');
      const before = hooksOf(repo);
      repo.keyscan('install');
      repo.git('config', 'core.hooksPath', value);
      const { code } = repo.keyscan('uninstall');
      expect({ code, after: hooksOf(repo) }).toEqual({ code: 0, after: before });
    },
  );

  it.each(sampled(['my hooks', 'tab\there', 'line\nend', '~/hooks', 'h\u00f6oks/"x"'], 2))(
    'installs where git looks when core.hooksPath is "%s"',
    (value) => {
      const repo = repository();
      repo.commit({ 'README.md': '#\n' });
      repo.git('config', 'core.hooksPath', value);
      repo.keyscan('install');
      expect(commits(repo, { 'b.ini': bakery.lines }).moved).toBe(false);
    },
  );

  it('types what makes a global core.hooksPath harmless here, also in a linked work tree', () => {
    const repo = repository();
    repo.commit({ 'README.md': '#\n' });
    repo.git('config', '--global', 'core.hooksPath', '/somewhere/else');
    const folder = join(temporaryFolder('linked'), 'tree');
    repo.git('worktree', 'add', '--quiet', folder);
    const linked = repo.beside(folder);
    const { stderr } = linked.keyscan('install');
    const command = /or for this repository alone: (git config core.hooksPath .*)/.exec(
      stderr,
    )?.[1];
    linked.start('sh', '-c', command ?? '');
    linked.keyscan('install');
    expect([repo, linked].map((each) => commits(each, { 'b.ini': bakery.lines }).moved)).toEqual([
      false,
      false,
    ]);
  });

  it('has nothing to do in a bare repository without work trees', () => {
    const repo = repository({ init: ['--bare'] });
    const { code, stderr, stdout } = repo.keyscan('install');
    expect({
      code,
      stdout,
      stderr,
      hooks: existsSync(join(repo.folder, 'hooks/pre-commit')),
    }).toEqual({
      code: 2,
      stdout: '',
      stderr: `keyscan: no commits are made in a bare repository: ${repo.folder}
  go into a clone or a work tree of it
`,
      hooks: false,
    });
  });

  it('installs in a bare repository for its work trees', () => {
    const repo = repository();
    repo.commit({ 'README.md': '#\n' });
    const folder = temporaryFolder('bare');
    repo.git('clone', '--quiet', '--bare', '.', join(folder, 'r.git'));
    const bare = repo.beside(join(folder, 'r.git'));
    bare.git('worktree', 'add', '--quiet', join(folder, 'tree'));
    const { code } = bare.keyscan('install');
    const tree = repo.beside(join(folder, 'tree'));
    expect({ code, moved: commits(tree, { 'b.ini': bakery.lines }).moved }).toEqual({
      code: 0,
      moved: false,
    });
  });

  it('wants to be at a work tree, where other managers of hooks can be seen', () => {
    const repo = repository();
    const { code, stderr } = repo.beside(join(repo.folder, '.git')).keyscan('install');
    expect({ code, said: stderr.includes('go to the work tree') }).toEqual({ code: 2, said: true });
  });

  it('says that this git cannot do --global', () => {
    const repo = repository();
    const [, minor = '0'] = /2\.(\d+)/.exec(repo.git('--version')) ?? [];
    const { code } = repo.keyscan('install', '--global');
    expect(code).toBe(Number(minor) < 54 ? 2 : 0);
  });

  it("adds a line to husky's hooks with consent only, and takes it out again byte for byte", () => {
    const repo = repository().write({
      'package.json': '{"devDependencies": {"husky": "^9.0.0"}}\n',
      '.husky/pre-commit': 'npm test\r\n# caf\xe9\n',
    });
    writeFileSync(join(repo.folder, '.husky/pre-commit'), 'npm test\r\n# caf\xe9\n', 'latin1');
    const text = (): string => readFileSync(join(repo.folder, '.husky/pre-commit'), 'latin1');
    const before = text();
    const refused = repo.keyscan('install').code;
    const unchanged = text() === before;
    const { code } = repo.keyscan('install', '--yes');
    const installed = text();
    repo.keyscan('install', '--yes');
    const twice = text();
    repo.keyscan('uninstall');
    expect({
      refused,
      unchanged,
      code,
      installed,
      twice: twice === installed,
      after: text(),
      files: readdirSync(join(repo.folder, '.husky')),
    }).toEqual({
      refused: 2,
      unchanged: true,
      code: 0,
      installed: `keyscan --staged\n${before}`,
      twice: true,
      after: before,
      files: ['pre-commit'],
    });
  });
});

it("leaves husky's hooks alone that call keyscan in words of their own, and shows the others line by line", () => {
  const own = 'node dist/keyscan.cjs --staged\nlint-staged\n';
  const repo = repository().write({
    'package.json': '{"devDependencies": {"husky": "^9.0.0"}}\n',
    '.husky/pre-commit': own,
    '.husky/pre-merge-commit': 'keyscan --staged || true\n',
  });
  const { code, stderr } = repo.keyscan('install', '--yes');
  const text = (name: string): string => readFileSync(join(repo.folder, '.husky', name), 'utf8');
  expect({ code, stderr, own: text('pre-commit'), hidden: text('pre-merge-commit') }).toEqual({
    code: 0,
    stderr: `keyscan: husky manages the hooks here; keyscan would write as the first line of
  .husky/pre-merge-commit: keyscan --staged
  .husky/commit-msg: keyscan --commit-msg "$1"
`,
    own,
    hidden: 'keyscan --staged\nkeyscan --staged || true\n',
  });
});

/** husky 8 as it lies in a clone, with keyscan as npm puts it there and a stand-in for npx. */
function withHusky8(): Repository {
  const tools = temporaryFolder('tools');
  const repo = repository({ env: { PATH: [tools, process.env['PATH']].join(delimiter) } });
  repo.write({
    'package.json': '{"devDependencies": {"husky": "^8.0.0"}}\n',
    '.husky/_/husky.sh': `if [ -z "$husky_skip_init" ]; then
  [ "$HUSKY" = "0" ] && exit 0
  readonly husky_skip_init=1
  export husky_skip_init
  sh -e "$0" "$@"
  exit $?
fi
`,
    '.husky/pre-commit': `${husky8}\necho ran >> "$HOME/told"\n`,
  });
  writeFileSync(
    join(tools, 'npx'),
    `#!/bin/sh\n[ "$1 $2" = '--no-install keyscan' ] || exit 127\nshift 2\nexec '${process.execPath}' '${program}' "$@"\n`,
    { mode: 0o755 },
  );
  chmodSync(join(repo.folder, '.husky/pre-commit'), 0o755);
  repo.git('config', 'core.hooksPath', '.husky');
  return repo;
}

const husky8 = '#!/usr/bin/env sh\n. "$(dirname -- "$0")/_/husky.sh"\n';

it('puts its line where husky 8 runs it, in files that git runs, and takes it out again', () => {
  const repo = withHusky8();
  const files = (): readonly string[] => readdirSync(join(repo.folder, '.husky')).sort();
  const text = (name: string): string => readFileSync(join(repo.folder, '.husky', name), 'utf8');
  const before = { files: files(), text: text('pre-commit') };
  repo.keyscan('install', '--yes');
  const installed = ['pre-commit', 'commit-msg'].map(text);
  const clean = commits(repo, { 'a.ini': plain });
  const leak = commits(repo, { 'b.ini': bakery.lines });
  repo.git('rm', '--quiet', '--cached', 'b.ini');
  const message = commits(repo, { 'c.ini': plain }, bakery.lines);
  repo.keyscan('uninstall');
  expect({ installed, clean, leak: leak.moved, message: message.moved }).toEqual({
    installed: [
      `${husky8}npx --no-install keyscan --staged\n\necho ran >> "$HOME/told"\n`,
      `${husky8}npx --no-install keyscan --commit-msg "$1"\n`,
    ],
    clean: { moved: true, said: '' },
    leak: false,
    message: false,
  });
  expect(leak.said.match(/commit stopped/g)).toHaveLength(1);
  expect({ files: files(), text: text('pre-commit') }).toEqual(before);
});

describe('the hooks of other managers', () => {
  const inCi =
    'repos:\n  - repo: https://moonbakery.example/x\n    rev: v1\n    hooks:\n      - id: x';
  it.each(
    sampled(
      [
        [
          'lefthook.yml',
          'pre-commit:\n  parallel: true\n  commands:\n      lint:\n          run: lint\n',
        ],
        ['lefthook.yml', '# ours\r\npre-push:\r\n  commands:\r\n    test:\r\n      run: x'],
        ['.lefthook.yaml', ''],
        [
          'lefthook.yml',
          '---\npre-commit: # ours\n\n  parallel: true\n  commands: # all\n    # first\n      lint:\n        run: x\n',
        ],
        ['.config/lefthook.yml', 'pre-push:\n  jobs:\n    - run: test\n'],
        ['.pre-commit-config.yaml', 'repos: # all of them\n  - repo: local\n    hooks: []\n'],
        ['.pre-commit-config.yaml', inCi],
        ['.pre-commit-config.yaml', `# ours\r\n${inCi.replaceAll('\n', '\r\n')}\r\n`],
        ['.pre-commit-config.yaml', 'repos:\n\n# first\n- repo: local\n  hooks: []\n'],
      ],
      3,
    ),
  )('are entries in %s, with consent only, once, and taken out byte for byte', (file, before) => {
    const repo = repository().write({ [file]: before });
    const text = (): string => readFileSync(join(repo.folder, file), 'utf8');
    const refused = { code: repo.keyscan('install').code, text: text() };
    const { code, stderr } = repo.keyscan('install', '--yes');
    const once = text();
    repo.keyscan('install', '--yes');
    const twice = text();
    repo.keyscan('uninstall');
    expect({ refused, code, twice, after: text(), hooks: hooksOf(repo) }).toEqual({
      refused: { code: 2, text: before },
      code: 0,
      twice: once,
      after: before,
      hooks: {},
    });
    expect(once).toContain('keyscan --staged');
    expect(stderr).toContain('keyscan --staged');
  });

  it.each([
    ['lefthook.yml', 'pre-push:\n  commands:\n    test:\n      run: x\n', 'use_stdin: true'],
    ['lefthook.yml', '', 'use_stdin: true'],
    ['.pre-commit-config.yaml', `${inCi}\n`, 'stages: [pre-push]'],
  ])('in %s get one more for pushes, also afterwards', (file, before, mark) => {
    const repo = repository().write({ [file]: before });
    const text = (): string => readFileSync(join(repo.folder, file), 'utf8');
    repo.keyscan('install', '--yes');
    const without = text();
    const { code, stderr } = repo.keyscan('install', '--pre-push', '--yes');
    const withPush = text();
    const again = repo.keyscan('install', '--yes');
    expect({ code, again: again.code, kept: text() === withPush }).toEqual({
      code: 0,
      again: 0,
      kept: true,
    });
    expect([without, withPush, stderr].map((each) => each.includes(mark))).toEqual([
      false,
      true,
      true,
    ]);
    expect(stderr).not.toContain('--staged');
    repo.keyscan('uninstall');
    expect(text()).toBe(before);
  });

  const lefthook = 'run: npx --no-install keyscan --staged';
  it.each(
    sampled(
      [
        [
          '.pre-commit-config.yaml',
          'repos: [{ repo: local, hooks: [] }]\n',
          'entry: keyscan --staged',
        ],
        ['lefthook.yml', '{"pre-commit": {"commands": {}}}\n', lefthook],
        ['lefthook.yml', '"pre-commit":\n  commands:\n    lint:\n      run: x\n', lefthook],
        ['lefthook.yml', 'pre-commit: {}\n', lefthook],
        ['lefthook.yml', 'pre-commit:\n  jobs:\n    - run: x\n', lefthook],
        ['lefthook.yml', 'pre-push:\n  jobs: []\n...\n', lefthook],
        ['lefthook.toml', '[pre-commit.commands.lint]\nrun = "x"\n', lefthook],
        ['.lefthook.json', '{}\n', lefthook],
      ],
      3,
    ),
  )('are left to the person where %s is laid out as %j', (file, before, entry) => {
    const repo = repository().write({ [file]: before });
    const { code, stderr } = repo.keyscan('install', '--yes');
    const after = readFileSync(join(repo.folder, file), 'utf8');
    expect({ code, after, hooks: hooksOf(repo) }).toEqual({ code: 2, after: before, hooks: {} });
    expect(stderr).toContain(entry);
  });

  it.each([
    [
      'lefthook.yml',
      ['pre-commit', 'pre-merge-commit', 'commit-msg']
        .map(
          (name) =>
            `${name}:\n  jobs:\n    - run: keyscan --${name === 'commit-msg' ? name : 'staged'} {1}\n`,
        )
        .join(''),
    ],
    [
      'lefthook.toml',
      '[pre-commit.commands.keyscan]\nrun = "keyscan --staged"\n[pre-merge-commit.commands.keyscan]\nrun = "keyscan --staged"\n' +
        '[commit-msg.commands.keyscan]\nrun = "keyscan --commit-msg {1}"\n',
    ],
  ])('are seen in %s where the person has put them in', (file, before) => {
    const repo = repository().write({ [file]: before });
    expect(repo.keyscan('install', '--yes')).toMatchObject({
      code: 0,
      stdout: `${file}: already there\n`,
    });
    expect(readFileSync(join(repo.folder, file), 'utf8')).toBe(before);
  });
});

describe('simple-git-hooks, which takes away what its configuration does not name', () => {
  const all = {
    'pre-commit': 'npx --no-install keyscan --staged && npm test',
    'pre-merge-commit': 'npx --no-install keyscan --staged',
    'commit-msg': 'npx --no-install keyscan --commit-msg "$1"',
  };
  const asPackage = (hooks: object): string =>
    `${JSON.stringify({ devDependencies: { 'simple-git-hooks': '^2' }, 'simple-git-hooks': hooks }, null, 2)}\n`;

  it.each(
    sampled(
      [
        ['package.json', asPackage({ 'pre-commit': 'npm test' })],
        ['package.json', asPackage({ ...all, 'commit-msg': undefined })],
        ['.simple-git-hooks.json', '{"pre-commit": "npm test"}\n'],
        ['simple-git-hooks.cjs', "module.exports = { 'pre-commit': 'npm test' };\n"],
      ],
      1,
    ),
  )('is told what to put into %s: %j', (file, before) => {
    const repo = repository().write({ [file]: before });
    const { code, stderr } = repo.keyscan('install', '--yes');
    const after = readFileSync(join(repo.folder, file), 'utf8');
    expect({ code, after, hooks: hooksOf(repo) }).toEqual({ code: 2, after: before, hooks: {} });
    expect(stderr).toContain(`"commit-msg": ${JSON.stringify(all['commit-msg'])}`);
    expect(stderr).toContain('npx --no-install simple-git-hooks');
  });

  it('is left alone where it calls keyscan in every hook, and where it is only a dependency', () => {
    const named = repository().write({ 'package.json': asPackage(all) });
    const unused = repository().write({
      'package.json': '{"devDependencies": {"simple-git-hooks": "^2"}}\n',
    });
    expect([named, unused].map((repo) => repo.keyscan('install').stdout.split('\n')[0])).toEqual([
      'package.json: already there',
      'pre-commit: installed',
    ]);
  });
});

describe('keyscan install, answered at a terminal', () => {
  const hasScript = spawnSync('script', ['--version']).status === 0;
  (hasScript ? it : it.skip).each([
    ['y', 0, 'keyscan --staged\nnpm test\n'],
    ['n', 2, 'npm test\n'],
  ])('asks first, and takes %s for an answer', (answer, code, text) => {
    const repo = repository().write({
      'package.json': '{"devDependencies": {"husky": "^9.0.0"}}\n',
      '.husky/pre-commit': 'npm test\n',
    });
    const command = `'${process.execPath}' '${program}' install`;
    const result = run(['-qec', command, '/dev/null'], {
      command: 'script',
      cwd: repo.folder,
      home: repo.home,
      input: `${answer}\n`,
    });
    expect({
      code: result.code,
      asked: result.stdout.includes('Write it? (y/N)'),
      text: readFileSync(join(repo.folder, '.husky/pre-commit'), 'utf8'),
    }).toEqual({ code, asked: true, text });
  });
});

describe('keyscan install --global', () => {
  it('adds to the hooks of every repository with git 2.54, silences none, and is taken out again', () => {
    const { env } = newerGit('2.54.0');
    const repo = repository({ env });
    repo.hook('pre-commit', ': > "$HOME/local-ran"');
    const settings = (): string => readFileSync(join(repo.home, '.gitconfig'), 'utf8');
    repo.git('config', '--global', 'user.name', 'Ada');
    const before = settings();
    const { code } = run(['install', '--global'], { cwd: repo.folder, home: repo.home, env });
    const once = settings();
    run(['install', '--global'], { cwd: repo.folder, home: repo.home, env });
    const twice = settings();
    const clean = commits(repo, { 'a.txt': 'a\n' }).moved;
    const leak = commits(repo, { 'b.ini': bakery.lines }).moved;
    run(['uninstall', '--global'], { cwd: repo.folder, home: repo.home, env });
    expect({
      code,
      changed: once !== before,
      twice: twice === once,
      clean,
      leak,
      localRan: existsSync(join(repo.home, 'local-ran')),
      after: settings(),
      scripts: existsSync(join(repo.home, '.local/share/keyscan')),
    }).toEqual({
      code: 0,
      changed: true,
      twice: true,
      clean: true,
      leak: false,
      localRan: true,
      after: before,
      scripts: false,
    });
  });

  it('ignores a relative XDG_DATA_HOME, as the specification has it', () => {
    const repo = repository();
    const env = { ...newerGit('2.54.0').env, XDG_DATA_HOME: 'data' };
    const { code } = run(['install', '--global'], { cwd: repo.folder, home: repo.home, env });
    expect([code, existsSync(join(repo.home, '.local/share/keyscan/hooks/pre-commit'))]).toEqual([
      0,
      true,
    ]);
  });
});

it('hands a kept hook the environment as it was', () => {
  const repo = repository();
  repo.commit({ 'README.md': '#\n' });
  repo.hook('pre-commit', 'printf %s "$NODE_EXTRA_CA_CERTS" > "$HOME/certificates"');
  repo.keyscan('install');
  repo.stage({ 'key.txt': 'the access key is elsewhere\n' });
  repo.with({ NODE_EXTRA_CA_CERTS: '/etc/ours.pem' }, 'commit', '--quiet', '--message', 'x');
  expect(readFileSync(join(repo.home, 'certificates'), 'utf8')).toBe('/etc/ours.pem');
});
