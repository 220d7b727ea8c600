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
  const owner = new Map<string, number>();
  values.forEach((value, index) => {
    for (const piece of piecesOf(value)) owner.set(piece, index);
  });
  return (text) => {
    for (let at = 0; at + pieceLength <= text.length; at++) {
      const index = owner.get(text.slice(at, at + pieceLength));
      if (index !== undefined) return `value ${index} at ${at}`;
    }
    return undefined;
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
