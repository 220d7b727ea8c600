// `keyscan --fix` on AWS files that lie or look otherwise than usual: moved, linked, one and the same, broken, very long.
// The built program against the loopback fake; what was written is read from the disk.
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { runs } from './support/effort.ts';
import { type FakeUser, moonbakery, user } from './support/fake-aws.ts';
import { closeAll, everyFile, portal, section, world, type World } from './support/migration.ts';
import { temporaryFolder } from './support/run.ts';

const dev = '111122223333';
const asked = [...portal, '--role', 'ReadOnlyAccess', '--yes'];

afterAll(closeAll);
jest.setTimeout(60_000);

const sso = `sso_session = sso
sso_account_id = ${dev}
sso_role_name = ReadOnlyAccess
`;
const session = `[sso-session sso]
sso_start_url = https://d-1234567890.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access
`;

/** The key of alice in the profile `work`; `files` is what there is of it. */
async function alice(files: (owner: FakeUser) => Readonly<Record<string, string>>): Promise<World> {
  const made = moonbakery();
  return world(files(made.users[0]!), { aws: made });
}

const crlf = (text: string): string => text.replaceAll('\n', '\r\n');

describe('AWS files elsewhere', () => {
  it('are the ones that change where both variables name others', async () => {
    const here = await alice((owner) => ({
      'etc/config': '[profile work]\nregion = eu-west-1\n',
      'etc/keys': section('work', owner),
      '.aws/credentials': '[untouched]\n',
    }));
    const { code, report } = await here.report(asked, {
      AWS_CONFIG_FILE: join(here.home, 'etc/config'),
      AWS_SHARED_CREDENTIALS_FILE: join(here.home, 'etc/keys'),
    });
    expect([code, report.files.map(({ path }) => path)]).toEqual([
      0,
      ['~/etc/config', '~/etc/keys'],
    ]);
    expect(here.read('etc/config')).toBe(`[profile work]\n${sso}region = eu-west-1\n\n${session}`);
    expect(here.read('etc/keys')).toBe('');
    expect(here.read('.aws/credentials')).toBe('[untouched]\n');
  });

  it('may be one and the same file', async () => {
    const here = await alice((owner) => ({
      one: section('default', owner),
    }));
    const env = {
      AWS_CONFIG_FILE: join(here.home, 'one'),
      AWS_SHARED_CREDENTIALS_FILE: join(here.home, 'one'),
    };
    const { code, report } = await here.report(asked, env);
    expect([code, report.files.map(({ path }) => path)]).toEqual([0, ['~/one']]);
    expect(here.read('one')).toBe(`[default]\n${sso}\n${session}`);
    expect((await here.fix(['--yes'], env)).stderr).toContain('nothing to do');
  });

  it('may be one file by a link', async () => {
    const here = await alice((owner) => ({ '.aws/config': section('default', owner) }));
    symlinkSync('config', join(here.home, '.aws/credentials'));
    const { code } = await here.fix(asked);
    expect(code).toBe(0);
    expect(here.read('.aws/config')).toBe(`[default]\n${sso}\n${session}`);
    expect(readlinkSync(join(here.home, '.aws/credentials'))).toBe('config');
  });

  it('stay links within the home folder, and nothing is said of it', async () => {
    const here = await alice((owner) => ({ 'dotfiles/credentials': section('work', owner) }));
    mkdirSync(join(here.home, '.aws'));
    symlinkSync('../dotfiles/credentials', join(here.home, '.aws/credentials'));
    const { code, stderr } = await here.report(asked);
    expect([code, stderr.includes('outside')]).toEqual([0, false]);
    expect(lstatSync(join(here.home, '.aws/credentials')).isSymbolicLink()).toBe(true);
    expect(here.read('dotfiles/credentials')).toBe('');
  });

  it.each([['--dry-run'], ['--yes']])(
    'are said to lie outside of the home folder, before anything is written (%s)',
    async (how) => {
      const here = await alice(() => ({}));
      const outside = temporaryFolder('shared');
      const owner = here.aws.world.users[0]!;
      writeFileSync(join(outside, 'credentials'), section('work', owner));
      mkdirSync(join(here.home, '.aws'));
      symlinkSync(join(outside, 'credentials'), join(here.home, '.aws/credentials'));
      const { stderr } = await here.report([...portal, '--role', 'ReadOnlyAccess', how]);
      expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
        `~/.aws/credentials is a link that leads out of your home folder, to ${outside}/credentials: that file is changed`,
      );
      expect(readFileSync(join(outside, 'credentials'), 'utf8')).toBe(
        how === '--yes' ? '' : section('work', owner),
      );
    },
  );
});

describe('AWS files that are written otherwise', () => {
  it('keep their CRLF, in new lines too', async () => {
    const here = await alice((owner) => ({
      '.aws/config': crlf('# ours\n[profile work]\nregion = eu-west-1\n'),
      '.aws/credentials': crlf(`${section('work', owner)}\n[other]\nregion = eu-west-1\n`),
    }));
    const { code } = await here.fix(asked);
    expect(code).toBe(0);
    expect(here.read('.aws/config')).toBe(
      crlf(`# ours\n[profile work]\n${sso}region = eu-west-1\n\n${session}`),
    );
    expect(here.read('.aws/credentials')).toBe(crlf('[other]\nregion = eu-west-1\n'));
  });

  it('and protected against writing are refused as a whole, before anybody has to sign in', async () => {
    const here = await alice((owner) => ({
      '.aws/config': '[profile work]\nregion = eu-west-1\n',
      '.aws/credentials': section('work', owner),
    }));
    chmodSync(join(here.home, '.aws/credentials'), 0o400);
    const before = everyFile(here.home);
    const { code, stdout, stderr } = await here.fix([...asked, '--format', 'json']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('credentials is write-protected');
    expect(everyFile(here.home)).toEqual(before);
    expect(here.aws.log).toEqual([]);
  });
});

describe('AWS files that the AWS CLI cannot read', () => {
  const mark = '\uFEFF';
  const broken = (owner: FakeUser) => ({
    '.aws/config': `${mark}[profile work]\nregion = eu-west-1\n`,
    '.aws/credentials': `${section('work', owner)}\n[other]\nregion = a\n\n[other]\noutput = json\n`,
  });

  it('are repaired first, then the profile moves', async () => {
    const here = await alice(broken);
    const { code, report, stderr } = await here.report(asked);
    expect(code).toBe(0);
    expect(stderr).toContain('they have to be repaired first');
    expect(here.read('.aws/config')).toBe(`[profile work]\n${sso}region = eu-west-1\n\n${session}`);
    expect(here.read('.aws/credentials')).toBe('[other]\nregion = a\noutput = json\n\n');
    expect(report.profiles.map(({ profile, state }) => [profile, state])).toEqual([
      ['work', 'done'],
    ]);
  });

  it('are only shown repaired in a dry run', async () => {
    const here = await alice(broken);
    const before = everyFile(here.home);
    const { code, report } = await here.report([
      ...portal,
      '--role',
      'ReadOnlyAccess',
      '--dry-run',
    ]);
    expect(code).toBe(1);
    expect(report.files.map(({ path }) => path)).toEqual([
      // the repair, and then the migration in what it leaves
      ...['~/.aws/config', '~/.aws/credentials'],
      ...['~/.aws/config', '~/.aws/credentials'],
    ]);
    expect(report.profiles.map(({ profile, state }) => [profile, state])).toEqual([
      ['work', 'planned'],
    ]);
    expect(everyFile(here.home)).toEqual(before);
  });

  it('show a setting whose name would act on a terminal as it is written', async () => {
    const twice = '\x1b[31mregion = a\n\x1b[31mregion = b\n';
    const here = await alice((owner) => ({
      '.aws/credentials': `${section('work', owner)}\n[other]\n${twice}`,
    }));
    const { stdout } = await here.fix([...portal, '--dry-run']);
    expect(stdout).toContain('\\x1b[31mregion was set twice');
    expect(stdout).not.toContain('\x1b');
  });

  it('stay as they are without consent', async () => {
    const here = await alice(broken);
    const before = everyFile(here.home);
    const { code, stdout, stderr } = await here.fix([
      ...portal,
      '--role',
      'ReadOnlyAccess',
      '--format',
      'json',
    ]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--yes');
    expect(everyFile(here.home)).toEqual(before);
  });
});

describe('a key in a file of boto', () => {
  it.each([
    ['~/.boto', '.boto', undefined],
    ['~/etc/boto.cfg', 'etc/boto.cfg', 'BOTO_CONFIG'],
  ])('is told of, since the AWS CLI falls back to it: %s', async (shown, file, variable) => {
    const here = await alice((owner) => ({
      '.aws/credentials': section('work', owner),
      [file]: section('Credentials', owner),
    }));
    const env = variable === undefined ? {} : { [variable]: join(here.home, file) };
    const { stderr } = await here.report(['--dry-run'], env);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
      `${shown} holds a key: boto3 and the AWS CLI use it where a profile has no credentials`,
    );
  });

  it('is not asked about where the file holds none', async () => {
    const here = await alice((owner) => ({
      '.aws/credentials': section('work', owner),
      '.boto': '[Boto]\ndebug = 0\n',
    }));
    expect((await here.report(['--dry-run'])).stderr).not.toContain('.boto');
  });
});

const many = runs(60, 200);

describe(`${many} profiles`, () => {
  it('move in one run, and each keeps its other settings', async () => {
    const made = moonbakery({ pageSize: 20 });
    const names = Array.from({ length: many }, (_, index) => `team-${index + 1}`);
    const owners = names.map((name) => user({ name, account: dev }));
    made.users.push(...owners);
    const here = await world(
      {
        '.aws/config': names.map((name) => `[profile ${name}]\noutput = json\n`).join('\n'),
        '.aws/credentials': names.map((name, index) => section(name, owners[index]!)).join('\n'),
        'map.json': JSON.stringify(
          Object.fromEntries(names.map((name) => [name, { role: 'ReadOnlyAccess' }])),
        ),
      },
      { aws: made },
    );
    const { code, report } = await here.report([
      ...portal,
      ...['--map', join(here.home, 'map.json'), '--yes'],
    ]);
    expect([code, report.profiles.length]).toEqual([0, many]);
    expect(report.profiles.filter(({ state }) => state !== 'done')).toEqual([]);
    expect(here.read('.aws/credentials')).toBe('');
    expect(here.read('.aws/config')).toBe(
      `${names.map((name) => `[profile ${name}]\n${sso}output = json\n`).join('\n')}\n${session}`,
    );
  });
});
