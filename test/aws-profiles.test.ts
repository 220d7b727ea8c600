// What config and credentials mean: which profile holds which kind of key, and where.

import { describe, expect, it } from '@jest/globals';
import { fc } from './support/property.ts';
import {
  accountIn,
  isAwsKeyId,
  isPlaceholder,
  type Profile,
  type ProfileHints,
  readProfiles,
} from '../src/aws/profiles.ts';
import { maskKeyId } from '../src/core/mask-key-id.ts';
import { generate } from './support/examples.ts';

const id = generate('aws-id@111122223333', 'human');
const otherId = generate('aws-id@444455556666', 'other');
const canaryId = generate('aws-id@052310077262', 'canary');
const temporaryId = `ASIA${id.slice(4)}`;
const secret = generate('aws-secret', 'secret');
const keyLines = (keyId = id): string =>
  `aws_access_key_id = ${keyId}\naws_secret_access_key = ${secret}\n`;

function read(config: string, credentials = '', hints: ProfileHints = {}): Profile[] {
  return readProfiles(
    [
      { kind: 'config', bytes: Buffer.from(config) },
      { kind: 'credentials', bytes: Buffer.from(credentials) },
    ],
    hints,
  );
}

const classes = (profiles: readonly Profile[]): Record<string, string> =>
  Object.fromEntries(profiles.map((profile) => [profile.name, profile.class]));

const sso = 'sso_session = s\nsso_account_id = 111122223333\nsso_role_name = Read\n';

describe('profiles', () => {
  it('are joined from both files, credentials winning name by name', () => {
    const [work] = read(
      `[profile work]\nregion = a\noutput = json\ns3 =\n  endpoint_url = https://s3.eu-west-1.amazonaws.com\n`,
      `[work]\nregion = b\n${keyLines()}`,
    );
    expect(work).toMatchObject({
      name: 'work',
      class: 'human',
      key: { id, secret, token: undefined, file: 'credentials' },
      account: '111122223333',
      manager: undefined,
      dependants: [],
    });
    expect(Object.fromEntries(work?.settings ?? [])).toEqual({
      region: 'b',
      output: 'json',
      s3: '',
      's3.endpoint_url': 'https://s3.eu-west-1.amazonaws.com',
    });
  });

  it('name every place of a key, also the ones that are not used', () => {
    const config = `[profile work]\n${keyLines(otherId)}`;
    const credentials = `[work]\n${keyLines()}`;
    const [work] = read(config, credentials);
    expect(work?.key?.id).toBe(id);
    expect(work?.places.map(({ file, role, value }) => [file, role, value])).toEqual([
      ['config', 'id', otherId],
      ['config', 'secret', secret],
      ['credentials', 'id', id],
      ['credentials', 'secret', secret],
    ]);
  });

  it('find keys that no SDK would: other cases, quotes, indentation, glued and broken headers', () => {
    for (const text of [
      `[work]# c\n${keyLines()}`,
      `[work]\n  AWS_ACCESS_KEY_ID: "${id}"\n  export aws_secret_access_key='${secret}' # c\n`,
      `\uFEFF[work]\n${keyLines()}[work]\nregion = x\n`,
      `[work]\raws_access_key_id=${id}\raws_secret_access_key=${secret}\r`,
      `[work]\naws_session_token =\n  aws_access_key_id = ${id}\n  aws_secret_access_key = ${secret}\n`,
    ]) {
      const [work] = read('', text);
      expect([work?.name, work?.key?.id, work?.key?.secret]).toEqual(['work', id, secret]);
    }
  });

  it('count where an SDK looks for none, when a key is there', () => {
    const config = `aws_access_key_id = ${id}\n[work]\n${keyLines()}[sso-session s]\n${keyLines()}[preview]\nx = 1\n`;
    expect(classes(read(config))).toEqual({
      '(no section)': 'odd-name',
      work: 'odd-name',
      'sso-session s': 'odd-name',
    });
  });

  const cases: readonly (readonly [string, string, string, string, ProfileHints?])[] = [
    ['human', 'a key', '', `[p]\n${keyLines()}`],
    [
      'human',
      'half of an SSO sign-in beside the key',
      '[profile p]\nsso_session = s\n',
      `[p]\n${keyLines()}`,
    ],
    ['split', 'SSO beside the key', `[profile p]\n${sso}`, `[p]\n${keyLines()}`],
    ['temporary', 'a token', '', `[p]\n${keyLines()}aws_session_token = x1\n`],
    ['temporary', 'an ASIA id', '', `[p]\n${keyLines(temporaryId)}`],
    ['canary', 'a trap', '', `[p]\n${keyLines(canaryId)}`],
    ['root', 'a root key', '', `[p]\n${keyLines()}`, { rootKeyIds: new Set([id]) }],
    ['robot', 'a build server', '', `[p]\n${keyLines()}`, { robot: true }],
    [
      's3-compatible',
      'an endpoint',
      '[profile p]\nendpoint_url = http://localhost:9000\n',
      `[p]\n${keyLines()}`,
    ],
    [
      's3-compatible',
      'a service endpoint',
      '[profile p]\nservices = m\n[services m]\ns3 =\n  endpoint_url = https://minio.example\n',
      `[p]\n${keyLines()}`,
    ],
    [
      'human',
      "AWS's own endpoint",
      '[profile p]\nendpoint_url = https://user@s3.eu-west-1.amazonaws.com:443/x\n',
      `[p]\n${keyLines()}`,
    ],
    [
      's3-compatible',
      'a host that only ends like AWS',
      '[profile p]\nendpoint_url = https://evilamazonaws.com\n',
      `[p]\n${keyLines()}`,
    ],
    [
      's3-compatible',
      'another kind of id',
      '',
      `[p]\naws_access_key_id = minioadmin\naws_secret_access_key = minioadmin\n`,
    ],
    [
      'managed',
      'what granted writes',
      '[profile p]\ngranted_sso_start_url = x\n',
      `[p]\n${keyLines()}`,
    ],
    [
      'managed',
      'what aws-sso-cli writes',
      '# BEGIN_AWS_SSO_CLI\n[profile p]\nregion = x\n# END_AWS_SSO_CLI\n',
      '',
    ],
    ['keyless', 'nothing', '[profile p]\nregion = x\n', ''],
    ['keyless', 'SSO', `[profile p]\n${sso}`, ''],
    [
      'keyless',
      'a documentation sample',
      '',
      `[p]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = <your secret>\n`,
    ],
  ];
  it.each(cases.map(([kind, why, ...rest]) => ({ kind, why, rest })))(
    'are $kind with $why',
    ({ kind, rest: [config, credentials, hints] }) => {
      expect(classes(read(config, credentials, hints))['p']).toBe(kind);
    },
  );

  it('are robots by their names only when those are names of robots', () => {
    const names = [
      'ci',
      'ci-eu',
      'svc-backup',
      'web-deploy',
      'terraform',
      'city',
      'deploy',
      'cicero',
      'work',
    ];
    const text = names.map((name) => `[${name}]\n${keyLines()}`).join('');
    expect(Object.values(classes(read('', text)))).toEqual([
      ...Array.from({ length: 5 }, () => 'robot'),
      ...Array.from({ length: 4 }, () => 'human'),
    ]);
  });

  it('depend on a profile with a key through source_profile, in any number of steps and never in circles', () => {
    const role = (name: string, source: string): string =>
      `[profile ${name}]\nrole_arn = arn:aws:iam::111122223333:role/x\nsource_profile = ${source}\n`;
    const profiles = read(
      role('a', 'work') + role('b', 'a') + role('c', 'd') + role('d', 'c') + role('e', 'nobody'),
      `[work]\n${keyLines()}`,
    );
    expect(classes(profiles)).toEqual({
      a: 'dependant',
      b: 'dependant',
      c: 'keyless',
      d: 'keyless',
      e: 'keyless',
      work: 'human',
    });
    expect(profiles.map(({ dependants }) => dependants)).toEqual([
      ['b'],
      [],
      ['d'],
      ['c'],
      [],
      ['a'],
    ]);
  });

  it.each([
    ['[profile "two words"]', 'two words'],
    ['[profile  work]', 'work'],
    ['[ profile work ]', 'work'],
    ["[profile bob's]", "bob's"],
    ['[profile a=b]', 'a=b'],
    ['[profile constructor]', 'constructor'],
  ])('have an odd name in %s', (header, name) => {
    expect(classes(read(`${header}\n${keyLines()}`))).toEqual({ [name]: 'odd-name' });
  });

  it('keep the tools apart that write sessions beside a long-term key', () => {
    const profiles = read(
      '',
      `[w-long-term]\n${keyLines()}[w]\n${keyLines(temporaryId)}aws_session_token = t1\nexpiration = 2026-01-01\n`,
    );
    expect(profiles.map(({ class: kind, manager }) => [kind, manager])).toEqual([
      ['managed', 'aws-mfa'],
      ['managed', 'aws-mfa'],
    ]);
  });

  it('can be read from any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 }), (a, b) => {
        readProfiles([
          { kind: 'config', bytes: a },
          { kind: 'credentials', bytes: b },
        ]);
      }),
    );
  });
});

describe('key ids', () => {
  it('are masked, told apart and decoded', () => {
    expect(maskKeyId(id)).toBe(`AKIA…${id.slice(-4)}`);
    expect(maskKeyId('minioadmin')).toBe('••••••••');
    expect(maskKeyId('0'.repeat(28) + 'abcd')).toBe('…abcd');
    expect([accountIn(id), accountIn(undefined), accountIn('minioadmin')]).toEqual([
      '111122223333',
      null,
      null,
    ]);
    expect([isAwsKeyId(id), isAwsKeyId(temporaryId), isAwsKeyId(id.toLowerCase())]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('are placeholders when a person was to replace them', () => {
    const samples = ['', '<key>', '${KEY}', '{{ key }}', 'xxxxxxxx', 'YOUR_ACCESS_KEY', 'AKIA...'];
    expect(samples.filter((sample) => !isPlaceholder(sample))).toEqual([]);
    expect([id, secret, 'minioadmin'].filter(isPlaceholder)).toEqual([]);
  });
});
