// Signs a home in as `aws sso login` does: the two files of ~/.aws/sso/cache in the format that the AWS CLI and the SDKs
// read.
import { createHash } from 'node:crypto';
import { join } from 'node:path';

import type { FakeAws } from './fake-aws.ts';
import { writeTree } from './run.ts';

export function signIn(
  home: string,
  { state, world }: FakeAws,
  session: string,
  { expired = false } = {},
): void {
  const clientId = 'client-of-the-test';
  const secret = 'not a secret: the fake alone knows it';
  const scopes = ['sso:account:access'];
  state.registrations.set(clientId, { secret, scopes, grantTypes: undefined, redirectUris: [] });
  const { accessToken, refreshToken, expiresIn } = state.token(clientId, true);
  const registrationExpiresAt = isoSeconds(state.now() + 90 * 86_400_000);
  const token = {
    startUrl: world.startUrl,
    region: world.region,
    accessToken,
    expiresAt: isoSeconds(state.now() + (expired ? -60 : expiresIn) * 1000),
    clientId,
    clientSecret: secret,
    registrationExpiresAt,
    refreshToken,
  };
  const registration = { clientId, clientSecret: secret, expiresAt: registrationExpiresAt, scopes };
  writeTree(join(home, '.aws/sso/cache'), {
    [`${sha1(session)}.json`]: JSON.stringify(token),
    [`${sha1(registrationKey(session, world.startUrl, world.region, scopes))}.json`]:
      JSON.stringify(registration),
  });
}

/** As Python's json.dumps with sorted keys writes it: a blank after each comma and colon. */
function registrationKey(
  session: string,
  startUrl: string,
  region: string,
  scopes: readonly string[],
): string {
  const fields = { region, scopes, session_name: session, startUrl, tool: 'botocore' };
  const texts = Object.entries(fields).map(([name, value]) => {
    const text = Array.isArray(value)
      ? `[${value.map((item) => JSON.stringify(item)).join(', ')}]`
      : JSON.stringify(value);
    return `"${name}": ${text}`;
  });
  return `{${texts.join(', ')}}`;
}

function isoSeconds(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}
