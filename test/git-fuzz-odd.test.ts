// Half of the sequences of test/support/git-world.ts, so that two cores share them; the other half is git-fuzz-even.
import { expect, it } from '@jest/globals';

import { runs } from './support/effort.ts';
import { liveThrough } from './support/git-world.ts';

const steps = 7;
const together = 10;

it.each(Array.from({ length: runs(1, 50) }, (_, round) => round))(
  'commits no leak and stops no clean commit, ten sequences, round %i',
  (round) => {
    const seeds = Array.from({ length: together }, (_, each) => 2 * (round * together + each) + 1);
    expect(seeds.flatMap((seed) => liveThrough(seed, steps))).toEqual([]);
  },
  120_000,
);
