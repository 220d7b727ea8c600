// The guided fix of env files: the pair becomes AWS_PROFILE, all else stays.
import { describe, expect, it } from '@jest/globals';
import { editEnvFile, type EnvEdit, type MigratedKey } from '../src/fix/env-edit.ts';
import { generate } from './support/examples.ts';
import { fc } from './support/property.ts';

const work = {
  profile: 'work',
  id: generate('aws-id@111122223333', 'env work'),
  secret: generate('aws-secret', 'env work'),
};
const prod = {
  profile: 'prod',
  id: generate('aws-id@444455556666', 'env prod'),
  secret: generate('aws-secret', 'env prod'),
};
const token = generate('aws-token', 'env');

/** WORKID, WORKSECRET, PRODID, PRODSECRET and SESSIONVALUE stand for the values. */
function filled(text: string): string {
  return text
    .replaceAll('WORKID', work.id)
    .replaceAll('WORKSECRET', work.secret)
    .replaceAll('PRODID', prod.id)
    .replaceAll('PRODSECRET', prod.secret)
    .replaceAll('SESSIONVALUE', token);
}

function edit(name: string, text: string, keys: readonly MigratedKey[] = [work, prod]): EnvEdit {
  return editEnvFile(name, Buffer.from(filled(text)), keys);
}

function after(name: string, text: string, keys?: readonly MigratedKey[]): string {
  return Buffer.from(edit(name, text, keys).after).toString();
}

function left(name: string, text: string, keys?: readonly MigratedKey[]): readonly string[] {
  const { left: found, edits } = edit(name, text, keys);
  expect(edits).toEqual([]);
  return found.map(({ line, reason }) => `${line}: ${reason}`);
}

describe('dotenv', () => {
  it.each([
    [
      'a plain pair; region and comments stay',
      '# moonbakery\nAWS_REGION=eu-west-1\nAWS_ACCESS_KEY_ID=WORKID\nAWS_SECRET_ACCESS_KEY=WORKSECRET\nPORT=3000\n',
      '# moonbakery\nAWS_REGION=eu-west-1\nAWS_PROFILE=work\nPORT=3000\n',
    ],
    [
      'quotes, export, blanks and a comment behind',
      "  export AWS_ACCESS_KEY_ID = \"WORKID\"  # ada's\n  export AWS_SECRET_ACCESS_KEY = 'WORKSECRET'\n",
      '  export AWS_PROFILE = "work"  # ada\'s\n',
    ],
    [
      'CRLF, the secret first, no final line end',
      'A=1\r\nAWS_SECRET_ACCESS_KEY=WORKSECRET\r\nB=2\r\nAWS_ACCESS_KEY_ID=WORKID',
      'A=1\r\nB=2\r\nAWS_PROFILE=work',
    ],
    [
      'a comment behind the secret becomes a line of its own',
      'AWS_ACCESS_KEY_ID=WORKID\nAWS_SECRET_ACCESS_KEY=WORKSECRET # rotated in May\n',
      'AWS_PROFILE=work\n# rotated in May\n',
    ],
    [
      'tokens go with it',
      'AWS_ACCESS_KEY_ID=WORKID\nAWS_SECRET_ACCESS_KEY=WORKSECRET\nAWS_SESSION_TOKEN=SESSIONVALUE\nAWS_SECURITY_TOKEN=\n',
      'AWS_PROFILE=work\n',
    ],
    [
      'the colon of some readers',
      'AWS_ACCESS_KEY_ID: WORKID\nAWS_SECRET_ACCESS_KEY: WORKSECRET\n',
      'AWS_PROFILE: work\n',
    ],
    [
      'a profile that is there already',
      'AWS_PROFILE=work\nAWS_ACCESS_KEY_ID=WORKID\nAWS_SECRET_ACCESS_KEY=WORKSECRET\n',
      'AWS_PROFILE=work\n',
    ],
    [
      'the same pair twice',
      'AWS_ACCESS_KEY_ID=WORKID\nAWS_SECRET_ACCESS_KEY=WORKSECRET\nA=1\nAWS_ACCESS_KEY_ID=WORKID\nAWS_SECRET_ACCESS_KEY=WORKSECRET\n',
      'AWS_PROFILE=work\nA=1\n',
    ],
    [
      'a BOM',
      '\uFEFFAWS_ACCESS_KEY_ID=WORKID\nAWS_SECRET_ACCESS_KEY=WORKSECRET\n',
      '\uFEFFAWS_PROFILE=work\n',
    ],
    ['nothing at all', 'AWS_PROFILE=work\n', 'AWS_PROFILE=work\n'],
    ['an empty file', '', ''],
  ])('%s', (_, before, expected) => {
    expect(after('deploy/.env', before)).toBe(expected);
    expect(edit('deploy/.env', before).left).toEqual([]);
  });

  it.each([
    [
      'a prefixed name',
      'PROD_AWS_ACCESS_KEY_ID=WORKID\nPROD_AWS_SECRET_ACCESS_KEY=WORKSECRET\n',
      [
        '1: only the program that reads PROD_AWS_ACCESS_KEY_ID knows what it is for; give it a profile instead',
        '2: only the program that reads PROD_AWS_SECRET_ACCESS_KEY knows what it is for; give it a profile instead',
      ],
    ],
    [
      'an id alone',
      'AWS_ACCESS_KEY_ID=WORKID\n',
      ['1: its other half is not here, or not of the same key'],
    ],
    [
      'the id of one key, the secret of another',
      'AWS_ACCESS_KEY_ID=WORKID\nAWS_SECRET_ACCESS_KEY=PRODSECRET\n',
      [
        '1: its other half is not here, or not of the same key',
        '2: its other half is not here, or not of the same key',
      ],
    ],
    [
      'a comment',
      '# AWS_ACCESS_KEY_ID=WORKID\n',
      ['1: it stands in a comment; comments are yours to change'],
    ],
    [
      'a URL',
      'BUCKET=s3://WORKID:x@moonbakery\n',
      ['1: it is not in a form that can be changed safely'],
    ],
    [
      'another profile',
      'AWS_PROFILE=old\nAWS_ACCESS_KEY_ID=WORKID\nAWS_SECRET_ACCESS_KEY=WORKSECRET\n',
      [
        '2: line 1 names another profile in AWS_PROFILE',
        '3: line 1 names another profile in AWS_PROFILE',
      ],
    ],
    [
      'names that are used again',
      'AWS_ACCESS_KEY_ID=WORKID\nAWS_SECRET_ACCESS_KEY=WORKSECRET\nTF_VAR_key=${AWS_ACCESS_KEY_ID}\n',
      ['1: line 3 uses these variables', '2: line 3 uses these variables'],
    ],
    [
      'keys of two profiles',
      'AWS_ACCESS_KEY_ID=WORKID\nAWS_SECRET_ACCESS_KEY=WORKSECRET\nAWS_ACCESS_KEY_ID=PRODID\nAWS_SECRET_ACCESS_KEY=PRODSECRET\n',
      [
        '1: the same names hold keys of several profiles',
        '2: the same names hold keys of several profiles',
        '3: the same names hold keys of several profiles',
        '4: the same names hold keys of several profiles',
      ],
    ],
    [
      'one secret for two ids',
      'AWS_ACCESS_KEY_ID=WORKID\nAWS_SECRET_ACCESS_KEY=WORKSECRET\nAWS_ACCESS_KEY_ID=PRODID\n',
      [
        '1: ids and secrets do not come in pairs here',
        '2: ids and secrets do not come in pairs here',
        '3: its other half is not here, or not of the same key',
      ],
    ],
    ["somebody else's key", 'AWS_ACCESS_KEY_ID=PRODID\nAWS_SECRET_ACCESS_KEY=PRODSECRET\n', []],
  ])('leaves %s, and says why', (_, before, reasons) => {
    expect(left('.env', before, reasons.length === 0 ? [work] : undefined)).toEqual(reasons);
  });

  it('leaves a profile whose name cannot be written', () => {
    const strange = [{ ...work, profile: 'a "b" $c' }];
    expect(
      left('.env', 'AWS_ACCESS_KEY_ID=WORKID\nAWS_SECRET_ACCESS_KEY=WORKSECRET\n', strange)[0],
    ).toBe('1: the name of the profile cannot be written here safely; rename the profile first');
  });

  it('does not touch UTF-16, and says so', () => {
    const bytes = Buffer.from(
      filled('\uFEFFAWS_ACCESS_KEY_ID=WORKID\nAWS_SECRET_ACCESS_KEY=WORKSECRET\n'),
      'utf16le',
    );
    const { after: result, left: found } = editEnvFile('.env', bytes, [work]);
    expect([Buffer.compare(result, bytes), found]).toEqual([
      0,
      [{ line: 1, reason: 'the file is UTF-16; save it as UTF-8 first' }],
    ]);
  });

  it('says what containers need, and who prefers another variable', () => {
    const { notes, profiles } = edit(
      '.env',
      'AWS_DEFAULT_PROFILE=old\nAWS_ACCESS_KEY_ID=WORKID\nAWS_SECRET_ACCESS_KEY=WORKSECRET\n',
    );
    expect([profiles, notes]).toEqual([
      ['work'],
      [
        'Line 1: boto3 and AWS CLI 1 prefer AWS_DEFAULT_PROFILE, which is old',
        'If a container reads this file, it has no ~/.aws: mount ~/.aws read-only and sign in on the host, or hand in short-lived credentials: aws configure export-credentials --profile work --format env',
      ],
    ]);
  });
});

describe('a pair whose secret is kept nowhere else', () => {
  const past: MigratedKey = { ...work, secret: undefined };
  const pair = 'AWS_ACCESS_KEY_ID=WORKID\nAWS_SECRET_ACCESS_KEY=WORKSECRET\n';

  it('is known by its id', () => {
    expect(after('.env', pair, [past])).toBe('AWS_PROFILE=work\n');
  });

  it.each([
    ['the secret of another id', 'PRODSECRET', [past, prod]],
    ['no secret key', '${SECRET}', [past]],
    ['an empty value', '', [past]],
  ])('is left with %s beside the id', (_, value, keys) => {
    const [first] = left('.env', pair.replace('WORKSECRET', value), keys);
    expect(first).toBe('1: its other half is not here, or not of the same key');
  });
});

describe('.envrc', () => {
  it.each([
    [
      'lines of their own',
      'use nix\nexport AWS_ACCESS_KEY_ID=WORKID\nexport AWS_SECRET_ACCESS_KEY="WORKSECRET"\nexport AWS_REGION=eu-west-1\n',
      'use nix\nexport AWS_PROFILE=work\nexport AWS_REGION=eu-west-1\n',
    ],
    [
      'one line',
      'export AWS_ACCESS_KEY_ID=WORKID AWS_SECRET_ACCESS_KEY=WORKSECRET AWS_REGION=eu-west-1 # all\n',
      'export AWS_PROFILE=work AWS_REGION=eu-west-1 # all\n',
    ],
    [
      'the secret first on its line',
      'export AWS_SECRET_ACCESS_KEY=WORKSECRET A=1 AWS_ACCESS_KEY_ID=WORKID\n',
      'export A=1 AWS_PROFILE=work\n',
    ],
    [
      'branches, each with its own profile',
      'if test -n "$PROD"; then\n  export AWS_ACCESS_KEY_ID=PRODID\n  export AWS_SECRET_ACCESS_KEY=PRODSECRET\nelse\n  export AWS_ACCESS_KEY_ID=WORKID\n  export AWS_SECRET_ACCESS_KEY=WORKSECRET\nfi\n',
      'if test -n "$PROD"; then\n  export AWS_PROFILE=prod\nelse\n  export AWS_PROFILE=work\nfi\n',
    ],
    [
      'a profile that is there already',
      'export AWS_PROFILE=work AWS_ACCESS_KEY_ID=WORKID AWS_SECRET_ACCESS_KEY=WORKSECRET\n',
      'export AWS_PROFILE=work\n',
    ],
  ])('%s', (_, before, expected) => {
    const result = edit('app/.envrc', before);
    expect(Buffer.from(result.after).toString()).toBe(expected);
    expect([result.left, result.notes.at(-1)]).toEqual([
      [],
      'direnv loads the file again after: direnv allow',
    ]);
  });

  it.each([
    [
      'exported elsewhere',
      'AWS_ACCESS_KEY_ID=WORKID\nAWS_SECRET_ACCESS_KEY=WORKSECRET\nexport AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY\n',
      'line 3 uses these variables',
    ],
    [
      'code in between',
      'export AWS_ACCESS_KEY_ID=WORKID\nfi\nexport AWS_SECRET_ACCESS_KEY=WORKSECRET\n',
      'something else happens between the id and the secret',
    ],
    [
      'a line that goes on',
      'export AWS_ACCESS_KEY_ID=WORKID \\\n  AWS_SECRET_ACCESS_KEY=WORKSECRET\n',
      'it is not in a form that can be changed safely',
    ],
    [
      'another command behind',
      'AWS_ACCESS_KEY_ID=WORKID; AWS_SECRET_ACCESS_KEY=WORKSECRET; make\n',
      'it is not in a form that can be changed safely',
    ],
  ])('leaves %s', (_, before, reason) => {
    expect(left('.envrc', before)[0]).toBe(`1: ${reason}`);
  });
});

describe('compose', () => {
  it.each([
    [
      'a map, and the same pair for another service',
      'services:\n  web:\n    environment:\n      AWS_ACCESS_KEY_ID: WORKID\n      # secret\n      AWS_SECRET_ACCESS_KEY: "WORKSECRET"\n      AWS_REGION: eu-west-1\n  job:\n    environment:\n      AWS_SECRET_ACCESS_KEY: PRODSECRET\n      AWS_ACCESS_KEY_ID: PRODID\n',
      'services:\n  web:\n    environment:\n      AWS_PROFILE: work\n      # secret\n      AWS_REGION: eu-west-1\n  job:\n    environment:\n      AWS_PROFILE: prod\n',
    ],
    [
      'a list, quoted and not, at the indentation of its parent',
      'services:\n  web:\n    environment:\n    - AWS_ACCESS_KEY_ID=WORKID\n    - "AWS_SECRET_ACCESS_KEY=WORKSECRET"\n    - PORT=3000\n    ports:\n    - "3000:3000"\n',
      'services:\n  web:\n    environment:\n    - AWS_PROFILE=work\n    - PORT=3000\n    ports:\n    - "3000:3000"\n',
    ],
    [
      'an extension with an anchor, CRLF',
      "x-aws: &aws\r\n  AWS_ACCESS_KEY_ID: 'WORKID'\r\n  AWS_SECRET_ACCESS_KEY: WORKSECRET\r\nservices:\r\n  web:\r\n    environment:\r\n      <<: *aws\r\n",
      "x-aws: &aws\r\n  AWS_PROFILE: 'work'\r\nservices:\r\n  web:\r\n    environment:\r\n      <<: *aws\r\n",
    ],
  ])('%s', (_, before, expected) => {
    const result = edit('docker-compose.yml', before);
    expect(Buffer.from(result.after).toString()).toBe(expected);
    expect([result.left, result.notes.at(-1)?.slice(0, 29)]).toEqual([
      [],
      'A container has no ~/.aws: mo',
    ]);
  });

  it.each(['123', 'on', '1e3', 'a:b', '@x', '2026-11-28'])(
    'quotes the name %s, which YAML would read as something else',
    (profile) => {
      const text =
        'environment:\n  AWS_ACCESS_KEY_ID: WORKID\n  AWS_SECRET_ACCESS_KEY: WORKSECRET\n';
      expect(after('compose.yaml', text, [{ ...work, profile }])).toBe(
        `environment:\n  AWS_PROFILE: "${profile}"\n`,
      );
    },
  );

  it.each([
    [
      'build arguments',
      'build:\n  args:\n    AWS_ACCESS_KEY_ID: WORKID\n    AWS_SECRET_ACCESS_KEY: WORKSECRET\n',
      'a build has no profiles; hand the key in as a build secret',
    ],
    [
      'another place',
      'labels:\n  AWS_ACCESS_KEY_ID: WORKID\n  AWS_SECRET_ACCESS_KEY: WORKSECRET\n',
      'only what stands under environment: can be changed',
    ],
    [
      'a pair over two services',
      'a:\n  environment:\n    AWS_ACCESS_KEY_ID: WORKID\nb:\n  environment:\n    AWS_SECRET_ACCESS_KEY: WORKSECRET\n',
      'its other half is not here, or not of the same key',
    ],
    [
      'flow style',
      'environment: { AWS_ACCESS_KEY_ID: WORKID, AWS_SECRET_ACCESS_KEY: WORKSECRET }\n',
      'it is not in a form that can be changed safely',
    ],
  ])('leaves %s', (_, before, reason) => {
    expect(left('compose.yaml', before)[0]).toMatch(
      new RegExp(`^\\d: ${reason.replace(/[.*]/g, '\\$&')}$`),
    );
  });
});

describe('any file', () => {
  const noise = fc.constantFrom(
    '',
    '# a comment',
    'PORT=3000',
    'URL="a b # c"',
    '\tX = y',
    'é=ü',
    'A=1 # b',
    'not a setting',
    "Q='",
    'export Z=1',
  );
  const style = fc.constantFrom(['', ''], ['"', '"'], ["'", "'"], ['', ' # why']);
  const eol = fc.constantFrom('\n', '\r\n');

  it('keeps every byte but those of the pair', () => {
    fc.assert(
      fc.property(
        fc.tuple(fc.array(noise), fc.array(noise), fc.array(noise)),
        fc.tuple(style, style),
        fc.constantFrom('', 'export ', '  '),
        fc.tuple(eol, fc.boolean(), fc.boolean()),
        (
          [above, between, below],
          [[open, end], [open2, end2]],
          prefix,
          [lineEnd, swap, isLast],
        ) => {
          const id = (name: string, value: string) => `${prefix}${name}=${open}${value}${end}`;
          const secret = `${prefix}AWS_SECRET_ACCESS_KEY=${open2}WORKSECRET${end2}`;
          const kept = end2 === ' # why' ? [`${/^ */.exec(prefix)![0]}# why`] : [];
          const build = (first: readonly string[], second: readonly string[]) =>
            [...above, ...(swap ? second : first), ...between, ...(swap ? first : second), ...below]
              .map((line) => line + lineEnd)
              .join('')
              .slice(0, isLast && below.length > 0 ? -lineEnd.length : undefined);
          const text = build([id('AWS_ACCESS_KEY_ID', 'WORKID')], [secret]);
          expect(after('.env', text)).toBe(build([id('AWS_PROFILE', 'work')], kept));
        },
      ),
    );
  });

  it('is read without an exception, and comes back as it was without a key in it', () => {
    fc.assert(
      fc.property(
        fc.uint8Array(),
        fc.constantFrom('.env', '.envrc', 'compose.yml'),
        (bytes, name) => {
          expect(Buffer.compare(editEnvFile(name, bytes, [work]).after, bytes)).toBe(0);
        },
      ),
    );
  });

  it('of a second run is left as it is', () => {
    const once = edit('.env', 'AWS_ACCESS_KEY_ID=WORKID\nAWS_SECRET_ACCESS_KEY=WORKSECRET\n').after;
    expect(editEnvFile('.env', once, [work]).edits).toEqual([]);
  });
});
