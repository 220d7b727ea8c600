// The parts of a migration that only think: which role, which session, which file of a map, which shell.
import { describe, expect, it } from '@jest/globals';

import { parseMap } from '../src/fix/map-file.ts';
import { rankRoles } from '../src/fix/mapping.ts';
import { isRobotUser } from '../src/fix/robots.ts';
import { chooseSession, existingSessions, sessionName } from '../src/fix/sessions.ts';
import { sameStartUrl } from '../src/aws/start-url.ts';
import { masksIn, shellOf, unsetLine } from '../src/fix/surroundings.ts';

const session = (name: string, startUrl: string, region = 'eu-west-1') => ({
  name,
  startUrl,
  region,
  scopes: ['sso:account:access'],
});
const acme = session('acme', 'https://acme.awsapps.com/start');

describe('the roles of an account', () => {
  const hints = { profile: 'acme-readonly', usedInAccount: [], policies: [] };

  it('come in the order of what speaks for them, each with its reason, and never the strongest first', () => {
    const roles = ['AdministratorAccess', 'Billing', 'PowerUserAccess', 'ReadOnly'];
    const ranked = rankRoles(roles, {
      ...hints,
      usedInAccount: ['PowerUserAccess'],
      policies: ['AdministratorAccess'],
    });
    expect(ranked.map(({ role, reason }) => [role, reason])).toEqual([
      ['PowerUserAccess', 'another profile of this account uses it'],
      ['ReadOnly', "the profile's name says readonly"],
      ['Billing', ''],
      ['AdministratorAccess', 'the old user has AdministratorAccess'],
    ]);
  });

  it('of equal standing come with the weaker first', () => {
    const ranked = rankRoles(['AdministratorAccess', 'ViewOnlyAccess', 'PowerUserAccess'], {
      ...hints,
      profile: 'work',
    });
    expect(ranked.map(({ role }) => role)).toEqual([
      'ViewOnlyAccess',
      'PowerUserAccess',
      'AdministratorAccess',
    ]);
  });
});

describe('the sessions of a config file', () => {
  it('are those that are whole, with their scopes', () => {
    const config = Buffer.from(
      '[sso-session acme]\nsso_start_url = https://acme.awsapps.com/start\nsso_region = eu-west-1\n' +
        '[sso-session half]\nsso_region = eu-west-1\n' +
        '[sso-session more]\nsso_start_url=https://d-1.awsapps.com/start\nsso_region=us-east-1\nsso_registration_scopes = a:b, c:d\n',
    );
    expect(existingSessions({ config })).toEqual([
      acme,
      { ...session('more', 'https://d-1.awsapps.com/start', 'us-east-1'), scopes: ['a:b', 'c:d'] },
    ]);
  });

  it('are the same place whatever the browser hangs on the address', () => {
    const start = 'https://acme.awsapps.com/start';
    for (const same of ['https://ACME.awsapps.com/start/#/', `${start}?x=1#/page`, ` ${start}/ `]) {
      expect([same, sameStartUrl(same, start)]).toEqual([same, true]);
    }
    const others = ['https://other.awsapps.com/start', 'https://acme.awsapps.com/Start', 'acme'];
    for (const other of others) expect([other, sameStartUrl(other, start)]).toEqual([other, false]);
  });
});

describe('the session to move to', () => {
  const nothing = { name: undefined, startUrl: undefined, region: undefined };

  it('is the only one there is', () => {
    expect(chooseSession([acme], nothing)).toEqual({ type: 'known', session: acme });
  });

  it('is to be chosen of several', () => {
    const other = session('other', 'https://other.awsapps.com/start');
    expect(chooseSession([acme, other], nothing)).toEqual({ type: 'choose', from: [acme, other] });
    expect(chooseSession([acme, other], { ...nothing, name: 'other' })).toEqual({
      type: 'known',
      session: other,
    });
  });

  it('is one that has the wanted address already', () => {
    const wish = { ...nothing, startUrl: 'https://acme.awsapps.com/start/' };
    expect(chooseSession([acme], wish)).toEqual({ type: 'known', session: acme });
  });

  it('may not be called like one with another address or region', () => {
    const taken = { ...nothing, name: 'acme' };
    expect(() =>
      chooseSession([acme], { ...taken, startUrl: 'https://other.awsapps.com/start' }),
    ).toThrow('another start URL');
    expect(() => chooseSession([acme], { ...taken, region: 'us-east-1' })).toThrow(
      'another region',
    );
  });

  it('is named after the alias, and never like another', () => {
    expect(sessionName('https://acme.awsapps.com/start', [])).toBe('acme');
    expect(sessionName('https://acme.awsapps.com/start', [acme])).toBe('acme-2');
    expect(sessionName('https://d-1234567890.awsapps.com/start', [])).toBe('sso');
  });
});

describe('a map file', () => {
  it('says account, role and a new name by profile', () => {
    const map = parseMap('{"a b": {"account": "111122223333", "rename": "ab"}}', 'map.json');
    expect([...map]).toEqual([['a b', { account: '111122223333', role: undefined, rename: 'ab' }]]);
  });

  it.each([
    ['not JSON', '{', 'it is not JSON'],
    ['not an object', '[]', 'it holds no object'],
    ['an account as a number', '{"a": {"account": 1}}', 'account of profile "a" is not a text'],
    ['a short account', '{"a": {"account": "1"}}', 'has not 12 digits'],
    ['a word nobody knows', '{"a": {"rolle": "x"}}', 'has "rolle"'],
  ])('that is %s is refused with the reason', (_, text, reason) => {
    expect(() => parseMap(text, 'map.json')).toThrow(reason);
  });
});

describe('what masks a profile', () => {
  it('is every variable that is set, and none that is empty', () => {
    const masks = masksIn({ AWS_ACCESS_KEY_ID: 'x', AWS_SESSION_TOKEN: '', AWS_ROLE_ARN: 'y' });
    expect(masks.map(({ variable }) => variable)).toEqual(['AWS_ACCESS_KEY_ID', 'AWS_ROLE_ARN']);
  });

  it.each([
    [{ SHELL: '/bin/zsh' }, 'linux', 'unset A B'],
    [{ SHELL: '/usr/bin/fish' }, 'darwin', 'set -e A B'],
    [{ PSModulePath: 'C:\\x' }, 'win32', 'Remove-Item Env:A, Env:B'],
    [{}, 'win32', 'set "A=" & set "B="'],
    [{}, 'linux', 'unset A B'],
  ])('is taken away the way the shell wants it: %j on %s', (env, platform, line) => {
    expect(unsetLine(shellOf(env, platform), ['A', 'B'])).toBe(line);
  });
});

describe('a user', () => {
  it.each([
    'ci-deploy',
    'web-deploy',
    'svc_backup',
    'ses-smtp-user.20240101',
    'BedrockAPIKey-ab12',
  ])('called %s is a machine', (name) => {
    expect(isRobotUser(name)).toBe(true);
  });

  it.each(['alice', 'cindy', 'deborah', 'anna.terraform'])('called %s is a person', (name) => {
    expect(isRobotUser(name)).toBe(false);
  });
});
