// Counts three-byte sequences of source text, letters folded to lower case, and writes the commonest to
// src/engine/frequency.ts. Only speed depends on them: the compiler prefers rare ones as anchors.
// Usage: node scripts/measure-trigrams.js FOLDER...

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const counts = new Uint32Array(1 << 24);
let total = 0;

function visit(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) visit(path);
    else if (entry.isFile()) count(readFileSync(path));
  }
}

function count(bytes) {
  if (bytes.subarray(0, 8000).includes(0)) return;
  let window = 0;
  for (let byte of bytes) {
    if (byte >= 65 && byte <= 90) byte += 32;
    window = ((window << 8) | byte) & 0xffffff;
    counts[window]++;
    total++;
  }
}

process.argv.slice(2).forEach(visit);
const common = [];
for (let window = 0; window < counts.length; window++) {
  const bytes = [window >> 16, (window >> 8) & 255, window & 255];
  const perMillion = (counts[window] / total) * 1e6;
  if (perMillion >= 60 && bytes.every((byte) => byte > 32 && byte < 127)) {
    common.push([String.fromCharCode(...bytes), Math.round(perMillion)]);
  }
}
common.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
const groups = new Map();
for (const [text, perMillion] of common.slice(0, 2200)) {
  const level = Math.max(60, Math.round(perMillion / 50) * 50);
  groups.set(level, (groups.get(level) ?? '') + text);
}
const quote = (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
const lines = [...groups].map(([level, text]) => `  [${level}, ${quote(text)}],`);
writeFileSync(
  new URL('../src/engine/frequency.ts', import.meta.url),
  `// Written by scripts/measure-trigrams.js. How often three bytes stand in source text, letters folded to lower case: times a
// million bytes, and the sequences of three one after another. What is not here is rarer than the last.

export const trigramsPerMillion: readonly (readonly [number, string])[] = [
${lines.join('\n')}
];
`,
);
