// `keyscan --fix` from end to end: the built program, real files, the loopback fake of AWS. Who signed what is read from
// the fake's log, what was written from the disk.
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { key, moonbakery, user } from './support/fake-aws.ts';
import {
  closeAll,
  commitAll,
  everyFile,
  portal,
  section,
  userOf,
  waysToWrite,
  world,
  type World,
} from './support/migration.ts';
import { signIn as signInBefore } from './support/token-cache.ts';

const dev = '111122223333';
const prod = '444455556666';

afterAll(closeAll);
jest.setTimeout(60_000);

/** One profile, its key that of the user alice; an account in which alice has three roles. */
async function alice(): Promise<World> {
  const made = moonbakery();
  const [owner] = made.users;
  return world(
    { '.aws/credentials': section('work', owner!), '.aws/config': config },
    { aws: made },
  );
}

const config = '# ours\n[profile work]\nregion = eu-west-1\n';

const moved = `# ours
[profile work]
sso_session = sso
sso_account_id = ${dev}
sso_role_name = ReadOnlyAccess
region = eu-west-1

[sso-session sso]
sso_start_url = https://d-1234567890.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access
`;

describe('a migration', () => {
  it('moves the profile, proves it, and takes the key out', async () => {
    const here = await alice();
    const { code, report } = await here.report([...portal, '--role', 'ReadOnlyAccess', '--yes']);
    expect(code).toBe(0);
    expect(report.profiles).toEqual([
      {
        profile: 'work',
        class: 'human',
        action: 'migrate',
        state: 'done',
        reason: 'move to SSO',
        key: expect.stringMatching(/^AKIA…[A-Z2-7]{4}$/),
        account: dev,
        role: 'ReadOnlyAccess',
        session: 'sso',
        dependants: [],
        oldKey: 'active',
      },
    ]);
    expect(here.read('.aws/config')).toBe(moved);
    expect(here.read('.aws/credentials')).toBe('');
  });

  it('signs with the old key only to ask whose it is', async () => {
    const here = await alice();
    await here.fix([...portal, '--role', 'ReadOnlyAccess', '--yes']);
    const signed = here.aws.log.filter(({ signer }) => signer?.startsWith('AKIA'));
    expect(signed.map(({ operation, verified }) => [operation, verified])).toEqual([
      ['GetCallerIdentity', true],
    ]);
  });

  it('signs nothing with the old key under --no-verify', async () => {
    const here = await alice();
    const { code } = await here.fix([
      ...portal,
      '--role',
      'ReadOnlyAccess',
      '--yes',
      '--no-verify',
    ]);
    expect(code).toBe(0);
    expect(here.aws.log.filter(({ signer }) => signer?.startsWith('AKIA'))).toEqual([]);
    expect(here.read('.aws/config')).toBe(moved);
  });

  it('signs in again when the session that the cache still holds was ended by an administrator', async () => {
    const here = await alice();
    signInBefore(here.home, here.aws, 'sso');
    here.aws.state.tokens.clear();
    here.aws.state.refreshTokens.clear();
    const { code } = await here.fix([...portal, '--role', 'ReadOnlyAccess', '--yes']);
    expect(code).toBe(0);
    expect(here.read('.aws/config')).toBe(moved);
  });

  it('has nothing to do the second time', async () => {
    const here = await alice();
    await here.fix([...portal, '--role', 'ReadOnlyAccess', '--yes']);
    const before = everyFile(here.home);
    const asked = here.aws.log.length;
    const { code, stderr } = await here.fix(['--yes']);
    expect(code).toBe(0);
    expect(stderr).toContain('nothing to do');
    expect(everyFile(here.home)).toEqual(before);
    expect(here.aws.log.length).toBe(asked);
  });

  it('leaves the tools of the AWS signed in: the token lies in their cache, closed to others', async () => {
    const here = await alice();
    await here.fix([...portal, '--role', 'ReadOnlyAccess', '--yes']);
    const cache = [...everyFile(join(here.home, '.aws/sso/cache'))];
    const token = cache
      .map(([, text]) => JSON.parse(text) as Record<string, string>)
      .find((content) => 'accessToken' in content);
    expect(token).toMatchObject({
      startUrl: 'https://d-1234567890.awsapps.com/start',
      region: 'us-east-1',
    });
    expect(cache.map(([file]) => statSync(file).mode & 0o777)).toEqual(cache.map(() => 0o600));
  });

  it('signs in with a code where there is no browser', async () => {
    const here = await alice();
    const { code, stderr } = await here.fix([
      ...portal,
      ...['--role', 'ReadOnlyAccess', '--yes', '--device-code'],
    ]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/code {2}[0-9A-F-]{8,9} /);
  });

  it('makes the credentials file no wider than 0600, and keeps a narrower mode', async () => {
    const here = await alice();
    chmodSync(join(here.home, '.aws/credentials'), 0o644);
    await here.fix([...portal, '--role', 'ReadOnlyAccess', '--yes']);
    expect(statSync(join(here.home, '.aws/credentials')).mode & 0o777).toBe(0o600);
  });

  it('takes account and role of each profile from a map, and leaves what is not in it', async () => {
    const made = moonbakery();
    const [first, second] = made.users;
    const here = await world(
      { '.aws/credentials': `${section('work', first!)}\n${section('other', second!)}` },
      { aws: made, tree: { 'map.json': JSON.stringify({ work: { role: 'Billing' } }) } },
    );
    const { code, report } = await here.report([...portal, '--map', 'map.json', '--yes']);
    expect(code).toBe(0);
    expect(report.profiles.map(({ profile, role }) => [profile, role])).toEqual([
      ['work', 'Billing'],
    ]);
    expect(here.read('.aws/credentials')).toBe(section('other', second!));
  });
});

describe('a name that some SDK cannot read', () => {
  const odd = async () => {
    const made = moonbakery();
    return world({ '.aws/credentials': section('acme work', made.users[0]!) }, { aws: made });
  };

  it('is given another one by the map, and the profile moves', async () => {
    const here = await odd();
    writeFileSync(
      join(here.cwd, 'map.json'),
      JSON.stringify({ 'acme work': { role: 'ReadOnlyAccess', rename: 'acme-work' } }),
    );
    const { code, report } = await here.report([...portal, '--map', 'map.json', '--yes']);
    expect({ code, profiles: report.profiles }).toMatchObject({
      code: 0,
      profiles: [{ profile: 'acme work', class: 'odd-name', action: 'migrate', state: 'done' }],
    });
    expect(here.read('.aws/config')).toBe(
      moved
        .replace('# ours\n', '')
        .replace('[profile work]', '[profile acme-work]')
        .replace('region = eu-west-1\n', ''),
    );
    expect(here.read('.aws/credentials')).toBe('');
  });

  it('is left as it is without', async () => {
    const here = await odd();
    const before = here.read('.aws/credentials');
    const { code, report } = await here.report([...portal, '--role', 'ReadOnlyAccess', '--yes']);
    expect({ code, profiles: report.profiles }).toMatchObject({
      code: 1,
      profiles: [{ profile: 'acme work', class: 'odd-name', action: 'leave', state: 'left' }],
    });
    expect(here.read('.aws/credentials')).toBe(before);
  });
});

describe('without a terminal', () => {
  it.each([
    ['the start URL', ['--yes'], '--start-url'],
    ['the region', ['--yes', ...portal.slice(0, 2)], '--sso-region'],
    ['consent', [...portal, '--role', 'ReadOnlyAccess'], '--yes'],
  ])('wants %s said before it signs in, and writes nothing', async (_, args, flag) => {
    const here = await alice();
    const before = everyFile(here.home);
    const { code, stderr } = await here.fix(args);
    expect(code).toBe(2);
    expect(stderr).toContain(flag);
    expect(everyFile(here.home)).toEqual(before);
    expect(here.aws.log).toEqual([]);
  });

  const consented = [...portal, '--role', 'ReadOnlyAccess', '--yes'];

  it.each([
    ['there is no browser', [], { BROWSER: 'none' }],
    ['none is to be opened', ['--no-browser'], {}],
  ])('signs in with a code where %s: the page could not come back', async (_, args, env) => {
    const here = await alice();
    const { code, stderr } = await here.fix([...consented, ...args], env);
    expect(code).toBe(0);
    expect(stderr).toContain('no browser can be opened here: sign in with a code, on any device');
    expect(stderr).toMatch(/^ {2}code {2}[0-9A-F-]{8,9} /m);
    expect(stderr).toMatch(/^ {2}page {2}http:\/\/127\.0\.0\.1:\d+\/device\?/m);
    expect(here.read('.aws/config')).toBe(moved);
  });

  it('chooses no role of several, names them, and leaves the profile', async () => {
    const here = await alice();
    const before = everyFile(here.home);
    const { code, report, stderr } = await here.report([...portal, '--yes']);
    expect(code).toBe(1);
    expect(report.profiles[0]).toMatchObject({
      state: 'left',
      reason: '3 roles fit, and none was chosen',
    });
    expect(stderr.match(/AWS profiles of this computer/g)).toHaveLength(1);
    expect(everyFile(here.home)).toEqual(before);
  });
});

describe('with CI set', () => {
  const CI = { CI: 'true' };
  const work = ['--profile', 'work'];

  it.each([
    ['the start URL', ['--yes'], '--start-url'],
    ['the region', ['--yes', ...portal.slice(0, 2)], '--sso-region'],
    ['somebody to sign in', [...portal, '--role', 'ReadOnlyAccess', '--yes'], '--device-code'],
  ])('wants %s said at once, and writes nothing', async (_, args, flag) => {
    const here = await alice();
    const before = everyFile(here.home);
    const { code, stdout, stderr } = await here.fix([...work, ...args, '--format', 'json'], CI);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(flag);
    expect(everyFile(here.home)).toEqual(before);
  });

  const signedIn = async () => {
    const here = await alice();
    const own = moved.slice(moved.indexOf('[sso-session'));
    writeFileSync(join(here.home, '.aws/config'), `${config}\n${own}`);
    signInBefore(here.home, here.aws, 'sso');
    return here;
  };

  it('wants consent said', async () => {
    const here = await signedIn();
    const before = everyFile(here.home);
    const { code, stderr } = await here.fix([...work, '--role', 'ReadOnlyAccess'], CI);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--yes')]);
    expect(everyFile(here.home)).toEqual(before);
  });

  it('leaves a profile with several roles', async () => {
    const here = await signedIn();
    const before = everyFile(here.home);
    const { code, report } = await here.report([...work, '--yes'], CI);
    expect({ code, profiles: report.profiles }).toMatchObject({
      code: 1,
      profiles: [{ state: 'left', reason: '3 roles fit, and none was chosen' }],
    });
    expect(everyFile(here.home)).toEqual(before);
  });

  it('moves what is named, where somebody has signed in before; the old key stays active', async () => {
    const here = await signedIn();
    const { code, report } = await here.report([...work, '--role', 'ReadOnlyAccess', '--yes'], CI);
    expect({ code, profiles: report.profiles }).toMatchObject({
      code: 0,
      profiles: [{ state: 'done', oldKey: 'active' }],
    });
    expect(here.read('.aws/config')).toBe(moved);
  });

  it('takes a profile that nobody names for a machine’s, and leaves it', async () => {
    const here = await signedIn();
    const before = everyFile(here.home);
    const { code, report } = await here.report(['--yes'], CI);
    expect({ code, profiles: report.profiles }).toMatchObject({
      code: 0,
      profiles: [{ class: 'robot', state: 'left' }],
    });
    expect(everyFile(here.home)).toEqual(before);
  });
});

describe('a dry run', () => {
  it('asks nobody, writes nothing, and says that there is something to do', async () => {
    const here = await alice();
    const before = everyFile(here.home);
    const { code, report } = await here.report(['--dry-run']);
    expect(code).toBe(1);
    expect(report.dryRun).toBe(true);
    expect(report.profiles[0]).toMatchObject({ profile: 'work', state: 'planned', account: dev });
    expect(everyFile(here.home)).toEqual(before);
    expect(here.aws.log).toEqual([]);
  });

  it('shows the whole change when all of it is known', async () => {
    const here = await alice();
    const { report } = await here.report(['--dry-run', ...portal, '--role', 'ReadOnlyAccess']);
    const [file] = report.files;
    expect(file?.path).toBe('~/.aws/config');
    expect(file?.diff).toContain('+sso_role_name = ReadOnlyAccess');
  });

  it('names in the difference what only the sign-in can tell', async () => {
    const here = await alice();
    const { report } = await here.report(['--dry-run']);
    expect(report.files.map(({ path }) => path)).toEqual(['~/.aws/config', '~/.aws/credentials']);
    expect(report.files[0]?.diff).toContain('+sso_role_name = <chosen after you sign in>\n');
    expect(report.files[0]?.diff).toContain('+sso_start_url = <your start URL>\n');
    expect(report.profiles[0]).toMatchObject({ role: null, session: null, account: dev });
  });

  it('calls what it does not know by no name, in what it warns of either', async () => {
    const made = moonbakery();
    const chained = `[profile chained]\nrole_arn = arn:aws:iam::${prod}:role/deployer\nsource_profile = work\n`;
    const here = await world(
      { '.aws/credentials': section('work', made.users[0]!), '.aws/config': chained },
      { aws: made },
    );
    const { stdout, stderr } = await here.fix(['--dry-run']);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('AWSReservedSSO_<chosen after you sign in>_*');
    expect(stdout + stderr).not.toMatch(/stand-?in/);
  });

  it('ends with 0 when there is nothing to do', async () => {
    const here = await world({ '.aws/config': '[profile plain]\nregion = eu-west-1\n' });
    expect((await here.fix(['--dry-run'])).code).toBe(0);
  });
});

describe('what is not a person’s key', () => {
  it('a root key, a dead key, a canary, another store, a robot and a chain are each told apart', async () => {
    const made = moonbakery();
    const root = user({ name: 'root', account: dev });
    const dead = user({ name: 'gone', account: prod });
    dead.keys[0]!.status = 'Inactive';
    made.users.push(root, dead);
    const [owner] = made.users;
    const canary = user({ name: 'c', account: '171436882533' });
    const here = await world(
      {
        '.aws/credentials': [
          section('work', owner!),
          section('root', root),
          section('dead', dead),
          section('canary', canary),
          section('ci-bot', user({ name: 'x', account: dev })),
          `[store]\naws_access_key_id = minioadmin\naws_secret_access_key = minioadmin\n`,
        ].join('\n'),
        '.aws/config': `[profile store]\nendpoint_url = http://127.0.0.1:9000\n[profile chained]\nrole_arn = arn:aws:iam::${prod}:role/deployer\nsource_profile = work\n`,
      },
      { aws: made },
    );
    const { code, report } = await here.report([
      ...portal,
      ...['--profile', 'work', '--profile', 'root', '--profile', 'dead', '--profile', 'canary'],
      ...['--profile', 'store', '--profile', 'chained', '--yes'],
    ]);
    expect(code).toBe(1); // three roles fit work
    expect(
      report.profiles.map(({ profile, class: kind, action, state }) => [
        profile,
        kind,
        action,
        state,
      ]),
    ).toEqual([
      ['store', 's3-compatible', 'leave', 'left'],
      ['chained', 'dependant', 'leave', 'left'],
      ['work', 'human', 'leave', 'left'],
      ['root', 'root', 'leave', 'left'],
      ['dead', 'dead', 'remove-key', 'done'],
      ['canary', 'canary', 'leave', 'left'],
    ]);
    const signers = new Set(here.aws.log.flatMap(({ signer }) => signer ?? []));
    expect(signers.has(canary.keys[0]!.id)).toBe(false);
    expect(here.read('.aws/credentials')).not.toContain('[dead]');
  });

  it('a key beside SSO is taken out once the SSO side is proven', async () => {
    const made = moonbakery();
    const here = await world(
      { '.aws/credentials': section('work', made.users[0]!), '.aws/config': moved },
      { aws: made },
    );
    const { code, report } = await here.report(['--yes']);
    expect(code).toBe(0);
    expect(report.profiles[0]).toMatchObject({
      class: 'split',
      action: 'remove-key',
      state: 'done',
    });
    expect(here.read('.aws/config')).toBe(moved);
    expect(here.read('.aws/credentials')).toBe('');
  });

  it('a key beside an SSO role that does not work stays', async () => {
    const made = moonbakery();
    const broken = moved.replace('ReadOnlyAccess', 'GoneAccess');
    const credentials = section('work', made.users[0]!);
    const here = await world(
      { '.aws/credentials': credentials, '.aws/config': broken },
      { aws: made },
    );
    const { code, report } = await here.report(['--yes']);
    expect(code).toBe(1);
    expect(report.profiles[0]).toMatchObject({ state: 'failed' });
    expect(here.read('.aws/credentials')).toBe(credentials);
  });
});

describe('the old key', () => {
  it('is made inactive by the new role, and seen to be refused', async () => {
    const here = await alice();
    const { code, report, stderr } = await here.report([
      ...portal,
      ...['--role', 'AdministratorAccess', '--yes', '--deactivate', 'yes'],
    ]);
    expect(code).toBe(0);
    expect(report.profiles[0]?.oldKey).toBe('inactive');
    expect(userOf(here.aws, 'alice').keys[0]?.status).toBe('Inactive');
    expect(stderr).toContain('AWS refuses it now');
    const update = here.aws.log.find(({ operation }) => operation === 'UpdateAccessKey');
    expect(update?.signer).toMatch(/^ASIA/);
  });

  it('makes itself inactive where the role may not', async () => {
    const here = await alice();
    const { report } = await here.report([
      ...portal,
      ...['--role', 'Billing', '--yes', '--deactivate', 'yes'],
    ]);
    expect(report.profiles[0]?.oldKey).toBe('inactive');
    expect(userOf(here.aws, 'alice').keys[0]?.status).toBe('Inactive');
  });

  it('is left to an administrator where neither may', async () => {
    const made = moonbakery();
    made.users[0]!.allows = [];
    const here = await world(
      { '.aws/credentials': section('work', made.users[0]!) },
      { aws: made },
    );
    const { code, report } = await here.report([
      ...portal,
      ...['--role', 'Billing', '--yes', '--deactivate', 'yes'],
    ]);
    expect(code).toBe(0);
    expect(report.profiles[0]?.oldKey).toBe('active');
    expect(report.next.join('\n')).toContain('ask your administrator');
  });
});

describe('env files', () => {
  const tree = ({ keys: [own] }: ReturnType<typeof user>) => ({
    '.env': `# local\nAWS_ACCESS_KEY_ID=${own!.id}\nAWS_SECRET_ACCESS_KEY=${own!.secret}\nAWS_REGION=eu-west-1\n`,
  });

  it('that hold the key get the profile instead', async () => {
    const made = moonbakery();
    const here = await world(
      { '.aws/credentials': section('work', made.users[0]!) },
      { aws: made, tree: tree(made.users[0]!) },
    );
    const { code, report } = await here.report([
      ...portal,
      ...['--role', 'ReadOnlyAccess', '--yes', '--env-files', 'yes'],
    ]);
    expect(code).toBe(0);
    expect(report.files.map(({ path }) => path)).toEqual([
      '~/.aws/config',
      '~/.aws/credentials',
      '.env',
    ]);
    expect(everyFile(here.cwd).get(join(here.cwd, '.env'))).toBe(
      '# local\nAWS_PROFILE=work\nAWS_REGION=eu-west-1\n',
    );
  });

  it('outside of the tree are changed where they are named, and no other', async () => {
    const made = moonbakery();
    const files = tree(made.users[0]!);
    const here = await world(
      { '.aws/credentials': section('work', made.users[0]!), 'old/.env': files['.env'] },
      { aws: made, tree: files },
    );
    const { code, report } = await here.report([
      ...[join(here.home, 'old/.env'), ...portal, '--role', 'ReadOnlyAccess', '--yes'],
    ]);
    expect([code, report.files.map(({ path }) => path)]).toEqual([
      0,
      ['~/.aws/config', '~/.aws/credentials', '~/old/.env'],
    ]);
    expect(here.read('old/.env')).toBe('# local\nAWS_PROFILE=work\nAWS_REGION=eu-west-1\n');
    expect(everyFile(here.cwd).get(join(here.cwd, '.env'))).toBe(files['.env']);
  });

  it('that are not there are refused before anybody signs in', async () => {
    const here = await alice();
    const before = everyFile(here.home);
    const { code, stdout, stderr } = await here.fix(['gone.env', ...portal, '--yes']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('cannot read gone.env');
    expect(everyFile(here.home)).toEqual(before);
    expect(here.aws.log).toEqual([]);
  });

  it('are only named where nobody said yes', async () => {
    const made = moonbakery();
    const files = tree(made.users[0]!);
    const here = await world(
      { '.aws/credentials': section('work', made.users[0]!) },
      { aws: made, tree: files },
    );
    const { stderr } = await here.report([...portal, '--role', 'ReadOnlyAccess', '--yes']);
    expect(stderr).toContain('.env goes on holding the key');
    expect(everyFile(here.cwd).get(join(here.cwd, '.env'))).toBe(files['.env']);
  });
});

describe('no secret', () => {
  it('is in any output, or in any file where it was not before', async () => {
    const made = moonbakery();
    const [owner] = made.users;
    const here = await world(
      { '.aws/credentials': section('work', owner!) },
      { aws: made, tree: { '.env': `X=1\nAWS_SECRET_ACCESS_KEY=${owner!.keys[0]!.secret}\n` } },
    );
    const outputs = [
      await here.fix(['--dry-run', '--verbose']),
      await here.fix([...portal, '--role', 'AdministratorAccess', '--yes', '--deactivate', 'yes']),
    ];
    const text = outputs.map(({ stdout, stderr }) => stdout + stderr).join('');
    const { tokens, refreshTokens, sessions } = here.aws.state;
    const secrets = [
      owner!.keys[0]!.secret,
      ...tokens.keys(),
      ...refreshTokens.keys(),
      ...[...sessions.values()].map(({ secret }) => secret),
    ];
    for (const secret of secrets) {
      for (const written of waysToWrite(secret)) expect(text).not.toContain(written);
    }
    for (const [file, content] of everyFile(here.home)) {
      for (const written of waysToWrite(owner!.keys[0]!.secret)) {
        expect([file, content.includes(written)]).toEqual([file, false]);
      }
    }
  });
});

describe('a key that is in a repository', () => {
  const deactivating = [
    ...portal,
    ...['--role', 'AdministratorAccess', '--yes', '--deactivate', 'yes'],
  ];

  async function leaked(more: Readonly<Record<string, string>> = {}) {
    const made = moonbakery();
    const [owner] = made.users;
    const { id, secret } = owner!.keys[0]!;
    const here = await world(
      { '.aws/credentials': section('work', owner!), ...more },
      {
        aws: made,
        tree: {
          'deploy.sh': `export AWS_ACCESS_KEY_ID=${id}\nexport AWS_SECRET_ACCESS_KEY=${secret}\n`,
        },
      },
    );
    commitAll(here.cwd, 'deploy');
    return here;
  }

  it('is made inactive before the files change', async () => {
    const here = await leaked();
    const { report, stderr } = await here.report(deactivating);
    expect(stderr).toContain('deploy.sh');
    expect(stderr).toContain('does not un-leak');
    expect(report.profiles[0]).toMatchObject({ oldKey: 'inactive', dependants: ['deploy.sh'] });
  });

  it('is told of, and kept in mind, where the files cannot change after all', async () => {
    const here = await leaked({ '.aws/sso': 'a file where a folder has to be' });
    const { code, stderr } = await here.fix(deactivating);
    expect([code, stderr]).toEqual([2, expect.stringContaining('is inactive')]);
    const owner = userOf(here.aws, 'alice');
    expect([owner.keys[0]?.status, here.read('.aws/credentials')]).toEqual([
      'Inactive',
      section('work', owner),
    ]);
    expect((await here.keyscan(['keys'])).stdout).toMatch(/ inactive {2}work\n/);
  });
});

describe('a profile of the older generation of keys', () => {
  it('gets its account from AWS, asked with the key or with SSO', async () => {
    const made = moonbakery();
    made.users[0]!.keys = [key(dev, 'old')];
    const here = await world(
      { '.aws/credentials': section('work', made.users[0]!) },
      { aws: made },
    );
    const { code, report } = await here.report([
      ...portal,
      ...['--role', 'ReadOnlyAccess', '--yes', '--no-verify'],
    ]);
    expect([code, report.profiles[0]?.account]).toEqual([0, dev]);
    expect(here.aws.log.map(({ operation }) => operation)).toContain('GetAccessKeyInfo');
  });
});
