import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';

import { key, ours, repository, type Repository } from './support/repository.ts';
import { run, temporaryFolder } from './support/run.ts';

const bakery = key('moonbakery');
const other = key('otherbakery');
const plain = 'region = eu-west-1\noutput = json\n';
const record = 'code=$?; echo $code > "$HOME/hook-code"; exit $code';

describe('the commit-msg hook', () => {
  function guarded(): Repository {
    const repo = repository();
    repo.commit({ 'a.ini': bakery.lines });
    return repo
      .hook('commit-msg', `${ours} --commit-msg "$1"; ${record}`)
      .stage({ 'b.txt': 'b\n' });
  }

  function attempt(repo: Repository, ...args: readonly string[]) {
    const before = repo.head();
    const { stderr } = repo.try('commit', '--quiet', ...args);
    return { moved: repo.head() !== before, hook: repo.hookCode(), stderr };
  }

  it('stops a message with a key', () => {
    const { moved, hook } = attempt(guarded(), '--message', `Use this\n\n${bakery.lines}`);
    expect({ moved, hook }).toEqual({ moved: false, hook: 1 });
  });

  it('says nothing of a message without one', () => {
    expect(attempt(guarded(), '--message', 'Use something else')).toEqual({
      moved: true,
      hook: 0,
      stderr: '',
    });
  });

  it('lets a commit take a key out that --verbose shows below the message', () => {
    const repo = guarded().stage({ 'a.ini': plain });
    repo.git('config', 'core.editor', 'sed -i 1iRemove-the-key');
    const { moved, hook } = attempt(repo, '--verbose');
    expect({ moved, hook, message: repo.git('log', '-1', '--format=%B').trim() }).toEqual({
      moved: true,
      hook: 0,
      message: 'Remove-the-key',
    });
  });

  it('is not fooled by a cut line that cuts nothing', () => {
    const cut = `# ${'-'.repeat(24)} >8 ${'-'.repeat(24)}`;
    const { moved, hook } = attempt(guarded(), '--message', `Title\n\n${cut}\n${bakery.lines}`);
    expect({ moved, hook }).toEqual({ moved: false, hook: 1 });
  });
});

describe('the pre-push hook', () => {
  interface World {
    readonly repo: Repository;
    readonly remote: Repository;
  }

  /** A clone with one pushed commit and the hook. */
  function cloned(files: Readonly<Record<string, string>> = { 'README.md': '#\n' }): World {
    const folder = join(temporaryFolder('remote'), 'bakery.git');
    const repo = repository();
    repo.git('init', '--quiet', '--bare', '--initial-branch=main', folder);
    repo.git('remote', 'add', 'origin', folder);
    repo.commit(files);
    repo.git('push', '--quiet', 'origin', 'main');
    repo.hook('pre-push', `${ours} --pre-push "$@"; ${record}`);
    return { repo, remote: repo.beside(folder) };
  }

  function push({ repo, remote }: World, ...args: readonly string[]) {
    const refs = (): string => remote.try('show-ref').stdout;
    const before = refs();
    const { stderr } = repo.try('push', '--quiet', ...args);
    return { moved: refs() !== before, hook: repo.hookCode(), stderr };
  }
  const stopped = { moved: false, hook: 1 };
  const went = { moved: true, hook: 0, stderr: '' };

  it('stops a key in any of the commits, also when a later one takes it out', () => {
    const world = cloned();
    world.repo.commit({ 'a.ini': bakery.lines });
    world.repo.commit({ 'a.ini': plain });
    expect(push(world, 'origin', 'main')).toMatchObject(stopped);
  });

  it('says nothing of commits without keys, nor of keys that the remote has', () => {
    const world = cloned({ 'a.ini': bakery.lines });
    world.repo.commit({ 'a.ini': `${bakery.lines}# note\n`, 'b.ini': plain });
    expect(push(world, 'origin', 'main')).toEqual(went);
  });

  it('looks at a new branch from where the remote ends', () => {
    const world = cloned({ 'a.ini': bakery.lines });
    world.repo.git('switch', '--quiet', '--create', 'menu');
    world.repo.commit({ 'b.ini': plain });
    const clean = push(world, 'origin', 'menu');
    world.repo.git('switch', '--quiet', '--create', 'drinks');
    world.repo.commit({ 'c.ini': other.lines });
    expect([clean, push(world, 'origin', 'drinks')]).toEqual([
      went,
      { ...stopped, stderr: expect.any(String) },
    ]);
  });

  it('reads the message of a pushed tag, and of that tag alone', () => {
    const world = cloned();
    world.repo.git('tag', '--annotate', 'v1', '--message', `First\n\n${bakery.lines}`);
    world.repo.git('tag', '--annotate', 'v2', '--message', 'Second');
    expect([push(world, 'origin', 'v2'), push(world, 'origin', 'v1')]).toEqual([
      went,
      { ...stopped, stderr: expect.any(String) },
    ]);
  });

  it('takes what a tag says for new, also on a commit that the remote has', () => {
    const world = cloned();
    world.repo.git('tag', '--annotate', 'v1', '--message', `First\n\n${bakery.lines}`);
    const { stdout } = world.repo.try('push', 'origin', 'v1');
    expect(stdout).toMatch('It is committed here, not known to be pushed');
  });

  it.each([
    ['main', (repo: Repository) => repo.commit({ 'a.ini': bakery.lines })],
    [
      'HEAD:refs/heads/menu',
      (repo: Repository) => {
        repo.git('switch', '--quiet', '--create', 'menu');
        repo.commit({ 'a.ini': bakery.lines });
      },
    ],
    ['v1', (repo: Repository) => repo.git('tag', '--annotate', 'v1', '--message', bakery.lines)],
  ])('names the command that shows what stopped the push of %s', (ref, make) => {
    const world = cloned();
    make(world.repo);
    const { stdout } = world.repo.try('push', 'origin', ref);
    const [, details = ''] = /Details: keyscan ([^·\n]*\S)/.exec(stdout) ?? [];
    expect(world.repo.keyscan(...details.split(' '))).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(bakery.id.slice(-4)),
    });
  });

  it.each(['HEAD^{/a key}:refs/heads/menu', ':/Add a key:refs/heads/menu'])(
    'understands what git tells of a push of %s',
    (ref) => {
      const world = cloned();
      world.repo.commit({ 'a.ini': bakery.lines }, 'Add a key');
      const { stdout } = world.repo.try('push', 'origin', ref);
      expect([stdout.includes(' a.ini:1:'), world.remote.try('show-ref', 'menu').stdout]).toEqual([
        true,
        '',
      ]);
    },
  );

  it('reads what a pushed tag of a tag carries', () => {
    const world = cloned();
    world.repo.git('tag', '--annotate', 'inner', '--message', `First\n\n${bakery.lines}`);
    world.repo.git('tag', '--annotate', 'outer', 'inner', '--message', 'Second');
    expect(push(world, 'origin', 'outer')).toMatchObject(stopped);
  });

  it('reads a pushed tag of a file', () => {
    const world = cloned();
    world.repo.write({ file: bakery.lines });
    world.repo.git('tag', 'file', world.repo.git('hash-object', '-w', 'file'));
    expect(push(world, 'origin', 'file')).toMatchObject(stopped);
  });

  it.each<[string, (repo: Repository, leak: string) => unknown]>([
    ['cherry-pick', (repo, leak) => repo.git('cherry-pick', leak)],
    [
      'revert',
      (repo, leak) => {
        repo.git('push', '--quiet', '--no-verify', 'origin', `${leak}:refs/heads/known`);
        repo.git('switch', '--quiet', '--detach', leak);
        repo.commit({ 'a.ini': plain });
        return repo.git('revert', '--no-edit', 'HEAD');
      },
    ],
    ['am', (repo, leak) => repo.input(repo.git('format-patch', '-1', '--stdout', leak), 'am')],
    ['rebase', (repo, leak) => repo.git('rebase', '--quiet', '--onto', 'main', `${leak}~`, leak)],
  ])('stops a key that git %s commits without a pre-commit hook', (_, command) => {
    const world = cloned();
    const { repo } = world;
    repo.git('switch', '--quiet', '--create', 'side');
    const leak = repo.commit({ 'a.ini': bakery.lines });
    repo.git('switch', '--quiet', 'main');
    repo.commit({ 'b.ini': plain });
    repo.guarded();
    const before = repo.head();
    command(repo, leak);
    expect({ moved: repo.head() !== before, hook: repo.hookCode() }).toEqual({
      moved: true,
      hook: undefined,
    });
    expect(push(world, 'origin', 'HEAD:main')).toMatchObject(stopped);
  });

  it('lets a branch be deleted', () => {
    const world = cloned();
    world.repo.git('push', '--quiet', '--no-verify', 'origin', 'main:old');
    expect(push(world, 'origin', '--delete', 'old')).toEqual(went);
  });

  it('looks at everything when the remote is new', () => {
    const world = cloned({ 'a.ini': bakery.lines });
    const folder = join(temporaryFolder('other'), 'other.git');
    world.repo.git('init', '--quiet', '--bare', folder);
    expect(push({ ...world, remote: world.repo.beside(folder) }, folder, 'main')).toMatchObject(
      stopped,
    );
  });

  it('looks only at what is new in a push by force over commits that are not here', () => {
    const world = cloned();
    const clone = join(temporaryFolder('colleague'), 'clone');
    world.repo.git('clone', '--quiet', world.remote.folder, clone);
    const colleague = world.repo.beside(clone);
    colleague.commit({ 'x.txt': 'x\n' });
    colleague.git('push', '--quiet', 'origin', 'main');
    world.repo.commit({ 'b.ini': plain });
    expect(push(world, '--force', 'origin', 'main')).toEqual(went);
  });

  it('looks at everything in the first push to an empty remote', () => {
    const world = cloned();
    const empty = join(temporaryFolder('empty'), 'empty.git');
    world.repo.git('init', '--quiet', '--bare', empty);
    world.repo.git('remote', 'add', 'backup', empty);
    const other = { ...world, remote: world.repo.beside(empty) };
    const clean = push(other, 'backup', 'main:clean');
    world.repo.commit({ 'a.ini': bakery.lines });
    world.repo.commit({ 'a.ini': plain });
    expect([clean, push(other, 'backup', 'main')]).toEqual([
      went,
      { ...stopped, stderr: expect.any(String) },
    ]);
  });

  it('does not take what one remote has for what another one has', () => {
    const world = cloned({ 'a.ini': bakery.lines });
    const empty = join(temporaryFolder('empty'), 'empty.git');
    world.repo.git('init', '--quiet', '--bare', empty);
    world.repo.git('remote', 'add', 'backup', empty);
    const other = { ...world, remote: world.repo.beside(empty) };
    expect(push(other, 'backup', 'main')).toMatchObject(stopped);
  });

  it('knows a remote by its address too', () => {
    const world = cloned({ 'a.ini': bakery.lines });
    world.repo.git('switch', '--quiet', '--create', 'menu');
    world.repo.commit({ 'b.ini': plain });
    const { folder } = world.remote;
    expect([push(world, folder, 'menu'), push(world, `file://${folder}/`, 'menu:other')]).toEqual([
      went,
      went,
    ]);
  });

  it('does not take what was fetched for what is where the pushes go', () => {
    const world = cloned({ 'a.ini': bakery.lines });
    const mirror = join(temporaryFolder('mirror'), 'mirror.git');
    world.repo.git('init', '--quiet', '--bare', mirror);
    world.repo.git('remote', 'set-url', '--push', 'origin', `file://${world.remote.folder}`);
    world.repo.git('branch', 'menu');
    const same = push(world, 'origin', 'menu');
    world.repo.git('remote', 'set-url', '--push', 'origin', mirror);
    const other = { ...world, remote: world.repo.beside(mirror) };
    expect([same, push(other, 'origin', 'main:menu')]).toEqual([
      went,
      { ...stopped, stderr: expect.any(String) },
    ]);
  });

  it('knows the same repository by SSH and by HTTPS', () => {
    const world = cloned({ 'a.ini': bakery.lines });
    const { folder, home } = world.repo;
    world.repo.git('remote', 'set-url', 'origin', 'https://git.moonbakery.dev/shop/bread.git');
    const head = world.repo.head();
    const input = `refs/heads/main ${head} refs/heads/menu ${'0'.repeat(40)}\n`;
    const codes = [
      ['origin', 'git@git.moonbakery.dev:shop/bread.git'],
      ['origin', 'ssh://git@git.moonbakery.dev:2222/shop/bread'],
      ['origin'],
      ['https://baker@git.moonbakery.dev/shop/bread'],
      ['origin', 'git@git.moonbakery.dev:public/bread.git'],
      ['https://git.moonbakery.dev/public/bread.git'],
    ].map((where) => run(['--pre-push', ...where], { cwd: folder, home, input }).code);
    expect(codes).toEqual([0, 0, 0, 0, 1, 1]);
  });

  it('looks at every ref of a push, and lets none of them through', () => {
    const world = cloned();
    world.repo.git('branch', 'clean');
    world.repo.git('switch', '--quiet', '--create', 'side');
    world.repo.commit({ 'a.ini': bakery.lines });
    expect(push(world, 'origin', 'clean', 'side', ':main')).toMatchObject(stopped);
  });

  it('stops a push by force that rewrites a branch with a key', () => {
    const world = cloned();
    world.repo.commit({ 'b.txt': 'b\n' });
    world.repo.git('push', '--quiet', '--no-verify', 'origin', 'main');
    world.repo.git('reset', '--quiet', '--hard', 'HEAD~');
    world.repo.commit({ 'a.ini': bakery.lines });
    expect(push(world, '--force', 'origin', 'main')).toMatchObject(stopped);
  });

  it('is told one ref by variables where the pre-commit framework asks', () => {
    const world = cloned();
    const clean = world.repo.head();
    world.repo.commit({ 'a.ini': bakery.lines });
    const leak = world.repo.head();
    const codes = [clean, leak].flatMap((id) =>
      [clean, ''].map((from) => {
        const { folder, home } = world.repo;
        const env = {
          PRE_COMMIT_REMOTE_NAME: 'origin',
          PRE_COMMIT_LOCAL_BRANCH: 'refs/heads/main',
          PRE_COMMIT_REMOTE_BRANCH: 'refs/heads/main',
          PRE_COMMIT_FROM_REF: from,
          PRE_COMMIT_TO_REF: id,
        };
        return run(['--pre-push'], { cwd: folder, home, env, input: '' }).code;
      }),
    );
    expect(codes).toEqual([0, 0, 1, 1]);
  });
});

describe('what the pre-commit hook says', () => {
  // the index that git made for the commit alone is gone when it is stopped
  it.each([
    [['--all'], ['README.md']],
    [['--message=x', 'README.md'], ['README.md']],
    [['--message=x'], []],
  ])('of commit %j names a scan that shows what stopped it', (args, files) => {
    const repo = repository();
    repo.commit({ 'README.md': '# Moonbakery\n' });
    repo.guarded().write({ 'README.md': bakery.lines });
    if (files.length === 0) repo.git('add', 'README.md');
    const { stdout, stderr } = repo.try('commit', '--quiet', ...args);
    const [, scan = ''] = /Details: keyscan (.*)/.exec(stdout + stderr) ?? [];
    expect(repo.keyscan(...scan.split(' '))).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('README.md:1'),
    });
  });

  it('names files as they are called in the folder that the person is in', () => {
    const repo = repository();
    repo.commit({ 'oven/menu.txt': 'bread\n', 'README.md': '# Moonbakery\n' });
    repo.guarded().stage({ 'oven/menu.txt': bakery.lines, 'README.md': other.lines });
    const below = repo.beside(join(repo.folder, 'oven'));
    const { stdout, stderr } = below.try('commit', '--quiet', '--message', 'Next');
    const [, add = ''] = /git add (.*)/.exec(stdout + stderr) ?? [];
    expect(add.split(' ').sort()).toEqual(['../README.md', 'menu.txt']);
  });
});
