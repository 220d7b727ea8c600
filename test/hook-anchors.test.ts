// The first step of the hook may say "clean" only where Node would. What holds a finding and no NUL byte holds what grep
// looks for: shown with every example of every rule, as it is and in the encodings that the scanner sees through.
import { describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { rules } from '../rules/index.ts';
import { hookAnchors } from '../src/commands/hook-anchors.ts';
import { createScanner } from '../src/detect/scanner.ts';
import { compile } from '../src/engine/compile.ts';
import { expand } from './support/examples.ts';
import { repository } from './support/repository.ts';
import { run, temporaryFolder } from './support/run.ts';

const expression = hookAnchors(compile(rules));
const scanner = createScanner({ today: new Date('2026-06-01T00:00:00Z') });

const encodings: Readonly<Record<string, (content: Buffer) => Buffer>> = {
  plain: (content) => content,
  base64: (content) => Buffer.from(content.toString('base64')),
  'base64, one byte on': (content) => base64Behind('x', content),
  'base64, two bytes on': (content) => base64Behind('xy', content),
  'base64 of utf-16': (content) =>
    Buffer.from(Buffer.from(content.toString(), 'utf16le').toString('base64')),
  percent: escaped((byte) => `%${hex(byte).toUpperCase()}`),
  '\\x': escaped((byte) => `\\x${hex(byte)}`),
  '\\u': escaped((byte) => `\\u00${hex(byte)}`),
  '&#': escaped((byte) => `&#${byte};`),
  '&#x': escaped((byte) => `&#X${hex(byte)};`),
};

function base64Behind(before: string, content: Buffer): Buffer {
  return Buffer.from(Buffer.concat([Buffer.from(before), content]).toString('base64'));
}

function escaped(escape: (byte: number) => string): (content: Buffer) => Buffer {
  return (content) => Buffer.from([...content].map(escape).join(''));
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

describe('the first step of the hook', () => {
  it.each([
    ['no home folder is named', 'unset HOME', {}],
    ['AWS files are named by variables', "export AWS_CONFIG_FILE='$OVEN/config'", {}],
    [
      'a key of package.json may be ours in escapes',
      ':',
      { 'package.json': '{"\\u006beyscan": {}}' },
    ],
  ])('leaves the answer to Node where %s', (_, first, files) => {
    const repo = repository();
    repo.commit({ 'README.md': '#\n' });
    const step = (before: string): readonly (number | null)[] =>
      ['', '-portable'].map(
        (which) => repo.start('sh', '-c', `${before}; sh "$KEYSCAN_FIRST_STEP"${which}`).status,
      );
    repo.stage({ 'a.txt': 'a\n' });
    const plain = step(':');
    repo.write(files);
    expect([plain, step(first)]).toEqual([
      [0, 0],
      [7, 7],
    ]);
  });
});

describe('what the hook looks for', () => {
  it('is in every example that is found, however it is encoded', () => {
    const folder = temporaryFolder('examples');
    const leaking: string[] = [];
    for (const rule of rules) {
      rule.examples.forEach((example, index) => {
        const { content, path } = expand(example);
        for (const [name, encode] of Object.entries(encodings)) {
          const bytes = encode(content);
          const { findings } = scanner.scan({ path, stage: 'staged', content: bytes });
          if (findings.length === 0 || bytes.includes(0)) continue;
          const file = `${rule.id} ${index} ${name.replace('\\', '_')}`;
          writeFileSync(join(folder, file), bytes);
          leaking.push(file);
        }
      });
    }
    const missed = run(['-rLE', '-e', expression, '.'], { command: 'grep', cwd: folder });
    expect(missed.stdout).toBe('');
    expect(leaking.length).toBeGreaterThan(1000);
  });

  it('is not in ordinary text, however much of it', () => {
    const folder = temporaryFolder('ordinary');
    const words = 'email assault ping commit disk skeleton gas a=b; if (x) { return key + 1; }';
    writeFileSync(join(folder, 'a.txt'), `${words} ${words.toUpperCase()}\n`.repeat(1000));
    const found = run(['-oE', '-e', expression, 'a.txt'], { command: 'grep', cwd: folder });
    expect(found).toMatchObject({ stdout: '', code: 1 });
  });
});
