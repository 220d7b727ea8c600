// `--target login`: for people without IAM Identity Center. A script stands in for AWS CLIs of any version: it writes into
// the config file what `aws login` writes, and knows one identity. test/fix-login-real.test.ts has the real one.
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { chmodSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { moonbakery } from './support/fake-aws.ts';
import { closeAll, everyFile, programsWithoutAws, section, world } from './support/migration.ts';
import { temporaryFolder, writeTree } from './support/run.ts';

afterAll(closeAll);
jest.setTimeout(60_000);

const dev = '111122223333';
const session = `arn:aws:sts::${dev}:assumed-role/dana`;
const flags = ['--target', 'login', '--yes'];

/** The profile `work`, and an AWS CLI of this version whose person is signed in to `account`. */
async function withAws(version: string, account = dev) {
  const made = moonbakery();
  const here = await world({ '.aws/credentials': section('work', made.users[0]!) }, { aws: made });
  const folder = temporaryFolder('aws');
  writeTree(folder, {
    aws: `#!${process.execPath}
const { appendFileSync, readFileSync } = require('node:fs');
const { AWS_CONFIG_FILE: config } = process.env;
const [command, action] = process.argv.slice(2);
appendFileSync('${folder}/calls', process.argv.slice(2).join(' ') + '\\n');
if (command === '--version') console.log('aws-cli/${version} Python/3.13.4 Linux/6.1');
if (command === 'login') appendFileSync(config, 'login_session = ${session}\\n');
if (command === 'sts') console.log(JSON.stringify({ Account: '${account}', Arn: '${session}' }));
`,
  });
  chmodSync(join(folder, 'aws'), 0o755);
  const PATH = [folder, programsWithoutAws()].join(delimiter);
  return { here, PATH, calls: () => everyFile(folder).get(join(folder, 'calls'))?.split('\n') };
}

describe('aws login', () => {
  it('takes the place of the key once it has been seen to work', async () => {
    const { here, PATH, calls } = await withAws('2.32.32');
    const { code, report } = await here.report(flags, { PATH });
    expect([code, report.profiles.map(({ profile, state }) => [profile, state])]).toEqual([
      0,
      [['work', 'done']],
    ]);
    expect(here.read('.aws/config')).toBe(
      `[profile work]\nlogin_session = ${session}\nregion = us-east-1\n`,
    );
    expect(here.read('.aws/credentials')).toBe('');
    expect(calls()?.slice(0, 2)).toEqual(['--version', 'login --profile keyscan']);
    const signed = here.aws.log.filter(({ signer }) => signer?.startsWith('AKIA'));
    expect(signed.map(({ operation }) => operation)).toEqual(['GetCallerIdentity']);
  });

  it('is confirmed also where the console knows a role, and leaves the region to the environment', async () => {
    const { here, PATH } = await withAws('2.32.32');
    const { stdout } = await here.fix(flags, { PATH, AWS_REGION: 'eu-west-1' });
    expect(stdout).toMatch(/ move to aws login\n/);
    expect(stdout).toContain('✔ 1 profile moved to aws login');
    expect(stdout).toContain('✔ checked: aws sts get-caller-identity works for work\n');
    expect(here.read('.aws/config')).toBe(`[profile work]\nlogin_session = ${session}\n`);
  });

  it('for another account than that of the key changes nothing', async () => {
    const { here, PATH } = await withAws('2.36.7', '444455556666');
    const before = everyFile(here.home);
    const { code, report } = await here.report(flags, { PATH });
    expect([code, report.profiles[0]]).toEqual([
      1,
      expect.objectContaining({
        state: 'left',
        reason: `signed in to account 444455556666, but the key is of ${dev}`,
      }),
    ]);
    expect(everyFile(here.home)).toEqual(before);
  });

  it.each(['2.32.31', '2.9.19', '1.45.11'])('is not to be had from AWS CLI %s', async (version) => {
    const { here, PATH } = await withAws(version);
    const before = everyFile(here.home);
    const { code, stdout, stderr } = await here.fix([...flags, '--format', 'json'], { PATH });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`AWS CLI ${version} has no aws login that keyscan can use`);
    expect(everyFile(here.home)).toEqual(before);
  });

  it('is not to be had without an AWS CLI', async () => {
    const { here } = await withAws('2.32.32');
    const { code, stderr } = await here.fix(flags);
    expect(code).toBe(2);
    expect(stderr).toContain('the AWS CLI is not installed here');
  });
});
