// The check after a migration, with the AWS CLIs themselves: what they say of each profile that was moved.
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { delimiter } from 'node:path';

import { availableClients, folderWithAws } from './support/clients.ts';
import { moonbakery } from './support/fake-aws.ts';
import { closeAll, programsWithoutAws, section, world, type World } from './support/migration.ts';

jest.setTimeout(120_000);
afterEach(closeAll);

const installed = availableClients().map(({ id }) => id);
const flags = [
  '--start-url',
  'https://d-1234567890.awsapps.com/start',
  '--sso-region',
  'us-east-1',
];

async function alice(): Promise<World> {
  const made = moonbakery();
  return world({ '.aws/credentials': section('work', made.users[0]!) }, { aws: made });
}

describe.each(['aws-cli-1', 'aws-cli-2'] as const)('%s on the PATH', (id) => {
  const itWithCli = installed.includes(id) ? it : it.skip;

  const fix = async (here: World, env: Readonly<Record<string, string>> = {}) => {
    const path = [folderWithAws(id, here.aws), programsWithoutAws()].join(delimiter);
    return here.fix([...flags, '--role', 'ReadOnlyAccess', '--yes'], { PATH: path, ...env });
  };

  itWithCli('confirms the profile that was moved, with the new role', async () => {
    const here = await alice();
    const { code, stdout } = await fix(here);
    expect(code).toBe(0);
    expect(stdout).toContain('checked: aws sts get-caller-identity works for work\n');
    const asked = here.aws.log.filter(({ userAgent }) => userAgent.startsWith('aws-cli/'));
    expect(
      asked.map(({ operation, status, signer }) => [operation, status, signer?.slice(0, 4)]),
    ).toEqual([
      ['GetRoleCredentials', 200, undefined],
      ['GetCallerIdentity', 200, 'ASIA'],
    ]);
  });

  itWithCli('is asked without the credentials of the environment, which are told of', async () => {
    const here = await alice();
    const { keys } = here.aws.world.users[1]!;
    const { stdout } = await fix(here, {
      AWS_ACCESS_KEY_ID: keys[0]!.id,
      AWS_SECRET_ACCESS_KEY: keys[0]!.secret,
      AWS_PROFILE: 'other',
    });
    expect(stdout).toContain('checked: aws sts get-caller-identity works for work\n');
    expect(stdout).toContain('unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY');
    expect(stdout).not.toContain(keys[0]!.secret);
  });
});
