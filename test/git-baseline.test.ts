// A baseline through what people do with git: it holds for the same leak wherever that goes, and two branches that add to
// it merge.
import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { joinOnMerge } from '../src/commands/baseline-merge.ts';
import { key, repository, type Repository } from './support/repository.ts';
import { cleanEnvironment } from './support/run.ts';

const bakery = key('moonbakery');
const plain = 'region = eu-west-1\noutput = json\n';

/** A key of old, in the baseline, on a branch with work of its own. */
function known(): Repository {
  const repo = repository();
  repo.commit({ 'README.md': '#\n' });
  repo.git('switch', '--quiet', '--create', 'menu');
  repo.commit({ 'a.ini': plain + bakery.lines }, 'Leak');
  repo.commit({ 'b.txt': 'b\n' }, 'Work');
  repo.keyscan('baseline', '--history');
  repo.commit({
    '.keyscan-baseline.json': readFileSync(join(repo.folder, '.keyscan-baseline.json')),
  });
  return repo;
}

describe('a baseline survives', () => {
  it.each<readonly [string, (repo: Repository) => void]>([
    [
      'a rebase',
      (repo) => {
        repo.git('switch', '--quiet', 'main');
        repo.commit({ 'c.txt': 'c\n' });
        repo.git('switch', '--quiet', 'menu');
        repo.git('rebase', '--quiet', 'main');
      },
    ],
    [
      'a squash',
      (repo) => {
        repo.git('switch', '--quiet', 'main');
        repo.git('merge', '--quiet', '--squash', 'menu');
        repo.commit({});
        repo.git('branch', '--quiet', '--delete', '--force', 'menu');
      },
    ],
    ['an amend', (repo) => repo.git('commit', '--quiet', '--amend', '--message', 'Other words')],
    [
      'a rename',
      (repo) => {
        repo.git('mv', 'a.ini', 'deep name.ini');
        repo.commit({});
      },
    ],
    ['a move within its file', (repo) => repo.commit({ 'a.ini': plain.repeat(9) + bakery.lines })],
    ['a copy', (repo) => repo.commit({ 'copies/a.ini': bakery.lines })],
    [
      'reformatting',
      (repo) =>
        repo.commit({
          'a.ini': bakery.lines.replaceAll(/ = (.+)/g, '="$1"').replaceAll('\n', '\r\n'),
        }),
    ],
    [
      'another format',
      (repo) =>
        repo.commit({
          'a.json': JSON.stringify({ accessKeyId: bakery.id, secretAccessKey: bakery.secret }),
        }),
    ],
  ])('%s', (_, change) => {
    const repo = known();
    change(repo);
    expect([repo.keyscan('--history').code, repo.keyscan('.').code]).toEqual([0, 0]);
    repo.commit({ 'new.ini': key('new').lines });
    expect(repo.keyscan('--history').code).toBe(1);
  });
});

it('takes a path for the same whether its accents stand apart, as a Mac writes it, or not', () => {
  const url = `postgres://baker:${bakery.secret.slice(0, 12)}x9@db.moonbakery.dev/orders\n`;
  const prints = ['NFC', 'NFD'].map((form) => {
    const repo = repository();
    repo.write({ ['café.txt'.normalize(form)]: url });
    const { stdout } = repo.keyscan('.', '--format', 'json');
    return /"fingerprint": "([^"]*)"/.exec(stdout)?.[1];
  });
  expect(prints).toEqual([expect.any(String), prints[0]]);
});

describe('two branches that add to a baseline', () => {
  const line = '/.keyscan-baseline.json merge=union';
  const offer = (repo: Repository, answer: boolean | undefined): string | undefined => {
    const host = { env: cleanEnvironment(repo.home, {}) };
    const ask = answer === undefined ? undefined : () => answer;
    return joinOnMerge(join(repo.folder, '.keyscan-baseline.json'), host, ask);
  };

  it('merge without conflict, whatever they add, once the attribute is there', () => {
    const repo = repository();
    repo.commit({ 'a.ini': bakery.lines });
    repo.keyscan('baseline');
    offer(repo, true);
    repo.git('add', '--all');
    repo.commit({});
    for (const branch of ['menu', 'oven', 'cellar']) {
      repo.git('switch', '--quiet', '--create', branch, 'main');
      repo.commit({
        [`${branch}.ini`]: key(branch).lines,
        [`${branch}2.ini`]: key(`${branch}2`).lines,
      });
      repo.keyscan('baseline');
      repo.git('commit', '--quiet', '--all', '--message', 'Known');
    }
    repo.git('switch', '--quiet', 'main');
    for (const branch of ['menu', 'oven', 'cellar'])
      repo.git('merge', '--quiet', '--no-edit', branch);
    expect({ code: repo.keyscan('.').code, tidied: repo.keyscan('baseline').code }).toEqual({
      code: 0,
      tidied: 0,
    });
    expect(
      readFileSync(join(repo.folder, '.keyscan-baseline.json'), 'utf8').split('\n').length,
    ).toBe(11);
  });

  it('merge also where each of them wrote the first one', () => {
    const repo = repository();
    repo.commit({ '.gitattributes': `${line}\n` });
    for (const branch of ['menu', 'oven']) {
      repo.git('switch', '--quiet', '--create', branch, 'main');
      repo.commit({ [`${branch}.ini`]: key(branch).lines });
      repo.keyscan('baseline');
      repo.git('add', '--all');
      repo.commit({});
    }
    repo.git('merge', '--quiet', '--no-edit', 'menu');
    expect(repo.keyscan('.').code).toBe(0);
  });

  it.each([
    ['nothing there', undefined, `${line}\n`],
    ['other attributes', '*.png binary\n', `*.png binary\n${line}\n`],
    ['no last line end', '*.png binary', `*.png binary\n${line}\n`],
    ['CRLF', '*.png binary\r\n', `*.png binary\r\n${line}\r\n`],
  ])('get the attribute when somebody says yes: %s', (_, before, after) => {
    const repo = repository();
    if (before !== undefined) repo.write({ '.gitattributes': before });
    const said = offer(repo, true);
    expect([said, readFileSync(join(repo.folder, '.gitattributes'), 'utf8')]).toEqual([
      `.gitattributes: "${line}" added; commit both files`,
      after,
    ]);
  });

  it.each([
    ['says no', false],
    ['cannot be asked', undefined],
  ])('are told of the line when somebody %s', (_, answer) => {
    const repo = repository();
    expect([offer(repo, answer), existsSync(join(repo.folder, '.gitattributes'))]).toEqual([
      `two branches that add to it can conflict; with this line in .gitattributes git joins them: ${line}`,
      false,
    ]);
  });

  it('are not asked about what is decided, and nothing is written through a link', () => {
    const decided = repository().write({ '.gitattributes': '*.json merge=binary\n' });
    const linked = repository();
    const outside = join(linked.home, 'outside');
    writeFileSync(outside, '');
    symlinkSync(outside, join(linked.folder, '.gitattributes'));
    expect([
      offer(decided, true),
      offer(linked, true)?.slice(0, 12),
      readFileSync(outside, 'utf8'),
    ]).toEqual([undefined, 'two branches', '']);
  });
});
