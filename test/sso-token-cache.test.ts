// The files that make the AWS CLI and the SDKs signed in, too. Whether they take them is asked of themselves where they are
// installed: botocore through python3, the JavaScript SDK from node_modules.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';

import type { SsoSession } from '../src/aws/change.ts';
import type { Token } from '../src/sso/api.ts';
import { cacheFilesOf, signIn, tokenFileOf, tokenFrom } from '../src/sso/index.ts';
import { type FakeAws, startFakeAws } from './support/fake-aws.ts';
import { pythonWithBoto3 } from './support/judges.ts';
import { projectRoot, start, temporaryFolder, writeTree } from './support/run.ts';
import { browser, sessionOf, ssoWorld } from './support/sso-world.ts';

const corp: SsoSession = {
  name: 'corp',
  startUrl: 'https://d-1234567890.awsapps.com/start',
  region: 'us-east-1',
  scopes: ['sso:account:access'],
};

const now = new Date('2026-11-22T00:00:00Z');

const token: Token = {
  session: corp,
  accessToken: 'the-access-token',
  expiresAt: new Date('2026-11-22T06:28:59.789Z'),
  refreshToken: 'the refresh token',
  registration: {
    clientId: 'the client',
    clientSecret: "the client's secret",
    expiresAt: new Date('2027-02-20T00:00:00Z'),
    scopes: ['sso:account:access'],
    grantTypes: ['authorization_code', 'refresh_token'],
  },
};

describe('the files of a token', () => {
  it('are the token by the name of its session, and the registration', () => {
    expect(cacheFilesOf(token).map(({ name, content }) => [name, JSON.parse(content)])).toEqual([
      [
        'ee0bfd2552fbd840c02cc48b6e823320543c450f.json',
        {
          startUrl: 'https://d-1234567890.awsapps.com/start',
          region: 'us-east-1',
          accessToken: 'the-access-token',
          expiresAt: '2026-11-22T06:28:59Z',
          clientId: 'the client',
          clientSecret: "the client's secret",
          registrationExpiresAt: '2027-02-20T00:00:00Z',
          refreshToken: 'the refresh token',
        },
      ],
      [
        expect.stringMatching(/^[0-9a-f]{40}\.json$/),
        {
          clientId: 'the client',
          clientSecret: "the client's secret",
          expiresAt: '2027-02-20T00:00:00Z',
          scopes: ['sso:account:access'],
          grantTypes: ['authorization_code', 'refresh_token'],
        },
      ],
    ]);
  });

  it('have other names in the legacy form, which goes by the start URL', () => {
    const legacy = { ...token, session: { ...corp, name: '' } };
    expect(cacheFilesOf(legacy)).toEqual(cacheFilesOf(token, 'legacy'));
    expect(cacheFilesOf(legacy).map(({ name }) => name)).not.toEqual(
      cacheFilesOf(token).map(({ name }) => name),
    );
    expect(cacheFilesOf(legacy)[0]?.name).toBe(tokenFileOf(corp, 'legacy'));
  });

  it('say nothing of grants for a code, and nothing of a registration that is not known', () => {
    const byCode = { ...token, registration: { ...token.registration, grantTypes: undefined } };
    expect(cacheFilesOf(byCode)[1]?.content).not.toContain('grantTypes');
    const old = {
      ...token,
      refreshToken: undefined,
      registration: { ...token.registration, clientId: '' },
    };
    expect(cacheFilesOf(old).map(({ content }) => Object.keys(JSON.parse(content)))).toEqual([
      ['startUrl', 'region', 'accessToken', 'expiresAt'],
    ]);
  });
});

describe('a file of the cache', () => {
  const json = cacheFilesOf(token)[0]?.content ?? '';
  const changed = (changes: Record<string, unknown>) =>
    JSON.stringify({ ...JSON.parse(json), ...changes });

  it('gives the token back', () => {
    expect(tokenFrom(json, corp, now)).toEqual({
      ...token,
      expiresAt: new Date('2026-11-22T06:28:59Z'),
      registration: { ...token.registration, grantTypes: undefined },
    });
  });

  it('gives one that has ended while it can be refreshed', () => {
    const later = new Date('2026-11-23T00:00:00Z');
    expect(tokenFrom(json, corp, later)?.refreshToken).toBe('the refresh token');
    expect(tokenFrom(changed({ refreshToken: undefined }), corp, later)).toBeUndefined();
    expect(tokenFrom(json, corp, new Date('2027-03-01T00:00:00Z'))).toBeUndefined();
  });

  it('gives one without a registration while it is valid', () => {
    const bare = changed({
      clientId: undefined,
      clientSecret: undefined,
      registrationExpiresAt: undefined,
      refreshToken: undefined,
    });
    expect(tokenFrom(bare, corp, now)?.accessToken).toBe('the-access-token');
    expect(tokenFrom(bare, corp, new Date('2026-11-22T06:25:00Z'))).toBeUndefined();
  });

  it('reads a start URL in another spelling, and dates as the AWS CLI wrote them once', () => {
    const spelt = changed({
      startUrl: 'https://d-1234567890.awsapps.com/start/#/',
      expiresAt: '2026-11-22T06:28:59UTC',
    });
    expect(tokenFrom(spelt, corp, now)?.expiresAt).toEqual(new Date('2026-11-22T06:28:59Z'));
  });

  it.each([
    ['of another portal', changed({ startUrl: 'https://d-0987654321.awsapps.com/start' })],
    ['of another region', changed({ region: 'eu-west-1' })],
    ['without a start URL', changed({ startUrl: undefined })],
    ['without a token', changed({ accessToken: undefined })],
    ['with an empty token', changed({ accessToken: '' })],
    ['with a token that is no text', changed({ accessToken: { toString: 'x' } })],
    ['with a token that is no header', changed({ accessToken: 'a\r\nb: c' })],
    ['with a date that is none', changed({ expiresAt: 'tomorrow' })],
    ['that is a registration', cacheFilesOf(token)[1]?.content ?? ''],
    ['that is half a file', json.slice(0, 40)],
    ['that is empty', ''],
    ['that is null', 'null'],
    ['that is a list', '[]'],
  ])('%s gives nothing', (_what, text) => {
    expect(tokenFrom(text, corp, now)).toBeUndefined();
  });
});

describe('the clients that read the cache', () => {
  let aws: FakeAws;
  beforeEach(async () => {
    aws = await startFakeAws();
    aws.world.pendingPolls = 0;
  });
  afterEach(() => aws.close());

  const python = pythonWithBoto3();
  const itWithBotocore = python === undefined ? it.skip : it;

  const roles = [
    expect.stringMatching(/AWSReservedSSO_ReadOnlyAccess_[0-9a-f]{16}\/dana$/),
    expect.stringMatching(/AWSReservedSSO_Billing_[0-9a-f]{16}\/dana$/),
  ];
  const refreshed = (): number =>
    aws.log.filter(({ operation }) => operation === 'CreateToken').length - 1;

  itWithBotocore.each(['browser', 'device'] as const)(
    'botocore is signed in after a sign-in with %s, in both forms, and refreshes the token',
    async (flow) => {
      const made = await signIn({ session: sessionOf(aws), flow }, browser(), ssoWorld(aws));
      const ask = async (written: Token) => {
        const home = homeWith(written);
        const input = JSON.stringify({
          profiles: ['work', 'legacy'],
          names: [
            registrationKey(made.session),
            { ...registrationKey(made.session), scopes: null, session_name: null },
          ],
        });
        const script = join(projectRoot, 'test/support/sso-with-botocore.py');
        return parsed(
          await start([script], { command: python!, home, env: aws.env, input }).finished,
        );
      };
      expect(await ask(made)).toEqual({
        arns: roles,
        names: [cacheFilesOf(made)[1]?.name, cacheFilesOf(made, 'legacy')[1]?.name],
      });
      expect(refreshed()).toBe(0);
      expect(aws.log.filter(({ signer }) => signer?.startsWith('AKIA'))).toEqual([]);

      // the legacy form has no refresh
      expect((await ask({ ...made, expiresAt: new Date() })).arns).toEqual([
        roles[0],
        'UnauthorizedSSOTokenError',
      ]);
      expect(refreshed()).toBe(1);
    },
    30_000,
  );

  itWithBotocore(
    'botocore finds the registration of a session with an odd name',
    async () => {
      const session = { ...corp, name: 'Bäckerei "Mond" \\ \u{1f319}\u007f', scopes: ['a', 'b:é'] };
      const input = JSON.stringify({ profiles: [], names: [registrationKey(session)] });
      const script = join(projectRoot, 'test/support/sso-with-botocore.py');
      const { names } = parsed(await start([script], { command: python!, input }).finished);
      expect(cacheFilesOf({ ...token, session }).map(({ name }) => name)[1]).toBe(names[0]);
    },
    30_000,
  );

  it.each(['browser', 'device'] as const)(
    'the JavaScript SDK is signed in after a sign-in with %s, in both forms, and refreshes the token',
    async (flow) => {
      const made = await signIn({ session: sessionOf(aws), flow }, browser(), ssoWorld(aws));
      const ask = async (written: Token) => {
        const home = homeWith(written);
        const input = JSON.stringify({ profiles: ['work', 'legacy'] });
        const script = join(projectRoot, 'test/support/sso-with-js-sdk.mjs');
        return parsed(
          await start([script], { command: process.execPath, home, env: aws.env, input }).finished,
        );
      };
      expect(await ask(made)).toEqual({ arns: roles });
      expect(refreshed()).toBe(0);
      expect((await ask({ ...made, expiresAt: new Date() })).arns).toEqual([
        roles[0],
        'CredentialsProviderError',
      ]);
      expect(refreshed()).toBe(1);
    },
    30_000,
  );
});

// ---------------------------------------------------------------------------------------------------------------------------

/** A home with a profile in each form, and the files of the token as the AWS CLI would have left them. */
function homeWith(written: Token): string {
  const home = temporaryFolder('home');
  const { session } = written;
  const files = [...cacheFilesOf(written), ...cacheFilesOf(written, 'legacy')];
  writeTree(home, {
    '.aws/config': [
      '[profile work]',
      `sso_session = ${session.name}`,
      'sso_account_id = 111122223333',
      'sso_role_name = ReadOnlyAccess',
      `[sso-session ${session.name}]`,
      `sso_start_url = ${session.startUrl}`,
      `sso_region = ${session.region}`,
      'sso_registration_scopes = sso:account:access',
      '[profile legacy]',
      `sso_start_url = ${session.startUrl}`,
      `sso_region = ${session.region}`,
      'sso_account_id = 111122223333',
      'sso_role_name = Billing',
      '',
    ].join('\n'),
    ...Object.fromEntries(files.map(({ name, content }) => [`.aws/sso/cache/${name}`, content])),
  });
  return home;
}

/** What the AWS CLI hashes for the file of a registration (read in its source, branch v2). */
function registrationKey({ name, region, scopes, startUrl }: SsoSession) {
  return { tool: 'botocore', startUrl, region, scopes, session_name: name };
}

function parsed({ code, stdout, stderr }: { code: number | null; stdout: string; stderr: string }) {
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as { readonly arns: unknown[]; readonly names: string[] };
}
