// GitHub's and npm's tokens end in a checksum of themselves: a string that fails it was never issued.

import { crc32 } from 'node:zlib';

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const checksumLength = 6;

/** Whether the last six characters of `body` are the CRC-32 of the others, in base62. */
export function hasBase62Checksum(body: string): boolean {
  const payload = body.slice(0, -checksumLength);
  let rest = crc32(payload);
  let expected = '';
  for (let place = 0; place < checksumLength; place += 1) {
    expected = (digits[rest % 62] ?? '') + expected;
    rest = Math.floor(rest / 62);
  }
  return payload !== '' && body.endsWith(expected);
}
