// What is found depends on the text alone: every example of every rule and every form that people write, again in other
// encodings, with other line ends, as a file and as standard input, and with the edge of a window at each of its bytes.

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import type { Finding, ScanReport } from '../src/core/finding.ts';
import { createScanner } from '../src/detect/scanner.ts';
import { bundle } from './support/bundle.ts';
import { sampled, thorough } from './support/effort.ts';
import { generate } from './support/examples.ts';
import { projectRoot, run, temporaryFolder, writeTree } from './support/run.ts';
import { facts, samples } from './support/samples.ts';
import type { Edges } from './support/window-edges.ts';

const today = new Date('2026-06-01T00:00:00Z');
const all = samples(projectRoot);

/** Texts only: what is UTF-16 or no UTF-8 already is written in its own way. */
const texts = all.flatMap(({ name, path, content }) => {
  const text = content.toString('utf8');
  return Buffer.from(text).equals(content) && !text.includes('\0') ? [{ name, path, text }] : [];
});

const scanner = createScanner({ today });

function scan(path: string, content: Uint8Array): unknown {
  return facts(scanner.scan({ path, stage: 'working-tree', content }).findings);
}

/** The samples of which `change` makes another finding. */
function different(change: (text: string, path: string) => unknown, of = texts): readonly string[] {
  return of.flatMap(({ name, path, text }) => {
    const before = JSON.stringify(scan(path, Buffer.from(text)), undefined, 1);
    const after = JSON.stringify(change(text, path), undefined, 1);
    return before === after ? [] : [`${name}\n${before}\n${after}`];
  });
}

it('has samples, most of which are found', () => {
  expect(all.length).toBeGreaterThan(400);
  const found = all.filter(({ path, content }) => JSON.stringify(scan(path, content)) !== '[]');
  expect(found.length).toBeGreaterThan(all.length / 2);
});

describe('the same text gives the same findings', () => {
  const mark = '\ufeff';
  const little = (text: string): Buffer => Buffer.from(text, 'utf16le');
  const big = (text: string): Buffer => little(text).swap16();

  const ways: readonly (readonly [string, (text: string) => Buffer])[] = [
    ['in UTF-8 with a byte order mark', (text) => Buffer.from(mark + text)],
    ['in UTF-16, little endian', little],
    ['in UTF-16, little endian, with a byte order mark', (text) => little(mark + text)],
    ['in UTF-16, big endian', big],
    ['in UTF-16, big endian, with a byte order mark', (text) => big(mark + text)],
    ['with CRLF at the end of lines', (text) => Buffer.from(text.replace(/\r?\n/g, '\r\n'))],
  ];

  it.each(sampled(ways, 2))('%s', (_name, write) => {
    expect(different((text, path) => scan(path, write(text)))).toEqual([]);
  });
});

describe('a file in windows gives the findings of the whole file, wherever they end', () => {
  it.each([
    ['UTF-8', false],
    ['UTF-16', true],
  ])(
    '%s',
    (_name, wide) => {
      const program = bundle(`
      import { windowEdges } from ${JSON.stringify(join(projectRoot, 'test/support/window-edges.ts'))};
      const edges = windowEdges(${JSON.stringify(projectRoot)}, ${thorough ? 5 : 151}, ${wide});
      console.log(JSON.stringify(edges));`);
      const { stdout, stderr } = run([program], { command: process.execPath, timeout: 600_000 });
      expect(stderr).toBe('');
      const { cuts, found, wrong }: Edges = JSON.parse(stdout);
      expect(wrong).toEqual([]);
      expect(cuts).toBeGreaterThan(all.length / 2);
      expect(found).toBeGreaterThan(cuts / 2);
    },
    600_000,
  );
});

describe('the same files give the same findings', () => {
  const cwd = temporaryFolder();
  const paths = all.map(({ path }, index) => `${String(index)}/${path}`);
  writeTree(cwd, Object.fromEntries(all.map(({ content }, index) => [paths[index], content])));
  const options = ['-f', 'json', '--fail-on', 'never', '--no-inline-ignore'];
  const read = (args: readonly string[], input?: Uint8Array): readonly Finding[] => {
    const { code, stdout, stderr } = run([...options, ...args], {
      cwd,
      ...(input === undefined ? {} : { input }),
    });
    expect([code, stderr]).toEqual([0, '']);
    const { findings }: ScanReport = JSON.parse(stdout);
    return findings;
  };
  const folder = read(['.']);
  const byPath = byPathOf(folder);
  const inFolder = (path: string): unknown => facts(byPath.get(path) ?? []);

  it('in a folder as one by one', () => {
    const wrong = all.filter(({ content }, index) => {
      // The whole path: a password that can be guessed is known again by its file alone.
      const path = paths[index] ?? '';
      return JSON.stringify(inFolder(path)) !== JSON.stringify(scan(path, content));
    });
    expect(wrong.map(({ name }) => name)).toEqual([]);
    expect(folder.length).toBeGreaterThan(all.length / 2);
  });

  it('on standard input as in a file', () => {
    const step = thorough ? 1 : 67;
    let found = 0;
    for (let index = 0; index < all.length; index += step) {
      const name = paths[index] ?? '';
      const findings = read(['--stdin', '--stdin-filename', name], all[index]?.content);
      expect([name, facts(findings)]).toEqual([name, inFolder(name)]);
      found += findings.length;
    }
    expect(found).toBeGreaterThan(0);
  }, 600_000);

  it('around the edges of real windows, in a file and on standard input', () => {
    const mebibyte = 1 << 20;
    const content = Buffer.alloc(40 * mebibyte, 'nothing but this line, again and again\n');
    const texts = new Map<number, string>();
    // Cores of 8 MiB with margins of 128 KiB, if the file is larger than 32 MiB.
    for (let core = 8 * mebibyte; core < content.length; core += 8 * mebibyte) {
      for (const edge of [core - mebibyte / 8, core, core + mebibyte / 8]) {
        const key = `aws_access_key_id = ${generate('aws-id', String(edge))}\n`;
        const text = `\n${key}aws_secret_access_key = ${generate('aws-secret', String(edge))}\n`;
        // Through the id, between both, through the secret, and through its name
        const cuts = [30, key.length + 1, key.length + 40, key.length + 9];
        texts.set(edge - (cuts[texts.size % cuts.length] ?? 0), text);
      }
    }
    for (const [at, text] of texts) content.write(text, at);
    writeFileSync(join(cwd, 'big.log'), content);
    const file = read(['big.log']);
    expect(file.map(({ kind, line }) => [kind, line])).toEqual(
      [...texts.keys()].map((at) => ['pair', lineOf(content, at + 1)]),
    );
    expect(facts(read(['--stdin', '--stdin-filename', 'big.log'], content))).toEqual(facts(file));
    rmSync(join(cwd, 'big.log'));
  }, 60_000);

  it('in the index as in the folder', () => {
    run(['init', '-q'], { cwd, command: 'git' });
    run(['add', '-A', '-f'], { cwd, command: 'git' });
    const staged = read(['--staged']);
    expect(facts(staged)).toEqual(facts(folder));
    expect(new Set(staged.map(({ path }) => path))).toEqual(new Set(byPath.keys()));
  });
});

function lineOf(content: Buffer, offset: number): number {
  let line = 1;
  for (let at = content.indexOf(10); at >= 0 && at < offset; at = content.indexOf(10, at + 1))
    line++;
  return line;
}

function byPathOf(findings: readonly Finding[]): ReadonlyMap<string, readonly Finding[]> {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const group = groups.get(finding.path);
    if (group === undefined) groups.set(finding.path, [finding]);
    else group.push(finding);
  }
  return groups;
}
