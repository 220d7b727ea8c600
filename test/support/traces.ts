// Whether a text holds anything of a secret: the value, its base64 in every alignment, its hex, backwards, and every
// piece of twelve characters of each.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const pieceLength = 12;

function piecesOf(value: string): ReadonlySet<string> {
  const bytes = Buffer.from(value);
  const shifted = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .slice(4, -4),
  );
  const forms = [value, ...shifted, bytes.toString('hex'), [...value].reverse().join('')];
  const pieces = new Set<string>();
  for (const form of forms) {
    for (let at = 0; at + pieceLength <= form.length; at++)
      pieces.add(form.slice(at, at + pieceLength));
  }
  return pieces;
}

/** Says of a text where the first piece of one of the values stands, as a place and not as itself. */
export function traceFinder(values: readonly string[]): (text: string) => string | undefined {
  const traces = tracesOf(values);
  return (text) => {
    for (const [index, at] of traces(text)) return `value ${index} at ${at}`;
    return undefined;
  };
}

/** Finds the values of which a piece stands in a text, by their index, each time with the place. */
export function tracesOf(
  values: readonly string[],
): (text: string) => Iterable<readonly [index: number, at: number]> {
  const owner = new Map<string, number>();
  values.forEach((value, index) => {
    for (const piece of piecesOf(value)) owner.set(piece, index);
  });
  return function* (text) {
    for (let at = 0; at + pieceLength <= text.length; at++) {
      const index = owner.get(text.slice(at, at + pieceLength));
      if (index !== undefined) yield [index, at];
    }
  };
}

/** Every file below the folders as text, byte for byte, by path; links are followed. */
export function everyFile(...folders: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    folders.flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .map((name) => join(folder, name))
        .filter((name) => statSync(name).isFile())
        .map((name): [string, string] => [name, readFileSync(name, 'latin1')]),
    ),
  );
}
