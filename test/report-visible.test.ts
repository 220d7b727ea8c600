// Text that came from a repository cannot act on a terminal, and columns are counted as terminals count them.

import { describe, expect, it } from '@jest/globals';
import { fc } from './support/property.ts';
import { ascii, visible } from '../src/report/visible.ts';
import { flow, widthOf, wrap } from '../src/report/width.ts';

describe('visible text', () => {
  it.each([
    ['plain text', 'src/config aws.ts', 'src/config aws.ts'],
    ['a terminal escape', 'a\u001b[2Jb', 'a\\x1b[2Jb'],
    ['an eight-bit escape', 'a\u009b2Jb', 'a\\x9b2Jb'],
    ['line ends and tabs', 'a\r\nb\tc\u2028d', 'a\\r\\nb\\tc\\u2028d'],
    ['reversed reading order', 'a\u202egpj.exe', 'a\\u202egpj.exe'],
    ['bidirectional isolates', '\u2066a\u2069', '\\u2066a\\u2069'],
    ['zero-width characters', 'ad\u200bmin\ufeff\u2060', 'ad\\u200bmin\\ufeff\\u2060'],
    ['fillers that look like nothing', '\u3164\u115f\u00ad', '\\u3164\\u115f\\xad'],
    ['tags beyond the first plane', 'a\u{e0041}b', 'a\\u{e0041}b'],
    ['half a surrogate pair', 'a\ud800b', 'a\\ud800b'],
    ['letters of the world', 'schlüssel 鍵 ключ مفتاح 🥐', 'schlüssel 鍵 ключ مفتاح 🥐'],
    ['an emoji with its selector', '⚠\ufe0f', '⚠\ufe0f'],
    ['a selector alone', 'a\ufe0f', 'a\\ufe0f'],
    ['a pile of accents', `e${'\u0301'.repeat(6)}`, `e${'\u0301'.repeat(4)}\\u0301\\u0301`],
  ])('shows %s', (_, text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it('holds nothing unseen, whatever came in, and keeps what can be seen', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(visible(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u{e0000}-\u{e0fff}]/u);
        expect(ascii(text)).toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });

  it('takes linear time on long runs of accents and controls', () => {
    const start = process.cpuUsage().user;
    visible('\u0301'.repeat(200_000) + '\u001b'.repeat(200_000));
    // The square of their length would take minutes
    expect(process.cpuUsage().user - start).toBeLessThan(20_000_000);
  }, 120_000);
});

describe('the width of a text', () => {
  it.each([
    ['ASCII', 'abc', 3],
    ['ideographs', '鍵は秘密', 8],
    ['Hangul, whole and in parts', '한\u1112\u1161\u11ab', 4],
    ['full-width letters', 'ＡＢ', 4],
    ['half-width katakana', 'ｱｲ', 2],
    ['an emoji', '🥐', 2],
    ['a flag', '🇫🇷', 2],
    ['accents', 'e\u0301', 1],
    ['our marks', '✖ ✔ │ ─ … •', 11],
  ])('counts %s', (_, text, width) => {
    expect(widthOf(text)).toBe(width);
  });
});

describe('lines', () => {
  it('break at spaces and never lose a word', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z鍵]{1,12}$/)), fc.nat(40), (words, width) => {
        const lines = wrap(words.join(' '), width);
        expect(lines.join(' ')).toBe(words.join(' '));
        expect(lines.every((line) => widthOf(line) <= width || !line.includes(' '))).toBe(true);
      }),
    );
  });

  it('keep short facts whole and the separators between them', () => {
    expect(flow(['one fact', 'another', 'third'], ' · ', 20)).toEqual([
      'one fact · another',
      'third',
    ]);
    expect(flow([], ' · ', 20)).toEqual([]);
  });
});
