// Which id goes with which secret, in every layout people write, for any number of keys.

import { describe, expect, it } from '@jest/globals';
import { fc } from './support/property.ts';

import { createScanner } from '../src/detect/scanner.ts';
import { runs } from './support/effort.ts';
import { type Key, keys, layouts } from './support/layouts.ts';

const scanner = createScanner();

/** Pairs as (place of the id, place of the secret), from the text itself. */
function expected(
  text: string,
  all: readonly Key[],
  written: (value: string) => string[],
): string[] {
  const place = (value: string): string => {
    const at = Math.max(...written(value).map((form) => text.indexOf(form)));
    const before = text.slice(0, at).split('\n');
    return `${String(before.length)}:${String((before.at(-1)?.length ?? 0) + 1)}`;
  };
  return all.map(({ id, secret }) => `${place(id)} ${place(secret)}`).sort();
}

const forms = (value: string): string[] => [
  value,
  Buffer.from(value).toString('base64'),
  value.replaceAll('/', '&#x2F;').replaceAll('+', '&#43;'),
];

describe.each(Object.keys(layouts))('%s', (layout) => {
  it('joins each id with its own secret, however many there are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.nat(), (count, seed) => {
        const all = keys(count, seed);
        const text = layouts[layout]?.(all) ?? '';
        const { findings } = scanner.scan({
          path: 'keys.txt',
          stage: 'local',
          content: Buffer.from(text),
        });
        const found = findings.map(({ kind, parts }) => {
          const places = ['id', 'secret'].map((role) => {
            const part = parts.find((one) => one.role === role);
            return `${String(part?.line)}:${String(part?.column)}`;
          });
          return `${kind === 'pair' ? '' : kind}${places.join(' ')}`;
        });
        expect(found.sort()).toEqual(expected(text, all, forms));
      }),
      { numRuns: runs(15, 300) },
    );
  });
});
