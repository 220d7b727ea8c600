// Files that are scanned in windows, the edge of one at each byte of what stands in them. In a program of its own, since
// code under Jest runs ten times as long.

import { createScanner } from '../../src/detect/scanner.ts';
import { facts, type Sample, samples } from './samples.ts';

export interface Edges {
  readonly cuts: number;
  /** Cuts after which what is in the file was found. */
  readonly found: number;
  readonly wrong: readonly string[];
}

const today = new Date('2026-06-01T00:00:00Z');
const scanner = createScanner({ today });
const padding = Buffer.from('Zeile ü, and nothing in it\n'.repeat(1000));

/** Every `step`th byte of each sample, starting at another one in each. */
export function windowEdges(root: string, step: number, wide: boolean): Edges {
  let cuts = 0;
  let found = 0;
  const wrong: string[] = [];
  samples(root).forEach((sample, index) => {
    for (let at = (index * 37) % step; at <= sample.content.length; at += step) {
      const content = cutAt(sample.content, at);
      const encoded = wide ? Buffer.from(content.toString('utf8'), 'utf16le') : content;
      const whole = JSON.stringify(scanWhole(sample, encoded));
      const windows = JSON.stringify(scanWindows(sample, encoded, wide ? 2 : 1));
      cuts++;
      if (whole !== '[]') found++;
      if (whole !== windows) wrong.push(`${sample.name}, byte ${at}\n${whole}\n${windows}`);
    }
  });
  return { cuts, found, wrong };
}

/** Wider than any sample with what belongs to it, as the real one is wider than what belongs together in any file. */
function marginOf({ content }: Sample): number {
  return Math.max(2048, Math.ceil(content.length / 1024) * 2048);
}

/** A window's core, and the bytes it reads, end before byte `at` of the content. */
function cutAt(content: Buffer, at: number): Buffer {
  const margin = marginOf({ content, name: '', path: '' });
  const edge = Math.ceil((margin + at + 1) / margin) * margin;
  const before = Buffer.alloc(edge - at, 32);
  padding.copy(before, 0, 0, before.length - 8);
  before[before.length - 1] = 10;
  return Buffer.concat([before, content, Buffer.from('\n'), padding.subarray(0, 2 * margin)]);
}

function scanWhole({ path }: Sample, content: Buffer): unknown {
  return facts(scanner.scan({ path, stage: 'working-tree', content }).findings);
}

const inWindows = new Map<number, ReturnType<typeof createScanner>>();

function scanWindows(sample: Sample, content: Buffer, width: number): unknown {
  const margin = marginOf(sample) * width;
  // Margins of one core, so that the edges of what is read come to lie on edges of cores.
  const windows = { whole: 0, core: margin, margin };
  const using = inWindows.get(margin) ?? createScanner({ today, windows });
  inWindows.set(margin, using);
  // Readers may give less than they are asked for.
  const read = (target: Uint8Array, position: number): number =>
    content.copy(target, 0, position, Math.min(content.length, position + 1777));
  return facts(
    using.scan({
      path: sample.path,
      stage: 'working-tree',
      content: { size: content.length, read },
    }).findings,
  );
}
