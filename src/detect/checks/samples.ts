// Keys that their makers print in documentation, sample code and emulators. They open nothing, and everybody has them.

import { createHash } from 'node:crypto';

import type { Checks } from '../check.ts';

export const sampleChecks: Checks = {
  'not-published-sample': (value) =>
    !published.has(createHash('sha256').update(value).digest('hex').slice(0, 16)),
};

/** First 16 digits of SHA-256, so that the keys themselves need not stand here. */
const published: ReadonlySet<string> = new Set([
  // sample keys in Google's and Firebase's own SDK sources
  '2037abcaffb2b777',
  'e4a5542bb7fd7b67',
  'dc0fcf046c61640c',
  '4c98242dcadc8b29',
  'ea9bb1082cf95663',
  '3a8b61d0f636b007',
  'a6c814bc555ae62c',
  // Stripe's documentation
  '2cafc0970149a84f',
  'f2d6ca16515033e5',
  '2d1f7723aabc5c7a',
  // MinIO's public playground, which every `mc` has in its configuration
  '1bbb9293c38acc5e',
  'df452eef23e8cf2c',
  // the first manual of Amazon S3
  '0e8ad95d75d71161',
  // Azurite and the older storage emulator
  '0011cc25eb432071',
  // the Cosmos DB emulator
  'aa6547439583c3a2',
]);
