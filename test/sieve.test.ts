// What the sieve calls empty must be empty: each rule's examples, with a piece cut out of them, and then put back.
import { describe, expect, it } from '@jest/globals';

import { rules } from '../rules/index.ts';
import { createScanner } from '../src/detect/scanner.ts';
import { runs } from './support/effort.ts';
import { numbers } from './support/numbers.ts';
import { expand } from './support/examples.ts';

const scanner = createScanner();

function finds(content: Uint8Array): boolean {
  const { findings, skipped } = scanner.scan({ path: 'a.txt', stage: 'committed', content });
  return findings.length + skipped.length > 0;
}

/** Lines that say nothing, more than anything sees of them. */
const filler = Array.from(
  { length: 60 },
  (_, index) => `const value${index} = other(${index * 7});\n`,
).join('');
const around = Buffer.from(filler);
const telling = rules
  .flatMap(({ examples }) => examples)
  .map((example) => Buffer.concat([around, expand(example).content, Buffer.from('\n'), around]))
  .filter(finds);

/** Two texts of which the second is the first with bytes [from, to) put in. */
interface Pair {
  readonly without: Buffer;
  readonly whole: Buffer;
  readonly from: number;
  readonly to: number;
}

function* pairs(seed: number): Generator<Pair> {
  const random = numbers(seed);
  for (const whole of telling) {
    const length = 1 + random(random(4) === 0 ? 400 : 12);
    const from = around.length - 40 + random(whole.length - 2 * around.length + 60);
    const to = Math.min(whole.length, from + length);
    yield {
      without: Buffer.concat([whole.subarray(0, from), whole.subarray(to)]),
      whole,
      from,
      to,
    };
  }
}

describe('the sieve', () => {
  it('has examples to look at', () => {
    expect(telling.length).toBeGreaterThan(200);
  });

  it('lets through every text with something in it', () => {
    expect(telling.filter((text) => scanner.sieve(text, null) !== 'something')).toEqual([]);
  });

  it.each(Array.from({ length: runs(10, 60) }, (_, seed) => seed))(
    'sees what a change brings, and what taking it back uncovers, round %i',
    (seed) => {
      const missed: string[] = [];
      let byChange = 0;
      for (const { without, whole, from, to } of pairs(seed)) {
        const before = scanner.sieve(without, null);
        if (before !== 'something' && finds(without))
          missed.push(`whole: ${without.toString('latin1')}`);
        if (before !== 'nothing') continue;
        byChange += 1;
        if (finds(whole) && scanner.sieve(whole, [from, to]) !== 'something') {
          missed.push(`${from}-${to} put in: ${whole.toString('latin1')}`);
        }
      }
      expect({ missed, tried: byChange > 10 }).toEqual({ missed: [], tried: true });
    },
  );

  it.each([
    ['far behind its name', `${'x'.repeat(100)} `.repeat(20)],
    ['in the next line', '\n'],
  ])('sees a block closed %s', (_, gap) => {
    const header = ['-----BEGIN', 'RSA PRIVATE', 'KEY-----'].join(' ');
    const open = Buffer.from(`${filler}${header}\n${'MIIE'.repeat(200)}\n${gap}\n${filler}`);
    expect(scanner.sieve(open, null)).not.toBe('nothing');
  });

  it('sees a value far behind its name in one long identifier', () => {
    const name = `aws_secret_access_key_${'of_some_other_place_'.repeat(40)}`;
    const unset = Buffer.from(`${filler}${name} = ""\n${filler}`);
    expect(scanner.sieve(unset, null)).toBe('watched');
  });
});
