// Screens kept whole in fixtures/screens. A missing one fails; KEYSCAN_ACCEPT_SCREENS=1 writes them, to be read as
// carefully as code before they are committed.

import { readFileSync, writeFileSync } from 'node:fs';

const folder = new URL('../../fixtures/screens/', import.meta.url);

/** The kept screen, after accepting `actual` where that was asked for. */
export function keptScreen(name: string, actual: string): string {
  const file = new URL(`${name}.txt`, folder);
  if (process.env['KEYSCAN_ACCEPT_SCREENS'] === '1') writeFileSync(file, actual);
  return readFileSync(file, 'utf8');
}

/** Colours as people can read them in a file: the escape character spelt out. */
export function spellEscapes(text: string): string {
  return text.replaceAll('\u001b', '\\e');
}

/** What differs from run to run made the same: how long it took, and what the test knows of (folders, ports, keys). */
export function stable(
  screen: string,
  known: readonly (readonly [RegExp | string, string])[] = [],
) {
  const all = [...known, [/ in <?\d+(?:\.\d+)? s\b/g, ' in N s'] as const];
  return all.reduce((text, [from, to]) => text.replaceAll(from, to), screen);
}
