// The lines that a migration took out, sealed under a passphrase, for those who want a way back without making a new key.
// scrypt makes the key, AES-256-GCM seals, and the header with all parameters is a part of what is authenticated.
import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';
import { UserError } from '../core/errors.ts';

export interface SealOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** N of scrypt is 2 to this; 17 takes about half a second and 128 MiB. */
  readonly logN?: number;
}

/** Passphrase and content are zeroed: neither is needed again. @throws UserError when the passphrase is too short. */
export function sealUndo(
  content: Uint8Array,
  passphrase: Uint8Array,
  { now, logN = usual.logN }: SealOptions,
): Uint8Array {
  if (passphrase.length < shortestPassphrase) {
    passphrase.fill(0);
    throw new UserError(`the passphrase is shorter than ${shortestPassphrase} characters`, {
      hint: 'It protects an AWS key: several random words are a good one.',
    });
  }
  const salt = randomBytes(saltBytes);
  const nonce = randomBytes(nonceBytes);
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(now));
  const parameters = Buffer.from([version, logN, usual.r, usual.p]);
  const header = Buffer.concat([magic, parameters, time, salt, nonce]);
  const key = keyFor(passphrase, salt, { ...usual, logN });
  try {
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(header);
    const sealed = [header, cipher.update(content), cipher.final(), cipher.getAuthTag()];
    return new Uint8Array(Buffer.concat(sealed));
  } finally {
    key.fill(0);
    content.fill(0);
  }
}

/**
 * The passphrase is zeroed; the content is for the caller to zero.
 * @throws UserError when it is not ours, damaged, or the passphrase is another one; the last two cannot be told apart.
 */
export function openUndo(sealed: Uint8Array, passphrase: Uint8Array): Uint8Array {
  const header = headerOf(sealed);
  if (header === undefined) {
    passphrase.fill(0);
    throw new UserError('what was kept for undo cannot be read', {
      hint: 'It is damaged, or of another version of keyscan.',
    });
  }
  const key = keyFor(passphrase, header.salt, header);
  const body = sealed.subarray(headerBytes, -tagBytes);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, header.nonce)
      .setAAD(sealed.subarray(0, headerBytes))
      .setAuthTag(sealed.subarray(-tagBytes));
    const parts = [decipher.update(body), decipher.final()];
    const content = new Uint8Array(Buffer.concat(parts));
    for (const part of parts) part.fill(0);
    return content;
  } catch (error) {
    throw new UserError('the passphrase does not open what was kept for undo', {
      hint: 'Check the passphrase. If it is right, the file is damaged.',
      cause: error,
    });
  } finally {
    key.fill(0);
  }
}

/** When it was sealed, in milliseconds since 1970, as the header says; undefined when it is not ours. Not proven. */
export function sealedAt(sealed: Uint8Array): number | undefined {
  return headerOf(sealed)?.time;
}

interface Cost {
  readonly logN: number;
  readonly r: number;
  readonly p: number;
}

const magic = Buffer.from('keyscan-undo');
const version = 1;
const usual: Cost = { logN: 17, r: 8, p: 1 };
/** What a file may ask for: more would be an attack on memory. */
const most: Cost = { logN: 18, r: 8, p: 1 };
const saltBytes = 16;
const nonceBytes = 12;
const tagBytes = 16;
const headerBytes = magic.length + 4 + 8 + saltBytes + nonceBytes;
const shortestPassphrase = 12;

interface Header extends Cost {
  readonly time: number;
  readonly salt: Uint8Array;
  readonly nonce: Uint8Array;
}

function headerOf(sealed: Uint8Array): Header | undefined {
  if (sealed.length < headerBytes + tagBytes) return undefined;
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, headerBytes);
  if (!bytes.subarray(0, magic.length).equals(magic)) return undefined;
  const [ofVersion, logN = 0, r = 0, p = 0] = bytes.subarray(magic.length);
  const isSane = logN >= 1 && logN <= most.logN && r === most.r && p === most.p;
  if (ofVersion !== version || !isSane) return undefined;
  const afterTime = magic.length + 4 + 8;
  return {
    ...{ logN, r, p },
    time: Number(bytes.readBigUInt64BE(magic.length + 4)),
    salt: bytes.subarray(afterTime, afterTime + saltBytes),
    nonce: bytes.subarray(afterTime + saltBytes),
  };
}

function keyFor(passphrase: Uint8Array, salt: Uint8Array, { logN, r, p }: Cost): Buffer {
  const N = 2 ** logN;
  try {
    return scryptSync(passphrase, salt, 32, { N, r, p, maxmem: 2 * 128 * N * r + 2 ** 20 });
  } finally {
    passphrase.fill(0);
  }
}
