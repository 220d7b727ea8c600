// The check after a migration, with the AWS CLIs themselves: what they say of each profile that was moved.
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { delimiter } from 'node:path';

import { availableClients, clients, folderWithAws, newAwsCli } from './support/clients.ts';
import { sampled, thorough } from './support/effort.ts';
import { moonbakery } from './support/fake-aws.ts';
import {
  closeAll,
  portal,
  programsWithoutAws,
  section,
  world,
  type World,
} from './support/migration.ts';

jest.setTimeout(120_000);
afterEach(closeAll);

const newest = newAwsCli();
const installed = [...availableClients(), ...(newest === undefined ? [] : [newest])].map(
  ({ id }) => id,
);

async function alice(): Promise<World> {
  const made = moonbakery();
  return world({ '.aws/credentials': section('work', made.users[0]!) }, { aws: made });
}

describe.each(sampled(['aws-cli-1', 'aws-cli-2', 'aws-cli-new'] as const, 1))(
  '%s on the PATH',
  (id) => {
    const itWithCli = installed.includes(id) ? it : it.skip;

    const fix = async (here: World, env: Readonly<Record<string, string>> = {}) => {
      const path = [folderWithAws(id, here.aws), programsWithoutAws()].join(delimiter);
      return here.fix([...portal, '--role', 'ReadOnlyAccess', '--yes'], { PATH: path, ...env });
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

    itWithCli(
      'cannot confirm it where the network is gone by then; the profile has moved',
      async () => {
        const here = await alice();
        // whose the old key is, and the proof, are answered
        here.aws.world.faults.push({ on: 'GetCallerIdentity', does: 'reset', after: 2 });
        const { code, stdout } = await fix(here, { AWS_MAX_ATTEMPTS: '1' });
        expect([code, here.read('.aws/credentials')]).toEqual([0, '']);
        expect(stdout).toContain('! aws sts get-caller-identity --profile work: ');
        expect(stdout).toContain('✔ 1 profile moved to SSO');
      },
    );

    itWithCli(
      'is asked without the credentials of the environment, which are told of',
      async () => {
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
      },
    );
  },
);

describe('a profile that takes a role from the one that was moved', () => {
  const chained = `[profile deploy]
role_arn = arn:aws:iam::444455556666:role/deployer
source_profile = work
`;

  async function chain(): Promise<World> {
    const made = moonbakery();
    const files = { '.aws/credentials': section('work', made.users[0]!), '.aws/config': chained };
    return world(files, { aws: made });
  }

  /** What keyscan said of it before it wrote, and what the client then makes of the profile. */
  async function moved(
    id: 'aws-cli-1' | 'aws-cli-2' | 'aws-cli-new',
    more: readonly string[] = [],
  ) {
    const here = await chain();
    const path = [folderWithAws(id, here.aws), programsWithoutAws()].join(delimiter);
    const { code, stdout } = await here.fix(
      [...portal, '--profile', 'work', '--role', 'ReadOnlyAccess', '--yes', ...more],
      { PATH: path },
    );
    const client = [...clients, newest].find((one) => one?.id === id)!;
    const [deploy] = await client.ask({ home: here.home, aws: here.aws }, ['deploy']);
    const warning =
      /AWS CLI ([\d.]+), which is installed here,\s+crashes\s+on\s+profile\s+(\w+)/.exec(stdout);
    return { code, warned: warning?.slice(1), deploy: deploy! };
  }

  const itWithOld = installed.includes('aws-cli-2') ? it : it.skip;
  const itWithNew = newest === undefined ? it.skip : it;
  const itWithFirst = thorough && installed.includes('aws-cli-1') ? it : it.skip;

  itWithOld('crashes AWS CLI 2.9.19, as the plan says', async () => {
    const { code, warned, deploy } = await moved('aws-cli-2');
    expect([code, warned]).toEqual([0, ['2.9.19', 'deploy']]);
    expect(deploy.arn).toBeUndefined();
    expect(deploy.error).toContain('get_frozen_token');
  });

  itWithOld('works there in the older form, and nothing is said', async () => {
    const { code, warned, deploy } = await moved('aws-cli-2', ['--legacy']);
    expect([code, warned, deploy.error]).toEqual([0, undefined, undefined]);
    expect(deploy.arn).toContain(':assumed-role/deployer/');
  });

  itWithNew('works with one of today, and nothing is said', async () => {
    const { code, warned, deploy } = await moved('aws-cli-new');
    expect([code, warned, deploy.error]).toEqual([0, undefined, undefined]);
    expect(deploy.arn).toContain(':assumed-role/deployer/');
    expect(deploy.signedBy.at(-1)?.arn).toContain(':assumed-role/AWSReservedSSO_ReadOnlyAccess_');
  });

  itWithFirst('works with AWS CLI v1, and nothing is said', async () => {
    const { code, warned, deploy } = await moved('aws-cli-1');
    expect([code, warned, deploy.error]).toEqual([0, undefined, undefined]);
    expect(deploy.arn).toContain(':assumed-role/deployer/');
  });
});
