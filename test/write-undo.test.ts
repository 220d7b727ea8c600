// What is kept, sealed, for the way back: never a plaintext backup.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { readPassphraseFile } from '../src/write/passphrase.ts';
import { openUndo, sealedAt, sealUndo } from '../src/write/seal.ts';
import { openState } from '../src/write/state.ts';
import { expireUndo, forgetUndo, keepUndo, loadUndo, undoIsKept } from '../src/write/undo-store.ts';
import { fc } from './support/property.ts';
import { temporaryFolder } from './support/run.ts';

const words = 'correct horse battery staple';
const phrase = (text = words): Uint8Array => new Uint8Array(Buffer.from(text));
const text = 'aws_secret_access_key = made up\n';
const cheap = { now: 1_700_000_000_000, logN: 2 };
const seal = (content = text): Uint8Array =>
  sealUndo(new Uint8Array(Buffer.from(content)), phrase(), cheap);

describe('sealing', () => {
  it('gives the content back to who has the passphrase, and says when it was sealed', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat(2 ** 48), (content, now) => {
        const sealed = sealUndo(content.slice(), phrase(), { now, logN: 1 });
        expect([openUndo(sealed, phrase()), sealedAt(sealed)]).toEqual([content, now]);
      }),
    );
  });

  it('costs what a passphrase needs, unless told otherwise', () => {
    const sealed = sealUndo(new Uint8Array(Buffer.from(text)), phrase(), { now: 0 });
    expect([...sealed.subarray(12, 16)]).toEqual([1, 17, 8, 1]);
    expect(Buffer.from(openUndo(sealed, phrase())).toString()).toBe(text);
  }, 30_000);

  it('shows nothing of the content, and no two are alike', () => {
    const [one, two] = [seal(), seal()];
    expect(Buffer.from(one).includes('secret')).toBe(false);
    expect(Buffer.from(one).subarray(24).equals(Buffer.from(two).subarray(24))).toBe(false);
  });

  it('zeroes what it was given', () => {
    const content = phrase(text);
    const secret = phrase();
    const sealed = sealUndo(content, secret, cheap);
    const again = phrase();
    openUndo(sealed, again);
    expect([content, secret, again].map((bytes) => bytes.every((byte) => byte === 0))).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('refuses a short passphrase', () => {
    expect(() => sealUndo(phrase(text), phrase('eleven char'), cheap)).toThrow(
      'the passphrase is shorter than 12 characters',
    );
  });

  it('opens with no other passphrase, and not when any bit was changed', () => {
    const sealed = seal();
    expect(() => openUndo(sealed, phrase('correct horse battery stapler'))).toThrow(
      'the passphrase does not open what was kept for undo',
    );
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const damaged = sealed.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      // Flipping a cost above what is sane is refused; the rest must not open
      expect(() => openUndo(damaged, phrase())).toThrow(/cannot be read|does not open/);
    }
  }, 120_000);

  it('is not driven into eating memory by a file', () => {
    const greedy = seal();
    greedy[13] = 30;
    expect(() => openUndo(greedy, phrase())).toThrow('what was kept for undo cannot be read');
    for (let length = 0; length < 68; length += 1) {
      expect(() => openUndo(seal('').slice(0, length), phrase())).toThrow(
        /cannot be read|does not open/,
      );
    }
  });
});

describe('what is kept', () => {
  const run = '0123456789ab';
  let folder = '';
  beforeEach(() => {
    folder = join(temporaryFolder('home'), 'state');
  });

  it('lies in the folder of the state, 0600, until it is forgotten', () => {
    keepUndo(folder, run, seal());
    if (process.platform !== 'win32') {
      expect([
        statSync(join(folder, 'undo')).mode & 0o777,
        statSync(join(folder, `undo/${run}.sealed`)).mode & 0o777,
      ]).toEqual([0o700, 0o600]);
    }
    expect(Buffer.from(openUndo(loadUndo(folder, run)!, phrase())).toString()).toBe(text);
    expect(forgetUndo(folder, run)).toBe(true);
    expect([loadUndo(folder, run), readdirSync(join(folder, 'undo'))]).toEqual([undefined, []]);
    expect(forgetUndo(folder, run)).toBe(true);
  });

  it('is gone after a day, and so is what nobody can open', () => {
    keepUndo(folder, run, seal());
    keepUndo(folder, 'aaaaaaaaaaaa', new Uint8Array(100));
    writeFileSync(join(folder, 'undo/notes.txt'), '');
    expect(expireUndo(folder, cheap.now + undoIsKept)).toEqual([run]);
    expect(readdirSync(join(folder, 'undo')).sort()).toEqual([`${run}.sealed`, 'notes.txt']);
    expect(expireUndo(folder, cheap.now + undoIsKept + 1)).toEqual([]);
    expect(readdirSync(join(folder, 'undo'))).toEqual(['notes.txt']);
    expect(expireUndo(join(folder, 'nowhere'), 0)).toEqual([]);
  });

  it('expires whenever the state is opened', () => {
    keepUndo(folder, run, seal());
    openState(folder).close();
    expect(loadUndo(folder, run)).toBeUndefined();
  });

  it('is found by the id of a migration, never by a path', () => {
    expect(() => loadUndo(folder, '../../etc/passwd')).toThrow('is not the id of a migration');
  });
});

describe('a passphrase file', () => {
  const put = (content: string): string => {
    const file = join(temporaryFolder(), 'passphrase');
    writeFileSync(file, content);
    return file;
  };
  const read = (file: string): string => Buffer.from(readPassphraseFile(file)).toString();

  it('gives its first line', () => {
    const contents = [words, `${words}\n`, `${words}\r\n`, `${words}\nmore\n`, ` ${words} \n`];
    expect(contents.map((content) => read(put(content)))).toEqual([
      words,
      words,
      words,
      words,
      ` ${words} `,
    ]);
  });

  (process.platform === 'win32' ? it.skip : it)('may be a pipe', () => {
    const pipe = join(temporaryFolder(), 'pipe');
    spawnSync('mkfifo', [pipe]);
    spawnSync('sh', ['-c', `(printf '%s\\n' '${words}' > "${pipe}") >/dev/null 2>&1 &`]);
    expect(read(pipe)).toBe(words);
  });

  it('that is empty, a folder or not there says so', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'd'));
    expect(() => read(put('\nsecond'))).toThrow('there is no passphrase in');
    expect(() => read(join(folder, 'd'))).toThrow(
      `cannot read the passphrase from ${join(folder, 'd')} (EISDIR)`,
    );
    expect(() => read(join(folder, 'none'))).toThrow('(ENOENT)');
  });

  it('leaves no copy in what it returns', () => {
    const file = put(words);
    expect(readPassphraseFile(file).buffer.byteLength).toBe(words.length);
    expect(readFileSync(file, 'utf8')).toBe(words);
  });
});
