// Standard input of any length as one document.

import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { fc } from './support/property.ts';
import { readStandardInput } from '../src/sources/stdin.ts';
import { makeFolder } from './support/tree.ts';

function inputOf(bytes: Uint8Array | string): number {
  const file = path.join(makeFolder(), 'input');
  writeFileSync(file, bytes);
  return openSync(file, 'r');
}

describe('standard input', () => {
  it('is one local document, named as asked', () => {
    for (const [name, path] of [
      [undefined, '<stdin>'],
      ['deploy/.env', 'deploy/.env'],
    ] as const) {
      const descriptor = inputOf('a\n');
      const { document, close } = readStandardInput({ name, descriptor });
      expect(document).toEqual({ path, stage: 'local', content: Buffer.from('a\n') });
      close();
      closeSync(descriptor);
    }
  });

  it('may be empty', () => {
    const descriptor = inputOf('');
    expect(readStandardInput({ descriptor }).document.content).toEqual(Buffer.of());
    closeSync(descriptor);
  });

  it('is the same read at any place when it is too long to be held', () => {
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * 31 + (i >> 8)) & 255));
    const descriptor = inputOf(bytes);
    const before = readdirSync(tmpdir()).filter((name) => /^keyscan-[0-9a-f]{24}$/.test(name));
    const { document, close } = readStandardInput({ descriptor, heldBytes: 1000 });
    const { content } = document;
    if (content instanceof Uint8Array) throw new Error('it was held');
    expect(content.size).toBe(bytes.length);
    fc.assert(
      fc.property(fc.nat(71_000), fc.nat(5000), (position, length) => {
        const target = new Uint8Array(length);
        const got = content.read(target, position);
        const expected = bytes.subarray(position, position + length);
        expect(got).toBe(expected.length);
        expect(Buffer.compare(target.subarray(0, got), expected)).toBe(0);
      }),
      { numRuns: 200 },
    );
    const after = readdirSync(tmpdir()).filter((name) => /^keyscan-[0-9a-f]{24}$/.test(name));
    expect(after).toEqual(before);
    close();
    closeSync(descriptor);
  });

  it("is a person's mistake when it is a folder or closed", () => {
    const descriptor = openSync(tmpdir(), 'r');
    const said = expect.objectContaining({
      name: 'UserError',
      message: expect.stringMatching(/^standard input cannot be read: /),
    });
    expect(() => readStandardInput({ descriptor })).toThrow(said);
    closeSync(descriptor);
    expect(() => readStandardInput({ descriptor })).toThrow(said);
  });

  const itOnLinux = process.platform === 'linux' ? it : it.skip;
  itOnLinux('never reaches the disk in plain text', () => {
    const marker = Buffer.from(`moon${'bakery'.repeat(3)}`);
    const descriptor = inputOf(Buffer.concat(Array.from({ length: 2000 }, () => marker)));
    const earlier = new Set(openSpools().map(({ name }) => name));
    const { document, close } = readStandardInput({ descriptor, heldBytes: 100 });
    expect(document.content).not.toBeInstanceOf(Uint8Array);
    // The spool has no name any more; /proc still shows the bytes behind its descriptor.
    const [own, ...others] = openSpools().filter(({ name }) => !earlier.has(name));
    expect(others).toEqual([]);
    const spooled = spawnSync('cat', [own?.file ?? '']).stdout;
    expect([spooled.length, spooled.includes('bakery')]).toEqual([2000 * marker.length, false]);
    close();
    closeSync(descriptor);
  });
});

/** Descriptors of this process whose files keyscan has made and unlinked. */
function openSpools(): readonly { readonly file: string; readonly name: string }[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const name = readlinkSync(`/proc/self/fd/${fd}`);
      const file = `/proc/${process.pid}/fd/${fd}`;
      return /keyscan-[0-9a-f]{24} \(deleted\)$/.test(name) ? [{ file, name }] : [];
    } catch {
      return []; // the descriptor that listed them
    }
  });
}
