// What becomes of both AWS files, byte for byte: each rule of the editor as one sentence.

import { describe, expect, it } from '@jest/globals';
import { planEdits } from '../src/aws/edit.ts';
import {
  after,
  id,
  keys,
  oneFile,
  quietly,
  removeKey,
  secret,
  session,
  sessionSection,
  sso,
  ssoLines,
  texts,
} from './support/aws-files.ts';

const region = 'region = eu-west-1\n';

describe('a profile that is to sign in with SSO', () => {
  it('gets its settings below its header, and its key goes', () => {
    const given = texts(`[profile shop]\n${region}`, `[shop]\n${keys}`);
    expect(after(given, sso('shop'))).toEqual(
      quietly(`[profile shop]\n${ssoLines}${region}\n${sessionSection}`, ''),
    );
  });

  it('gets a section of its own after one blank line when config has none', () => {
    const given = texts(`[default]\n${region}`, `[shop]\n${keys}${region}`);
    expect(after(given, sso('shop'))).toEqual(
      quietly(
        `[default]\n${region}\n[profile shop]\n${ssoLines}\n${sessionSection}`,
        `[shop]\n${region}`,
      ),
    );
  });

  it('gets a config file when there is none', () => {
    expect(after(texts(undefined, `[shop]\n${keys}`), sso('shop'))).toEqual(
      quietly(`[profile shop]\n${ssoLines}\n${sessionSection}`, ''),
    );
  });

  it('is [default] without the word profile', () => {
    expect(after(texts('', `[default]\n${keys}`), sso('default'))).toEqual(
      quietly(`[default]\n${ssoLines}\n${sessionSection}`, ''),
    );
  });

  it.each(['[default]', '[profile default]'])(
    'is edited under %s where that is there',
    (header) => {
      expect(after(texts(`${header}\n${region}`, `[default]\n${keys}`), sso('default'))).toEqual(
        quietly(`${header}\n${ssoLines}${region}\n${sessionSection}`, ''),
      );
    },
  );

  it('keeps its nested blocks, with the new settings before them', () => {
    const block =
      's3 =\n  max_concurrent_requests = 20\n\n  # bytes\n  multipart_threshold = 64MB\n';
    const given = texts(`[profile shop]\n${block}${keys}`);
    expect(after(given, sso('shop'))).toEqual({
      ...quietly(`[profile shop]\n${ssoLines}${block}\n${sessionSection}`, undefined),
      notes: ['The Rust and Java SDKs cannot read the config file: line 8: a setting without =.'],
    });
  });

  it('gets lines in the style of its section: k=v, CRLF', () => {
    const given = texts(
      '[profile shop]\r\nregion=eu-west-1\r\n',
      `[shop]\r\n${keys.replaceAll('\n', '\r\n')}`,
    );
    const tight = (lines: string): string => lines.replaceAll(' = ', '=').replaceAll('\n', '\r\n');
    expect(after(given, sso('shop'))).toEqual(
      quietly(
        `[profile shop]\r\n${tight(ssoLines)}region=eu-west-1\r\n\r\n${tight(sessionSection)}`,
        '',
      ),
    );
  });

  it('gets indented lines where all of its section is indented, blanks or tabs', () => {
    const given = texts(`[profile shop]\n\tregion = eu-west-1\n`, `[shop]\n${keys}`);
    const indented = ssoLines.replaceAll(/^/gm, '\t').replace(/\t$/, '');
    expect(after(given, sso('shop'))).toEqual({
      ...quietly(`[profile shop]\n${indented}\tregion = eu-west-1\n\n${sessionSection}`, ''),
      notes: [
        'The Rust and Java SDKs cannot read the config file: line 2: an indented line goes on with nothing.',
      ],
    });
  });

  it('copes with files that do not end in a line end', () => {
    const given = texts('[profile shop]', `[shop]\n${keys.trimEnd()}`);
    expect(after(given, sso('shop'))).toEqual(
      quietly(`[profile shop]\n${ssoLines}\n${sessionSection}`, ''),
    );
    const other = texts(
      `[profile shop]\n${region.trimEnd()}`,
      `[shop]\n${region}${keys.trimEnd()}`,
    );
    expect(after(other, sso('shop'))).toEqual(
      quietly(`[profile shop]\n${ssoLines}${region}\n${sessionSection}`, `[shop]\n${region}`),
    );
  });

  it('leaves every other section, comment and blank line as it is', () => {
    const config = (lines: string): string =>
      `# moonbakery\n\n[default]\n${region}output=json\n\n; the shop\n[profile shop] # live\n${lines}region\t=  eu-west-1   \n\n\n[services local]\ns3 =\n  endpoint_url = http://localhost:9000\n[plugins]\nx = y\n`;
    const credentials = (lines: string): string =>
      `# keys\n[default]\n${keys}\n# old\n[shop]\n# from Kim\n${lines}# end\n\n[lab]\n${keys}`;
    expect(after(texts(config(''), credentials(keys)), sso('shop'))).toEqual(
      quietly(`${config(ssoLines)}\n${sessionSection}`, credentials('')),
    );
  });

  it('loses the key in both files, tokens of both names too', () => {
    const given = texts(
      `[profile shop]\n${keys}${region}`,
      `[shop]\n${keys}aws_session_token = x==\naws_security_token = x==\n`,
    );
    expect(after(given, sso('shop'))).toEqual(
      quietly(`[profile shop]\n${ssoLines}${region}\n${sessionSection}`, ''),
    );
  });

  it('loses half a key, an empty one, one in capitals, in quotes, exported, or with a colon', () => {
    const lines = [
      `aws_access_key_id = ${id}`,
      'aws_secret_access_key =',
      `AWS_SECRET_ACCESS_KEY_ = x`,
      `export aws_session_token = "x"`,
      `aws_security_token: x`,
    ];
    const given = texts('[profile shop]\n', `[shop]\n${lines.join('\n')}\n`);
    expect(after(given, sso('shop'))).toEqual(
      quietly(
        `[profile shop]\n${ssoLines}\n${sessionSection}`,
        `[shop]\nAWS_SECRET_ACCESS_KEY_ = x\n`,
      ),
    );
  });

  it('loses a value that goes on below', () => {
    const given = texts('', `[shop]\n${keys}aws_session_token = part\n    of-it\n${region}`);
    expect(after(given, sso('shop')).credentials).toBe(`[shop]\n${region}`);
  });

  it('keeps the comments above and between the lines that go', () => {
    const given = texts(
      '',
      `[shop]\n# 2019\naws_access_key_id = ${id}\n# do not share\naws_secret_access_key = ${secret}\n`,
    );
    expect(after(given, sso('shop')).credentials).toBe('[shop]\n# 2019\n# do not share\n');
  });

  it('loses SSO settings that stand in credentials, where they would win', () => {
    const given = texts(
      `[profile shop]\n${region}`,
      `[shop]\n${keys}sso_region = eu-west-1\nsso_role_name = Admin\noutput = json\n`,
    );
    expect(after(given, sso('shop'))).toEqual(
      quietly(`[profile shop]\n${ssoLines}${region}\n${sessionSection}`, '[shop]\noutput = json\n'),
    );
  });
});

describe('the form of SSO settings', () => {
  it('is never both: the address and region of the legacy form go', () => {
    const legacy = `sso_start_url = https://old.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 999999999999\nsso_role_name = Admin\n`;
    const given = texts(`[profile shop]\n${legacy}${region}`, `[shop]\n${keys}`);
    expect(after(given, sso('shop'))).toEqual(
      quietly(
        `[profile shop]\nsso_session = moonbakery\nsso_account_id = 111122223333\nsso_role_name = ReadOnlyAccess\n${region}\n${sessionSection}`,
        '',
      ),
    );
  });

  it('can be the legacy one, then the session goes', () => {
    const given = texts(`[profile shop]\n${ssoLines}\n${sessionSection}`, `[shop]\n${keys}`);
    expect(after(given, sso('shop', { legacy: true }))).toEqual(
      quietly(
        `[profile shop]\nsso_start_url = https://d-1234567890.awsapps.com/start\nsso_region = us-east-1\nsso_account_id = 111122223333\nsso_role_name = ReadOnlyAccess\n\n${sessionSection}`,
        '',
      ),
    );
  });

  it('is written where it stands, a comment behind a value above it', () => {
    const given = texts(
      `[profile shop]\nsso_session=moonbakery\nsso_role_name=Admin # Kim says so\nsso_account_id: 111122223333\n\n${sessionSection}`,
    );
    expect(after(given, sso('shop')).config).toBe(
      `[profile shop]\nsso_session=moonbakery\n# Kim says so\nsso_role_name=ReadOnlyAccess\nsso_account_id=111122223333\n\n${sessionSection}`,
    );
  });

  it('stays as it is where nothing is to change', () => {
    const given = texts(`[profile shop]\n${ssoLines}\n${sessionSection}`, `[lab]\n${keys}`);
    expect(planEdits(given, [sso('shop'), removeKey('shop')])).toMatchObject({
      config: undefined,
      credentials: undefined,
      refusals: [],
    });
  });
});

describe('an sso-session', () => {
  it('is written once for many profiles', () => {
    const given = texts('', `[shop]\n${keys}[lab]\n${keys}`);
    expect(after(given, sso('shop'), sso('lab'))).toEqual(
      quietly(`[profile shop]\n${ssoLines}\n${sessionSection}\n[profile lab]\n${ssoLines}`, ''),
    );
  });

  it.each(['', '/', '#', '#/'])('is used as it is when its address ends in %j', (end) => {
    const known = `[sso-session corp]\nsso_region=us-east-1\nsso_start_url=https://D-1234567890.awsapps.com/start${end}\n`;
    expect(after(texts(known, `[shop]\n${keys}`), sso('shop'))).toEqual({
      config: `${known}\n[profile shop]\n${ssoLines.replaceAll(' = ', '=').replace('moonbakery', 'corp')}`,
      credentials: '',
      refused: [],
      notes: ['The sso-session corp leads to the same place already and is used.'],
    });
  });

  it.each([
    [
      'another address',
      'sso_start_url = https://d-0000000000.awsapps.com/start\nsso_region = us-east-1\n',
    ],
    [
      'another region',
      'sso_start_url = https://d-1234567890.awsapps.com/start\nsso_region = eu-west-1\n',
    ],
    ['nothing', ''],
    [
      'an address with a comment behind it',
      'sso_start_url = https://d-1234567890.awsapps.com/start # x\nsso_region = us-east-1\n',
    ],
  ])('gets a new name when its own says %s', (_, lines) => {
    const known = `[sso-session moonbakery]\n${lines}\n[sso-session moonbakery-2]\nx = y\n`;
    const renamed = (part: string): string => part.replace('moonbakery', 'moonbakery-3');
    expect(after(texts(known, `[shop]\n${keys}`), sso('shop'))).toEqual({
      config: `${known}\n[profile shop]\n${renamed(ssoLines)}\n${renamed(sessionSection)}`,
      credentials: '',
      refused: [],
      notes: [
        'The name moonbakery is taken by another sso-session; the new one is called moonbakery-3.',
      ],
    });
  });

  it('needs a name that every SDK reads', () => {
    const given = texts('', `[shop]\n${keys}`);
    const odd = { session: { ...session, name: 'moon bakery' } };
    expect(after(given, sso('shop', odd)).refused).toEqual([
      'shop: some SDK cannot read the name of the session',
    ]);
  });
});

describe('a profile whose key only goes', () => {
  it('loses nothing but its key lines', () => {
    const config = `[profile shop]\n${ssoLines}${region}\n${sessionSection}`;
    expect(after(texts(config, `[shop]\n${keys}${region}`), removeKey('shop'))).toEqual(
      quietly(config, `[shop]\n${region}`),
    );
  });

  it('is gone with its header and blank lines when nothing else was in it', () => {
    const credentials = `[lab]\n${keys}\n[shop]\n${keys}\n\n[till]\n${keys}`;
    expect(after(texts(undefined, credentials), removeKey('shop'))).toEqual(
      quietly(undefined, `[lab]\n${keys}\n[till]\n${keys}`),
    );
    expect(after(texts(undefined, credentials), removeKey('till'))).toEqual(
      quietly(undefined, `[lab]\n${keys}\n[shop]\n${keys}`),
    );
  });

  it('leaves the comment directly above the next header with that one', () => {
    const credentials = `[shop]\n${keys}# the lab\n[lab]\n${keys}`;
    expect(after(texts(undefined, credentials), removeKey('shop')).credentials).toBe(
      `# the lab\n[lab]\n${keys}`,
    );
  });

  it('keeps its header while a comment belongs to it', () => {
    const above = `# live, ask Kim\n[shop]\n${keys}\n[lab]\n${keys}`;
    expect(after(texts(undefined, above), removeKey('shop')).credentials).toBe(
      `# live, ask Kim\n[shop]\n\n[lab]\n${keys}`,
    );
    const inside = `[shop]\n${keys}# ask Kim\n\n[lab]\n${keys}`;
    expect(after(texts(undefined, inside), removeKey('shop')).credentials).toBe(
      `[shop]\n# ask Kim\n\n[lab]\n${keys}`,
    );
  });

  it('loses keys in a section that no SDK reads', () => {
    const given = texts(`[shop]\n${keys}${region}`, `[shop]\n${keys}`);
    expect(after(given, sso('shop'))).toEqual(
      quietly(`[shop]\n${region}\n[profile shop]\n${ssoLines}\n${sessionSection}`, ''),
    );
  });

  it('may have a name with a blank', () => {
    const given = texts(undefined, `[moon bakery]\n${keys}${region}`);
    expect(after(given, removeKey('moon bakery')).credentials).toBe(`[moon bakery]\n${region}`);
  });
});

describe('what the Rust SDK cannot read', () => {
  const note =
    'A comment loses its indentation: the Rust and Java SDKs would not read the file with it.';

  it('is mended: an indented comment that comes first in its section', () => {
    const given = texts('', `[shop]\n${keys}  # ask Kim\n${region}`);
    const result = after(given, removeKey('shop'));
    expect(result).toEqual({ ...quietly('', `[shop]\n# ask Kim\n${region}`), notes: [note] });
  });

  it('is mended: an indented comment below a value we wrote or took away', () => {
    const given = texts(
      `[profile shop]\n\t; ask Kim\n${region}`,
      `[shop]\n${region}${keys}  # x\n`,
    );
    expect(after(given, sso('shop'))).toEqual({
      config: `[profile shop]\n${ssoLines}; ask Kim\n${region}\n${sessionSection}`,
      credentials: `[shop]\n${region}# x\n`,
      refused: [],
      notes: [note],
    });
  });

  it('is mended: an indented comment that is left at the top of the file', () => {
    const given = texts(undefined, `[shop]\n${keys} # the lab\n[lab]\n${keys}`);
    expect(after(given, removeKey('shop')).credentials).toBe(`# the lab\n[lab]\n${keys}`);
  });

  it('is left alone where no edit comes near', () => {
    const given = texts(undefined, `[shop]\n${keys}${region}  # x\noutput = json\n`);
    expect(after(given, removeKey('shop')).credentials).toBe(
      `[shop]\n${region}  # x\noutput = json\n`,
    );
  });
});

describe('one file under both names', () => {
  it('is edited once', () => {
    const given = oneFile(`[default]\n${keys}${region}\n[shop]\n${keys}\n[lab]\n${keys}`);
    const plan = planEdits(given, [sso('default'), sso('shop')]);
    expect(plan.credentials).toBeUndefined();
    expect(after(given, sso('default'), sso('shop')).config).toBe(
      `[default]\n${ssoLines}${region}\n[lab]\n${keys}\n${sessionSection}\n[profile shop]\n${ssoLines}`,
    );
  });
});

describe('an odd header', () => {
  const respelt = 'The header of profile shop is spelt so that every SDK reads it.';

  it.each([
    ['[profile  shop]', '[profile shop]'],
    ['[profile "shop"]', '[profile shop]'],
    ["[profile 'shop'] # live", '[profile shop] # live'],
    ['[ profile shop ]', '[profile shop]'],
    ['[profile sh\\op]', '[profile shop]'],
  ])('%s becomes %s', (header, straight) => {
    const given = texts(`[default]\n\n${header}\n${region}`, `[shop]\n${keys}`);
    expect(after(given, sso('shop'))).toEqual({
      config: `[default]\n\n${straight}\n${ssoLines}${region}\n${sessionSection}`,
      credentials: '',
      refused: [],
      notes: [respelt],
    });
  });

  it.each(['[profile\tshop]', '  [profile shop]', '[profile shop] ; live'])(
    '%j is read by all and stays',
    (header) => {
      const given = texts(`${header}\n${region}`, `[shop]\n${keys}`);
      expect(after(given, sso('shop')).config).toBe(
        `${header}\n${ssoLines}${region}\n${sessionSection}`,
      );
    },
  );

  it('is not mended where its settings belong to the profile above for one SDK', () => {
    const given = texts(
      `[profile lab]\n${region}[profile shop]# live\n${region}`,
      `[shop]\n${keys}`,
    );
    expect(after(given, sso('shop')).refused).toEqual([
      'shop: text behind the header in line 3 makes the JavaScript SDK take it for a part of the section above',
    ]);
  });
});
