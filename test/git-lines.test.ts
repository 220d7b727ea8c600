import { describe, expect, it } from '@jest/globals';
import { fc } from './support/property.ts';

import type { Reader } from '../src/core/document.ts';
import { newLines } from '../src/git/lines.ts';
import { runs } from './support/effort.ts';

const bytes = (text: string): Buffer => Buffer.from(text);
const found = (before: Uint8Array | Reader, after: Uint8Array | Reader): number[] =>
  [...newLines(before, after)].sort((a, b) => a - b);
const utf16 = (text: string, order: 'le' | 'be'): Buffer => {
  const little = Buffer.from(`\ufeff${text}`, 'utf16le');
  return order === 'le' ? little : little.swap16();
};

describe('the lines that are new', () => {
  const cases: readonly (readonly [
    name: string,
    before: string,
    after: string,
    lines: number[],
  ])[] = [
    ['nothing for the same text', 'a\nb\n', 'a\nb\n', []],
    ['all of a text that was empty', '', 'a\nb', [1, 2]],
    ['none when everything is taken away', 'a\nb\n', '', []],
    ['none when a line is taken away', 'a\nb\nc\n', 'a\nc\n', []],
    ['one put in the middle', 'a\nc\n', 'a\nb\nc\n', [2]],
    ['two far apart, and not what stands between', 'a\nb\nc\nd\n', 'a\nx\nc\ny\n', [2, 4]],
    ['one more of the same', 'a\na\n', 'a\na\na\n', [3]],
    ['a line that moved', 'a\nb\nc\n', 'c\na\nb\n', [1]],
    ['none when only the last line end is new', 'a\nb', 'a\nb\n', []],
    ['none when the line ends become CRLF', 'a\nb\n', 'a\r\nb\r\n', []],
    ['a lone carriage return is no line end', 'a\rb\n', 'a\rc\n', [1]],
    ['none for a byte order mark', 'a\nb\n', '\ufeffa\nb\n', []],
  ];
  it.each(cases)('%s', (_, before, after, lines) => {
    expect(found(bytes(before), bytes(after))).toEqual(lines);
  });

  it('none when a text is rewritten as UTF-16', () => {
    const text = 'first\nÄöü €\nlast\n';
    expect([
      found(bytes(text), utf16(text, 'le')),
      found(utf16(text, 'le'), utf16(text, 'be')),
    ]).toEqual([[], []]);
  });

  it('counts lines of UTF-16 by characters: U+0A00 holds no line end', () => {
    const before = 'ਅਆ\nb\nc\n';
    expect(found(utf16(before, 'le'), utf16('ਅਆ\nb\nx\nc\n', 'le'))).toEqual([3]);
  });

  it('tells bytes apart that are not UTF-8', () => {
    expect(found(Buffer.from([0x61, 0xff, 0x0a]), Buffer.from([0x61, 0xfe, 0x0a]))).toEqual([1]);
  });

  it('does not lose itself in texts that have nothing in common', () => {
    const many = (sign: string): Buffer =>
      bytes(Array.from({ length: 30_000 }, (_, index) => `${sign}${index}\n`).join(''));
    const both = Buffer.concat([many('b'), bytes('shared\n'), many('c')]);
    const lines = found(Buffer.concat([many('a'), bytes('shared\n'), many('d')]), both);
    expect({ count: lines.length, shared: lines.includes(30_001) }).toEqual({
      count: 60_000,
      shared: false,
    });
  });

  it('are the fewest that explain the new text, whatever the texts', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 });
    fc.assert(
      fc.property(text, text, (before, after) => {
        const join = (lines: readonly string[]): Buffer =>
          bytes(lines.map((line) => `${line}\n`).join(''));
        const lines = found(join(before), join(after));
        const kept = after.filter((_, index) => !lines.includes(index + 1));
        expect({ kept: isSubsequence(kept, before), count: lines.length }).toEqual({
          kept: true,
          count: after.length - longestCommon(before, after),
        });
      }),
      { numRuns: runs(300, 20_000) },
    );
  });

  it('are the same for a text that is read in pieces', () => {
    const before = bytes('x\n'.repeat(400_000));
    const after = Buffer.concat([
      before.subarray(0, 600_000),
      bytes('new\n'),
      before.subarray(600_000),
    ]);
    const reader: Reader = {
      size: after.length,
      read: (target, position) => after.copy(target, 0, position, position + 1000),
    };
    expect(found(before, reader)).toEqual([300_001]);
  });
});

function isSubsequence(part: readonly string[], whole: readonly string[]): boolean {
  let at = 0;
  for (const item of whole) if (item === part[at]) at += 1;
  return at === part.length;
}

function longestCommon(a: readonly string[], b: readonly string[]): number {
  const table = a.map(() => b.map(() => 0));
  a.forEach((x, i) => {
    b.forEach((y, j) => {
      const above = table[i - 1]?.[j] ?? 0;
      const left = table[i]?.[j - 1] ?? 0;
      const row = table[i];
      if (row) row[j] = x === y ? (table[i - 1]?.[j - 1] ?? 0) + 1 : Math.max(above, left);
    });
  });
  return table.at(-1)?.at(-1) ?? 0;
}
