import { describe, expect, it } from '@jest/globals';

import { stagedCases } from './support/staged-cases.ts';

const codes = { stopped: 1, committed: 0, 'refused: not readable': 2 } as const;

describe('the hook, in a real repository', () => {
  it.each(stagedCases.map((each) => [each.title, each.expected, each] as const))(
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
      if (repo.hookCode() !== 0) expect(repo.firstStepCode()).toBe(7);
    },
  );
});
