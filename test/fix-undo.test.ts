// `keyscan --fix` and then `keyscan undo`, the built program against the loopback fake of AWS.
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { moonbakery } from './support/fake-aws.ts';
import { closeAll, everyFile, portal, section, waysToWrite, world } from './support/migration.ts';

afterAll(closeAll);
jest.setTimeout(60_000);

const config = '# ours\r\n[profile work]\r\nregion = eu-west-1\r\n';
const args = [...portal, ...['--role', 'ReadOnlyAccess', '--yes', '--env-files', 'yes']];

async function alice() {
  const aws = moonbakery();
  const [owner] = aws.users;
  const [key] = owner!.keys;
  const env = `AWS_ACCESS_KEY_ID=${key!.id}\nAWS_SECRET_ACCESS_KEY=${key!.secret}\n`;
  const credentials = section('work', owner!);
  const files = {
    '.aws/config': config,
    '.aws/credentials': credentials,
    passphrase: 'correct horse battery staple\n',
  };
  const here = await world(files, { aws, tree: { '.env': env } });
  return { here, credentials, secret: key!.secret, passphrase: join(here.home, 'passphrase') };
}

describe('a migration that is taken back', () => {
  it('with the passphrase is as if it had not been, but for the env file and the sign-in', async () => {
    const { here, credentials, secret, passphrase } = await alice();
    const fixed = await here.fix([...args, '--passphrase-file', passphrase]);
    expect([fixed.code, here.read('.aws/credentials')]).toEqual([0, '']);
    const holders = [...everyFile(here.home)].filter(([, text]) =>
      waysToWrite(secret).some((way) => text.includes(way)),
    );
    expect(holders).toEqual([]);
    expect(readdirSync(join(here.home, '.local/state/keyscan/undo')).length).toBe(1);

    const undone = await here.keyscan(['undo', '--yes', '--passphrase-file', passphrase]);
    expect([undone.code, here.read('.aws/config'), here.read('.aws/credentials')]).toEqual([
      0,
      config,
      credentials,
    ]);
    expect(undone.stderr).toMatch(
      /^keyscan: .*\.env was changed too and stays as it is\nkeyscan: you stay signed in; to end that: aws sso logout\nkeyscan: migration [0-9a-f]{12} is taken back\n$/,
    );
    expect(undone.stdout + undone.stderr).not.toContain(secret);
    expect(readdirSync(join(here.home, '.local/state/keyscan/undo'))).toEqual([]);
  });

  it('without one is all but the key', async () => {
    const { here } = await alice();
    expect((await here.fix(args)).code).toBe(0);
    const undone = await here.keyscan(['undo', '--yes']);
    expect([undone.code, here.read('.aws/config'), here.read('.aws/credentials')]).toEqual([
      0,
      config,
      expect.not.stringContaining('aws_access_key_id'),
    ]);
    expect(undone.stderr).toContain('The key of [work] is not kept');
  });
});
