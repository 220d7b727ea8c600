// What published packages hold in their sources, tests and manuals, and what once made false findings of it.

import { describe, expect, it } from '@jest/globals';

import { createScanner } from '../src/detect/scanner.ts';
import { expand, generate } from './support/examples.ts';

const scanner = createScanner({ today: new Date('2026-06-01T00:00:00Z') });

/** "rule kind severity" of every finding in a text written as rules write their examples. */
function found(text: string, path = 'source.txt'): readonly string[] {
  const { content } = expand({ text });
  const { findings } = scanner.scan({ path, stage: 'working-tree', content });
  return findings.map(({ rule, kind, severity }) => `${rule} ${kind} ${severity}`);
}

/** The documented value with the characters from `at` on replaced. */
const changed = (value: string, at: number, end: string): string =>
  value.slice(0, at) + end + value.slice(at + end.length);
const documentedId = 'AKIAIOSFODNN7EXAMPLE';
const documentedSecret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

describe('an AWS key of a package', () => {
  it('is none when it is the documented one with a few characters changed', () => {
    expect(found(`("${changed(documentedId, 19, 'F')}", "${documentedSecret}")\n`)).toEqual([]);
    const odd = changed(documentedSecret, 31, 'FUCDlQX1A');
    expect(found(`aws_secret_access_key = ${odd}\n`)).toEqual([]);
  });

  it('is none when somebody’s fingers ran over a few letters', () => {
    expect(found('AWS_SECRET_ACCESS_KEY="{{aeilnrstudAT3458*40}}"\n')).toEqual([]);
  });

  it('is none when it says that it is random', () => {
    expect(found('const secretKey = "{{aws-secret}}"\n', 'aws.go')).not.toEqual([]);
    const said = generate('A-Za-z0-9*34') + 'Random';
    expect(found(`const secretKey = "${said}"\n`, 'aws.go')).toEqual([]);
  });

  it('is none when it is the next identifier of a list', () => {
    expect(
      found(
        '\tPiiEntityTypeAwsSecretKey,\n\tGuardrailPiiEntityTypeCreditDebitCardCvv,\n',
        'api.go',
      ),
    ).toEqual([]);
  });

  it('is a reference in S3’s answer to a wrong signature', () => {
    const head = '<Error><Code>SignatureDoesNotMatch</Code><Message>no</Message>';
    const tail = '<StringToSign>AWS4-HMAC-SHA256</StringToSign></Error>\n';
    expect(found(`${head}<AWSAccessKeyId>{{aws-id}}</AWSAccessKeyId>${tail}`, 'a.xml')).toEqual([
      'aws-access-key reference low',
    ]);
    expect(found('<AWSAccessKeyId>{{aws-id}}</AWSAccessKeyId>\n', 'a.xml')).toEqual([
      'aws-access-key id medium',
    ]);
  });

  it('has its token although an example stands further away', () => {
    const key = 'accessKeyID = "{{aws-id:ASIA}}"\nsecretAccessKey = "{{aws-secret}}"\n';
    const token = 'securityToken = "IQoJb3JpZ2luX2Vj{{A-Za-z0-9+/*300}}"\n';
    const { content } = expand({
      text: `"${documentedId}", "${documentedSecret}"\n${key}${token}`,
    });
    const { findings } = scanner.scan({ path: 'aws.go', stage: 'working-tree', content });
    expect(findings.map(({ parts }) => parts.map(({ role }) => role))).toEqual([
      ['id', 'secret', 'token'],
    ]);
  });

  it('is low beside an id of a manual, and not further away', () => {
    const secret = '"AWSSecretKey": "{{aws-secret}}",\n';
    const example = '"AWSKeyId": "AIDACKCEVSQ6C2EXAMPLE",\n';
    expect(found(`${secret}"BucketName": "test",\n${example}`)).toEqual([
      'aws-access-key secret low',
    ]);
    expect(found(secret + '"n": 1,\n'.repeat(6) + example)).toEqual(['aws-access-key secret high']);
  });
});

describe('a password in a URL of a package', () => {
  it.each([
    ['tcp(example.com)/db', 'Go’s form of a host'],
    ['tcp([2001:db8:1::7]:3306)/db', 'an address of documentation, in Go’s form'],
    ['[2001:db8::2:1]:5432/db', 'an address of documentation'],
    ['203.0.113.9/db', 'an address of documentation'],
    ['1.2.3.4:5/path', 'an address that counts'],
    ['y.ep', 'a name of one letter'],
  ])('is low at %s: %s', (host) => {
    expect(found(`mysql://oven:{{A-Za-z0-9*16}}@${host}\n`)).toEqual([
      'connection-url-password secret low',
    ]);
  });

  it('is high at tcp(…) of a real name', () => {
    expect(found('mysql://oven:{{A-Za-z0-9*16}}@tcp(db.moonbakery.dev:3306)/shop\n')).toEqual([
      'connection-url-password secret high',
    ]);
  });

  it.each(['sourcesecret', 'otel_password', 'ghp_secret'])(
    'is low when it is called what it is: %s',
    (password) => {
      expect(found(`git://oven:${password}@git.moonbakery.dev/oven\n`)).toEqual([
        'connection-url-password secret low',
      ]);
    },
  );

  it.each([
    'postgresql+psycopg2://scott:tiger@192.168.0.199:5432/test',
    'jdbc:oracle:thin:scott/tiger@//ora.moonbakery.dev:1521/orders',
    'Data Source=ora.moonbakery.dev;User Id=SCOTT;Password=Tiger;',
    'http://wiki:pedia@moonbakery.dev',
    'http://Aladdin:open%20sesame@moonbakery.dev/',
  ])('is none when manuals gave it to everybody: %s', (url) => {
    expect(found(`${url}\n`)).toEqual([]);
  });

  it.each(['oven:tiger', 'scott:pedia', 'scott:tiger{{A-Za-z0-9*8}}'])(
    'is one when only a half of it is known: %s',
    (login) => {
      expect(found(`postgres://${login}@db.moonbakery.dev/orders\n`)).toEqual([
        'connection-url-password secret high',
      ]);
    },
  );

  it('is none where an argument will stand', () => {
    expect(found('"https://x-access-token:%[1]s@github.com/oven/oven.git"\n')).toEqual([]);
  });
});

describe('a GitHub token of a package', () => {
  it('is none when it is one letter all along', () => {
    expect(found(`"github_pat_${'x'.repeat(22)}_${'x'.repeat(59)}"\n`)).toEqual([]);
  });

  it('is none when it is the commit in a line of .gitleaksignore', () => {
    const line = '{{0-9a-f*40}}:detect/validate.go:github-pat:33\n';
    expect(found(line + line, '.gitleaksignore')).toEqual([]);
  });
});

describe('a private key of a package', () => {
  const lines = generate('pem:rsa').trim().split('\n');
  it.each([
    ['a comment', lines.map((line) => `// ${line}\n`)],
    ['a comment for the documentation of a module', lines.map((line) => `//! ${line}\n`)],
    ['a comment for the documentation of a function', lines.map((line) => `    /// ${line}\n`)],
    ['a comment of a shell', lines.map((line) => `# ${line}\n`)],
    ['literals of a list, line ends and all', lines.map((line) => `  "${line}\\n",\n`)],
  ])('is found in %s', (_, written) => {
    expect(found(written.join(''))).toEqual(['private-key secret high']);
  });

  const publicPart = Buffer.from(generate('A-Za-z0-9*32'));
  const secretPart = Buffer.from(generate('A-Za-z0-9*32#2'));
  const created = Buffer.from([0x64, 0x86, 0xd2, 0x93]);
  it.each([
    ['version 4, Ed25519', [Buffer.of(4), created, Buffer.of(27), publicPart]],
    ['version 6, Ed25519', [Buffer.of(6), created, Buffer.of(27, 0, 0, 0, 32), publicPart]],
    ['version 5, of any kind', [Buffer.of(5), created, Buffer.of(35, 0, 0, 0, 32), publicPart]],
  ])('is found when it is of today’s OpenPGP: %s', (_, head) => {
    const armoured = (usage: number): string => {
      const packet = Buffer.concat([...head, Buffer.of(usage), secretPart]);
      const bytes = Buffer.concat([Buffer.of(0xc5, packet.length), packet]);
      const name = 'PGP PRIVATE KEY BLOCK';
      const text = bytes.toString('base64').replace(/.{64}/g, '$&\n');
      return `-----BEGIN ${name}-----\n\n${text}\n=abcd\n-----END ${name}-----\n`;
    };
    expect(found(armoured(0))).toEqual(['private-key secret high']);
    expect(found(armoured(254))).toEqual(['private-key secret medium']);
  });
});
