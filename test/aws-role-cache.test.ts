// Which sessions of the AWS CLI's cache an old key began.
import { describe, expect, it } from '@jest/globals';

import { readProfiles } from '../src/aws/profiles.ts';
import { isSessionOf, rolesAssumedFrom } from '../src/aws/role-cache.ts';

const arn = 'arn:aws:iam::444455556666:role';
const config = `
[profile oven]
role_arn = ${arn}/kitchen/oven
source_profile = work
[profile bread]
role_arn = ${arn}/bread
source_profile = oven
[profile other]
role_arn = ${arn}/other
source_profile = home
[profile ring]
role_arn = ${arn}/ring
source_profile = ring
`;
const profiles = readProfiles([{ kind: 'config', bytes: Buffer.from(config) }]);
const session = (role: string) =>
  JSON.stringify({
    Credentials: { Expiration: '2026-11-28T15:00:00Z' },
    AssumedRoleUser: { Arn: `arn:aws:sts::444455556666:assumed-role/${role}/botocore-session-1` },
  });

describe('sessions of assumed roles', () => {
  it('are those of profiles that lead to a moved one, over any number of steps', () => {
    const roles = rolesAssumedFrom(profiles, new Set(['work']));
    expect([...roles]).toEqual(['444455556666 oven', '444455556666 bread']);
  });

  it('are told by account and role, and everything else is left', () => {
    const roles = rolesAssumedFrom(profiles, new Set(['work']));
    const files = [
      session('oven'),
      session('bread'),
      session('other'),
      session('oven').replace('444455556666', '111122223333'),
      '{"ProviderType": "sso", "Credentials": {}}',
      'no JSON',
    ];
    expect(files.map((file) => isSessionOf(roles, file))).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});
