// What the readers of the dialects share.

import type { SettingValue } from './dialects.ts';

/** Why a whole file is refused; never quotes the file. */
export class Refusal extends Error {}

export type MutableSettings = Map<string, SettingValue>;
export type Sections = Map<string, MutableSettings>;

/** Throws a `Refusal` for what is not UTF-8. */
export function decodeStrictly(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refusal('it is not UTF-8');
  }
}
