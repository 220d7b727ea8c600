// A text that is changed several times over, remembered as what is left of the original and what is new: so that edits
// of edits come out as edits of the original.

import type { IniEdit } from './ini.ts';

export type Piece =
  | { readonly from: 'original'; readonly start: number; readonly end: number }
  | { readonly from: 'edit'; readonly bytes: Uint8Array };

export function wholeOf(original: Uint8Array): readonly Piece[] {
  return original.length === 0 ? [] : [{ from: 'original', start: 0, end: original.length }];
}

/** `edits` count bytes of what `pieces` make together; they may touch each other but not overlap. */
export function editPieces(pieces: readonly Piece[], edits: readonly IniEdit[]): readonly Piece[] {
  const inOrder = [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
  const result: Piece[] = [];
  let done = 0;
  for (const { start, end, insert } of inOrder) {
    if (start < done || end < start) throw new Error('edits overlap');
    result.push(...cut(pieces, done, start));
    if (insert.length > 0) result.push({ from: 'edit', bytes: insert });
    done = end;
  }
  return [...result, ...cut(pieces, done, Number.POSITIVE_INFINITY)];
}

export function joinPieces(original: Uint8Array, pieces: readonly Piece[]): Uint8Array {
  const parts = pieces.map((piece) =>
    piece.from === 'edit' ? piece.bytes : original.subarray(piece.start, piece.end),
  );
  return new Uint8Array(Buffer.concat(parts));
}

/** The same as edits of the original: what lies between the pieces that are left of it. */
export function editsOf(original: Uint8Array, pieces: readonly Piece[]): IniEdit[] {
  const edits: IniEdit[] = [];
  let done = 0;
  let inserted: Uint8Array[] = [];
  const close = (start: number): void => {
    const insert = new Uint8Array(Buffer.concat(inserted));
    if (start > done || insert.length > 0) edits.push({ start: done, end: start, insert });
    inserted = [];
  };
  for (const piece of pieces) {
    if (piece.from === 'edit') {
      inserted.push(piece.bytes);
    } else {
      close(piece.start);
      done = piece.end;
    }
  }
  close(original.length);
  return edits;
}

/** What stands from `from` to `to` in the joined text. */
function cut(pieces: readonly Piece[], from: number, to: number): Piece[] {
  const result: Piece[] = [];
  let at = 0;
  for (const piece of pieces) {
    const length = piece.from === 'edit' ? piece.bytes.length : piece.end - piece.start;
    const start = Math.max(from - at, 0);
    const end = Math.min(to - at, length);
    at += length;
    if (start >= end) continue;
    result.push(
      piece.from === 'edit'
        ? { from: 'edit', bytes: piece.bytes.subarray(start, end) }
        : { from: 'original', start: piece.start + start, end: piece.start + end },
    );
  }
  return result;
}
