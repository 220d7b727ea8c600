// `{{A-Za-z0-9*24}}` and `{{0-9a-f*20-30}}` in the examples of a rule stand for characters that look random, so that no
// file of rules has to hold a text that looks like a secret. The same run is the same text every time.
import { createHash } from 'node:crypto';

import { byteSet } from '../engine/charset.ts';

export function expandRuns(text: string): string {
  return text.replace(
    /\{\{([^{}]{1,200})\*(\d{1,4})(?:-(\d{1,4}))?\}\}/g,
    (whole, set: string, least: string, most: string | undefined) =>
      randomText(
        set,
        most === undefined ? Number(least) : Math.floor((Number(least) + Number(most)) / 2),
        whole,
      ),
  );
}

function randomText(notation: string, length: number, seed: string): string {
  const set = byteSet(notation);
  const characters = [...set.keys()]
    .filter((byte) => set[byte])
    .map((byte) => String.fromCharCode(byte));
  let made = '';
  for (let block = 0; made.length < length; block++) {
    for (const byte of createHash('sha256').update(`${seed}#${block}`).digest()) {
      made += characters[byte % characters.length] ?? '';
    }
    if (characters.length === 0) break;
  }
  return made.slice(0, length);
}
