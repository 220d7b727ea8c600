import { accountOf } from '../../aws/keyid.ts';
import type { Checks } from '../check.ts';
import { entropy, isMonotonous, isPlaceholder, isSpelled, isWordy } from '../placeholder.ts';
import { storeById } from '../stores.ts';

/** A key id, or the secret of AWS's documentation. */
const someKey = /A[KS]IA[A-Z0-9]{16}|EXAMPLEKEY/g;

/** AWS's own example; whoever needs another one, say to test a scanner, changes a few characters of it. */
const documented = ['AKIAIOSFODNN7EXAMPLE', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'];

export const awsChecks: Checks = {
  /** An id that could have been issued: its account is possible, and nobody made it up by hand. */
  'aws-key-id': (value) =>
    /^(?:AKIA|ASIA|ABIA|ACCA)/.test(value) &&
    accountOf(value) !== 'impossible' &&
    !isDocumented(value) &&
    !/EXAMP|SAMPLE|FAKE|DUMMY|YOURKEY|ACCESSKEY|SECRET|XXXX|AAAA|ZZZZ|TESTTEST|DEADBEEF|REDACTED/.test(
      value.slice(4),
    ) &&
    !isMonotonous(value.slice(4)) &&
    (/[2-7]/.test(value) || !isSpelled(value.slice(4))) &&
    new Set(value.slice(4)).size >= 6,
  /** Forty characters that 30 random bytes could give: both cases, no digest, no words, no encoded text. */
  'aws-secret': (value) =>
    /[a-z]/.test(value) &&
    /[A-Z]/.test(value) &&
    (/[0-9+/]/.test(value) || !isSpelled(value)) &&
    entropy(value) >= 4 &&
    !/example|sample/i.test(value) &&
    !isDocumented(value) &&
    !isCamelCase(value) &&
    !isWordy(value) &&
    !holdsText(value),
  /** Base64 of many bytes, not of text and not of zeros; AWS writes EXAMPLE into its own, or into the key beside. */
  'aws-token': (value, { before, after }) =>
    new Set(value).size >= 20 &&
    entropy(value) >= 4.2 &&
    !holdsText(value.slice(0, 80)) &&
    !/EXAMPLE/.test(value) &&
    !isBesideExample(before.slice(-400), after.slice(0, 400)),
  'bedrock-key': (value) => entropy(value) >= 3.5,
  /** The version byte comes first: 4 (Signature V4) or 2 (the old one). */
  'smtp-password': (value) =>
    /^(?:B[A-P]|A[g-v])/.test(value) &&
    entropy(value) >= 4 &&
    /[a-z]/.test(value) &&
    /[A-Z]/.test(value) &&
    !holdsText(value),
  /** A key id of another store: random, or with the prefix of one; an AWS id is none. */
  'store-key-id': (value) =>
    !/^(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}$/.test(value) &&
    (storeById(value) !== undefined ||
      (isMixed(value) && entropy(value) >= 3 && !isPlaceholder(value))) &&
    new Set(value).size >= 6,
  'store-secret': (value) =>
    entropy(value) >= 3.2 && isMixed(value) && !isPlaceholder(value) && !isWordy(value),
};

/** As chance writes: with a digit, or in both cases without being words. */
function isMixed(value: string): boolean {
  return /\d/.test(value) || (/[a-z]/.test(value) && /[A-Z]/.test(value) && !isSpelled(value, 0.4));
}

/** Whether the key next to it is one of AWS's documentation: then the token is of the documentation too. */
function isBesideExample(before: string, after: string): boolean {
  const next = before.match(someKey)?.at(-1) ?? after.match(someKey)?.[0];
  return next !== undefined && /EXAMPLE(?:KEY)?$/.test(next);
}

/** Whether it is the documented key in most places: the example itself, or a variant of it. */
function isDocumented(value: string): boolean {
  return documented.some((example) => {
    let same = 0;
    if (value.length === example.length)
      for (let at = 0; at < value.length; at++) if (value[at] === example[at]) same++;
    return same >= value.length * 0.6;
  });
}

/** Words run together, each with its capital, as identifiers are written: nothing but letters, never two capitals in a row. */
function isCamelCase(value: string): boolean {
  return /^[A-Za-z][a-z]*(?:[A-Z][a-z]+)+$/.test(value);
}

/** Whether base64 decodes to printable text: then it is an encoded sentence, not key material. */
function holdsText(value: string): boolean {
  const bytes = Buffer.from(value, 'base64');
  let printable = 0;
  for (const byte of bytes)
    if ((byte >= 32 && byte < 127) || byte === 10 || byte === 13 || byte === 9) printable++;
  return printable >= bytes.length * 0.9;
}
