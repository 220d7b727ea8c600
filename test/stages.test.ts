// Where a leak lies decides what to do about it: every way there is of asking, the
// stage that it answers with, and the first advice, which is another one for each.
import { describe, expect, it } from '@jest/globals';

import { withStages } from '../src/commands/stage-truth.ts';
import { createScanner } from '../src/detect/scanner.ts';
import { key, repository, type Repository } from './support/repository.ts';
import { cleanEnvironment, run, temporaryFolder, writeTree } from './support/run.ts';

const bakery = key('moonbakery');
const plain = 'region = eu-west-1\n';

interface Found {
  readonly path: string;
  readonly stage: string;
  readonly severity: string;
  readonly commit: string | null;
  readonly next: readonly string[];
}

interface Answer {
  readonly stdout: string;
}

function only({ stdout }: Answer): Found {
  const { findings } = JSON.parse(stdout) as { readonly findings: readonly Found[] };
  const [finding, ...others] = findings;
  if (finding === undefined || others.length > 0) throw new Error(`${findings.length} findings`);
  return finding;
}

function withCommit(content: string): Repository {
  const repo = repository();
  repo.commit({ 'README.md': '#\n' });
  repo.commit({ 'a.ini': content });
  return repo;
}

function push(repo: Repository): Repository {
  repo.git('update-ref', 'refs/remotes/origin/main', 'HEAD');
  return repo;
}

const json = ['--format', 'json'] as const;
const scan = (repo: Repository, ...args: readonly string[]): Answer =>
  repo.keyscan(...args, ...json);

/** Each with the stage it must have; what else is asked of `next` hangs on that alone. */
const places: readonly (readonly [title: string, stage: string, ask: () => Answer])[] = [
  [
    "this computer's AWS files",
    'local',
    () => {
      const home = temporaryFolder('home');
      writeTree(home, { '.aws/credentials': `[default]\n${bakery.lines}` });
      return run(['--home', ...json], { home });
    },
  ],
  [
    'the environment',
    'local',
    () =>
      run(['--home', ...json], {
        env: { AWS_ACCESS_KEY_ID: bakery.id, AWS_SECRET_ACCESS_KEY: bakery.secret },
      }),
  ],
  ['standard input', 'local', () => run(['--stdin', ...json], { input: bakery.lines })],
  [
    'standard input with the name of a committed file',
    'local',
    () => {
      const { folder, home } = withCommit(bakery.lines);
      const args = ['--stdin', '--stdin-filename', 'a.ini', ...json];
      return run(args, { cwd: folder, home, input: bakery.lines });
    },
  ],
  [
    'a folder that is in no repository',
    'local',
    () => {
      const cwd = temporaryFolder('folder');
      writeTree(cwd, { 'a.ini': bakery.lines });
      return run(['.', ...json], { cwd });
    },
  ],
  [
    'a file that git ignores',
    'local',
    () => {
      const repo = repository();
      repo.commit({ '.gitignore': '.env\n' });
      repo.write({ '.env': bakery.lines });
      return scan(repo, '.env');
    },
  ],
  [
    'an ignored env file, in an audit',
    'local',
    () => {
      const repo = repository();
      repo.commit({ '.gitignore': '.env\n' });
      repo.write({ '.env': bakery.lines });
      return repo.keyscan(...json);
    },
  ],
  [
    'an untracked file',
    'working-tree',
    () => {
      const repo = withCommit(plain);
      repo.write({ 'b.ini': bakery.lines });
      return scan(repo, '.');
    },
  ],
  [
    'a tracked file with a new key',
    'working-tree',
    () => {
      const repo = withCommit(key('an older one').lines);
      repo.write({ 'a.ini': bakery.lines });
      return scan(repo, 'a.ini');
    },
  ],
  [
    'a committed file that moved in the work tree only',
    'working-tree',
    () => {
      const repo = withCommit(bakery.lines);
      repo.git('mv', 'a.ini', 'b.ini');
      return scan(repo, '.');
    },
  ],
  [
    'the index',
    'staged',
    () => scan(withCommit(plain).stage({ 'b.ini': bakery.lines }), '--staged'),
  ],
  [
    'the index, beside a pushed id',
    'staged',
    () => {
      const repo = push(withCommit(`aws_access_key_id = ${bakery.id}\n`));
      return scan(repo.stage({ 'a.ini': bakery.lines }), '--staged');
    },
  ],
  ['a committed file', 'committed', () => scan(withCommit(bakery.lines), '.')],
  [
    'a committed file in a linked work tree',
    'committed',
    () => {
      const repo = withCommit(bakery.lines);
      const folder = `${temporaryFolder('linked')}/tree`;
      repo.git('worktree', 'add', '--quiet', folder);
      return scan(repo.beside(folder), '.');
    },
  ],
  ['a commit of a range', 'committed', () => scan(withCommit(bakery.lines), '--range', 'HEAD~1..')],
  [
    'a commit since another',
    'committed',
    () => scan(withCommit(bakery.lines), '--since', 'HEAD~1'),
  ],
  ['a commit of the history', 'committed', () => scan(withCommit(bakery.lines), '--history')],
  [
    'a commit on top of what was pushed',
    'committed',
    () => {
      const repo = push(withCommit(plain));
      repo.commit({ 'a.ini': bakery.lines });
      return scan(repo, '--history');
    },
  ],
  [
    'the message of a commit',
    'committed',
    () => {
      const repo = push(withCommit(plain));
      repo.commit({}, `Title\n\n${bakery.lines}`);
      return scan(repo, '--history');
    },
  ],
  ['a pushed file', 'pushed', () => scan(push(withCommit(bakery.lines)), '.')],
  [
    'a pushed file that only another remote branch has',
    'pushed',
    () => {
      const repo = withCommit(bakery.lines);
      repo.git('update-ref', 'refs/remotes/fork/topic/x', 'HEAD');
      repo.git('reset', '--quiet', '--hard', 'HEAD~1');
      repo.write({ 'a.ini': bakery.lines });
      return scan(repo, '.');
    },
  ],
  [
    'a pushed commit of a range',
    'pushed',
    () => scan(push(withCommit(bakery.lines)), '--range', 'HEAD~1..'),
  ],
  [
    'a pushed commit of the history',
    'pushed',
    () => scan(push(withCommit(bakery.lines)), '--history'),
  ],
  [
    'a pushed key that is gone at HEAD',
    'pushed',
    () => {
      const repo = push(withCommit(bakery.lines));
      repo.commit({ 'a.ini': plain });
      return scan(repo, '--history');
    },
  ],
];

/** How the first advice begins, and what must and must not be among the rest. */
const advice: Readonly<Record<string, { first: RegExp; says?: RegExp; never: RegExp }>> = {
  local: {
    first: /^It (?:lies unencrypted on this computer|is in the environment of this process)/,
    never: /rebase|commit|It was pushed/,
  },
  'working-tree': { first: /^Take it out of the file before you commit/, never: /rebase|amend/ },
  staged: { first: /stage the file again: it is not committed yet/, never: /rebase|amend/ },
  committed: { first: /^It is committed here, not known to be pushed/, never: /It was pushed/ },
  pushed: {
    first: /^It was pushed: treat it as public and deactivate it now\. Rewriting history does not/,
    never: /rebase|amend|filter-repo/,
  },
};

describe('where a leak lies', () => {
  it.each(places)('%s: %s', (_, stage, ask) => {
    const { next, severity, stage: answered, commit } = only(ask());
    const { first, never } = advice[stage] ?? { first: /^$/, never: /^/ };
    expect({
      answered,
      // a pair on this computer alone has not leaked yet
      severity,
      first: first.test(next[0] ?? ''),
      other: Object.keys(advice).filter((each) => advice[each]?.first.test(next[0] ?? '')),
      wrong: next.filter((step) => never.test(step)),
      // what was pushed is not made secret by a rewrite, what is only here has none
      rewrite: next.some((step) => /git (?:commit|rebase|reset|filter-repo)/.test(step)),
    }).toEqual({
      answered: stage,
      severity: stage === 'local' ? 'high' : 'critical',
      first: true,
      other: [stage],
      wrong: [],
      rewrite: stage === 'committed' && commit !== null,
    });
  });

  const bug = (): never => {
    throw new TypeError('a bug');
  };
  const asked = (repo: Repository, env: NodeJS.ProcessEnv): (() => unknown) => {
    const found = createScanner().scan({
      path: 'a.ini',
      stage: 'working-tree',
      content: Buffer.from(bakery.lines),
    }).findings;
    return () => withStages(found, repo.folder, { scan: bug }, { env }).map(({ stage }) => stage);
  };

  it('stays as it was found where there is no git to ask', () => {
    expect(asked(withCommit(bakery.lines), { PATH: '' })()).toEqual(['working-tree']);
  });

  it('hides no bug on the way', () => {
    const repo = withCommit(bakery.lines);
    expect(asked(repo, cleanEnvironment(repo.home))).toThrow(TypeError);
  });

  it('is told by the report of the staged files too, in its short form', () => {
    const repo = withCommit(plain).stage({ 'b.ini': bakery.lines });
    const { code, stdout, stderr } = repo.keyscan('--staged');
    const said = (stdout + stderr).replaceAll(/\s+/g, ' ');
    expect([code, said.includes('b.ini:1'), /Take it out/i.test(said)]).toEqual([1, true, true]);
  });
});
