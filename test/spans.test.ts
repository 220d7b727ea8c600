// Lines and columns lead back to the very bytes they were made from, whatever a file is encoded in.
import { describe, expect, it } from '@jest/globals';

import { Positions } from '../src/detect/position.ts';
import { byteAt } from '../src/detect/spans.ts';
import { toText } from '../src/detect/text.ts';
import { runs } from './support/effort.ts';
import { fc } from './support/property.ts';

const character = fc.constantFrom('a', 'B', '=', ' ', '\n', '\r\n', 'ö', '界', '🥐');
const text = fc.array(character, { maxLength: 40 }).map((parts) => parts.join(''));

function utf32(given: string): Buffer {
  const codes = [...given].map((one) => one.codePointAt(0) ?? 0);
  const bytes = Buffer.alloc(4 * codes.length);
  codes.forEach((code, index) => bytes.writeUInt32LE(code, 4 * index));
  return bytes;
}

const encodings: Readonly<Record<string, (given: string) => Buffer>> = {
  'UTF-8': (given) => Buffer.from(given),
  'UTF-8 with a mark': (given) => Buffer.from(`\uFEFF${given}`),
  'UTF-16LE': (given) => Buffer.from(`\uFEFF${given}`, 'utf16le'),
  'UTF-16BE': (given) => Buffer.from(`\uFEFF${given}`, 'utf16le').swap16(),
  'UTF-32': (given) => utf32(`\uFEFF${given}`),
};

/** The place as the scanner reports it. */
function placeIn(bytes: Uint8Array, offset: number): { line: number; column: number } {
  const { bytes: scanned, mark } = toText(bytes);
  return new Positions(scanned, mark).at(offset);
}

describe('the bytes of a place', () => {
  it.each(Object.entries(encodings))('are those of the value in %s', (_, encode) => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const value = 'key 🥐 value';
        const bytes = encode(`${before}${value}${after}`);
        const scanned = Buffer.from(toText(bytes).bytes);
        const start = scanned.indexOf(value);
        const at = byteAt(bytes);
        const from = at(placeIn(bytes, start));
        const to = at(placeIn(bytes, start + Buffer.byteLength(value)));
        const mark = encode('').length;
        expect([from, bytes.subarray(from, to)]).toEqual([
          encode(before).length,
          encode(value).subarray(mark),
        ]);
      }),
      { numRuns: runs(100, 5000) },
    );
  });

  it('are those of the value between bytes that are no text', () => {
    const byte = fc.constantFrom(0x00, 0x0a, 0x41, 0x80, 0xc3, 0xe2, 0xf0, 0xff);
    const noise = fc.array(byte, { maxLength: 20 }).map((all) => Buffer.from(all));
    fc.assert(
      fc.property(noise, noise, (before, after) => {
        const value = Buffer.from('key');
        const bytes = Buffer.concat([before, value, after]);
        fc.pre(toText(bytes).bytes === bytes);
        const at = byteAt(bytes);
        const [start, end] = [before.length, before.length + value.length];
        expect([at(placeIn(bytes, start)), at(placeIn(bytes, end))]).toEqual([start, end]);
      }),
      { numRuns: runs(200, 5000) },
    );
  });
});
