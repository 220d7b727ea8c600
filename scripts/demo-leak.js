// Prints an env file with an AWS key that never was one, for trying keyscan out. Made here from parts, so that no
// secret-shaped text lies in the repository.
import { createHash } from 'node:crypto';

const digest = createHash('sha512').update('keyscan demo').digest();
const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const pick = (alphabet, from, count) =>
  Array.from(digest.subarray(from, from + count), (byte) => alphabet[byte % alphabet.length]).join(
    '',
  );

// Q first: an id whose decoded account number is one that can exist
process.stdout.write(`AWS_ACCESS_KEY_ID=${'AK'}IAQ${pick(base32, 0, 15)}
AWS_SECRET_ACCESS_KEY=${pick(base64, 15, 40)}
`);
