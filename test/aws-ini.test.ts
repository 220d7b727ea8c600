// The byte-preserving model of AWS's INI files.

import { describe, expect, it } from '@jest/globals';
import { fc } from './support/property.ts';
import { applyEdits, parseIni, wholeLine } from '../src/aws/ini.ts';
import { printIni } from './support/aws-files.ts';

const fromText = (text: string) => parseIni(Buffer.from(text));

/** [section, name, value, within] of every setting. */
function settings(text: string): (readonly [string, string, string, string?])[] {
  return fromText(text).sections.flatMap((section) =>
    section.settings.map(({ name, value, within }) =>
      within === undefined
        ? ([section.name, name, value] as const)
        : ([section.name, name, value, within] as const),
    ),
  );
}

const iniText = fc
  .array(
    fc.oneof(
      fc.constantFrom('[default]', '[profile a]', 'x = 1', '  y=2', '# c', '\n', '\r\n', '\r', ' '),
      fc.string({ unit: 'binary', maxLength: 6 }),
    ),
    { maxLength: 20 },
  )
  .map((parts) => Buffer.from(parts.join('')));
const anyBytes = fc.oneof(fc.uint8Array({ maxLength: 200 }), iniText);

describe('the model', () => {
  it('prints what it read, whatever that was', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(Buffer.compare(printIni(parseIni(bytes)), bytes)).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it('gives every byte after a mark to exactly one line, and every section its lines', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const { bom, lines, sections } = parseIni(bytes);
        let at = bom ? 3 : 0;
        for (const line of lines) {
          expect(line.start).toBe(at);
          at = wholeLine(line).end;
        }
        expect(at).toBe(bytes.length);
        expect(sections.map(({ header }) => header)).toEqual([
          -1,
          ...lines.flatMap(({ type }, index) => (type === 'header' ? [index] : [])),
        ]);
        expect(sections.slice(1).map(({ header }) => header)).toEqual(
          sections.slice(0, -1).map(({ next }) => next),
        );
        expect(sections.at(-1)?.next).toBe(lines.length);
      }),
      { numRuns: 300 },
    );
  });

  it('reads after an edit what it would read without the reading before it', () => {
    fc.assert(
      fc.property(iniText, fc.nat(), fc.nat(), iniText, (bytes, a, b, insert) => {
        const [start = 0, end = 0] = [a, b]
          .map((position) => position % (bytes.length + 1))
          .sort((x, y) => x - y);
        const edited = applyEdits(bytes, [{ start, end, insert }]);
        expect(parseIni(edited, parseIni(bytes))).toEqual(parseIni(edited));
      }),
      { numRuns: 800 },
    );
  });

  it('reads again only what an edit has touched', () => {
    const sections = Array.from({ length: 9 }, (_, index) => `[profile p${index}]\nx = 1\n`);
    const before = parseIni(Buffer.from(sections.join('')));
    const after = parseIni(Buffer.from(sections.with(4, '[profile p4]\ny = 2\n').join('')), before);
    expect(after.sections.filter((section) => before.sections.includes(section))).toHaveLength(4);
  });

  it('changes nothing outside of an edit', () => {
    fc.assert(
      fc.property(anyBytes, fc.nat(), fc.nat(), fc.uint8Array(), (bytes, a, b, insert) => {
        const [start = 0, end = 0] = [a, b]
          .map((position) => position % (bytes.length + 1))
          .sort((x, y) => x - y);
        const edited = applyEdits(bytes, [{ start, end, insert }]);
        expect(edited.length).toBe(bytes.length - (end - start) + insert.length);
        expect(Buffer.compare(edited.subarray(0, start), bytes.subarray(0, start))).toBe(0);
        expect(Buffer.compare(edited.subarray(start, start + insert.length), insert)).toBe(0);
        expect(Buffer.compare(edited.subarray(start + insert.length), bytes.subarray(end))).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('applies edits in the order of their places and refuses overlaps', () => {
    const bytes = Buffer.from('abcdef');
    const edit = (start: number, end: number, text: string) => ({
      start,
      end,
      insert: Buffer.from(text),
    });
    const edited = applyEdits(bytes, [edit(4, 5, ''), edit(0, 1, 'A'), edit(1, 1, '-')]);
    expect(Buffer.from(edited).toString()).toBe('A-bcdf');
    expect(() => applyEdits(bytes, [edit(0, 3, ''), edit(2, 4, '')])).toThrow('edits overlap');
    expect(() => applyEdits(bytes, [edit(5, 9, '')])).toThrow('edits overlap');
  });

  it('knows comments, headers and settings', () => {
    const text = '# é\r\n[profile x] ; y\n  région\u00a0= "vä l" # c\n\n[open\nlast';
    const { lines } = fromText(text);
    expect(lines.map(({ type, eol, indent }) => [type, eol, indent])).toEqual([
      ['comment', '\r\n', 0],
      ['header', '\n', 0],
      ['setting', '\n', 2],
      ['blank', '\n', 0],
      ['text', '\n', 0],
      ['text', '', 0],
    ]);
    const [, header, setting] = lines;
    expect(header).toMatchObject({ name: 'profile x' });
    expect(setting).toMatchObject({ name: 'région', operator: '=', tight: false, value: 'vä l' });
  });

  it('reads leniently what no single SDK reads', () => {
    expect(
      settings(
        'outside = 1\n[a]\nAWS_Access_Key_ID: one\nexport B="two" ; c\n   c = three#not a comment\n' +
          "s3 =\n  d = 'four'\n\n  e: five\nf=\n[b]# glued\ng = h = i\n= no name\n",
      ),
    ).toEqual([
      ['', 'outside', '1'],
      ['a', 'aws_access_key_id', 'one'],
      ['a', 'b', 'two'],
      ['a', 'c', 'three#not a comment'],
      ['a', 's3', ''],
      ['a', 'd', 'four', 's3'],
      ['a', 'e', 'five', 's3'],
      ['a', 'f', ''],
      ['b', 'g', 'h = i'],
    ]);
  });

  it('reads every kind of line end, also the bare CR', () => {
    expect(settings('[a]\rx=1\r\ny=2\nz=3')).toEqual([
      ['a', 'x', '1'],
      ['a', 'y', '2'],
      ['a', 'z', '3'],
    ]);
  });
});
