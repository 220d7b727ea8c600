// What the packs let us pass over must hold nothing: every blob is scanned whole beside it.
import { describe, expect, it } from '@jest/globals';
import {
  appendFileSync,
  chmodSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { createScanner } from '../src/detect/scanner.ts';
import { readBlobs } from '../src/git/objects.ts';
import { siftPacks } from '../src/git/packs.ts';
import { type Git, openGit } from '../src/git/run.ts';
import { runs } from './support/effort.ts';
import { numbers } from './support/numbers.ts';
import { generate } from './support/examples.ts';
import { repository, type Repository } from './support/repository.ts';

const scanner = createScanner();

interface Sifted {
  readonly blobs: ReadonlyMap<string, Uint8Array>;
  /** Ids of those that are passed over. */
  readonly empty: readonly string[];
}

function sift(repo: Repository): Sifted {
  const ids = repo
    .git('cat-file', '--batch-all-objects', '--batch-check=%(objecttype) %(objectname)')
    .split('\n')
    .filter((line) => line.startsWith('blob '))
    .map((line) => line.slice('blob '.length));
  const git = openGit(repo.folder, { HOME: repo.home, PATH: process.env['PATH'] });
  const blobs = new Map(
    [...readBlobs(git, ids)].map(([id, blob]) => [
      id,
      blob instanceof Uint8Array ? blob : new Uint8Array(),
    ]),
  );
  const { find, size } = sifted(git, ids[0]?.length ?? 40);
  const numberOf = (id: string): number => find(Buffer.from(`x${id}`), 1);
  const empty = ids.filter((id) => numberOf(id) >= 0);
  const wrong = empty.filter((id) => size(numberOf(id)) !== blobs.get(id)?.length);
  if (wrong.length > 0) throw new Error(`wrong sizes: ${wrong.join()}`);
  return { blobs, empty };
}

function sifted(git: Git, length: number) {
  const sifting = siftPacks(git, scanner.sieve, length);
  for (;;) {
    const step = sifting.next();
    if (step.done === true) return step.value;
  }
}

function finds(content: Uint8Array): boolean {
  const { findings, skipped } = scanner.scan({ path: 'a.txt', stage: 'committed', content });
  return findings.length + skipped.length > 0;
}

/** Texts as one file's history, packed as git packs them. */
function packed(texts: readonly Uint8Array[], init: readonly string[] = []): Repository {
  const repo = repository({ init });
  const commits = texts.flatMap((text, index) => [
    Buffer.from(
      `commit refs/heads/main\ncommitter A <a@b.c> ${1_800_000_000 + index} +0000\ndata 0\n` +
        `M 100644 inline a.txt\ndata ${text.length}\n`,
    ),
    text,
    Buffer.from('\n'),
  ]);
  repo.input(Buffer.concat(commits), 'fast-import', '--quiet');
  repo.git('repack', '-a', '-d', '-f', '-q', '--depth=50', '--window=20');
  return repo;
}

/** Pieces that make a secret only together, and near or far from each other. */
function fragments(seed: number): readonly string[] {
  const id = generate('aws-id', `sift ${seed}`);
  const secret = generate('aws-secret', `sift ${seed}`);
  const header = ['-----BEGIN', 'RSA PRIVATE', 'KEY-----'].join(' ');
  return [
    id,
    id.slice(0, 9),
    id.slice(9),
    secret,
    secret.slice(0, 21),
    secret.slice(21),
    'aws_secret_access_key =',
    'aws_secret_',
    'access_key = "',
    'pat: "dev.azure.com"',
    header,
    header.replace('BEGIN', 'END'),
    Buffer.from(`aws_secret_access_key = ${secret}`).toString('base64'),
    Buffer.from(id).toString('base64'),
    'https://ada:',
    `postgres://ada:${secret.slice(0, 12)}@moonbakery.example/db`,
    '@moonbakery.example/',
    'eyJ',
    '\0',
    '"',
    '\n\n\n',
  ];
}

/** The more of them there are, the more go. */
function withoutOne(parts: readonly string[], telling: readonly string[]): string[] {
  const places = parts.flatMap((part, at) => (telling.includes(part) ? [at] : []));
  const gone = new Set(places.slice(0, 1 + (places.length >> 1)));
  return parts.filter((_, at) => !gone.has(at));
}

describe('sifting packs', () => {
  it.each(Array.from({ length: runs(3, 30) }, (_, seed) => seed))(
    'passes over nothing that the scanner finds something in, history %i',
    (seed) => {
      const random = numbers(seed);
      const telling = fragments(seed);
      const word = (): string => `const value${random(1000)} = other(${random(1000)});`;
      const parts = Array.from({ length: 200 }, word);
      const texts: Buffer[] = [];
      for (let version = 0; version < 150; version += 1) {
        const at = random(parts.length);
        const change = random(5);
        if (change === 0) parts.splice(at, 1 + random(3));
        else if (change === 1) parts.splice(at, 0, word());
        else if (change === 2) parts.push(...parts.splice(0, at));
        else if (change === 3) parts.splice(at, 0, telling[random(telling.length)] ?? '');
        else parts.splice(0, parts.length, ...withoutOne(parts, telling));
        const text = parts.join('\n');
        texts.push(Buffer.from(text, random(20) === 0 ? 'utf16le' : 'latin1'));
      }
      const { blobs, empty } = sift(packed(texts));
      const holding = [...blobs].filter(([, content]) => finds(content)).map(([id]) => id);
      expect({
        missed: holding.filter((id) => empty.includes(id)),
        passed: empty.length > 9,
      }).toEqual({ missed: [], passed: true });
    },
    60_000,
  );

  const plain = (index: number): Buffer => Buffer.from(`line ${index}\n`.repeat(200));
  const secret = Buffer.from(`id = ${generate('aws-id', 'packs')}\n`);
  const texts = [plain(1), Buffer.concat([plain(1), secret]), plain(2)];

  it('knows the ids of SHA-256', () => {
    const { blobs, empty } = sift(packed(texts, ['--object-format=sha256']));
    expect({ blobs: blobs.size, empty: empty.length }).toEqual({ blobs: 3, empty: 2 });
  });

  it.each([
    ['cut off', (path: string) => truncateSync(path, 60), []],
    ['no pack', (path: string) => writeFileSync(path, 'x'.repeat(4096)), []],
    // what goes wrong behind them changes none of them
    ['too long', (path: string) => appendFileSync(path, 'x'.repeat(4096)), [0, 2]],
  ])('leaves to git what it cannot read in a pack that is %s', (_, damage, passed) => {
    const repo = packed(texts);
    const ids = ['HEAD~2', 'HEAD~1', 'HEAD'].map((commit) =>
      repo.git('rev-parse', `${commit}:a.txt`),
    );
    const folder = join(repo.folder, '.git/objects/pack');
    const pack = readdirSync(folder).find((name) => name.endsWith('.pack')) ?? '';
    chmodSync(join(folder, pack), 0o644);
    damage(join(folder, pack));
    const git = openGit(repo.folder, { HOME: repo.home, PATH: process.env['PATH'] });
    const { find } = sifted(git, 40);
    const isPassed = (id: string): boolean => find(Buffer.from(`x${id}`), 1) >= 0;
    expect(ids.flatMap((id, index) => (isPassed(id) ? [index] : []))).toEqual(passed);
  });

  it('finds the same in many commits whether they are packed or not', () => {
    const lines = Array.from({ length: 260 }, (_, index) => `note ${index}\n`);
    const texts = lines.map((_, index) =>
      Buffer.from(
        lines.slice(0, index + 1).join('') + (index > 100 && index < 120 ? secret.toString() : ''),
      ),
    );
    const repo = packed(texts);
    const packedReport = repo.keyscan('--history', '--format', 'json');
    const [pack = ''] = readdirSync(join(repo.folder, '.git/objects/pack')).filter((name) =>
      name.endsWith('.pack'),
    );
    const moved = join(repo.home, 'pack');
    renameSync(join(repo.folder, '.git/objects/pack', pack), moved);
    rmSync(join(repo.folder, '.git/objects/pack'), { recursive: true });
    repo.input(readFileSync(moved), 'unpack-objects', '-q');
    expect({
      code: packedReport.code,
      findings: (JSON.parse(packedReport.stdout) as { findings: unknown[] }).findings.length,
      loose: repo.keyscan('--history', '--format', 'json'),
    }).toEqual({ code: 1, findings: 1, loose: packedReport });
  });
});
