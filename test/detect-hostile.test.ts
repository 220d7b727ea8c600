// Text that is made to cost: the processor's time grows with its length and no faster.

import { describe, expect, it } from '@jest/globals';

import { createScanner } from '../src/detect/scanner.ts';
import { sampled } from './support/effort.ts';
import { generate } from './support/examples.ts';

const scanner = createScanner();

/** Seconds of the processor. */
function costOf(text: string): number {
  const content = Buffer.from(text);
  const start = process.cpuUsage().user;
  scanner.scan({ path: 'hostile.txt', stage: 'working-tree', content });
  return (process.cpuUsage().user - start) / 1e6;
}

const many = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => make(index)).join('');

const id = (name: string): string => generate('aws-id', name);
const secret = (name: string): string => generate('aws-secret', name);

describe('a scan is done in time with', () => {
  it.each(
    sampled<[string, () => string]>(
      [
        [
          'literals side by side and no comma anywhere',
          () => many(100_000, () => 'aws_secret_access_key="a"+"b"\n'),
        ],
        [
          'blank lines where a PuTTY key ends',
          () =>
            many(100, () =>
              [
                'PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nPrivate-Lines: 1',
                '\n \t\r'.repeat(800),
                `x Private-MAC: ${'0'.repeat(40)}\n`,
              ].join(''),
            ),
        ],
        [
          'blanks before many keys in base64',
          () =>
            Buffer.from(
              ' '.repeat(400_000) + many(10_000, (index) => `${id(`${index}`)}\n`),
            ).toString('base64'),
        ],
        [
          'a key in base64 beside many of its like',
          () => `${Buffer.from(id('one')).toString('base64')} `.repeat(20_000),
        ],
        [
          'keys that lie between one another at the end of one long line',
          () =>
            'x'.repeat(16_000_000) +
            many(
              2000,
              (index) =>
                `{"aws_access_key_id":"${id(`a${index}`)}","b_aws_access_key_id":"${id(`b${index}`)}",` +
                `"aws_secret_access_key":"${secret(`a${index}`)}","b_aws_secret_access_key":"${secret(`b${index}`)}"},`,
            ),
        ],
      ],
      2,
    ),
  )('%s', (_, text) => {
    expect(costOf(text())).toBeLessThan(5);
  });
});
