import type { Checks } from '../check.ts';

export const slackChecks: Checks = {
  /** At least one group of the body must be made of chance, and none of one digit again and again. */
  'slack-random': (value) => {
    const groups = value.split('-').slice(1);
    return (
      groups.some(
        (group) => /[0-9]/.test(group) && /[A-Za-z]/.test(group) && new Set(group).size > 5,
      ) && !groups.some((group) => /^(\d)\1{7,}$/.test(group))
    );
  },
};
