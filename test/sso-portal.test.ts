// Accounts, roles, credentials, and what STS and IAM say of keys, against the fake.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';

import type { Credentials, Portal, Token } from '../src/sso/api.ts';
import {
  accountOfKey,
  callerIdentity,
  callProblem,
  deleteKey,
  isAlive,
  lastUse,
  openPortal,
  policiesOfUser,
  setKeyStatus,
  signIn,
  SsoError,
} from '../src/sso/index.ts';
import {
  type FakeAws,
  type FakeKey,
  type Fault,
  key as newKey,
  startFakeAws,
  user,
} from './support/fake-aws.ts';
import { browser, sessionOf, ssoWorld } from './support/sso-world.ts';
import { until } from './support/until.ts';

const dev = '111122223333';
const prod = '444455556666';

let aws: FakeAws;
beforeEach(async () => {
  aws = await startFakeAws();
});
afterEach(() => aws.close());

describe('the portal', () => {
  it('lists all pages of accounts, by name, then by id', async () => {
    aws.world.accounts.push({ id: '000011112222', name: 'dev', email: undefined, roles: [] });
    const portal = await signedIn();
    expect(await portal.accounts()).toEqual([
      { id: '777788889999', name: 'archive', email: '' },
      { id: '000011112222', name: 'dev', email: '' },
      { id: dev, name: 'dev', email: 'dev@moonbakery.example' },
      { id: prod, name: 'prod', email: 'prod@moonbakery.example' },
    ]);
    expect(asked('ListAccounts')).toBe(2);
  });

  it('asks for each list once, and again when that failed', async () => {
    const portal = await signedIn();
    aws.world.faults.push({ on: 'ListAccounts', does: 'forbidden', times: 1 });
    await expect(portal.accounts()).rejects.toThrow();
    const first = await portal.accounts();
    expect(await portal.accounts()).toEqual(first);
    expect(asked('ListAccounts')).toBe(3); // one that failed, two pages
    await portal.roles(dev);
    await portal.roles(prod);
    await portal.roles(dev);
    expect(asked('ListAccountRoles')).toBe(3); // two pages, one page
  });

  it('lists two hundred accounts over one connection', async () => {
    aws.world.accounts = Array.from({ length: 200 }, (_, index) => ({
      id: String(100_000_000_000 + index),
      name: undefined,
      email: undefined,
      roles: [],
    }));
    const portal = await signedIn();
    expect((await portal.accounts()).map(({ id }) => id)).toEqual(
      aws.world.accounts.map(({ id }) => id),
    );
    expect(asked('ListAccounts')).toBe(100);
  });

  it('lists all pages of roles', async () => {
    const portal = await signedIn();
    expect(await portal.roles(dev)).toEqual(['AdministratorAccess', 'Billing', 'ReadOnlyAccess']);
    expect(asked('ListAccountRoles')).toBe(2);
  });

  it('lists nothing where nothing is assigned', async () => {
    aws.world.accounts = [];
    expect(await (await signedIn()).accounts()).toEqual([]);
  });

  it('gives credentials that STS takes for the role', async () => {
    const portal = await signedIn();
    const identity = await callerIdentity(
      await portal.credentials(dev, 'ReadOnlyAccess'),
      ssoWorld(aws),
    );
    expect(identity).toEqual({
      ok: true,
      account: dev,
      arn: expect.stringMatching(
        /^arn:aws:sts::111122223333:assumed-role\/AWSReservedSSO_ReadOnlyAccess_[0-9a-f]{16}\/dana$/,
      ),
      userId: expect.stringMatching(/^AROA[0-9A-F]{17}:dana$/),
    });
  });

  it('tells a role that is not assigned from a session that has ended', async () => {
    const portal = await signedIn();
    expect(await failure(portal.credentials(dev, 'PowerUser'))).toEqual([
      'no-assignment',
      'cannot get credentials for role PowerUser in account 111122223333: your SSO user has no access to this account and role',
    ]);
    expect((await failure(portal.roles('999999999999')))[0]).toBe('no-assignment');
    aws.state.tokens.clear();
    expect(await failure(portal.accounts())).toEqual([
      'expired',
      'cannot list your accounts: the SSO session has ended',
    ]);
  });

  it('says whether it still takes a token, unless it cannot be asked', async () => {
    const made = await token();
    const ask = () => isAlive(made, ssoWorld(aws));
    expect(await ask()).toBe(true);
    aws.state.tokens.clear();
    expect(await ask()).toBe(false);
    aws.world.faults.push({ on: 'ListAccounts', does: 'unavailable' });
    expect((await failure(ask()))[0]).toBe('unavailable');
  });

  it.each<[string, Omit<Fault, 'on'>, string]>([
    ['429', { does: 'throttled' }, 'throttled'],
    ['500', { does: 'internal' }, 'unavailable'],
    ['a page', { does: 'page' }, 'unavailable'],
    ['half an answer', { does: 'broken' }, 'refused'],
    ['an empty answer', { does: 'empty' }, 'refused'],
    ['a broken connection', { does: 'reset' }, 'unreachable'],
    ['no answer', { does: 'hang' }, 'unreachable'],
    ['a redirect', { does: 'redirect' }, 'refused'],
  ])('says so when it gets %s', async (_what, fault, kind) => {
    const portal = await signedIn({ timeout: 150 });
    for (const [on, asking] of [
      ['ListAccounts', () => portal.accounts()],
      ['ListAccountRoles', () => portal.roles(dev)],
      ['GetRoleCredentials', () => portal.credentials(dev, 'ReadOnlyAccess')],
    ] as const) {
      aws.world.faults.splice(0, Infinity, { on, ...fault });
      expect([on, (await failure(asking()))[0]]).toEqual([on, kind]);
    }
  });

  it('gets through when it is asked to slow down for a while', async () => {
    const portal = await signedIn();
    aws.world.faults.push({ on: 'ListAccounts', does: 'throttled', times: 3 });
    expect((await portal.accounts()).length).toBe(3);
  });

  it('does not turn the pages of a list for ever', async () => {
    const portal = await signedIn();
    aws.world.pageSize = 0;
    expect((await failure(portal.accounts()))[0]).toBe('refused');
  });

  it('takes no name that would be more than a name in a configuration file', async () => {
    for (const name of ['Read\n[profile evil]', 'a b', '', 'x'.repeat(65), '../x']) {
      aws.world.accounts[1]!.roles = [{ name, allows: [] }];
      expect((await failure((await signedIn()).roles(dev)))[0]).toBe('refused');
    }
    aws.world.accounts[1]!.id = '1\n2';
    expect((await failure((await signedIn()).accounts()))[0]).toBe('refused');
  });

  it('lets no control character of an account name reach the terminal', async () => {
    aws.world.accounts = [{ id: dev, name: 'a\u001b[31m\u202eb', email: 'c\nd', roles: [] }];
    expect(await (await signedIn()).accounts()).toEqual([
      { id: dev, name: 'a\ufffd[31m\ufffdb', email: 'c\ufffdd' },
    ]);
  });

  it('ends at once with Ctrl-C, in the middle of the pages and in a wait', async () => {
    const world = ssoWorld(aws, { onSleep: () => world.interrupt() });
    const portal = openPortal(await token(), world);
    aws.world.faults.push({ on: 'ListAccounts', does: 'throttled' });
    expect((await failure(portal.accounts()))[0]).toBe('interrupted');
    expect(asked('ListAccounts')).toBe(1);

    const other = ssoWorld(aws);
    aws.world.faults.splice(0, Infinity, { on: 'ListAccounts', does: 'hang' });
    const asking = failure(openPortal(await token(), other).accounts());
    await until(() => asked('ListAccounts') === 2);
    other.interrupt();
    expect((await asking)[0]).toBe('interrupted');
  });
});

describe('whose credentials are these', () => {
  it('is asked with exactly them, and tells users, root and dead keys apart', async () => {
    const rooted = user({ name: 'root', account: prod });
    aws.world.users.push(rooted);
    const ask = (key: FakeKey) => callerIdentity(credentialsOf(key), ssoWorld(aws));
    expect(await ask(alice())).toEqual({
      ok: true,
      account: dev,
      arn: `arn:aws:iam::${dev}:user/alice`,
      userId: expect.stringMatching(/^AIDA/),
    });
    expect(await ask(rooted.keys[0]!)).toEqual({
      ok: true,
      account: prod,
      arn: `arn:aws:iam::${prod}:root`,
      userId: prod,
    });
    expect(await ask({ ...alice(), secret: newKey(dev).secret })).toEqual({
      ok: false,
      why: 'wrong-secret',
    });
    expect(await ask(newKey(dev))).toEqual({ ok: false, why: 'invalid' });
    alice().status = 'Inactive';
    expect(await ask(alice())).toEqual({ ok: false, why: 'invalid' });
    expect(aws.log.map(({ signer }) => signer?.slice(0, 4))).toEqual(Array(5).fill('AKIA'));
  });

  it('tells credentials that have expired, and those whose token is missing', async () => {
    const portal = await signedIn();
    const temporary = await portal.credentials(dev, 'ReadOnlyAccess');
    expect(await callerIdentity({ ...temporary, sessionToken: undefined }, ssoWorld(aws))).toEqual({
      ok: false,
      why: 'invalid',
    });
    aws.world.clockOffset = 2 * 3600_000;
    expect(await callerIdentity(temporary, ssoWorld(aws))).toEqual({ ok: false, why: 'expired' });
  });

  it('is answered although the clock of this computer is wrong', async () => {
    for (const clockOffset of [5 * 3600_000, -5 * 3600_000]) {
      aws.world.clockOffset = clockOffset;
      const world = ssoWorld(aws);
      expect((await callerIdentity(credentialsOf(alice()), world)).ok).toBe(true);
      expect(world.slept).toEqual([]);
    }
    expect(
      await callerIdentity({ ...credentialsOf(alice()), secretAccessKey: 'no' }, ssoWorld(aws)),
    ).toEqual({ ok: false, why: 'wrong-secret' });
  });

  it('is no answer when only the clock is wrong and nobody says what time it is', async () => {
    Object.assign(aws.world, { clockOffset: 5 * 3600_000, tellsTime: false });
    expect(await failure(callerIdentity(credentialsOf(alice()), ssoWorld(aws)))).toEqual([
      'refused',
      'cannot ask whose credentials these are: the clock of this computer is wrong',
    ]);
  });

  it.each<[string, Omit<Fault, 'on'>, string]>([
    ['throttled', { does: 'throttled' }, 'throttled'],
    ['out of order', { does: 'unavailable' }, 'unavailable'],
    ['broken', { does: 'broken' }, 'refused'],
    ['empty', { does: 'empty' }, 'refused'],
    ['a page', { does: 'page' }, 'unavailable'],
    ['cut off', { does: 'reset' }, 'unreachable'],
  ])('is no answer when STS is %s', async (_what, fault, kind) => {
    aws.world.faults.push({ on: 'GetCallerIdentity', ...fault });
    expect((await failure(callerIdentity(credentialsOf(alice()), ssoWorld(aws))))[0]).toBe(kind);
  });

  it('is an answer when STS denies it', async () => {
    aws.world.faults.push({ on: 'GetCallerIdentity', does: 'access_denied' });
    expect(await callerIdentity(credentialsOf(alice()), ssoWorld(aws))).toEqual({
      ok: false,
      why: 'denied',
    });
  });

  it('is asked in the partition that the region of the profile is in, whatever stands there', async () => {
    for (const region of ['cn-north-1', undefined, 'auto', 'evil.example/']) {
      await callerIdentity(credentialsOf(alice()), ssoWorld(aws), region);
    }
    expect(aws.log.map(({ scope }) => scope)).toEqual([
      'cn-north-1/sts',
      'us-east-1/sts',
      'us-east-1/sts',
      'us-east-1/sts',
    ]);
  });
});

describe('the account of a key', () => {
  it('is told also for an id that is too old to name it', async () => {
    const old = newKey(prod, 'old');
    aws.world.users.push(user({ name: 'veteran', account: prod, keys: [old] }));
    const ask = (id: string) => accountOfKey(id, credentialsOf(alice()), ssoWorld(aws));
    expect([await ask(old.id), await ask(alice().id), await ask(newKey(prod, 'old').id)]).toEqual([
      prod,
      dev,
      undefined,
    ]);
  });

  it('is not told to those who may not ask', async () => {
    aws.world.faults.push({ on: 'GetAccessKeyInfo', does: 'access_denied' });
    expect(await accountOfKey(alice().id, credentialsOf(alice()), ssoWorld(aws))).toBeUndefined();
  });
});

describe('a key in IAM', () => {
  it('says when it was used last, and that it never was', async () => {
    const ask = () => lastUse(alice().id, credentialsOf(alice()), ssoWorld(aws));
    expect(await ask()).toEqual({
      ok: true,
      use: { date: null, service: null, region: null, userName: 'alice' },
    });
    const date = new Date('2026-11-01T09:30:00Z');
    alice().lastUse = { date, service: 's3', region: 'eu-west-1' };
    expect(await ask()).toEqual({
      ok: true,
      use: { date, service: 's3', region: 'eu-west-1', userName: 'alice' },
    });
  });

  it('is taken out of use by the SSO role, and is refused from then on', async () => {
    const role = await (await signedIn()).credentials(dev, 'AdministratorAccess');
    const named = { keyId: alice().id, userName: 'alice' };
    expect(await setKeyStatus(named, 'Inactive', role, ssoWorld(aws))).toEqual({ ok: true });
    expect(alice().status).toBe('Inactive');
    expect(await callerIdentity(credentialsOf(alice()), ssoWorld(aws))).toEqual({
      ok: false,
      why: 'invalid',
    });
    expect(await setKeyStatus(named, 'Active', role, ssoWorld(aws))).toEqual({ ok: true });
    expect(alice().status).toBe('Active');
    const update = aws.log.filter(({ operation }) => operation === 'UpdateAccessKey');
    expect(update.map(({ signer }) => signer)).toEqual([role.accessKeyId, role.accessKeyId]);
  });

  it('takes itself out of use, but cannot take that back', async () => {
    const self = { keyId: alice().id, userName: undefined };
    const key = credentialsOf(alice());
    expect(await setKeyStatus(self, 'Inactive', key, ssoWorld(aws))).toEqual({ ok: true });
    expect(await setKeyStatus(self, 'Active', key, ssoWorld(aws))).toEqual({
      ok: false,
      why: 'invalid',
      detail: 'iam:UpdateAccessKey: the credentials are not accepted any more',
    });
  });

  it('is deleted once', async () => {
    const role = await (await signedIn()).credentials(dev, 'AdministratorAccess');
    const named = { keyId: alice().id, userName: 'alice' };
    expect(await deleteKey(named, role, ssoWorld(aws))).toEqual({ ok: true });
    expect(aws.world.users[0]!.keys).toEqual([]);
    expect(await deleteKey(named, role, ssoWorld(aws))).toEqual({
      ok: false,
      why: 'gone',
      detail: 'iam:DeleteAccessKey: there is no such key or user in this account',
    });
  });

  it('stays as it is for those who may not touch it', async () => {
    const reader = await (await signedIn()).credentials(dev, 'ReadOnlyAccess');
    const named = { keyId: alice().id, userName: 'alice' };
    const denied = {
      ok: false,
      why: 'denied',
      detail: 'iam:UpdateAccessKey: these credentials have no permission',
    };
    expect(await setKeyStatus(named, 'Inactive', reader, ssoWorld(aws))).toEqual(denied);
    expect(
      await setKeyStatus({ ...named, userName: undefined }, 'Inactive', reader, ssoWorld(aws)),
    ).toEqual(denied);
    const admin = await (await signedIn()).credentials(dev, 'AdministratorAccess');
    expect(
      await setKeyStatus({ ...named, userName: undefined }, 'Inactive', admin, ssoWorld(aws)),
    ).toEqual({
      ok: false,
      why: 'denied',
      detail: 'iam:UpdateAccessKey: the user that owns the key is not known',
    });
    expect(await lastUse(newKey(prod).id, admin, ssoWorld(aws))).toMatchObject({ why: 'denied' });
    expect(alice().status).toBe('Active');
  });

  it('is a failure, not an answer, when IAM is out of order', async () => {
    const named = { keyId: alice().id, userName: 'alice' };
    const key = credentialsOf(alice());
    for (const [does, kind] of [
      ['unavailable', 'unavailable'],
      ['throttled', 'throttled'],
      ['broken', 'refused'],
      ['reset', 'unreachable'],
    ] as const) {
      aws.world.faults.splice(0, Infinity, { on: '*', does });
      for (const asking of [
        () => setKeyStatus(named, 'Inactive', key, ssoWorld(aws)),
        () => deleteKey(named, key, ssoWorld(aws)),
        () => lastUse(alice().id, key, ssoWorld(aws)),
        () => policiesOfUser('alice', key, ssoWorld(aws)),
      ]) {
        expect((await failure(asking()))[0]).toBe(kind);
      }
    }
    expect(alice().status).toBe('Active');
  });
});

describe('the policies of a user', () => {
  it('are those attached to it, written in it, and of its groups', async () => {
    Object.assign(aws.world.users[0]!, {
      attachedPolicies: ['PowerUserAccess', 'Billing', 'ReadOnlyAccess'],
      inlinePolicies: ['own'],
      groups: [
        { name: 'bakers', attachedPolicies: ['ReadOnlyAccess', 'OvenAccess', 'A'] },
        { name: 'admins', attachedPolicies: [] },
        { name: 'night', attachedPolicies: ['NightShift'] },
      ],
    });
    expect(await policiesOfUser('alice', credentialsOf(alice()), ssoWorld(aws))).toEqual([
      'A',
      'Billing',
      'NightShift',
      'OvenAccess',
      'PowerUserAccess',
      'ReadOnlyAccess',
      'own',
    ]);
  });

  it('are as many as may be read', async () => {
    const { keys } = aws.world.users[0]!;
    aws.world.users[0]!.allows = ['iam:ListAttachedUserPolicies'];
    expect(await policiesOfUser('alice', credentialsOf(keys[0]!), ssoWorld(aws))).toEqual([
      'AdministratorAccess',
    ]);
    aws.world.users[0]!.allows = [];
    expect(await policiesOfUser('alice', credentialsOf(keys[0]!), ssoWorld(aws))).toEqual([]);
  });
});

it('no failure and no answer tells a secret or a key id', async () => {
  const portal = await signedIn();
  const role = await portal.credentials(dev, 'AdministratorAccess');
  const named = { keyId: alice().id, userName: 'nobody' };
  const seen: string[] = [];
  for (const does of [
    undefined,
    'access_denied',
    'throttled',
    'internal',
    'broken',
    'page',
    'reset',
    'unauthorized',
  ] as const) {
    aws.world.faults.splice(0, Infinity, ...(does === undefined ? [] : [{ on: '*', does }]));
    for (const asking of [
      () => callerIdentity(role, ssoWorld(aws)),
      () => callerIdentity({ ...role, secretAccessKey: 'wrong' }, ssoWorld(aws)),
      () => setKeyStatus(named, 'Inactive', role, ssoWorld(aws)),
      () => deleteKey(named, role, ssoWorld(aws)),
      () => accountOfKey(alice().id, role, ssoWorld(aws)),
      () => lastUse(alice().id, role, ssoWorld(aws)),
      () => portal.accounts(),
    ]) {
      const result: unknown = await asking().catch((reason: unknown) => reason);
      seen.push(inspect(result, { depth: 20, showHidden: true }));
    }
  }
  const secrets = [
    ...aws.state.tokens.keys(),
    ...Object.values(role).filter((value) => value !== undefined),
    ...aws.world.users.flatMap(({ keys }) => keys.flatMap(({ id, secret }) => [id, secret])),
  ];
  expect(secrets.length).toBe(8);
  expect(secrets.filter((secret) => seen.some((text) => text.includes(secret)))).toEqual([]);
});

// ---------------------------------------------------------------------------------------------------------------------------

function alice(): FakeKey {
  return aws.world.users[0]!.keys[0]!;
}

function credentialsOf({ id, secret }: FakeKey): Credentials {
  return { accessKeyId: id, secretAccessKey: secret, sessionToken: undefined };
}

function token(): Promise<Token> {
  aws.world.pendingPolls = 0;
  return signIn({ session: sessionOf(aws), flow: 'device' }, browser(), ssoWorld(aws));
}

async function signedIn(changes: Parameters<typeof ssoWorld>[1] = {}): Promise<Portal> {
  return openPortal(await token(), ssoWorld(aws, changes));
}

function asked(operation: string): number {
  return aws.log.filter((entry) => entry.operation === operation).length;
}

async function failure(promise: Promise<unknown>): Promise<readonly unknown[]> {
  const error: unknown = await promise.then(
    (value) => value,
    (reason: unknown) => reason,
  );
  return error instanceof SsoError ? [callProblem(error), error.message] : ['it succeeded', error];
}
