import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as prettier from 'prettier';

import { thorough } from './support/effort.ts';
import { pathWithNewGit } from './support/git-programs.ts';
import { projectRoot } from './support/run.ts';
import { type StagedCase, stagedCases } from './support/staged-cases.ts';

const codes = { stopped: 1, committed: 0, 'refused: not readable': 2 } as const;

describe('the hook, in a real repository', () => {
  whatHappens(stagedCases);
});

const newer = pathWithNewGit();
(newer === undefined ? describe.skip : describe)('the same with a git of today', () => {
  const usual = process.env['PATH'];
  beforeAll(() => {
    process.env['PATH'] = newer;
  });
  afterAll(() => {
    process.env['PATH'] = usual;
  });
  // it leaves folders of a sparse index as they are; scripts/clients.js builds it without the commands that are scripts
  const cases = stagedCases.filter(({ title }) => !/octopus|inside a submodule/.test(title));
  whatHappens(cases.filter(({ title }) => thorough || title.startsWith('a sparse')));
});

function whatHappens(cases: readonly StagedCase[]): void {
  it.each(cases.map((each) => [each.title, each.expected, each] as const))(
    '%s: %s',
    (_, expected, { scene }) => {
      const { repo, attempt, env = {} } = scene();
      const head = (): string =>
        repo.with(env, 'rev-parse', '--quiet', '--verify', 'HEAD').stdout.trim();
      const before = head();
      const { stderr, stdout } = repo.with(env, ...attempt);
      const moved = head() !== before;
      expect({
        moved,
        hook: repo.hookCode(),
        said: expected === 'committed' ? stdout + stderr : '',
      }).toEqual({
        moved: expected === 'committed',
        hook: codes[expected],
        said: '',
      });
      // whatever the first step of the installed hook calls clean has to be clean
      if (repo.hookCode() !== 0) expect(repo.firstStepCodes()).toEqual([7, 7]);
    },
  );
}

it('docs/git.md lists these cases (UPDATE=1 writes it)', async () => {
  const file = join(projectRoot, 'docs/git.md');
  const page = readFileSync(file, 'utf8');
  const cell = (text: string): string =>
    text.replaceAll('|', '\\|').replaceAll('*', '\\*').replaceAll('_', '\\_');
  const rows = stagedCases.map(
    ({ title, expected, others = '' }) => `| ${cell(title)} | ${expected} | ${cell(others)} |`,
  );
  const table = ['| what is committed | keyscan | others |', '| --- | --- | --- |', ...rows].join(
    '\n',
  );
  const made = page.replace(
    /(<!-- cases -->\n)[^]*(<!-- end of cases -->)/,
    (_, start: string, end: string) => `${start}\n${table}\n\n${end}`,
  );
  const formatted = await prettier.format(made, {
    parser: 'markdown',
    printWidth: 100,
    singleQuote: true,
  });
  if (process.env['UPDATE']) writeFileSync(file, formatted);
  expect(readFileSync(file, 'utf8')).toBe(formatted);
});
