// Masks and fingerprints: all that leaves of a secret.

import { createHmac } from 'node:crypto';

import type { Role } from '../core/finding.ts';

const bullets = '••••••••';

/** Fixed length; an id shows its prefix and last four, anything else at most its public prefix of `keep` characters. */
export function maskOf(value: string, role: Role, keep: number): string {
  if (role === 'id' && value.length >= 12)
    return `${value.slice(0, Math.max(keep, 4))}…${value.slice(-4)}`;
  return value.slice(0, Math.min(keep, Math.floor(value.length / 3))) + bullets;
}

/** A fixed key: fingerprints must be equal everywhere, but not be found in tables of plain hashes. */
const fingerprintKey = 'keyscan fingerprint, version 1';

/** `ks1:` and 32 hexadecimal digits, from the provider and the value or whatever identifies it. */
export function fingerprintOf(provider: string, identity: string): string {
  const hash = createHmac('sha256', fingerprintKey)
    .update(`${provider}\0${identity}`)
    .digest('hex');
  return `ks1:${hash.slice(0, 32)}`;
}
