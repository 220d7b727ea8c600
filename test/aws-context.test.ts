// What stands around an AWS key decides what it is: whose store, whose half, a reference, somebody else's token.

import { describe, expect, it } from '@jest/globals';

import { createScanner } from '../src/detect/scanner.ts';
import { expand } from './support/examples.ts';

const scanner = createScanner({ today: new Date('2026-06-01T00:00:00Z') });

/** "kind provider severity" of every finding in a text written as rules write their examples. */
function found(text: string, path = '.env'): readonly string[] {
  const { content } = expand({ text });
  const { findings } = scanner.scan({ path, stage: 'working-tree', content });
  return findings.map(({ kind, provider, severity }) => `${kind} ${provider} ${severity}`);
}

const awsPair = 'AWS_ACCESS_KEY_ID={{aws-id}}\nAWS_SECRET_ACCESS_KEY={{aws-secret}}\n';

describe('an endpoint near an AWS key', () => {
  it.each([
    ['of a search engine', `ELASTIC_ENDPOINT=https://es.moonbakery.example:9200\n${awsPair}`],
    ['of a collector', `OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4317\n${awsPair}`],
    [
      'of an API in the object around',
      '{"url":"https://api.moonbakery.example/v1","aws":{"accessKeyId":"{{aws-id}}","secretAccessKey":"{{aws-secret}}"}}\n',
    ],
    [
      'for web hooks',
      'endpoint: https://hooks.moonbakery.example\naws:\n  access_key: {{aws-id}}\n  secret_key: {{aws-secret}}\n',
    ],
    ['of AWS', `AWS_ENDPOINT_URL=https://s3.eu-west-1.amazonaws.com\n${awsPair}`],
  ])('does not make it another store’s: %s', (_, text) => {
    expect(found(text)).toEqual(['pair aws critical']);
  });

  it.each([
    [
      'as an argument beside it',
      'S3(endpoint_url="https://s3.wasabisys.com", aws_access_key_id="{{aws-id}}", aws_secret_access_key="{{aws-secret}}")\n',
      'wasabi',
    ],
    [
      'between its halves',
      '[default]\naccess_key = {{aws-id}}\nhost_base = minio.moonbakery.example:9000\nsecret_key = {{aws-secret}}\n',
      'minio',
    ],
    [
      'in the object around',
      'new S3({ endpoint: "http://minio:9000", credentials: { accessKeyId: "{{aws-id}}", secretAccessKey: "{{aws-secret}}" } });\n',
      'minio',
    ],
    [
      'of a store nobody knows',
      `S3_ENDPOINT=https://objects.moonbakery.example\n${awsPair}`,
      's3-compatible',
    ],
  ])('makes it the key of the store that it names: %s', (_, text, store) => {
    expect(found(text)).toEqual([`pair ${store} critical`]);
  });

  it('makes it a finding of that store’s rule, with its advice, and none where that rule is off', () => {
    const { content } = expand({ text: `WASABI_ENDPOINT=https://s3.wasabisys.com\n${awsPair}` });
    const document = { path: '.env', stage: 'working-tree', content } as const;
    const [finding] = scanner.scan(document).findings;
    expect([finding?.rule, finding?.provider, finding?.title, finding?.account]).toEqual([
      's3-compatible-key',
      'wasabi',
      'Wasabi access key with its secret',
      null,
    ]);
    expect(finding?.next.join(' ')).not.toContain('IAM');
    const awsOnly = createScanner({ select: ({ provider }) => provider === 'aws' });
    expect(awsOnly.scan(document).findings).toEqual([]);
  });

  it('counts in its own section only', () => {
    expect(
      found(
        '[aws]\naccess_key_id = {{aws-id}}\nsecret_access_key = {{aws-secret}}\n\n' +
          '[minio]\nendpoint = http://minio:9000\naccess_key_id = {{A-Z0-9*20}}\nsecret_access_key = {{A-Za-z0-9*40}}\n',
        'rclone.conf',
      ),
    ).toEqual(['pair aws critical', 'pair minio critical']);
  });
});

describe('the name of a store in the names of its keys', () => {
  it.each([
    ['MINIO_ROOT_USER={{A-Za-z0-9*20}}\nMINIO_ROOT_PASSWORD={{A-Za-z0-9*40}}\n', 'minio'],
    ['MINIO_ACCESS_KEY: {{A-Za-z0-9*20}}\nMINIO_SECRET_KEY: {{A-Za-z0-9*40}}\n', 'minio'],
    [
      'SPACES_KEY=DO00{{A-Z0-9*16}}\nSPACES_SECRET={{aws-secret}}\nREGION=nyc3\n',
      'digitalocean-spaces',
    ],
    ['R2_ACCESS_KEY_ID={{0-9a-f*32}}\nR2_SECRET_ACCESS_KEY={{0-9a-f*64}}\n', 'cloudflare-r2'],
    [
      'B2_ACCESS_KEY_ID=0012ab34cd56ef70000000001\nB2_SECRET_ACCESS_KEY=K001{{A-Za-z0-9*27}}\n',
      'backblaze-b2',
    ],
    ['WASABI_ACCESS_KEY={{A-Z0-9*20}}\nWASABI_SECRET_KEY={{aws-secret}}\n', 'wasabi'],
  ])('says whose they are: %s', (text, store) => {
    expect(found(text)).toEqual([`pair ${store} critical`]);
  });

  it('says so of a secret alone as well', () => {
    expect(found('MINIO_SECRET_KEY={{aws-secret}}\n')).toEqual(['secret minio high']);
  });
});

describe('half of a key', () => {
  it('goes to the half whose name fits, not to the nearest', () => {
    expect(found(`${awsPair}SMTP_USERNAME={{aws-id#2}}\nSMTP_PASSWORD={{aws-smtp}}\n`)).toEqual([
      'pair aws critical',
      'pair aws critical',
    ]);
  });

  it.each([
    ['<p>{{aws-id}}</p>\n<form>\n<input name="authenticity_token" value="{{aws-secret}}">\n'],
    ['{"AccessKeyId":"{{aws-id}}","nonce":"{{aws-secret}}"}\n'],
    ['{"AccessKeyId":"{{aws-id}}","etag":"{{aws-secret}}"}\n'],
    ['key: {{aws-id}}\nslack_signing_secret: {{aws-secret}}\n'],
  ])('is not what has a name of its own: %s', (text) => {
    expect(found(text, 'page.html')).toEqual(['id aws medium']);
  });

  it('is found in the data of a Kubernetes Secret under any name', () => {
    expect(
      found(
        'kind: Secret\ndata:\n  key: "{{b64({{aws-id}})}}"\n  secret: "{{b64({{aws-secret}})}}"\n',
      ),
    ).toEqual(['pair aws critical']);
  });

  it('is found between the colours of a terminal’s log', () => {
    expect(
      found(
        'AWS_ACCESS_KEY_ID\x1b[0m=\x1b[33m{{aws-id}}\x1b[0m\nAWS_SECRET_ACCESS_KEY\x1b[0m=\x1b[1;33m{{aws-secret}}\x1b[0m\n',
      ),
    ).toEqual(['pair aws critical']);
  });

  it('is a reference in the form of a browser upload', () => {
    expect(
      found(
        '<input name="AWSAccessKeyId" value="{{aws-id}}">\n<input name="policy" value="{{A-Za-z0-9*200}}">\n' +
          '<input name="signature" value="{{A-Za-z0-9+/*27}}=">\n',
        'upload.html',
      ),
    ).toEqual(['reference aws low']);
  });
});

describe('a key of this computer', () => {
  it('is told once how it goes away', () => {
    const { content, text, expected } = expand({
      text: 'aws_secret_access_key = ⟦{{aws-secret}}⟧\n',
    });
    const value = text.slice(expected[0]?.start, expected[0]?.end);
    const own = createScanner({ own: [{ profile: 'work', role: 'secret', value }] });
    const [finding] = own.scan({ path: 'x.ini', stage: 'local', content }).findings;
    expect(finding?.profile).toBe('work');
    expect(finding?.next.filter((step) => step.includes('keyscan --fix'))).toEqual([
      'It is your profile `work`: keyscan --fix moves it to SSO, so that no key is stored.',
    ]);
  });
});

describe('a key id', () => {
  it.each(['ASIAPACIFICHOLDINGSX', 'ASIAMANUFACTURINGCOX', 'ACCAREQUIREDFIELDSET'])(
    'is not made of words: %s',
    (words) => {
      expect(found(`INSERT INTO firms VALUES ('${words}');\n`)).toEqual([]);
    },
  );
});

describe('a secret under a name that every application uses', () => {
  it('is low where nothing speaks of AWS', () => {
    expect(found("SECRET_KEY = '{{aws-secret}}'\n", 'settings.py')).toEqual(['secret aws low']);
  });

  it('is an AWS secret where something does', () => {
    expect(found('provider "aws" {\n  secret_key = "{{aws-secret}}"\n}\n', 'main.tf')).toEqual([
      'secret aws high',
    ]);
  });

  it.each(['JWT_SECRET_KEY', 'RECAPTCHA_SECRET_KEY', 'FLASK_SECRET_KEY', 'sessionSecretKey'])(
    'is none of AWS’s where the name says whose it is: %s',
    (name) => {
      expect(found(`${name}={{aws-secret}}\n`)).toEqual([]);
    },
  );
});
