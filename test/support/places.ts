import type { Expanded } from './examples.ts';

export interface Place {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** Marks → lines and columns, in the plainest way. */
export function placesOf({ content, expected }: Expanded): readonly Place[] {
  // A file in UTF-16 reports the places of its UTF-8 twin.
  const encoding = content[1] === 0 ? 'utf16le' : 'utf8';
  const at = (offset: number): readonly [number, number] => {
    const lines = content
      .toString(encoding, 0, offset)
      .replace(/^\ufeff/, '')
      .split('\n');
    return [lines.length, (lines.at(-1) ?? '').length + 1];
  };
  return expected.map(({ start, end }) => {
    const [line, column] = at(start);
    const [endLine, endColumn] = at(end);
    return { line, column, endLine, endColumn };
  });
}
