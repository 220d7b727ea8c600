// What can be told offline about a string that looks like a GitHub token.

import { createHash } from 'node:crypto';

import type { Checks } from '../check.ts';
import { hasBase62Checksum } from './base62-checksum.ts';
import { readToken } from './jwt.ts';

export const githubChecks: Checks = {
  /** gh?_ and 36 characters (refresh tokens 76), the last six of them a checksum. */
  'github-checksum': (value) => {
    const body = value.slice('ghp_'.length);
    return (body.length === 36 || body.length === 76) && hasBase62Checksum(body);
  },

  /** ghs_, the number of the app, and a JSON Web Token that tells when it ends. */
  'github-stateless': (value, { today }) => {
    const token = readToken(value.slice(value.indexOf('_', 'ghs_'.length) + 1));
    if (token === undefined) return false;
    return token.expires !== undefined && token.expires < today ? { severity: 'low' } : true;
  },

  /**
   * Observed and not documented, so it may raise confidence and not take it away: the 43 characters after the second
   * underscore are followed by the start of base32(SHA-256 of everything before).
   */
  'github-fine-grained': (value) => {
    const digest = createHash('sha256').update(value.slice(0, -16)).digest();
    const start = base32(digest.subarray(0, 5));
    const written = value.slice(-16, -8).toUpperCase();
    return { confidence: written === start ? 'high' : 'medium' };
  },
};

/** Of whole groups of five bytes. */
function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return (bits.match(/.{5}/g) ?? []).map((five) => alphabet[parseInt(five, 2)] ?? '').join('');
}
