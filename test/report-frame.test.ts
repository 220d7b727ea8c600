// The frame around a finding: whatever the code is, the mask is whole, the carets are under it, and the margin holds.

import { describe, expect, it } from '@jest/globals';
import { fc } from './support/property.ts';
import type { ExcerptLine } from '../src/core/finding.ts';
import { frame } from '../src/report/frame.ts';
import { noColors, type Pen, penFor } from '../src/report/pen.ts';
import { widthOf } from '../src/report/width.ts';
import * as make from './support/findings.ts';

function pen(columns: number, unicode = true): Pen {
  return penFor(make.context({ columns, unicode }), () => noColors);
}

function framed(excerpt: readonly ExcerptLine[], columns = 80): readonly string[] {
  return frame(make.finding({ excerpt, parts: [] }), pen(columns));
}

/** Code as it is written, and as an attacker would write it; no mask and no caret in it. */
const code = fc
  .oneof(
    fc.string({ maxLength: 300 }),
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constantFrom('\t\t', '  ', '鍵'.repeat(80), '🥐'.repeat(50), 'e\u0301'.repeat(90)),
  )
  .map((text) => text.replace(/[\^|│•…*]/g, '-'));

const mask = fc.constantFrom('AKIA…7Q2X', make.dots, `ghp_${make.dots}`);

describe('a frame', () => {
  it('keeps every mask whole, its carets under it, and the margin', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(code, mask), { minLength: 1, maxLength: 2 }),
        code,
        fc.integer({ min: 50, max: 100 }),
        fc.boolean(),
        (pieces, rest, columns, unicode) => {
          let text = '';
          const marks: [number, number][] = [];
          for (const [before, value] of pieces) {
            text += before;
            marks.push([text.length, text.length + value.length]);
            text += value;
          }
          const line = { line: 7, text: text + rest, marks };
          const finding = make.finding({ excerpt: [line], parts: [] });
          const [row = '', carets = ''] = frame(finding, pen(columns, unicode));
          expect(widthOf(row)).toBeLessThanOrEqual(columns);

          const safe = pieces.map(([, value]) => pen(columns, unicode).safe(value));
          const runs = [...carets.matchAll(/\^+/g)];
          let at = 0;
          const expected: [number, number][] = [];
          for (const value of safe) {
            at = row.indexOf(value, at);
            expect(at).toBeGreaterThan(0);
            const start = widthOf(row.slice(0, at));
            const previous = expected.at(-1);
            if (previous !== undefined && previous[1] === start) previous[1] += widthOf(value);
            else expected.push([start, start + widthOf(value)]);
            at += value.length;
          }
          expect(runs.map((run) => [run.index, run.index + run[0].length])).toEqual(expected);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('shows the marked lines first, then their neighbours, three in all', () => {
    const plain = (line: number): ExcerptLine => make.excerptLine(line, `line ${line}`);
    const marked = (line: number): ExcerptLine =>
      make.excerptLine(line, `line ${line} `, make.dots);
    const numbers = (excerpt: readonly ExcerptLine[]): string[] =>
      framed(excerpt).flatMap((row) => /^ {2}[> ] +\d+/.exec(row)?.[0].trim() ?? []);
    expect(numbers([plain(1), plain(2), marked(3), plain(4), plain(5)])).toEqual(['2', '> 3', '4']);
    expect(numbers([plain(1), marked(2), marked(3), plain(4)])).toEqual(['1', '> 2', '> 3']);
    expect(numbers([1, 2, 3, 4, 5].map(marked))).toEqual(['> 1', '> 2', '> 3']);
    expect(numbers([])).toEqual([]);
  });

  it('leaves out empty lines at its edges, not between', () => {
    const empty = (line: number): ExcerptLine => make.excerptLine(line, ' \t');
    expect(framed([empty(1), make.excerptLine(2, '', make.dots), empty(3)])).toEqual([
      '  > 2 │ ••••••••',
      '      │ ^^^^^^^^',
    ]);
    expect(
      framed([make.excerptLine(1, '', make.dots), empty(2), make.excerptLine(3, '', make.dots)]),
    ).toEqual([
      '  > 1 │ ••••••••',
      '      │ ^^^^^^^^',
      '    2 │',
      '  > 3 │ ••••••••',
      '      │ ^^^^^^^^',
    ]);
  });

  it('expands tabs to the same columns in every line', () => {
    expect(
      framed([
        make.excerptLine(1, '\tkey:\t', make.dots),
        make.excerptLine(2, 'ab\tk:\t', make.dots),
        make.excerptLine(3, '鍵\tkey\t', make.dots),
      ]),
    ).toEqual([
      '  > 1 │     key:    ••••••••',
      '      │             ^^^^^^^^',
      '  > 2 │ ab  k:  ••••••••',
      '      │         ^^^^^^^^',
      '  > 3 │ 鍵  key ••••••••',
      '      │         ^^^^^^^^',
    ]);
  });

  it('names the parts of a line and how they were written', () => {
    const place = { line: 1, path: 'src/config/aws.ts' };
    const rows = frame(
      make.finding({
        excerpt: [make.excerptLine(1, 'x = ', 'AKIA…7Q2X', ';')],
        parts: [
          make.part({ role: 'id', ...place, decodedBy: ['percent', 'base64'] }),
          make.part({ role: 'secret', ...place, endLine: 28 }),
        ],
      }),
      pen(80),
    );
    expect(rows).toEqual([
      '  > 1 │ x = AKIA…7Q2X;',
      '      │     ^^^^^^^^^ id (percent-encoded, in base64), secret (28 lines)',
    ]);
  });

  it('shows dots where a mark is no mask, and copes with marks that make no sense', () => {
    const text = 'token = moonlight-sonata-4';
    const line = (...marks: [number, number][]): ExcerptLine => ({ line: 1, text, marks });
    expect(framed([line([8, 26])])[0]).toBe('  > 1 │ token = ••••••••');
    expect(framed([line([8, 20], [10, 26])])[0]).toBe('  > 1 │ token = ••••••••••••••••');
    expect(framed([line([8, 999])])[0]).toBe('  > 1 │ token = ••••••••');
    expect(framed([line([20, 8], [-5, 2])])[0]).toMatch(/^ {2}> 1 │ /);
  });
});
