// What `keyscan --fix` refuses before anything is asked of AWS, and what a map selects. The built program.
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { key, moonbakery } from './support/fake-aws.ts';
import { closeAll, section, userOf, world, type World } from './support/migration.ts';

afterAll(closeAll);
jest.setTimeout(60_000);

const start = ['--start-url', 'https://d-1234567890.awsapps.com/start'];
const region = ['--sso-region', 'us-east-1'];

async function two(tree: Readonly<Record<string, string>> = {}, config = ''): Promise<World> {
  const made = moonbakery();
  const [alice, deploy] = made.users;
  const credentials = section('work', alice!) + section('other', deploy!);
  const files = { '.aws/credentials': credentials, '.aws/config': config };
  return world(files, { aws: made, tree });
}

describe('refused, and nothing is asked of AWS:', () => {
  it.each([
    ['a region that is none', [...start, '--sso-region', 'nowhere'], 'cannot be "nowhere"'],
    ['a start URL over http', ['--start-url', 'http://x.awsapps.com/start', ...region], 'https://'],
    [
      'a name of a session that not every SDK reads',
      [...start, ...region, '--sso-session', 'a b'],
      'cannot be "a b"',
    ],
    [
      'a session that is there with another region',
      ['--sso-session', 'acme', '--sso-region', 'eu-west-1'],
      'another region',
    ],
  ])('%s', async (_, args, why) => {
    const session =
      '[sso-session acme]\nsso_start_url = https://acme.awsapps.com/start\nsso_region = us-east-1\n';
    const here = await two({}, session);
    for (const mode of ['--yes', '--dry-run']) {
      const { code, stderr, stdout } = await here.fix([...args, mode]);
      expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(why)]);
    }
    expect(here.aws.log).toEqual([]);
  });

  const sessions = ['acme', 'till'].map(
    (name) =>
      `[sso-session ${name}]\nsso_start_url = https://${name}.awsapps.com/start\nsso_region = us-east-1\n`,
  );

  it.each([
    ['no start URL', [], '', '--start-url URL --sso-region REGION\n'],
    ['no start URL beside a region', region, '', '--start-url URL\n'],
    ['no region', start, '', '--sso-region REGION\n'],
    ['several sessions and none of them named', [], sessions.join(''), '--sso-session NAME\n'],
  ])('%s, without a terminal', async (_, args, config, flag) => {
    const here = await two({}, config);
    const { code, stderr } = await here.fix([...args, '--yes']);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`say it: ${flag}`)]);
    expect(here.aws.log).toEqual([]);
  });

  it.each([
    ['other', 'two profiles would be called other'],
    ['a b', 'the new name of profile "work" is none that every SDK reads'],
  ])('the new name %j in a map', async (rename, why) => {
    const here = await two({ 'map.json': JSON.stringify({ work: { rename } }) });
    const { code, stderr } = await here.fix([...start, ...region, '--map', 'map.json', '--yes']);
    expect([code, stderr]).toEqual([2, expect.stringContaining(why)]);
    expect(here.aws.log).toEqual([]);
  });
});

it('the answer for programs cannot act on a terminal, whatever a profile is called', async () => {
  const made = moonbakery();
  const name = 'work\u{9b}2J\u{202e}';
  const here = await world({ '.aws/credentials': section(name, made.users[0]!) }, { aws: made });
  const { stdout } = await here.fix([...start, ...region, '--dry-run', '--format', 'json']);
  expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(JSON.parse(stdout)).toMatchObject({ profiles: [{ profile: name }] });
});

describe('a map', () => {
  it.each([
    ['nothing, when it is empty', '{}', [], []],
    ['what is in it', '{"work": {}}', [], ['work']],
    ['no profile beside it, though it be named', '{"work": {}}', ['other', 'work'], ['work']],
    ['the same with a byte order mark', '\uFEFF{"work": {}}', [], ['work']],
  ])('selects %s', async (_, map, named, selected) => {
    const here = await two({ 'map.json': map });
    const profiles = named.flatMap((name) => ['--profile', name]);
    const { code, report } = await here.report(['--dry-run', '--map', 'map.json', ...profiles]);
    expect(report.profiles.map(({ profile }) => profile)).toEqual(selected);
    expect(code).toBe(selected.length === 0 ? 0 : 1);
  });
});

describe('the key', () => {
  it('is told to lie in another home as well', async () => {
    const made = moonbakery();
    const [alice, deploy] = made.users;
    const here = await world(
      {
        'people/a/.aws/credentials': section('work', alice!),
        'people/b/.aws/credentials': section('mine', alice!),
        'people/b/.aws/config': section('profile mine', deploy!),
        'people/c/notes.txt': section('mine', alice!),
      },
      { aws: made },
    );
    const people = join(here.home, 'people');
    const { stdout } = await here.fix(['--dry-run'], { HOME: join(people, 'a') });
    const lines = stdout.replaceAll(/\n {2}(?=\S)/g, ' ').split('\n');
    expect(lines.filter((line) => line.includes('another home'))).toEqual([
      `! ${join(people, 'b/.aws/credentials')}, in another home, goes on holding the key`,
    ]);
  });

  it('of a canary is touched by no action of keyscan keys, though a journal has it', async () => {
    const made = moonbakery();
    const here = await world(
      { '.aws/credentials': section('work', made.users[0]!) },
      { aws: made },
    );
    await here.fix([
      ...[...start, ...region, '--role', 'AdministratorAccess', '--yes', '--deactivate', 'yes'],
    ]);
    const canary = key('052310077262').id;
    const journal = '.local/state/keyscan/journal.jsonl';
    const old = userOf(here.aws, 'alice').keys[0]!.id;
    writeFileSync(join(here.home, journal), here.read(journal).replaceAll(old, canary));
    const before = here.aws.log.length;
    for (const action of ['deactivate', 'reactivate', 'delete']) {
      const { code, stderr } = await here.keyscan(['keys', action, canary, '--yes']);
      expect([action, code, stderr]).toEqual([action, 2, expect.stringContaining('a canary')]);
    }
    expect(here.aws.log.length).toBe(before);
  });
});
