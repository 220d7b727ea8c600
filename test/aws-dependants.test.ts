// What a migration breaks in the profiles that build on a migrated one.

import { describe, expect, it } from '@jest/globals';
import type { ProfileChange } from '../src/aws/change.ts';
import { breakages, sentencesOf, withMends } from '../src/aws/dependants.ts';
import { planEdits } from '../src/aws/edit.ts';
import { readProfiles } from '../src/aws/profiles.ts';
import { after, keys, session, sessionSection, sso, ssoLines, texts } from './support/aws-files.ts';

const roleArn = 'arn:aws:iam::444455556666:role/ovens/Baker';
const role = `role_arn = ${roleArn}\n`;
const trust = (profile: string, source = 'shop') => ({
  kind: 'trust-policy',
  profile,
  source,
  sentence:
    'Role Baker of account 444455556666 has to trust the new caller: where its trust policy names the old user, let it name the role AWSReservedSSO_ReadOnlyAccess_* of account 111122223333.',
  trust: {
    role: 'Role Baker of account 444455556666',
    caller: 'the role AWSReservedSSO_ReadOnlyAccess_* of account 111122223333',
  },
  mend: [],
  replaces: false,
});

function found(
  config: string,
  changes: readonly ProfileChange[],
  cliVersions: readonly string[] = [],
) {
  const files = [
    { kind: 'config', bytes: Buffer.from(config) },
    { kind: 'credentials', bytes: Buffer.from(`[shop]\n${keys}`) },
  ] as const;
  return breakages(readProfiles(files), changes, { cliVersions });
}

describe('a role that is taken with a migrated profile', () => {
  it('has to trust the new caller', () => {
    const config = `[profile bake]\n${role}source_profile = shop\n[profile other]\n${role}source_profile = else\n`;
    expect(found(config, [sso('shop')])).toEqual([trust('bake')]);
  });

  it.each([
    [
      'once for a role that several profiles take',
      `[profile bake]\n${role}source_profile = shop\n[profile cake]\n${role}source_profile = shop\n`,
      'Role Baker of account 444455556666 (profiles bake, cake) has to trust the new caller: where its trust policy names the old user, let it name the role AWSReservedSSO_ReadOnlyAccess_* of account 111122223333.',
    ],
    [
      'once for several roles',
      `[profile bake]\n${role}source_profile = shop\n[profile cook]\n${role.replace('Baker', 'Cook')}source_profile = shop\n[profile cake]\n${role}source_profile = shop\n`,
      'These roles have to trust the new caller; where their trust policies name the old user, let them name the role AWSReservedSSO_ReadOnlyAccess_* of account 111122223333: Role Baker of account 444455556666 (profiles bake, cake); Role Cook of account 444455556666 (profile cook).',
    ],
  ])('is told %s', (_, config, sentence) => {
    expect(sentencesOf(found(config, [sso('shop')]))).toEqual([sentence]);
  });

  it('cannot show the MFA device of the old user', () => {
    const config = `[profile bake]\n${role}source_profile = shop\nmfa_serial = arn:aws:iam::111122223333:mfa/kim\n`;
    const mend: ProfileChange = {
      type: 'settings',
      profile: 'bake',
      set: new Map(),
      remove: ['mfa_serial'],
    };
    const [, mfa] = found(config, [sso('shop')]);
    expect(mfa).toEqual({
      kind: 'mfa',
      profile: 'bake',
      source: 'shop',
      sentence:
        'The MFA device of profile bake belongs to the old user and cannot be shown by an SSO role: mfa_serial goes, and a condition on aws:MultiFactorAuthPresent in the trust policy has to go too.',
      mend: [mend],
      replaces: false,
    });
    expect(after(texts(config), mend).config).toBe(
      `[profile bake]\n${role}source_profile = shop\n`,
    );
  });

  it.each([
    ['7200', ['trust-policy', 'session-length']],
    ['3600', ['trust-policy']],
    ['a while', ['trust-policy']],
  ])('lasts an hour at most: duration_seconds = %s', (seconds, kinds) => {
    const config = `[profile bake]\n${role}source_profile = shop\nduration_seconds = ${seconds}\n`;
    const all = found(config, [sso('shop')]);
    expect(all.map(({ kind }) => kind)).toEqual(kinds);
    const mends = all.flatMap(({ mend }) => mend);
    expect(after(texts(config), ...mends).config).toBe(
      seconds === '7200' ? config.replace('7200', '3600') : config,
    );
  });

  it.each([
    ['2.9.19', true],
    ['2.9.0', true],
    ['2.36.7', false],
    ['1.45.11', false],
  ])('may crash AWS CLI %s, unless the older form is written', (version, crashes) => {
    const config = `[profile bake]\n${role}source_profile = shop\n`;
    const crash = found(config, [sso('shop')], [version]).find(({ kind }) => kind === 'old-cli');
    expect(crash?.mend).toEqual(crashes ? [sso('shop', { legacy: true })] : undefined);
    expect(found(config, [sso('shop', { legacy: true })], [version])).toEqual([trust('bake')]);
  });

  it('is taken by the same user after aws login', () => {
    const config = `[profile bake]\n${role}source_profile = shop\nmfa_serial = x\nduration_seconds = 7200\n`;
    const kinds = found(config, [{ type: 'login', profile: 'shop', arn: undefined }]).map(
      ({ kind }) => kind,
    );
    expect(kinds).toEqual([]);
  });
});

describe('what mends it', () => {
  const config = `[profile bake]\n${role}source_profile = shop\nmfa_serial = x\n`;

  it('comes behind the change it belongs to, under its new name too', () => {
    const rename: ProfileChange = { type: 'rename', profile: 'shop', to: 'store' };
    const changes = [rename, sso('store')];
    const files = texts(config, `[shop]\n${keys}`);
    expect(after(files, ...withMends(changes, found(config, changes))).config).toBe(
      `[profile bake]\n${role}source_profile = store\n\n[profile store]\n${ssoLines}\n${sessionSection}`,
    );
  });

  it('stays away when that change is refused', () => {
    const refused = sso('shop', { account: 'none' });
    const changes = withMends([refused], found(config, [refused]));
    expect(after(texts(config, `[shop]\n${keys}`), ...changes)).toEqual({
      config,
      credentials: `[shop]\n${keys}`,
      refused: ['shop: the account is not 12 digits'],
      notes: [],
    });
  });
});

describe('a migrated profile that takes a role itself', () => {
  it('with its own key gets a profile to build on', () => {
    const config = `[profile shop]\n${role}source_profile = shop\nregion = x\n[profile shop-base]\nregion = y\n`;
    const all = found(config, [sso('shop')]);
    expect(all.map(({ kind, replaces }) => [kind, replaces])).toEqual([
      ['self-reference', true],
      ['trust-policy', false],
    ]);
    const mended = after(texts(config, `[shop]\n${keys}`), ...withMends([sso('shop')], all));
    expect(mended).toEqual({
      config: `${config.replace('source_profile = shop\n', 'source_profile = shop-base-2\n')}\n[profile shop-base-2]\n${ssoLines}\n${sessionSection}`,
      credentials: '',
      refused: [],
      notes: [],
    });
  });

  it('with the key of another only loses its own', () => {
    const config = `[profile shop]\n${role}source_profile = lab\n[profile lab]\nregion = x\n`;
    expect(found(config, [sso('shop')])).toEqual([
      {
        kind: 'role-first',
        profile: 'shop',
        source: 'shop',
        sentence:
          'Profile shop takes its role with what profile lab has, so that another way to sign in would never be used; only its key goes.',
        mend: [{ type: 'remove-key', profile: 'shop' }],
        replaces: true,
      },
    ]);
  });
});

it('says nothing about profiles that are not migrated, or take no role', () => {
  const config = `[profile bake]\nsource_profile = shop\n[profile lab]\n${role}source_profile = shop\n`;
  expect(found(config, [{ type: 'remove-key', profile: 'shop' }])).toEqual([]);
  expect(found('[profile bake]\nsource_profile = shop\n', [sso('shop', { session })])).toEqual([]);
  expect(planEdits(texts(config), []).refusals).toEqual([]);
});
