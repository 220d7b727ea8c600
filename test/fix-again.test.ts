// `keyscan --fix` once more: profiles that have moved, and env files that still hold their old keys. Whose a key was is known
// from the journal alone; the AWS files do not hold it any more.
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import { type FakeUser, moonbakery, user } from './support/fake-aws.ts';
import {
  closeAll,
  commitAll,
  everyFile,
  portal,
  section,
  world,
  type World,
} from './support/migration.ts';
import { signIn as signInBefore } from './support/token-cache.ts';

afterAll(closeAll);
jest.setTimeout(60_000);

const asked = [...portal, ...['--role', 'ReadOnlyAccess', '--yes']];

function envOf({ keys: [own] }: FakeUser): string {
  return `# local\nAWS_ACCESS_KEY_ID=${own!.id}\nAWS_SECRET_ACCESS_KEY=${own!.secret}\nAWS_REGION=eu-west-1\n`;
}

const fixedEnv = '# local\nAWS_PROFILE=work\nAWS_REGION=eu-west-1\n';

/** A home in which `work` has moved, and whose key it was. */
let before: { readonly owner: FakeUser; readonly files: Readonly<Record<string, string>> };

beforeAll(async () => {
  const aws = moonbakery();
  const owner = aws.users[0]!;
  const here = await world({ '.aws/credentials': section('work', owner) }, { aws });
  expect((await here.fix(asked)).code).toBe(0);
  const files = [...everyFile(here.home)].map(
    ([file, text]) => [relative(here.home, file), text] as const,
  );
  before = { owner, files: Object.fromEntries(files) };
});

interface Moved extends World {
  /** `.env` of the current tree. */
  readonly envFile: () => string;
  /** Every file that a run could change. */
  readonly everything: () => readonly ReadonlyMap<string, string>[];
}

async function moved(
  tree: Readonly<Record<string, (owner: FakeUser) => string>> = { '.env': envOf },
): Promise<Moved> {
  const { owner, files } = before;
  const here = await world(files, {
    aws: moonbakery({ users: [owner] }),
    tree: Object.fromEntries(Object.entries(tree).map(([name, text]) => [name, text(owner)])),
  });
  return {
    ...here,
    envFile: () => readFileSync(join(here.cwd, '.env'), 'utf8'),
    everything: () => [everyFile(here.home), everyFile(here.cwd)],
  };
}

describe('an env file that holds the key of a profile that has moved', () => {
  it.each([
    ['named', ['.env', '--yes']],
    ['of the current tree', ['--env-files', 'yes', '--yes']],
  ])('gets the profile instead where it is %s; nobody signs in', async (_, args) => {
    const here = await moved();
    const aws = everyFile(join(here.home, '.aws'));
    const { code, report, stderr } = await here.report(args);
    expect([code, here.envFile()]).toEqual([0, fixedEnv]);
    expect(report.files.map(({ path }) => path)).toEqual(['.env']);
    expect(report.profiles).toEqual([
      {
        profile: 'work',
        class: 'keyless',
        action: 'leave',
        state: 'left',
        reason: 'has moved; its old key was left in .env',
        key: null,
        account: '111122223333',
        role: 'ReadOnlyAccess',
        session: 'sso',
        dependants: ['.env'],
        oldKey: 'active',
      },
    ]);
    expect(stderr).toContain('.env names profile work now');
    expect(report.next.join('\n')).toMatch(/keyscan keys deactivate AKIA…[A-Z2-7]{4}/);
    expect(everyFile(join(here.home, '.aws'))).toEqual(aws);
    expect(here.aws.log).toEqual([]);
  });

  it('is left alone the time after that', async () => {
    const here = await moved();
    await here.fix(['.env', '--yes']);
    const all = here.everything();
    const again = await here.report(['.env', '--env-files', 'yes', '--yes']);
    expect([again.code, again.report.profiles, again.report.files]).toEqual([0, [], []]);
    expect(again.stderr).toContain('nothing to do');
    expect(here.everything()).toEqual(all);
  });

  it('is only told of where nobody said yes, with the command that mends it', async () => {
    const here = await moved();
    const text = here.envFile();
    const { code, report, stderr } = await here.report(['--yes']);
    expect([code, here.envFile(), report.files]).toEqual([0, text, []]);
    expect(stderr).toContain('.env goes on holding the old key of profile work');
    expect(report.next).toEqual([
      'put AWS_PROFILE in place of the old key of work:\nkeyscan --fix .env',
    ]);
  });

  it('is neither changed nor asked about with --env-files no', async () => {
    const here = await moved();
    const text = here.envFile();
    const { code } = await here.fix(['--env-files', 'no', '--yes']);
    expect([code, here.envFile()]).toEqual([0, text]);
  });

  it('is something to do for a dry run, which writes nothing', async () => {
    const here = await moved();
    const all = here.everything();
    const { code, report } = await here.report(['--dry-run']);
    expect([code, report.dryRun]).toEqual([1, true]);
    expect(report.files[0]?.diff).toContain('+AWS_PROFILE=work\n');
    expect(here.everything()).toEqual(all);
  });

  it('needs consent where nobody can be asked', async () => {
    const here = await moved();
    const all = here.everything();
    const { code, stdout, stderr } = await here.fix(['.env', '--format', 'json']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--yes');
    expect(here.everything()).toEqual(all);
  });

  it('is no migration of its own: undo takes back the one before', async () => {
    const here = await moved();
    await here.fix(['.env', '--yes']);
    const { code, stderr } = await here.keyscan(['undo', '--yes']);
    expect([code, stderr]).toEqual([0, expect.stringContaining('is taken back')]);
    expect(here.read('.aws/config')).not.toContain('sso_session');
  });

  it('is changed in the run that moves another profile', async () => {
    const here = await moved();
    const other = user({ name: 'eve', account: '111122223333' });
    here.aws.world.users.push(other);
    writeFileSync(join(here.home, '.aws/credentials'), section('other', other));
    const { code, report } = await here.report([...asked, '--env-files', 'yes']);
    expect([code, here.envFile()]).toEqual([0, fixedEnv]);
    expect(report.profiles.map(({ profile, state }) => [profile, state])).toEqual([
      ['work', 'left'],
      ['other', 'done'],
    ]);
  });

  it('is told to be in commits already', async () => {
    const here = await moved();
    commitAll(here.cwd, 'settings');
    const { stderr } = await here.report(['.env', '--yes']);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
      'in commits already: .env. Make that key inactive first',
    );
  });

  it.each([
    ['of a compose file', 'compose.yml', (pair: string) => `environment:\n${pair}`, '  '],
    ['that direnv reads', '.envrc', (pair: string) => pair, 'export '],
  ])('may be one %s', async (_, name, around, lead) => {
    const joint = name === '.envrc' ? '=' : ': ';
    const pair = ({ keys: [own] }: FakeUser): string =>
      `${lead}AWS_ACCESS_KEY_ID${joint}${own!.id}\n${lead}AWS_SECRET_ACCESS_KEY${joint}${own!.secret}\n`;
    const here = await moved({ [name]: (owner) => around(pair(owner)) });
    expect((await here.fix([name, '--yes'])).code).toBe(0);
    expect(readFileSync(join(here.cwd, name), 'utf8')).toBe(
      around(`${lead}AWS_PROFILE${joint}work\n`),
    );
  });
});

describe('an env file is left, and why is said,', () => {
  it('where the secret beside the id is none', async () => {
    const here = await moved({
      '.env': ({ keys: [own] }) => `AWS_ACCESS_KEY_ID=${own!.id}\nAWS_SECRET_ACCESS_KEY=later\n`,
    });
    const text = here.envFile();
    const { code, stderr } = await here.report(['.env', '--yes']);
    expect([code, here.envFile()]).toEqual([0, text]);
    expect(stderr).toContain('.env:1 stays: its other half is not here, or not of the same key');
  });

  it('where it holds no key that is known', async () => {
    const here = await moved({ '.env': () => 'PORT=3000\n' });
    const { code, stderr } = await here.report(['.env', '--yes']);
    expect(code).toBe(0);
    expect(stderr).toContain('.env holds no key of a profile that moves or has moved');
  });

  it('where the profile is gone', async () => {
    const here = await moved();
    rmSync(join(here.home, '.aws'), { recursive: true });
    await leftAlone(here);
  });

  it('where the migration was taken back', async () => {
    const here = await moved();
    expect((await here.keyscan(['undo', '--yes'])).code).toBe(0);
    await leftAlone(here);
  });

  it('where the profile is not one of those named', async () => {
    const here = await moved();
    const config = `${here.read('.aws/config')}\n[profile else]\nregion = eu-west-1\n`;
    writeFileSync(join(here.home, '.aws/config'), config);
    await leftAlone(here, '--profile', 'else');
  });
});

async function leftAlone(here: Moved, ...args: readonly string[]): Promise<void> {
  const text = here.envFile();
  const { code, report } = await here.report(['.env', '--yes', ...args]);
  expect([code, here.envFile(), report.files]).toEqual([0, text, []]);
}

describe('the same command again', () => {
  it('has nothing to do, with --role and --account too', async () => {
    const here = await moved({ 'README.md': () => 'Moonbakery\n' });
    const all = here.everything();
    const { code, stderr } = await here.fix([...asked, '--account', '111122223333']);
    expect([code, stderr]).toEqual([0, expect.stringContaining('nothing to do')]);
    expect(here.everything()).toEqual(all);
  });

  it('has nothing to do with a map that gave a new name, and the env file gets that one', async () => {
    const made = moonbakery();
    const owner = made.users[0]!;
    const map = { 'acme work': { role: 'ReadOnlyAccess', rename: 'acme-work' } };
    const here = await world(
      { '.aws/credentials': section('acme work', owner) },
      { aws: made, tree: { 'map.json': JSON.stringify(map), '.env': envOf(owner) } },
    );
    const args = [...asked.slice(0, 4), '--yes', '--map', 'map.json'];
    expect((await here.fix(args)).code).toBe(0);
    const aws = everyFile(join(here.home, '.aws'));
    const { code } = await here.fix([...args, '.env']);
    expect([code, readFileSync(join(here.cwd, '.env'), 'utf8')]).toEqual([
      0,
      fixedEnv.replace('work', 'acme-work'),
    ]);
    expect(everyFile(join(here.home, '.aws'))).toEqual(aws);
  });
});

describe('a home without a journal', () => {
  it('gets none from a run that has nothing to do', async () => {
    const here = await world({ '.aws/config': '[profile plain]\nregion = eu-west-1\n' });
    signInBefore(here.home, here.aws, 'sso');
    expect((await here.fix(['--yes'])).code).toBe(0);
    expect(existsSync(join(here.home, '.local'))).toBe(false);
  });
});
