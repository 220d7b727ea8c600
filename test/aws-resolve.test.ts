// Which credentials each SDK takes: the table of provider orders row by row, and random profiles against botocore and
// the JavaScript SDK themselves where they are installed.

import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { type AwsTexts, type Resolution, type Sdk, sdks, type Winner } from '../src/aws/change.ts';
import { resolve } from '../src/aws/resolve.ts';
import { fc } from './support/property.ts';
import { oneFile, texts } from './support/aws-files.ts';
import { runs, thorough } from './support/effort.ts';
import { javaJudge } from './support/clients.ts';
import { judged, pythonWithBoto3 } from './support/judges.ts';
import { cleanEnvironment, projectRoot, temporaryFolder, writeTree } from './support/run.ts';

const keys = (name: string): string =>
  `aws_access_key_id = KEY-OF-${name}\naws_secret_access_key = x\n`;
const token = 'aws_session_token = x\n';
const ssoForm = 'sso_session = s\nsso_account_id = 111122223333\nsso_role_name = Admin\n';
const session =
  '[sso-session s]\nsso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\n';
const legacyForm =
  'sso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\nsso_account_id = 111122223333\nsso_role_name = Admin\n';
const process = `credential_process = echo '{"Version": 1, "AccessKeyId": "PROCESS", "SecretAccessKey": "x"}'\n`;
const web = 'role_arn = arn:aws:iam::111122223333:role/Web\nweb_identity_token_file = token\n';
const role = 'role_arn = arn:aws:iam::111122223333:role/Baker\n';
const login = 'login_session = arn:aws:iam::111122223333:user/kim\n';

type Answers = Readonly<Partial<Record<Sdk, Winner>>>;

interface Row {
  readonly of: string;
  readonly config: string;
  readonly credentials?: string;
  /** What all of them do, but for those that are named. */
  readonly all: Winner;
  readonly but?: Answers;
}

/** Profile p alone. */
const rows: readonly Row[] = [
  { of: 'a key in credentials', config: '', credentials: `[p]\n${keys('p')}`, all: 'static' },
  { of: 'a key in config', config: `[profile p]\n${keys('p')}`, all: 'static' },
  {
    of: 'a key with a token',
    config: '',
    credentials: `[p]\n${keys('p')}${token}`,
    all: 'temporary',
  },
  {
    of: 'SSO with a session in config, a key in credentials',
    config: `[profile p]\n${ssoForm}${session}`,
    credentials: `[p]\n${keys('p')}`,
    all: 'sso',
    but: { js: 'static', go: 'static' },
  },
  {
    of: 'legacy SSO in config, a key in credentials',
    config: `[profile p]\n${legacyForm}`,
    credentials: `[p]\n${keys('p')}`,
    all: 'sso',
    but: { js: 'static', go: 'static' },
  },
  {
    of: 'SSO and a key in config',
    config: `[profile p]\n${ssoForm}${keys('p')}${session}`,
    all: 'sso',
    but: { js: 'static', go: 'static' },
  },
  { of: 'SSO with a session', config: `[profile p]\n${ssoForm}${session}`, all: 'sso' },
  { of: 'legacy SSO', config: `[profile p]\n${legacyForm}`, all: 'sso' },
  { of: 'legacy SSO in credentials', config: '', credentials: `[p]\n${legacyForm}`, all: 'sso' },
  {
    of: 'both forms of SSO that agree',
    config: `[profile p]\n${legacyForm}sso_session = s\n${session}`,
    all: 'sso',
    but: { rust: 'refused' },
  },
  {
    of: 'both forms of SSO that differ',
    config: `[profile p]\n${ssoForm}sso_region = eu-west-1\n${session}`,
    all: 'refused',
    but: { js: 'sso' },
  },
  {
    of: 'only a session, and a key',
    config: `[profile p]\nsso_session = s\n${session}`,
    credentials: `[p]\n${keys('p')}`,
    all: 'static',
    but: { rust: 'refused', java: 'refused', ruby: 'refused', dotnet: 'refused' },
  },
  {
    of: 'SSO without a role, and a key',
    config: `[profile p]\nsso_session = s\nsso_account_id = 111122223333\n${session}`,
    credentials: `[p]\n${keys('p')}`,
    all: 'refused',
    but: { js: 'static', go: 'static' },
  },
  {
    of: 'a session that is missing, and a key',
    config: `[profile p]\n${ssoForm}`,
    credentials: `[p]\n${keys('p')}`,
    all: 'refused',
    but: { js: 'static' },
  },
  {
    of: 'SSO and a process',
    config: `[profile p]\n${ssoForm}${process}${session}`,
    all: 'sso',
    but: { js: 'process' },
  },
  {
    of: 'a key and a process',
    config: `[profile p]\n${process}`,
    credentials: `[p]\n${keys('p')}`,
    all: 'static',
    but: { rust: 'process', java: 'process', dotnet: 'process' },
  },
  {
    of: 'a key in config and a process',
    config: `[profile p]\n${process}${keys('p')}`,
    all: 'process',
    but: { js: 'static', go: 'static', ruby: 'static' },
  },
  {
    of: 'a login and a key',
    config: `[profile p]\n${login}`,
    credentials: `[p]\n${keys('p')}`,
    all: 'static',
    but: { rust: 'login', java: 'login', dotnet: 'login' },
  },
  { of: 'a login', config: `[profile p]\n${login}`, all: 'login' },
  {
    of: 'a web identity and SSO',
    config: `[profile p]\n${web}${ssoForm}${session}`,
    all: 'web-identity',
    but: { dotnet: 'sso' },
  },
  {
    of: 'half a key',
    config: '',
    credentials: '[p]\naws_access_key_id = KEY-OF-p\n',
    all: 'refused',
    but: { js: 'nothing' },
  },
  { of: 'nothing of the kind', config: '[profile p]\nregion = x\n', all: 'nothing' },
  { of: 'no such profile', config: '[profile q]\nregion = x\n', all: 'nothing' },
  {
    of: 'a role without a source, and a key',
    config: `[profile p]\n${role}`,
    credentials: `[p]\n${keys('p')}`,
    all: 'static',
    but: { 'aws-cli': 'refused', boto3: 'refused', go: 'assume-role', rust: 'refused' },
  },
  {
    of: 'a role of the environment',
    config: `[profile p]\n${role}credential_source = Environment\n`,
    all: 'assume-role',
  },
  {
    of: 'a file with a section twice',
    config: '',
    credentials: `[p]\n${keys('p')}[q]\n[q]\n`,
    all: 'static',
    but: { 'aws-cli': 'refused', boto3: 'refused' },
  },
  {
    of: 'an indented comment before a key',
    config: '',
    credentials: `[p]\n  # live\n${keys('p')}`,
    all: 'static',
    but: { rust: 'refused', java: 'refused' },
  },
];

const winners = (given: AwsTexts, profile = 'p'): Record<string, Winner> =>
  Object.fromEntries(sdks.map((sdk) => [sdk, resolve(given, profile, sdk).winner]));

describe('the winner', () => {
  it.each(rows)('of $of', ({ config, credentials, all, but }) => {
    expect(winners(texts(config, credentials))).toEqual({
      ...Object.fromEntries(sdks.map((sdk) => [sdk, all])),
      ...but,
    });
  });

  it('of one file under both names is found under either header', () => {
    const given = oneFile(
      `[p]\n${keys('p')}[profile p]\nregion = x\n[profile q]\n${ssoForm}${session}`,
    );
    expect(new Set(Object.values(winners(given)))).toEqual(new Set(['static']));
    expect(new Set(Object.values(winners(given, 'q')))).toEqual(new Set(['sso']));
  });
});

interface Chain {
  readonly of: string;
  readonly config: string;
  readonly credentials?: string;
  readonly all: Resolution;
  readonly but?: Readonly<Partial<Record<Sdk, Resolution>>>;
}

const by = (signedBy: string, base: Winner): Resolution => ({
  winner: 'assume-role',
  signedBy,
  base,
});
const refused: Resolution = { winner: 'refused', signedBy: 'p', base: 'refused' };

/** Profile p takes a role with what another profile has. */
const chains: readonly Chain[] = [
  {
    of: 'a source with a key',
    config: `[profile p]\n${role}source_profile = q\n`,
    credentials: `[q]\n${keys('q')}`,
    all: by('q', 'static'),
  },
  {
    of: 'a source with SSO',
    config: `[profile p]\n${role}source_profile = q\n[profile q]\n${ssoForm}${session}`,
    all: by('q', 'sso'),
  },
  {
    of: 'a source with SSO and a key: half of them sign with the key',
    config: `[profile p]\n${role}source_profile = q\n[profile q]\n${ssoForm}${session}`,
    credentials: `[q]\n${keys('q')}`,
    all: by('q', 'static'),
    but: {
      'aws-cli': by('q', 'sso'),
      boto3: by('q', 'sso'),
      java: by('q', 'sso'),
      dotnet: by('q', 'sso'),
    },
  },
  {
    of: 'a source and a key of its own',
    config: `[profile p]\n${role}source_profile = q\n${keys('p')}`,
    credentials: `[q]\n${keys('q')}`,
    all: by('q', 'static'),
  },
  {
    of: 'itself as the source of a key',
    config: `[profile p]\n${role}source_profile = p\n${keys('p')}`,
    all: by('p', 'static'),
    but: { java: refused },
  },
  {
    of: 'itself as the source, with SSO',
    config: `[profile p]\n${role}source_profile = p\n${ssoForm}${session}`,
    all: refused,
    but: {
      go: by('p', 'sso'),
      rust: by('p', 'sso'),
      java: { winner: 'sso', signedBy: 'p', base: 'sso' },
      ruby: { winner: 'sso', signedBy: 'p', base: 'sso' },
      dotnet: { winner: 'sso', signedBy: 'p', base: 'sso' },
    },
  },
  {
    of: 'a source that is a chain',
    config: `[profile p]\n${role}source_profile = q\n[profile q]\n${role}source_profile = r\n`,
    credentials: `[r]\n${keys('r')}`,
    all: by('r', 'static'),
  },
  {
    of: 'a circle',
    config: `[profile p]\n${role}source_profile = q\n[profile q]\n${role}source_profile = p\n`,
    all: refused,
  },
  {
    of: 'a source that is missing',
    config: `[profile p]\n${role}source_profile = q\n`,
    all: refused,
  },
  {
    of: 'a source without credentials',
    config: `[profile p]\n${role}source_profile = q\n[profile q]\nregion = x\n`,
    all: refused,
  },
  {
    of: 'a source with a login, which Go does not take',
    config: `[profile p]\n${role}source_profile = q\n[profile q]\n${login}`,
    all: by('q', 'login'),
    but: { go: refused, ruby: refused },
  },
];

describe('the end of a chain', () => {
  it.each(chains)('of $of', ({ config, credentials, all, but }) => {
    const given = texts(config, credentials);
    expect(Object.fromEntries(sdks.map((sdk) => [sdk, resolve(given, 'p', sdk)]))).toEqual({
      ...Object.fromEntries(sdks.map((sdk) => [sdk, all])),
      ...but,
    });
  });
});

// ---- against the SDKs

interface Asked {
  readonly config: string;
  readonly credentials: string;
  readonly profile: string;
}

const parts = (name: string) =>
  fc
    .record({
      key: fc.constantFrom(
        '',
        '',
        keys(name),
        `${keys(name)}${token}`,
        `aws_access_key_id = KEY-OF-${name}\n`,
      ),
      sso: fc.constantFrom(
        '',
        '',
        ssoForm,
        legacyForm,
        'sso_session = s\n',
        'sso_session = t\nsso_account_id = 1\n',
        `sso_region = x\n${ssoForm}`,
      ),
      role: fc.constantFrom(
        '',
        '',
        role,
        web,
        `${role}source_profile = q\n`,
        `${role}source_profile = r\n`,
        `${role}source_profile = p\n`,
        `${role}credential_source = Environment\n`,
        'source_profile = q\n',
      ),
      other: fc.constantFrom('', '', process, login, 'region = x\n'),
    })
    .map(({ key, sso, role: chain, other }) => [key, sso, chain, other]);
const worlds = fc
  .tuple(
    parts('p'),
    parts('q'),
    parts('r'),
    fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
  )
  .map(([p, q, r, places]): Asked => {
    const lines = { config: '', credentials: '' };
    ['p', 'q', 'r'].forEach((name, profile) => {
      const pieces = [p, q, r][profile] ?? [];
      const where = (own: boolean): string =>
        pieces.filter((_, piece) => (places[profile * 4 + piece] ?? true) === own).join('');
      lines.config += `[profile ${name}]\n${where(true)}`;
      if (where(false) !== '') lines.credentials += `[${name}]\n${where(false)}`;
    });
    return { config: lines.config + session, credentials: lines.credentials, profile: 'p' };
  });

const cases: readonly Asked[] = [
  ...[...rows, ...chains].map(({ config, credentials = '' }) => ({
    config,
    credentials,
    profile: 'p',
  })),
  ...fc.sample(worlds, { numRuns: runs(400, 1_000), seed: 11 }),
];

/** As the judges put it: what signs in the end, and with which key. The winner is null where they cannot tell. */
function said(asked: Asked, sdk: Sdk, answer: unknown): readonly (string | null)[] {
  const { winner, signedBy, base } = resolve(
    texts(asked.config, asked.credentials),
    asked.profile,
    sdk,
  );
  const key = base === 'static' || base === 'temporary' ? `KEY-OF-${signedBy}` : '';
  return [Array.isArray(answer) && answer[0] === null ? null : winner, base, key];
}

describe('against the SDKs themselves', () => {
  const script = (name: string): string => path.join(projectRoot, 'test/support', name);
  const python = pythonWithBoto3();
  (python === undefined ? it.skip : it)('resolves as botocore does', () => {
    const answers = judged(python!, [script('resolve-with-botocore.py')], cases) as unknown[];
    cases.forEach((asked, index) => {
      expect([asked, said(asked, 'boto3', answers[index])]).toEqual([asked, answers[index]]);
    });
  });

  it('resolves as the JavaScript SDK does', () => {
    const node = globalThis.process.execPath;
    const answers = judged(node, [script('resolve-with-js-sdk.mjs')], cases) as unknown[];
    cases.forEach((asked, index) => {
      expect([asked, said(asked, 'js', answers[index])]).toEqual([asked, answers[index]]);
    });
  });
});

describe('against the Java SDK itself', () => {
  if (thorough && javaJudge === undefined)
    console.warn('SKIPPED: the Java SDK is not installed here (node scripts/clients.js)');
  // Its start takes seconds.
  const itWithJava = thorough && javaJudge !== undefined ? it : it.skip;

  itWithJava('resolves as it does', () => {
    const home = temporaryFolder('java');
    writeTree(home, { token: 'a token' });
    const env = {
      ...cleanEnvironment(home),
      AWS_ACCESS_KEY_ID: 'OUTSIDE',
      AWS_SECRET_ACCESS_KEY: 'x',
    };
    const question = { resolve: cases, read: [] };
    const { resolve: answers } = judged('java', javaJudge!, question, { cwd: home, env }) as {
      readonly resolve: readonly unknown[];
    };
    const differing = cases.flatMap((asked, index) => {
      const ours = said(asked, 'java', answers[index]);
      return isDeepStrictEqual(ours, answers[index]) ? [] : [[asked, ours, answers[index]]];
    });
    expect(differing).toEqual([]);
  });
});
