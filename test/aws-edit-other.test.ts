// Every change that is not a sign-in with SSO, and what the editor refuses.

import { describe, expect, it } from '@jest/globals';
import type { ProfileChange } from '../src/aws/change.ts';
import {
  after,
  keys,
  oneFile,
  quietly,
  removeKey,
  sessionSection,
  sso,
  ssoLines,
  texts,
} from './support/aws-files.ts';

const region = 'region = eu-west-1\n';
const arn = 'arn:aws:iam::111122223333:user/kim';
const login = (profile: string, identity: string | undefined = arn): ProfileChange => ({
  type: 'login',
  profile,
  arn: identity,
});
const rename = (profile: string, to: string): ProfileChange => ({ type: 'rename', profile, to });
const settings = (
  profile: string,
  set: Readonly<Record<string, string>>,
  remove: readonly string[] = [],
): ProfileChange => ({ type: 'settings', profile, set: new Map(Object.entries(set)), remove });
const repair = (what: 'bom' | 'duplicates'): ProfileChange => ({ type: 'repair', what });

describe('a profile that is to sign in with aws login', () => {
  it('names its identity and loses its key and every SSO setting', () => {
    const given = texts(
      `[profile shop]\n${ssoLines}${region}\n${sessionSection}`,
      `[shop]\n${keys}sso_region = x\n`,
    );
    expect(after(given, login('shop'))).toEqual(
      quietly(`[profile shop]\nlogin_session = ${arn}\n${region}\n${sessionSection}`, ''),
    );
  });

  it('only loses its key while the identity is not known', () => {
    const given = texts(`[profile shop]\n${region}`, `[shop]\n${keys}`);
    expect(after(given, { type: 'login', profile: 'shop', arn: undefined })).toEqual(
      quietly(`[profile shop]\n${region}`, ''),
    );
  });

  it('needs an identity that is an ARN', () => {
    expect(after(texts('', `[shop]\n${keys}`), login('shop', 'kim\n[default]')).refused).toEqual([
      'shop: the identity is no ARN',
    ]);
  });
});

describe('settings of a chained profile', () => {
  const chain = `[profile chain]\nrole_arn = arn:aws:iam::444455556666:role/Baker\nsource_profile = shop\nmfa_serial = arn:aws:iam::111122223333:mfa/kim\nduration_seconds=7200 ; two hours\n`;

  it('are set where they stand, taken out, and put below the header when new', () => {
    const change = settings('chain', { duration_seconds: '3600', region: 'eu-west-1' }, [
      'mfa_serial',
    ]);
    expect(after(texts(chain), change).config).toBe(
      `[profile chain]\nregion = eu-west-1\nrole_arn = arn:aws:iam::444455556666:role/Baker\nsource_profile = shop\n; two hours\nduration_seconds=3600\n`,
    );
  });

  it('are set in both files when both have them', () => {
    const given = texts('[profile chain]\noutput = json\n', '[chain]\noutput = text\n');
    expect(after(given, settings('chain', { output: 'yaml' }))).toEqual(
      quietly('[profile chain]\noutput = yaml\n', '[chain]\noutput = yaml\n'),
    );
  });

  it('may leave a section empty, which stays', () => {
    expect(
      after(texts('[profile chain]\noutput = json\n'), settings('chain', {}, ['output'])),
    ).toEqual(quietly('[profile chain]\n', undefined));
  });

  it.each([
    ['a name in capitals', { Region: 'x' }],
    ['a key', { aws_access_key_id: 'x' }],
    ['two lines', { region: 'x\ny' }],
    ['a comment', { region: 'x # y' }],
    ['quotes', { region: '"x"' }],
    ['nothing', { region: '' }],
    ['blanks at the end', { region: 'x ' }],
  ])('refuse %s', (_, set) => {
    const { refused, config } = after(texts(chain), settings('chain', set));
    expect(refused).toEqual([`chain: the SDKs would not read ${Object.keys(set).join()} alike`]);
    expect(config).toBe(chain);
  });

  it('need a profile', () => {
    expect(after(texts('[chain]\nx = y\n'), settings('chain', { region: 'x' })).refused).toEqual([
      'chain: there is no such profile',
    ]);
  });
});

describe('a new name', () => {
  it('stands in both files, and the profiles that build on it follow', () => {
    const others = (name: string): string =>
      `[profile chain]\nrole_arn = x\nsource_profile = ${name}\n[default]\nsource_profile=${name}\n`;
    const given = texts(
      `${others('moon bakery')}\n[profile "moon bakery"] # live\n${region}`,
      `[moon bakery]\n${keys}\n[till]\nsource_profile = moon bakery\n`,
    );
    expect(after(given, rename('moon bakery', 'moonbakery'))).toEqual(
      quietly(
        `${others('moonbakery')}\n[profile moonbakery] # live\n${region}`,
        `[moonbakery]\n${keys}\n[till]\nsource_profile = moonbakery\n`,
      ),
    );
  });

  it('is followed by the sign-in that was planned for it', () => {
    const given = texts(`[profile bob's]\n${region}`, `[bob's]\n${keys}`);
    expect(after(given, rename("bob's", 'bobs'), sso('bobs'))).toEqual(
      quietly(`[profile bobs]\n${ssoLines}${region}\n${sessionSection}`, ''),
    );
  });

  it('may be the old one, then only its headers are spelt anew', () => {
    const given = texts(`[profile  shop]\n${region}`, `[shop] # live\n${keys}`);
    expect(after(given, rename('shop', 'shop'))).toEqual(
      quietly(`[profile shop]\n${region}`, `[shop] # live\n${keys}`),
    );
  });

  it.each([
    ['lab', 'there is a profile lab already'],
    ['till', 'there is a profile till already'],
    ['moon bakery', 'some SDK cannot read the new name'],
    ['a]\n[b', 'some SDK cannot read the new name'],
    ['default', 'default is the name SDKs look for without one'],
  ])('is not %j', (to, reason) => {
    const given = texts(`[profile shop]\n[profile "lab"]\n`, `[till]\n${keys}`);
    expect(after(given, rename('shop', to)).refused).toEqual([`shop: ${reason}`]);
  });
});

describe('a repair', () => {
  it('takes a byte order mark off either file, and the rest goes on', () => {
    const given = texts(`\uFEFF[profile shop]\n${region}`, `\uFEFF[shop]\n${keys}`);
    expect(after(given, sso('shop'), repair('bom'))).toEqual(
      quietly(`[profile shop]\n${ssoLines}${region}\n${sessionSection}`, ''),
    );
  });

  it('joins sections, the last value winning as in the SDKs that read such a file', () => {
    const given = texts(
      undefined,
      `[shop]\nregion = a\n# one\noutput = json\n\n[lab]\n${region}\n[shop]\n# two\nregion = b\n\n# till\n[till]\n${region}`,
    );
    expect(after(given, repair('duplicates'))).toEqual({
      config: undefined,
      credentials: `[shop]\n# one\noutput = json\n# two\nregion = b\n\n[lab]\n${region}\n# till\n[till]\n${region}`,
      refused: [],
      notes: ['region was set twice; the value that most SDKs read is kept.'],
    });
  });

  it('keeps the last of a setting that is there twice', () => {
    const given = texts(`[default]\nregion = a\nregion = b`);
    expect(after(given, repair('duplicates')).config).toBe('[default]\nregion = b');
  });

  it.each([
    ['a nested block', '[a]\ns3 =\n  x = 1\n[a]\ns3 =\n  y = 2\n', '2 and 5'],
    ['other letters', '[a]\nregion = x\nREGION = y\n', '2 and 3'],
  ])('leaves what is there twice as %s', (_, credentials, lines) => {
    const result = after(texts(undefined, credentials), repair('duplicates'));
    expect(result.credentials).toBe(credentials);
    expect(result.refused[0]).toBe(
      `lines ${lines} set the same thing in ways that the SDKs do not read alike`,
    );
  });
});

it('does not join sections that one SDK takes for two', () => {
  const config = `[profile lab] # c\nregion = a\n[default]\nregion = c\n[profile lab]# c\noutput = b\n`;
  const result = after(texts(config), repair('duplicates'));
  expect(result.config).toBe(config);
  expect(result.refused[0]).toBe(
    'JavaScript SDK: profile default would read differently, though nothing was planned for it',
  );
});

describe('nothing is edited', () => {
  const whole = (config: string | Uint8Array, credentials = `[shop]\n${keys}`) => {
    const result = after(texts(config, credentials), sso('shop'), removeKey('shop'));
    expect(result.credentials).toBe(credentials);
    return result.refused;
  };

  it.each([
    [
      'Latin-1',
      Uint8Array.of(0x5b, 0x61, 0x5d, 0x0a, 0x23, 0xe9, 0x0a),
      'the AWS CLI cannot read the config file: it is not UTF-8',
    ],
    ['a NUL byte', '[a]\n# \0\n', 'the config file holds NUL bytes'],
    [
      'a byte order mark',
      '\uFEFF[a]\n',
      'the config file begins with a byte order mark, so that the AWS CLI cannot read it',
    ],
    [
      'lone carriage returns',
      '[a]\rx = 1\r',
      'lines of the config file end in a lone carriage return, which most SDKs do not take for an end',
    ],
    [
      'a section twice',
      '[a]\n[a]\n',
      'the AWS CLI cannot read the config file: line 2: a section is there twice',
    ],
    [
      'a setting twice',
      '[a]\nx=1\nx=2\n',
      'the AWS CLI cannot read the config file: line 3: a setting is there twice',
    ],
    [
      'a stray line',
      '[a]\nx\n',
      'the AWS CLI cannot read the config file: line 2: neither a header nor a setting',
    ],
    [
      'a profile called __proto__',
      '[profile __proto__]\nx=1\n',
      'the JavaScript SDK cannot read the config file: a profile is called __proto__',
    ],
    [
      'a lone quote',
      '[a]\nx="\n',
      'the Go SDK cannot read the config file: a value is a lone quote',
    ],
    [
      'a key under [DEFAULT]',
      `[DEFAULT]\n${keys}`,
      '[DEFAULT] of the config file gives its key to every profile in the AWS CLI',
    ],
  ])('in a file with %s', (_, config, reason) => {
    expect(whole(config)).toEqual([reason]);
  });

  it('in one file under both names, said once', () => {
    expect(after(oneFile('\uFEFF[shop]\n'), sso('shop')).refused).toHaveLength(1);
  });
});

describe('one profile is left as it is, and the others are not', () => {
  const given = (config: string, credentials: string) =>
    texts(config, `${credentials}\n[lab]\n${keys}`);
  const labOnly = `[profile lab]\n${ssoLines}\n${sessionSection}`;

  it.each([
    [
      'two sections are for it',
      `[default]\n${region}[profile default]\n${region}`,
      '',
      sso('default'),
      'default: lines 1 and 3 of the config file both begin this profile, and the SDKs choose differently',
    ],
    [
      'its key is in a nested block',
      '',
      `[shop]\naws_session_token =\n  ${keys.replace('\n', '\n  ')}`,
      sso('shop'),
      'shop: line 3 is indented below aws_session_token, so that the SDKs disagree about whose it is',
    ],
    [
      'another setting is indented below its key',
      '',
      `[shop]\n${keys}  region = x\n`,
      removeKey('shop'),
      'shop: line 4 is indented below a setting that has to go, so that the AWS CLI takes it for a part of it',
    ],
    [
      'granted made it',
      `[profile shop]\ngranted_sso_role_name = x\n`,
      `[shop]\n${keys}`,
      sso('shop'),
      'shop: granted writes this profile',
    ],
    [
      'aws-sso-cli made it',
      '',
      `# BEGIN_AWS_SSO_CLI\n[shop]\n${keys}# END_AWS_SSO_CLI\n`,
      removeKey('shop'),
      'shop: aws-sso-cli writes this profile',
    ],
    [
      'aws-mfa made it',
      '',
      `[shop-long-term]\n${keys}\n[shop]\n${keys}expiration = x\n`,
      removeKey('shop-long-term'),
      'shop-long-term: aws-mfa writes this profile',
    ],
    [
      'no SDK can read its name',
      '',
      `[moon bakery]\n${keys}`,
      sso('moon bakery'),
      'moon bakery: some SDKs cannot read a profile of this name, however its header is spelt',
    ],
    [
      'the account is none',
      '',
      `[shop]\n${keys}`,
      sso('shop', { account: '1' }),
      'shop: the account is not 12 digits',
    ],
    [
      'the role is none',
      '',
      `[shop]\n${keys}`,
      sso('shop', { role: 'x\n[y]' }),
      'shop: the role is no name of a permission set',
    ],
  ])('when %s', (_, config, credentials, change, reason) => {
    const result = after(given(config, credentials), change, sso('lab'));
    expect(result).toEqual({
      config: (config === '' ? '' : `${config}\n`) + labOnly,
      credentials: credentials,
      refused: [reason],
      notes: [],
    });
  });

  it('when something would read differently than planned', () => {
    // The AWS CLI takes the indented header for a part of the region above.
    const result = after(
      texts(
        `[profile lab]\n${region}  [profile shop]\noutput = json\n`,
        `[shop]\n${keys}[lab]\n${keys}`,
      ),
      sso('shop'),
      removeKey('lab'),
    );
    expect(result.refused).toHaveLength(1);
    expect(result.credentials).toBe(`[shop]\n${keys}`);
  });
});
