import type { Checks } from '../check.ts';

export const slackChecks: Checks = {
  /** At least one group of the body must be made of chance, not of words, one digit or one letter. */
  'slack-random': (value) =>
    value
      .split(/[-/]/)
      .slice(1)
      .some((group) => /[0-9]/.test(group) && /[A-Za-z]/.test(group) && new Set(group).size > 5),
};
