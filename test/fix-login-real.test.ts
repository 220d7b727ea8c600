// `--target login` with an AWS CLI that has `aws login`, against the fake of AWS's sign-in service.
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { folderWithAws, newAwsCli } from './support/clients.ts';
import { moonbakery } from './support/fake-aws.ts';
import {
  browser,
  closeAll,
  programsWithoutAws,
  section,
  world,
  type World,
} from './support/migration.ts';

afterAll(closeAll);
jest.setTimeout(60_000);

const client = newAwsCli();
const flags = ['--target', 'login', '--yes'];
const dev = '111122223333';
const alice = `arn:aws:iam::${dev}:user/alice`;

/** The profile `work` with a key, and this config file; the console knows the person as `consoleArn`. */
async function withKey(config: string, consoleArn = alice) {
  const aws = moonbakery({ consoleArn });
  const here = await world(
    { '.aws/credentials': section('work', aws.users[0]!), '.aws/config': config },
    { aws },
  );
  const PATH = [folderWithAws('aws-cli-new', here.aws), programsWithoutAws()].join(delimiter);
  // Python waits for a browser, unless it is told not to
  return { here, env: { PATH, BROWSER: `${process.execPath} ${browser()} %s &` } };
}

async function ask({ home, aws }: World, profile: string, env = {}) {
  const [identity] = await client!.ask({ home, aws, env }, [profile]);
  return identity!;
}

function operationsOf({ requests }: Awaited<ReturnType<typeof ask>>): readonly string[] {
  return requests.map(({ operation, status }) => `${operation} ${status}`);
}

const chained = `[profile deploy]
role_arn = arn:aws:iam::444455556666:role/deployer
source_profile = work
region = eu-west-1
`;

(client === undefined ? describe.skip : describe)('aws login itself', () => {
  it('takes the place of the key, also for a role, and renews itself', async () => {
    const { here, env } = await withKey(`[profile work]\nregion = eu-west-1\n\n${chained}`);
    const { code, stdout } = await here.fix([...flags, '--profile', 'work'], env);
    expect(code).toBe(0);
    expect(stdout).toContain('✔ checked: aws sts get-caller-identity works for work\n');
    expect(here.read('.aws/config')).toContain(
      `[profile work]\nlogin_session = ${alice}\nregion = eu-west-1\n`,
    );
    expect(here.read('.aws/credentials')).toBe('');
    expect(here.aws.log.map(({ operation, signer }) => [operation, signer?.slice(0, 4)])).toEqual([
      ['GetCallerIdentity', 'AKIA'],
      ['SignIn', undefined],
      ['CreateOAuth2Token', undefined],
      ['GetCallerIdentity', 'ASIA'],
      ['GetCallerIdentity', 'ASIA'],
    ]);

    outlive(here);
    const work = await ask(here, 'work');
    expect([work.arn, operationsOf(work)]).toEqual([
      alice,
      ['CreateOAuth2Token 200', 'GetCallerIdentity 200'],
    ]);
    const deploy = await ask(here, 'deploy');
    expect([deploy.error, deploy.arn?.split('/')[1]]).toEqual([undefined, 'deployer']);
    expect(deploy.signedBy.map(({ arn }) => arn)).toEqual([deploy.arn, alice]);
  });

  it('needs a region to renew itself, so that a profile without one gets it', async () => {
    const role = `arn:aws:sts::${dev}:assumed-role/Admin/dana`;
    const { here, env } = await withKey('', role);
    const { code, stdout } = await here.fix(flags, env);
    expect(code).toBe(0);
    expect(stdout).toContain('✔ checked: aws sts get-caller-identity works for work\n');
    expect(here.read('.aws/config')).toBe(
      `[profile work]\nlogin_session = ${role}\nregion = us-east-1\n`,
    );
    outlive(here, role);
    const nowhere = { AWS_REGION: undefined, AWS_DEFAULT_REGION: undefined };
    expect((await ask(here, 'work', nowhere)).arn).toBe(role);
  });
});

/** As if the quarter of an hour were over that its credentials last; what they are kept with is the real one's. */
function outlive({ home, read }: World, arn = alice): void {
  const file = `.aws/login/cache/${createHash('sha256').update(arn).digest('hex')}.json`;
  const kept = JSON.parse(read(file)) as { readonly accessToken: Readonly<Record<string, string>> };
  const accessToken = { ...kept.accessToken, expiresAt: '2020-01-01T00:00:00Z' };
  writeFileSync(join(home, file), JSON.stringify({ ...kept, accessToken }));
}
