// A home as people have it, with a profile of each of the twelve classes (and the variants that SDKs treat
// differently), on a fake AWS that knows their keys. What is to become of each stands beside it.
import { chmodSync } from 'node:fs';
import { join } from 'node:path';

import type { ProfileClass } from '../../src/core/finding.ts';
import { generate } from './examples.ts';
import { type FakeAws, type FakeKey, key, moonbakery, startFakeAws, user } from './fake-aws.ts';
import { temporaryFolder, writeTree } from './run.ts';

export interface HomeProfile {
  readonly name: string;
  readonly class: ProfileClass;
  /** `changed`: it depends on one that is migrated, and is patched with it. */
  readonly becomes: 'migrated' | 'without its key' | 'changed' | 'as before';
  /** Its name afterwards. */
  readonly after: string;
  /** The access key that lies in it. */
  readonly key: string | undefined;
  /** The permission set that it signs in with afterwards. */
  readonly target: { readonly account: string; readonly role: string } | undefined;
  /** What it is, for the page. */
  readonly story: string;
}

export interface TwelveClasses {
  readonly home: string;
  readonly aws: FakeAws;
  readonly profiles: readonly HomeProfile[];
}

export const sessionName = 'moonbakery';
export const dev = '111122223333';
export const prod = '444455556666';
/** Thinkst's: using a key of it rings an alarm. */
const canary = '052310077262';

/** A profile and the text of its sections; `KEY` there stands for its two or three key lines. */
interface Draft {
  readonly name: string;
  readonly class: ProfileClass;
  readonly becomes: HomeProfile['becomes'];
  readonly after?: string;
  readonly key?: Key;
  readonly target?: HomeProfile['target'];
  readonly story: string;
  readonly config?: string;
  readonly credentials?: string;
}

interface Key extends Pick<FakeKey, 'id' | 'secret'> {
  readonly token?: string;
}

export async function twelveClasses(): Promise<TwelveClasses> {
  const aws = await startFakeAws(moonbakery());
  const home = temporaryFolder('twelve-classes');
  const drafts = draftsFor(aws, home);
  const sections = (file: 'config' | 'credentials'): string =>
    drafts
      .flatMap((draft) => draft[file]?.replace('KEY', keyLines(draft.key)).trim() ?? [])
      .join('\n\n');
  writeTree(home, {
    '.aws/config': `# settings of the whole bakery\n${sections('config')}\n\n${session(aws)}`,
    '.aws/credentials': `${sections('credentials')}\n`,
    'bin/vault': vault(newKey(aws, 'vault', dev)),
  });
  for (const name of ['config', 'credentials']) chmodSync(join(home, '.aws', name), 0o600);
  chmodSync(join(home, 'bin/vault'), 0o700);
  const profiles = drafts.map(({ config: _, credentials: __, ...draft }) => ({
    ...draft,
    after: draft.after ?? draft.name,
    key: draft.key?.id,
    target: draft.target,
  }));
  return { home, aws, profiles };
}

function draftsFor(aws: FakeAws, home: string): readonly Draft[] {
  const deployer = `arn:aws:iam::${prod}:role/deployer`;
  const reading = { account: prod, role: 'ReadOnlyAccess' };
  const admin = { account: dev, role: 'AdministratorAccess' };
  return [
    {
      name: 'default',
      class: 'human',
      becomes: 'migrated',
      story: 'key in credentials, region in config',
      key: newKey(aws, 'alice-default', dev),
      target: { account: dev, role: 'ReadOnlyAccess' },
      config: '[default]\nregion = eu-west-1 \noutput = json\n',
      credentials: '[default]\nKEY\n',
    },
    {
      name: 'work',
      class: 'human',
      becomes: 'migrated',
      story: 'the source of other profiles',
      key: newKey(aws, 'alice-work', dev),
      target: admin,
      config: '[profile work]\nregion = eu-west-1\ns3 =\n    max_concurrent_requests = 20\n',
      credentials: '# from the console, 2021\n[work]\nKEY\n',
    },
    {
      name: 'prod',
      class: 'human',
      becomes: 'migrated',
      story: 'key in config',
      key: newKey(aws, 'alice-prod', prod),
      target: reading,
      config: '[profile prod]\nKEY\nregion = eu-central-1\n',
    },
    {
      name: 'owner',
      class: 'root',
      becomes: 'as before',
      story: 'key of the root user',
      key: newKey(aws, 'root', dev),
      credentials: '[owner]\nKEY\n',
    },
    {
      name: 'pasted',
      class: 'temporary',
      becomes: 'migrated',
      story: 'credentials pasted from the portal',
      key: newSession(aws, 'pasted'),
      target: reading,
      credentials: '[pasted]\nKEY\n',
    },
    {
      name: 'minio',
      class: 's3-compatible',
      becomes: 'as before',
      story: 'key of another store',
      key: { id: `MINIO0BAKERY8KEY9X01`, secret: generate('aws-secret', 'minio') },
      config: '[profile minio]\nendpoint_url = http://127.0.0.1:9000\n',
      credentials: '[minio]\nKEY\n',
    },
    {
      name: 'ci',
      class: 'robot',
      becomes: 'as before',
      story: 'key of a machine',
      key: newKey(aws, 'ci-deploy', prod),
      credentials: '[ci]\nKEY\n',
    },
    {
      name: 'payroll',
      class: 'canary',
      becomes: 'as before',
      story: 'a trap, laid by the security team',
      key: newKey(aws, 'canary', canary),
      credentials: '[payroll]\nKEY\n',
    },
    {
      name: 'old-laptop',
      class: 'dead',
      becomes: 'without its key',
      story: 'key deleted in IAM',
      key: { id: key(dev).id, secret: key(dev).secret },
      credentials: '[old-laptop]\nKEY\n',
    },
    {
      name: 'staging',
      class: 'split',
      becomes: 'without its key',
      story: 'SSO in config, key in credentials',
      key: newKey(aws, 'alice-staging', dev),
      target: { account: dev, role: 'ReadOnlyAccess' },
      config: `[profile staging]\n${ssoLines({ account: dev, role: 'ReadOnlyAccess' })}\n`,
      credentials: '[staging]\nKEY\n',
    },
    {
      name: 'deploy',
      class: 'dependant',
      becomes: 'as before',
      story: 'assumes a role from `work`',
      config: `[profile deploy]\nrole_arn = ${deployer}\nsource_profile = work\n`,
    },
    {
      name: 'deploy-mfa',
      class: 'dependant',
      becomes: 'changed',
      story: 'the same with `mfa_serial`',
      config: `[profile deploy-mfa]\nrole_arn = ${deployer}\nsource_profile = work\nmfa_serial = arn:aws:iam::${dev}:mfa/alice\n`,
    },
    {
      name: 'deploy-long',
      class: 'dependant',
      becomes: 'changed',
      story: 'the same for 2 hours',
      config: `[profile deploy-long]\nrole_arn = ${deployer}\nsource_profile = work\nduration_seconds = 7200\n`,
    },
    {
      name: 'vault',
      class: 'keyless',
      becomes: 'as before',
      story: '`credential_process`',
      config: `[profile vault]\ncredential_process = ${join(home, 'bin/vault')}\n`,
    },
    {
      name: 'reader',
      class: 'keyless',
      becomes: 'as before',
      story: 'SSO alone',
      config: `[profile reader]\n${ssoLines(reading)}\n`,
    },
    {
      name: 'saml',
      class: 'managed',
      becomes: 'as before',
      story: 'written by saml2aws',
      key: newSession(aws, 'saml'),
      credentials: '[saml]\nKEY\nx_security_token_expires = 2099-01-01T00:00:00Z\n',
    },
    {
      name: 'acme prod',
      after: 'acme-prod',
      class: 'odd-name',
      becomes: 'migrated',
      story: 'a name with a blank',
      key: newKey(aws, 'alice-acme', prod),
      target: reading,
      credentials: '[acme prod]\nKEY\n',
    },
  ];
}

export function ssoLines({ account, role }: { readonly account: string; readonly role: string }) {
  return `sso_session = ${sessionName}\nsso_account_id = ${account}\nsso_role_name = ${role}`;
}

function session({ world }: FakeAws): string {
  return `[sso-session ${sessionName}]\nsso_start_url = ${world.startUrl}\nsso_region = ${world.region}\nsso_registration_scopes = sso:account:access\n`;
}

function newKey({ world }: FakeAws, name: string, account: string): FakeKey {
  const made = user({ name, account });
  world.users.push(made);
  return made.keys[0]!;
}

function newSession({ state }: FakeAws, name: string): Key {
  const arn = `arn:aws:sts::${prod}:assumed-role/Developer/${name}`;
  const { keyId, secret, token } = state.session(prod, arn, ['*'], name, 3600);
  return { id: keyId, secret, token };
}

function keyLines(lines: Key | undefined): string {
  if (lines === undefined) return '';
  const { id, secret, token } = lines;
  const rest = token === undefined ? '' : `\naws_session_token = ${token}`;
  return `aws_access_key_id = ${id}\naws_secret_access_key = ${secret}${rest}`;
}

/** What a password manager does: it prints a key that lies in no file. */
function vault({ id, secret }: Key): string {
  const said = JSON.stringify({ Version: 1, AccessKeyId: id, SecretAccessKey: secret });
  return `#!/bin/sh\necho '${said}'\n`;
}
