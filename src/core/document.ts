import type { Stage } from './finding.ts';

/**
 * One thing to scan. `content` is its bytes as they lie there; they are only valid until the next document is asked
 * for, because sources reuse their buffer. A file too big to hold is a Reader, which is scanned in windows.
 */
export interface Document {
  /** As reports show it: relative, `~/…`, `<stdin>`, `<env>/NAME`; always `/`. */
  readonly path: string;
  readonly stage: Stage;
  readonly content: Uint8Array | Reader;
}

/** Random access to the bytes of a big document. */
export interface Reader {
  /** Bytes. */
  readonly size: number;
  /** Fills `target` from byte `position` and says how many bytes it got; 0 at the end. Throws when unreadable. */
  read(target: Uint8Array, position: number): number;
}
