// The same content gives the same findings, whatever it comes in: another encoding, other line ends, windows cut anywhere.

import { describe, expect, it } from '@jest/globals';

import type { Finding } from '../src/core/finding.ts';
import { createScanner } from '../src/detect/scanner.ts';
import { thorough } from './support/effort.ts';
import { generate } from './support/examples.ts';

const scanner = createScanner();

function findings(content: Uint8Array, using = scanner): readonly Finding[] {
  return using.scan({ path: 'file.txt', stage: 'working-tree', content }).findings;
}

const id = (seed: string): string => generate('aws-id', seed);
const secret = (seed: string): string => generate('aws-secret', seed);

const text = [
  '# Schlüssel für den Ofen 🥐',
  '[default]',
  `aws_access_key_id = ${id('a')}`,
  `aws_secret_access_key = ${secret('a')}`,
  '',
  `ключ 🥐🥐 = "${id('b')}" , "${secret('b')}"`,
  `data: ${Buffer.from(`aws_secret_access_key=${secret('c')}`).toString('base64')}`,
  `token: ${generate('github:ghp', 'd')}`,
  '',
].join('\n');
const plain = findings(Buffer.from(text));

describe('the same text in another encoding', () => {
  it('has findings to compare', () => {
    expect(plain.map(({ rule, kind }) => `${rule} ${kind}`)).toEqual([
      'aws-access-key pair',
      'aws-access-key pair',
      'aws-access-key secret',
      'github-token secret',
    ]);
  });

  const mark = '\ufeff';
  const big = (content: string): Buffer => Buffer.from(content, 'utf16le').swap16();
  it.each([
    ['UTF-8 with a byte order mark', Buffer.from(mark + text)],
    ['UTF-16 little endian', Buffer.from(text, 'utf16le')],
    ['UTF-16 little endian with a byte order mark', Buffer.from(mark + text, 'utf16le')],
    ['UTF-16 big endian', big(text)],
    ['UTF-16 big endian with a byte order mark', big(mark + text)],
  ])('reports the same places: %s', (_name, content) => {
    expect(findings(content)).toEqual(plain);
  });

  it('reports the same places with CRLF line ends', () => {
    expect(findings(Buffer.from(text.replaceAll('\n', '\r\n')))).toEqual(plain);
  });

  it('counts bytes that nobody can decode as the decoder does', () => {
    const content = Buffer.concat([
      Buffer.from([0xff, 0xfe, 0x41, 0xc3]),
      Buffer.from(` ${id('e')}`),
    ]);
    // An odd start like this is no UTF-16 text; ff, fe and c3 are one U+FFFD each.
    const [found] = findings(Buffer.concat([Buffer.from('x'), content]));
    expect([found?.line, found?.column, found?.endColumn]).toEqual([1, 7, 27]);
  });
});

describe('a file too big to hold', () => {
  const windowed = (content: Buffer, core: number): readonly Finding[] => {
    const using = createScanner({ windows: { whole: 0, core, margin: 700 } });
    return using.scan({
      path: 'file.txt',
      stage: 'working-tree',
      content: {
        size: content.length,
        // Readers may give less than they are asked for.
        read: (target, position) =>
          content.copy(target, 0, position, Math.min(content.length, position + 977)),
      },
    }).findings;
  };
  const withoutFrames = (all: readonly Finding[]): unknown =>
    all.map(({ excerpt: _, ...rest }) => rest);

  it('gives the same findings wherever its windows end', () => {
    const content = Buffer.from(`${'Zeile ü\n'.repeat(300)}${text}${'x'.repeat(900)} ${text}`);
    const whole = withoutFrames(findings(content));
    for (let core = 700; core < 1100; core += thorough ? 1 : 13) {
      expect(withoutFrames(windowed(content, core))).toEqual(whole);
    }
  });

  it('gives the same findings for UTF-16', () => {
    const content = Buffer.from(`\ufeff${'Zeile ü\n'.repeat(300)}${text}`, 'utf16le');
    expect(withoutFrames(windowed(content, 1024))).toEqual(withoutFrames(findings(content)));
  });
});

describe("this computer's own keys", () => {
  const own = createScanner({
    own: [
      { profile: 'work', role: 'id', value: id('own') },
      { profile: 'work', role: 'secret', value: secret('own') },
    ],
  });

  it('are known by their profile where they stand', () => {
    const [found] = findings(Buffer.from(`${id('own')} ${secret('own')}`), own);
    expect([found?.kind, found?.profile]).toEqual(['pair', 'work']);
  });

  it.each([
    ['with nothing around it', (value: string) => `${value}\n`],
    ['in a log line', (value: string) => `2026-01-01 sent ${value} to the printer`],
    ['in base64', (value: string) => Buffer.from(`hello ${value} bye`).toString('base64')],
  ])('are found %s', (_name, write) => {
    const content = Buffer.from(write(secret('own')));
    expect(findings(content)).toEqual([]);
    expect(findings(content, own).map(({ rule, kind, profile }) => [rule, kind, profile])).toEqual([
      ['aws-access-key', 'secret', 'work'],
    ]);
  });

  it('take nothing away and give nothing to what only begins like them', () => {
    const other = Buffer.from(`${secret('own').slice(0, 30)}${secret('x').slice(30)}\n`);
    expect(findings(other, own)).toEqual([]);
    expect(findings(Buffer.from(text), own)).toEqual(plain);
  });
});

describe('a fingerprint', () => {
  it('is the same wherever and however the value is written', () => {
    const value = secret('f');
    const of = (content: string): readonly string[] =>
      findings(Buffer.from(content)).map(({ fingerprint }) => fingerprint);
    const [first] = of(`aws_secret_access_key=${value}`);
    expect(first).toMatch(/^ks1:[0-9a-f]{32}$/);
    expect(of(`\n\n  "secretAccessKey": "${value.replaceAll('/', '\\/')}"`)).toEqual([first]);
    expect(of(`secret_key: ${encodeURIComponent(value)}`)).toEqual([first]);
    expect(of(`AWS_SECRET_ACCESS_KEY: ${Buffer.from(value).toString('base64')}`)).toEqual([first]);
    expect(of(`${id('f')}:${value}`)).toEqual([first]);
  });
});
