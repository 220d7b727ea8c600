// The ways in which a change gets into a commit, each with a key that must not come along or work that must not be
// stopped. test/git-staged.test.ts runs them with real hooks; docs/git.md shows them as a table.

import { chmodSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { generate } from './examples.ts';
import { key, repository, type Repository } from './repository.ts';
import { temporaryFolder } from './run.ts';

export interface StagedCase {
  readonly title: string;
  /** What the hook must make of it. */
  readonly expected: 'stopped' | 'committed' | 'refused: not readable';
  /** What other scanners do, from their own command lines. */
  readonly others?: string;
  /** Sets the scene and says what finally tries to commit. */
  readonly scene: () => Scene;
}

export interface Scene {
  readonly repo: Repository;
  readonly attempt: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const commit: readonly string[] = ['commit', '--quiet', '--message', 'Next'];
const bakery = key('moonbakery');
const other = key('otherbakery');
const plain = 'region = eu-west-1\noutput = json\n';

/** A repository with one commit and the hooks. */
function guarded(
  files: Readonly<Record<string, string | Uint8Array>> = { 'README.md': '# Moonbakery\n' },
): Repository {
  const repo = repository();
  repo.commit(files);
  return repo.guarded();
}

function staging(
  before: Readonly<Record<string, string | Uint8Array>>,
  after: Readonly<Record<string, string | Uint8Array>>,
): () => Scene {
  return () => ({ repo: guarded({ 'README.md': '#\n', ...before }).stage(after), attempt: commit });
}

/** `menu` adds lines to a file that main has given another name. */
function renamedHere(lines: string): Repository {
  const long = Array.from({ length: 20 }, (_, index) => `setting_${index} = ${index}\n`).join('');
  const repo = guarded({ 'a.ini': long });
  repo.git('switch', '--quiet', '--create', 'menu');
  repo.commit({ 'a.ini': long + lines }, 'Menu');
  repo.git('switch', '--quiet', 'main');
  repo.git('mv', 'a.ini', 'b.ini');
  repo.commit({}, 'Another name');
  return repo;
}

/** A secret that only whoever reads this file of the home folder can know. */
function withOwnSecret(file: string): Repository {
  const repo = guarded().stage({ 'notes.txt': `the oven: ${bakery.secret}\n` });
  repo.beside(repo.home).write({ [file]: `[bakery]\n${bakery.lines}` });
  return repo;
}

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

/** main and a branch `menu` that each added a file; on main now. */
function forked(
  menu: Readonly<Record<string, string>>,
  main: Readonly<Record<string, string>> = {},
): Repository {
  const repo = guarded();
  repo.git('switch', '--quiet', '--create', 'menu');
  repo.commit(menu, 'Menu');
  repo.git('switch', '--quiet', 'main');
  repo.commit({ 'main.txt': 'ours\n', ...main }, 'Ours');
  return repo;
}

/** A file name that no checkout of ours has to create. */
function stageRaw(repo: Repository, path: Buffer, content: string): void {
  repo.write({ 'content.tmp': content });
  const blob = repo.git('hash-object', '-w', 'content.tmp');
  rmSync(join(repo.folder, 'content.tmp'));
  repo.input(
    Buffer.concat([Buffer.from(`100644 ${blob}\t`), path, Buffer.of(0)]),
    'update-index',
    '-z',
    '--index-info',
  );
}

const merge = ['merge', '--quiet', '--no-edit', 'menu'];

export const stagedCases: readonly StagedCase[] = [
  // ---------------------------------------------------------------------------------------------- what is a change
  {
    title: 'a new file with a key',
    expected: 'stopped',
    scene: staging({}, { 'deploy/.env': bakery.lines }),
  },
  {
    title: 'a key added to an old file',
    expected: 'stopped',
    scene: staging({ 'a.ini': plain }, { 'a.ini': plain + bakery.lines }),
  },
  {
    title: 'a new file without one',
    expected: 'committed',
    scene: staging({}, { 'a.ini': plain }),
  },
  {
    title: 'a secret added beside an id that is already committed',
    expected: 'stopped',
    others: 'gitleaks: the id only; betterleaks, trufflehog: no pair across hunks',
    scene: staging(
      { 'a.ini': `[work]\naws_access_key_id = ${bakery.id}\n${plain}` },
      {
        'a.ini': `[work]\naws_access_key_id = ${bakery.id}\n${plain}aws_secret_access_key = ${bakery.secret}\n`,
      },
    ),
  },
  {
    title: 'only the value changed under an unchanged name line',
    expected: 'stopped',
    scene: staging(
      { 'a.yaml': 'aws_secret_access_key:\n  "${SECRET}"\n' },
      { 'a.yaml': `aws_secret_access_key:\n  "${bakery.secret}"\n` },
    ),
  },
  {
    title: 'another line in a file that already holds a key',
    expected: 'committed',
    others: 'detect-secrets, secretlint: stopped (whole file)',
    scene: staging(
      { 'a.ini': bakery.lines + plain },
      { 'a.ini': `${bakery.lines}region = eu-west-3\noutput = json\n` },
    ),
  },
  {
    title: 'lines added above a committed key',
    expected: 'committed',
    scene: staging({ 'a.ini': bakery.lines }, { 'a.ini': `# one\n# two\n\n${bakery.lines}` }),
  },
  {
    title: 'a committed key taken out',
    expected: 'committed',
    scene: staging({ 'a.ini': plain + bakery.lines }, { 'a.ini': plain }),
  },
  {
    title: 'half of a committed key taken out',
    expected: 'committed',
    scene: staging(
      { 'a.ini': bakery.lines },
      { 'a.ini': `aws_secret_access_key = ${bakery.secret}\n` },
    ),
  },
  {
    title: 'one of two committed keys replaced by a variable',
    expected: 'committed',
    scene: staging(
      { 'a.ini': `[a]\n${bakery.lines}[b]\n${other.lines}` },
      {
        'a.ini': `[a]\naws_access_key_id = \${ID}\naws_secret_access_key = \${SECRET}\n[b]\n${other.lines}`,
      },
    ),
  },
  {
    title: 'a committed key replaced by another',
    expected: 'stopped',
    scene: staging({ 'a.ini': bakery.lines }, { 'a.ini': other.lines }),
  },
  {
    title: 'a file with a committed key rewritten with CRLF',
    expected: 'committed',
    scene: staging({ 'a.ini': bakery.lines }, { 'a.ini': bakery.lines.replaceAll('\n', '\r\n') }),
  },
  {
    title: 'a key in a file with CRLF',
    expected: 'stopped',
    scene: staging({}, { 'a.ini': bakery.lines.replaceAll('\n', '\r\n') }),
  },
  {
    title: 'a file with a committed key deleted',
    expected: 'committed',
    scene: () => {
      const repo = guarded({ 'a.ini': bakery.lines, 'b.txt': 'b\n' });
      repo.git('rm', '--quiet', 'a.ini');
      return { repo, attempt: commit };
    },
  },
  {
    title: 'a file with a committed key copied',
    expected: 'stopped',
    scene: staging({ 'a.ini': bakery.lines }, { 'b.ini': bakery.lines }),
  },
  {
    title: 'a key that the line allows',
    expected: 'committed',
    scene: staging({}, { 'a.ini': `aws_secret_access_key = ${bakery.secret} # keyscan:ignore\n` }),
  },
  {
    title: 'a value that the person has to see through base64',
    expected: 'stopped',
    scene: staging(
      {},
      {
        'secret.yaml': `kind: Secret\ndata:\n  credentials: ${Buffer.from(bakery.lines).toString('base64')}\n`,
      },
    ),
  },

  // ------------------------------------------------------------------------------------- index and work tree differ
  {
    title: "a secret of this computer's own, without a name beside it",
    expected: 'stopped',
    scene: () => ({ repo: withOwnSecret('.aws/credentials'), attempt: commit }),
  },
  {
    title: 'the same, in a file that AWS variables name from the home folder',
    expected: 'stopped',
    scene: () => ({
      repo: withOwnSecret('keys'),
      attempt: commit,
      env: { AWS_SHARED_CREDENTIALS_FILE: '~/keys' },
    }),
  },
  {
    title: 'a key in the work tree only',
    expected: 'committed',
    others: 'ripsecrets: reads the work tree',
    scene: () => {
      const repo = guarded({ 'a.ini': plain });
      repo.stage({ 'a.ini': `${plain}# note\n` }).write({ 'a.ini': bakery.lines });
      return { repo, attempt: commit };
    },
  },
  {
    title: 'a key staged, and taken out of the work tree only',
    expected: 'stopped',
    others: 'ripsecrets: missed; lint-staged before the first commit: the fix is lost',
    scene: () => {
      const repo = guarded({ 'a.ini': plain });
      repo.stage({ 'a.ini': bakery.lines }).write({ 'a.ini': plain });
      return { repo, attempt: commit };
    },
  },
  {
    title: 'a staged file with a key that is gone from the work tree',
    expected: 'stopped',
    scene: () => {
      const repo = guarded().stage({ 'a.ini': bakery.lines });
      rmSync(join(repo.folder, 'a.ini'));
      return { repo, attempt: commit };
    },
  },
  {
    title: 'git add --patch that takes the hunk with the key',
    expected: 'stopped',
    scene: () => {
      const repo = guarded({ 'a.ini': plain.repeat(9) });
      repo.write({ 'a.ini': `# note\n${plain.repeat(9)}${bakery.lines}` });
      repo.input('n\ny\n', 'add', '--patch', 'a.ini');
      return { repo, attempt: commit };
    },
  },
  {
    title: 'git add --patch that leaves the hunk with the key',
    expected: 'committed',
    scene: () => {
      const repo = guarded({ 'a.ini': plain.repeat(9) });
      repo.write({ 'a.ini': `# note\n${plain.repeat(9)}${bakery.lines}` });
      repo.input('y\nn\n', 'add', '--patch', 'a.ini');
      return { repo, attempt: commit };
    },
  },
  {
    title: 'intent to add, with a key in the work tree',
    expected: 'committed',
    scene: () => {
      const repo = guarded().stage({ 'b.txt': 'b\n' }).write({ 'a.ini': bakery.lines });
      repo.git('add', '--intent-to-add', 'a.ini');
      return { repo, attempt: commit };
    },
  },
  {
    title: 'a clean filter that leaves the key out of the index',
    expected: 'committed',
    scene: () => {
      const repo = guarded({ '.gitattributes': '*.ini filter=hide\n' });
      repo.git('config', 'filter.hide.clean', "sed 's/=.*/= hidden/'");
      return { repo: repo.stage({ 'a.ini': bakery.lines }), attempt: commit };
    },
  },
  {
    title: 'a work tree in UTF-16 that git stores as UTF-8',
    expected: 'stopped',
    scene: () => {
      const repo = guarded({ '.gitattributes': '*.ini working-tree-encoding=UTF-16LE-BOM\n' });
      return { repo: repo.stage({ 'a.ini': utf16(`\ufeff${bakery.lines}`) }), attempt: commit };
    },
  },

  // --------------------------------------------------------------------------------------------- ways to commit
  {
    title: 'git commit --all',
    expected: 'stopped',
    others: 'trufflehog: missed (GIT_INDEX_FILE is lost); ripsecrets: work tree',
    scene: () => ({
      repo: guarded({ 'a.ini': plain }).write({ 'a.ini': bakery.lines }),
      attempt: [...commit, '--all'],
    }),
  },
  {
    title: 'git commit --all beside an untracked key',
    expected: 'committed',
    scene: () => ({
      repo: guarded({ 'a.ini': plain }).write({
        'a.ini': `${plain}# note\n`,
        'b.ini': bakery.lines,
      }),
      attempt: [...commit, '--all'],
    }),
  },
  {
    title: 'git commit -- path, the key in that path',
    expected: 'stopped',
    others: 'trufflehog: missed (GIT_INDEX_FILE is lost)',
    scene: () => ({
      repo: guarded({ 'a.ini': plain, 'b.ini': plain }).write({ 'a.ini': bakery.lines }),
      attempt: [...commit, '--', 'a.ini'],
    }),
  },
  {
    title: 'git commit -- path, the key staged in another path',
    expected: 'committed',
    scene: () => ({
      repo: guarded({ 'a.ini': plain, 'b.ini': plain })
        .stage({ 'a.ini': bakery.lines })
        .write({ 'b.ini': `${plain}# note\n` }),
      attempt: [...commit, '--', 'b.ini'],
    }),
  },
  {
    title: 'git commit --only path, with other work staged',
    expected: 'stopped',
    scene: () => ({
      repo: guarded({ 'a.ini': plain, 'b.ini': plain })
        .stage({ 'b.ini': `${plain}# note\n` })
        .write({ 'a.ini': bakery.lines }),
      attempt: [...commit, '--only', 'a.ini'],
    }),
  },
  {
    title: 'a key that comes back from the stash',
    expected: 'stopped',
    scene: () => {
      const repo = guarded({ 'a.ini': plain }).stage({ 'a.ini': bakery.lines });
      repo.git('stash', '--quiet');
      repo.git('stash', 'pop', '--quiet', '--index');
      return { repo, attempt: commit };
    },
  },
  {
    title: 'variables that would change what git compares',
    expected: 'stopped',
    scene: () => ({
      repo: guarded({
        'a.yaml': `aws_secret_access_key:\n  "\${SECRET}"\n${plain.repeat(9)}`,
      }).stage({
        'a.yaml': `aws_secret_access_key:\n  "${bakery.secret}"\n${plain.repeat(9)}`,
      }),
      attempt: commit,
      env: { GIT_DIFF_OPTS: '-u0', GIT_EXTERNAL_DIFF: 'true', GIT_LITERAL_PATHSPECS: '1' },
    }),
  },
  {
    title: 'git commit --include path',
    expected: 'stopped',
    scene: () => ({
      repo: guarded({ 'a.ini': plain }).stage({ 'c.txt': 'c\n' }).write({ 'a.ini': bakery.lines }),
      attempt: [...commit, '--include', 'a.ini'],
    }),
  },
  {
    title: 'an amend that adds a key',
    expected: 'stopped',
    scene: () => ({
      repo: guarded().stage({ 'a.ini': bakery.lines }),
      attempt: [...commit, '--amend'],
    }),
  },
  {
    title: 'an amend of a commit that holds a key, adding something else',
    expected: 'committed',
    scene: () => ({
      repo: guarded({ 'a.ini': bakery.lines }).stage({ 'b.txt': 'b\n' }),
      attempt: [...commit, '--amend'],
    }),
  },
  {
    title: 'an amend that takes the key out again',
    expected: 'committed',
    scene: () => ({
      repo: guarded({ 'a.ini': bakery.lines }).stage({ 'a.ini': plain }),
      attempt: [...commit, '--amend'],
    }),
  },
  {
    title: 'the first commit of a repository',
    expected: 'stopped',
    scene: () => ({
      repo: repository().guarded().stage({ 'a.ini': bakery.lines }),
      attempt: commit,
    }),
  },
  {
    title: 'the first commit of a repository, without a key',
    expected: 'committed',
    scene: () => ({ repo: repository().guarded().stage({ 'a.ini': plain }), attempt: commit }),
  },
  {
    title: 'an empty commit',
    expected: 'committed',
    scene: () => ({ repo: guarded(), attempt: [...commit, '--allow-empty'] }),
  },
  {
    title: 'a commit on a detached HEAD',
    expected: 'stopped',
    scene: () => {
      const repo = guarded();
      repo.git('switch', '--quiet', '--detach');
      return { repo: repo.stage({ 'a.ini': bakery.lines }), attempt: commit };
    },
  },
  {
    title: 'a commit from a folder below the top',
    expected: 'stopped',
    scene: () => {
      const repo = guarded({ 'deep/er/a.ini': plain });
      repo.stage({ 'a.ini': bakery.lines });
      return { repo, attempt: ['-C', 'deep/er', ...commit] };
    },
  },
  {
    title: 'a commit in the middle of a rebase',
    expected: 'stopped',
    scene: () => {
      const repo = guarded();
      repo.commit({ 'b.txt': 'b\n' });
      repo.with(
        { GIT_SEQUENCE_EDITOR: 'sed -i s/^pick/edit/' },
        'rebase',
        '--interactive',
        'HEAD~1',
      );
      return { repo: repo.stage({ 'a.ini': bakery.lines }), attempt: commit };
    },
  },
  {
    title: 'a file that git ignores, added by force',
    expected: 'stopped',
    scene: staging({ '.gitignore': '.env\n' }, { '.env': bakery.lines }),
  },

  // -------------------------------------------------------------------------------------------- kinds of change
  {
    title: 'a renamed file with a committed key',
    expected: 'committed',
    scene: () => {
      const repo = guarded({ 'a.ini': bakery.lines });
      repo.git('mv', 'a.ini', 'b.ini');
      return { repo, attempt: commit };
    },
  },
  {
    title: 'a renamed file with a committed key, edited elsewhere',
    expected: 'committed',
    others: 'detect-secrets, secretlint: stopped (whole file)',
    scene: () => {
      const repo = guarded({ 'a.ini': bakery.lines + plain.repeat(9) });
      repo.git('mv', 'a.ini', 'b.ini');
      return {
        repo: repo.stage({ 'b.ini': `${bakery.lines}${plain.repeat(9)}# note\n` }),
        attempt: commit,
      };
    },
  },
  {
    title: 'a renamed file with a key added',
    expected: 'stopped',
    others: 'trufflehog (--diff-filter=AM), ripsecrets (ACM): missed',
    scene: () => {
      const repo = guarded({ 'a.ini': plain.repeat(9) });
      repo.git('mv', 'a.ini', 'b.ini');
      return { repo: repo.stage({ 'b.ini': plain.repeat(9) + bakery.lines }), attempt: commit };
    },
  },
  {
    title: 'a changed mode of a file with a committed key',
    expected: 'committed',
    scene: () => {
      const repo = guarded({ 'a.sh': bakery.lines });
      repo.git('update-index', '--chmod=+x', 'a.sh');
      return { repo, attempt: commit };
    },
  },
  {
    title: 'a symbolic link that becomes a file with a key',
    expected: 'stopped',
    others: 'lint-staged: missed (--diff-filter=ACMR)',
    scene: () => {
      const repo = guarded();
      symlinkSync('README.md', join(repo.folder, 'a.ini'));
      repo.git('add', 'a.ini');
      repo.git('commit', '--quiet', '--no-verify', '--message', 'Link');
      rmSync(join(repo.folder, 'a.ini'));
      return { repo: repo.stage({ 'a.ini': bakery.lines }), attempt: commit };
    },
  },
  {
    title: 'a symbolic link to a file with a key outside',
    expected: 'committed',
    scene: () => {
      const repo = guarded();
      const outside = temporaryFolder('outside');
      repo.beside(outside).write({ credentials: bakery.lines });
      symlinkSync(join(outside, 'credentials'), join(repo.folder, 'a.ini'));
      repo.git('add', 'a.ini');
      return { repo, attempt: commit };
    },
  },
  {
    title: 'a submodule that moved on',
    expected: 'committed',
    scene: () => {
      const repo = guarded();
      const id = repo.head();
      repo.git('update-index', '--add', '--cacheinfo', `160000,${id},sub`);
      return { repo, attempt: commit };
    },
  },
  {
    title: 'a key committed inside a submodule',
    expected: 'stopped',
    scene: () => {
      const library = guarded();
      const outer = guarded();
      outer.git(
        '-c',
        'protocol.file.allow=always',
        'submodule',
        '--quiet',
        'add',
        library.folder,
        'lib',
      );
      const inner = outer.beside(join(outer.folder, 'lib')).guarded();
      return { repo: inner.stage({ 'a.ini': bakery.lines }), attempt: commit };
    },
  },

  // ------------------------------------------------------------------------------------------ content and attributes
  {
    title: 'a path with -diff in .gitattributes',
    expected: 'stopped',
    others: 'gitleaks, betterleaks: skipped ("Binary files differ")',
    scene: staging({ '.gitattributes': '*.ini -diff\n' }, { 'a.ini': bakery.lines }),
  },
  {
    title: 'a path with the binary attribute',
    expected: 'stopped',
    scene: staging({ '.gitattributes': '*.ini binary\n' }, { 'a.ini': bakery.lines }),
  },
  {
    title: 'UTF-16 with a mark, as PowerShell writes it',
    expected: 'stopped',
    others: 'gitleaks, git-secrets, ripsecrets, secretlint: skipped',
    scene: staging({}, { 'a.ini': utf16(`\ufeff${bakery.lines}`) }),
  },
  {
    title: 'UTF-16, big end first',
    expected: 'stopped',
    scene: staging({}, { 'a.ini': utf16(`\ufeff${bakery.lines}`).swap16() }),
  },
  {
    title: 'UTF-16 without a mark',
    expected: 'stopped',
    scene: staging({}, { 'a.ini': utf16(bakery.lines) }),
  },
  {
    title: 'UTF-16 with a line separator in a password',
    expected: 'stopped',
    scene: () => {
      const password = generate('A-Za-z0-9*16', 'oven');
      const text = `url = https://oven:\u2028${password}@git.moonbakery.dev/oven\n`;
      return { repo: guarded().stage({ 'a.ini': utf16(text) }), attempt: commit };
    },
  },
  {
    title: 'a file with a committed key saved as UTF-16',
    expected: 'committed',
    scene: staging(
      { 'a.ini': bakery.lines + plain },
      { 'a.ini': utf16(`\ufeff${bakery.lines}${plain}`) },
    ),
  },
  {
    title: 'a line added to UTF-16 that already holds a key',
    expected: 'committed',
    scene: staging(
      { 'a.ini': utf16(`\ufeff${bakery.lines}`) },
      { 'a.ini': utf16(`\ufeff${bakery.lines}${plain}`) },
    ),
  },
  {
    title: 'an id in a file with NUL bytes',
    expected: 'stopped',
    others: 'gitleaks, git-secrets: skipped',
    scene: staging(
      {},
      {
        'a.bin': Buffer.concat([
          Buffer.of(0, 1, 2, 0),
          Buffer.from(`\n${bakery.id}\n`),
          Buffer.of(0),
        ]),
      },
    ),
  },
  {
    title: 'a key behind 40 MB of text',
    expected: 'stopped',
    scene: staging(
      {},
      {
        'big.log': Buffer.concat([
          Buffer.alloc(40_000_000, 'all is well today\n'),
          Buffer.from(`\n${bakery.lines}`),
        ]),
      },
    ),
  },

  // ------------------------------------------------------------------------------------------------------- names
  ...(
    [
      ['a newline', Buffer.from('a\nb.ini')],
      ['quotes and a backslash', Buffer.from('a"b\'c\\d.ini')],
      ['a leading dash', Buffer.from('-a.ini')],
      ['a leading colon and stars', Buffer.from(':(exclude)*.ini')],
      ['bytes that are no UTF-8', Buffer.from([0x61, 0xff, 0xfe, 0x2e, 0x69])],
      ['a tab and an escape sequence', Buffer.from('a\t\x1b[2J.ini')],
    ] as const
  ).map(([what, name]): StagedCase => ({
    title: `a name with ${what}`,
    expected: 'stopped',
    scene: () => {
      const repo = guarded();
      stageRaw(repo, name, bakery.lines);
      return { repo, attempt: commit };
    },
  })),

  // ------------------------------------------------------------------------------------- repositories and indexes
  {
    title: 'a linked work tree',
    expected: 'stopped',
    others: 'trufflehog: breaks (#4553)',
    scene: () => {
      const main = guarded();
      const folder = join(temporaryFolder('linked'), 'tree');
      main.git('worktree', 'add', '--quiet', '-b', 'linked', folder);
      return { repo: main.beside(folder).stage({ 'a.ini': bakery.lines }), attempt: commit };
    },
  },
  {
    title: 'GIT_DIR and GIT_WORK_TREE given by hand',
    expected: 'stopped',
    scene: () => {
      const repo = guarded();
      const tree = temporaryFolder('dotfiles');
      const env = { GIT_DIR: join(repo.folder, '.git'), GIT_WORK_TREE: tree };
      const outside = repo.beside(tree).write({ 'a.ini': bakery.lines });
      outside.with(env, 'add', 'a.ini');
      return { repo: outside, attempt: commit, env };
    },
  },
  {
    title: 'another index by GIT_INDEX_FILE',
    expected: 'stopped',
    scene: () => {
      const repo = guarded().write({ 'a.ini': bakery.lines });
      const env = { GIT_INDEX_FILE: join(repo.folder, '.git/other-index') };
      repo.with(env, 'read-tree', 'HEAD');
      repo.with(env, 'add', 'a.ini');
      return { repo, attempt: commit, env };
    },
  },
  {
    title: 'a sparse checkout',
    expected: 'stopped',
    scene: () => {
      const repo = guarded({ 'in/a.ini': plain, 'out/b.ini': bakery.lines, 'out/c.txt': 'c\n' });
      repo.git('sparse-checkout', 'set', 'in');
      return { repo: repo.stage({ 'in/a.ini': other.lines }), attempt: commit };
    },
  },
  {
    title: 'a sparse checkout with a committed key outside of it',
    expected: 'committed',
    scene: () => {
      const repo = guarded({ 'in/a.ini': plain, 'out/b.ini': bakery.lines });
      repo.git('sparse-checkout', 'set', 'in');
      return { repo: repo.stage({ 'in/a.ini': `${plain}# note\n` }), attempt: commit };
    },
  },
  {
    title: 'a sparse index, with a key in a folder that it holds as a whole',
    expected: 'stopped',
    scene: () => {
      const repo = guarded({ 'in/a.ini': plain, 'out/deep/b.ini': plain });
      repo.commit({ 'out/deep/b.ini': bakery.lines });
      repo.git('sparse-checkout', 'set', '--cone', '--sparse-index', 'in');
      repo.git('reset', '--quiet', '--soft', 'HEAD~1');
      return { repo, attempt: commit };
    },
  },
  ...(
    [
      ['an index of version 4', ['index.version', '4']],
      ['a split index', ['core.splitIndex', 'true']],
      ['an untracked cache and a monitor', ['core.untrackedCache', 'true']],
    ] as const
  ).map(([what, setting]): StagedCase => ({
    title: what,
    expected: 'stopped',
    scene: () => {
      const repo = guarded();
      repo.git('config', ...setting);
      repo.git('update-index', '--force-write-index');
      return { repo: repo.stage({ 'a.ini': bakery.lines }), attempt: commit };
    },
  })),
  {
    title: 'a repository with SHA-256',
    expected: 'stopped',
    scene: () => {
      const repo = repository({ init: ['--object-format=sha256'] });
      repo.commit({ 'README.md': '#\n', 'b.ini': bakery.lines });
      return { repo: repo.guarded().stage({ 'a.ini': other.lines }), attempt: commit };
    },
  },
  {
    title: 'the first commit of a repository with SHA-256',
    expected: 'stopped',
    scene: () => ({
      repo: repository({ init: ['--object-format=sha256'] })
        .guarded()
        .stage({ 'a.ini': other.lines }),
      attempt: commit,
    }),
  },
  {
    title: 'objects in another repository (alternates)',
    expected: 'stopped',
    scene: () => {
      const first = repository();
      first.commit({ 'a.ini': plain });
      const folder = join(temporaryFolder('shared'), 'clone');
      first.git('clone', '--quiet', '--shared', first.folder, folder);
      return {
        repo: first.beside(folder).guarded().stage({ 'a.ini': bakery.lines }),
        attempt: commit,
      };
    },
  },
  {
    title: 'a staged object that git replace hides',
    expected: 'stopped',
    scene: () => {
      const repo = guarded().stage({ 'a.ini': bakery.lines });
      repo.write({ clean: plain });
      repo.git('replace', repo.git('rev-parse', ':a.ini'), repo.git('hash-object', '-w', 'clean'));
      return { repo, attempt: commit };
    },
  },
  {
    title: 'a staged object that is missing',
    expected: 'refused: not readable',
    scene: () => {
      const repo = guarded().stage({ 'a.ini': plain, 'b.ini': `${plain}#\n` });
      const blob = repo.git('rev-parse', ':a.ini');
      rmSync(join(repo.folder, '.git/objects', blob.slice(0, 2), blob.slice(2)));
      return { repo, attempt: commit };
    },
  },

  {
    title: 'a staged object that is damaged',
    expected: 'refused: not readable',
    scene: () => {
      const repo = guarded().stage({ 'a.ini': plain });
      const blob = repo.git('rev-parse', ':a.ini');
      const path = join(repo.folder, '.git/objects', blob.slice(0, 2), blob.slice(2));
      chmodSync(path, 0o644);
      writeFileSync(path, 'not zlib at all');
      return { repo, attempt: commit };
    },
  },
  {
    title: 'a file that would take more work than a scan may do',
    expected: 'refused: not readable',
    scene: staging({}, { 'a.txt': Buffer.alloc(2_000_000, 'aws_secret_access_key=') }),
  },
  {
    title: 'more files than the first step of the hook looks at',
    expected: 'stopped',
    scene: staging(
      {},
      {
        ...Object.fromEntries(
          Array.from({ length: 120 }, (_, index) => [`many/${index}.txt`, `${index}\n`]),
        ),
        'many/z.ini': bakery.lines,
      },
    ),
  },
  {
    title: "a file that holds what ends the first step's reading",
    expected: 'stopped',
    scene: () => {
      const repo = guarded();
      const others = ['one\n', 'two\n'];
      repo.stage({ 'a.txt': others[0] ?? '', 'c.txt': others[1] ?? '' });
      const ids = ['a.txt', 'c.txt'].map((path) => repo.git('rev-parse', `:${path}`));
      const lines = [ids, [...ids].reverse()].map(
        (each) => `keyscan-end-${each.join('-')} missing`,
      );
      return {
        repo: repo.stage({ 'b.txt': `${lines.join('\n')}\nkeyscan-end\n`, 'd.ini': bakery.lines }),
        attempt: commit,
      };
    },
  },

  // ------------------------------------------------------------------------------------------------------- merges
  {
    title: 'a merge that brings a key of a local branch',
    expected: 'stopped',
    others: 'gitleaks, trufflehog: no hook for merges',
    scene: () => ({ repo: forked({ 'a.ini': bakery.lines }), attempt: merge }),
  },
  {
    title: 'a merge without keys',
    expected: 'committed',
    scene: () => ({ repo: forked({ 'a.ini': plain }), attempt: merge }),
  },
  {
    title: 'a merge that brings a key which a remote branch already has',
    expected: 'committed',
    scene: () => {
      const repo = forked({ 'a.ini': bakery.lines });
      repo.git('update-ref', 'refs/remotes/origin/menu', 'menu');
      return { repo, attempt: merge };
    },
  },
  {
    title: 'a merge that brings a key of a remote branch in a file whose name is no UTF-8',
    expected: 'committed',
    scene: () => {
      const repo = guarded({ 'b.txt': 'b\n' });
      repo.git('switch', '--quiet', '--create', 'menu');
      repo.write({ blob: bakery.lines });
      const id = repo.git('hash-object', '-w', 'blob');
      const entry = Buffer.from(`100644 ${id}\tcaf\xe9.ini\0`, 'latin1');
      repo.input(entry, 'update-index', '-z', '--add', '--index-info');
      repo.commit({}, 'Menu');
      repo.git('reset', '--quiet', '--hard');
      repo.git('update-ref', 'refs/remotes/origin/menu', 'menu');
      repo.git('switch', '--quiet', 'main');
      repo.commit({ 'c.txt': 'c\n' }, 'Main');
      return { repo, attempt: merge };
    },
  },
  {
    title: 'a merge that brings a key which a remote branch has, and a local one on top',
    expected: 'stopped',
    scene: () => {
      const repo = forked({ 'a.ini': bakery.lines });
      repo.git('update-ref', 'refs/remotes/origin/menu', 'menu');
      repo.git('switch', '--quiet', 'menu');
      repo.commit({ 'b.ini': other.lines }, 'More');
      repo.git('switch', '--quiet', 'main');
      return { repo, attempt: merge };
    },
  },
  {
    title: 'a merge of local work on top of a key that a remote branch has',
    expected: 'committed',
    scene: () => {
      const repo = forked({ 'a.ini': bakery.lines });
      repo.git('update-ref', 'refs/remotes/origin/menu', 'menu');
      repo.git('switch', '--quiet', 'menu');
      repo.commit({ 'b.ini': plain }, 'More');
      repo.git('switch', '--quiet', 'main');
      return { repo, attempt: merge };
    },
  },
  {
    title: 'a merge that brings a key of a remote branch into a file renamed here',
    expected: 'committed',
    scene: () => {
      const repo = renamedHere(bakery.lines);
      repo.git('update-ref', 'refs/remotes/origin/menu', 'menu');
      return { repo, attempt: merge };
    },
  },
  {
    title: 'a merge that brings a key of a local branch into a file renamed here',
    expected: 'stopped',
    scene: () => ({ repo: renamedHere(bakery.lines), attempt: merge }),
  },
  {
    title: 'an octopus merge, committed by hand, with a key that a remote branch has',
    expected: 'committed',
    scene: () => {
      const repo = forked({ 'a.ini': plain });
      repo.git('switch', '--quiet', '--create', 'drinks', 'HEAD~1');
      repo.commit({ 'c.ini': bakery.lines }, 'Drinks');
      repo.git('update-ref', 'refs/remotes/origin/drinks', 'drinks');
      repo.git('switch', '--quiet', 'main');
      repo.git('merge', '--quiet', '--no-commit', 'menu', 'drinks');
      return { repo, attempt: commit };
    },
  },
  {
    title: 'an evil merge: a key that neither side has',
    expected: 'stopped',
    others: 'gitleaks, trufflehog: 0 hits in history either',
    scene: () => {
      const repo = forked({ 'a.ini': plain });
      repo.git('merge', '--quiet', '--no-commit', 'menu');
      return { repo: repo.stage({ 'a.ini': plain + bakery.lines }), attempt: commit };
    },
  },
  {
    title: 'a conflict resolved with a key in it',
    expected: 'stopped',
    scene: () => {
      const repo = forked({ 'a.ini': 'theirs\n' }, { 'a.ini': 'ours\n' });
      repo.try('merge', '--quiet', 'menu');
      return { repo: repo.stage({ 'a.ini': bakery.lines }), attempt: commit };
    },
  },
  {
    title: 'a conflict resolved without a key, beside a committed one',
    expected: 'committed',
    scene: () => {
      const repo = forked({ 'a.ini': 'theirs\n' }, { 'a.ini': 'ours\n', 'b.ini': bakery.lines });
      repo.try('merge', '--quiet', 'menu');
      return { repo: repo.stage({ 'a.ini': 'both\n' }), attempt: commit };
    },
  },
  {
    title: 'an octopus merge with a key on the third branch',
    expected: 'stopped',
    scene: () => {
      const repo = forked({ 'a.ini': plain });
      repo.git('switch', '--quiet', '--create', 'drinks', 'HEAD~1');
      repo.commit({ 'c.ini': bakery.lines }, 'Drinks');
      repo.git('switch', '--quiet', 'main');
      return { repo, attempt: [...merge, 'drinks'] };
    },
  },
];
