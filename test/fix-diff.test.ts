import { describe, expect, it } from '@jest/globals';

import { maskedDiff } from '../src/fix/diff.ts';
import { generate } from './support/examples.ts';

const id = generate('aws-id', 'diff');
const secret = generate('aws-secret', 'diff');

describe('the difference that is shown', () => {
  it('masks what goes, what comes and what stands around', async () => {
    const before = `[other]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\npassword = hunter2hunter2\n[work]\nregion = eu-west-1\n# was ${secret}\n`;
    const after = before.replace('region = eu-west-1', 'region = eu-west-1\nsso_session = acme');
    const file = {
      path: '/x',
      before: Buffer.from(before),
      after: Buffer.from(after),
      secret: true,
    };
    const { diff } = await maskedDiff('~/.aws/credentials', file, [
      { role: 'id', value: id },
      { role: 'secret', value: secret },
    ]);
    expect(diff).toBe(
      `--- ~/.aws/credentials
+++ ~/.aws/credentials
@@ -4,4 +4,5 @@
 password = ••••••••
 [work]
 region = eu-west-1
+sso_session = acme
 # was ••••••••
`,
    );
  });

  it('shows of an id its beginning and its end', async () => {
    const file = {
      path: '/x',
      before: Buffer.from(`[a]\naws_access_key_id = ${id}\nAWS_ACCESS_KEY=${id}\n`),
      after: Buffer.from('[a]\n'),
      secret: true,
    };
    const { diff } = await maskedDiff('f', file, []);
    expect(diff).not.toContain(id);
    expect(diff.match(/AKIA…[A-Z2-7]{4}/g)).toEqual([
      `AKIA…${id.slice(-4)}`,
      `AKIA…${id.slice(-4)}`,
    ]);
  });

  it('shows nothing of a secret, not even its end', async () => {
    const before = `[a]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`;
    const file = {
      path: '/x',
      before: Buffer.from(before),
      after: Buffer.from('[a]\n'),
      secret: true,
    };
    const { diff } = await maskedDiff('f', file, [{ role: 'secret', value: secret }]);
    expect(diff).toBe(
      `--- f\n+++ f\n@@ -1,3 +1,1 @@\n [a]\n-aws_access_key_id = AKIA…${id.slice(-4)}\n-aws_secret_access_key = ••••••••\n`,
    );
  });

  it('of an env file shows no value but those of AWS that are no secret', async () => {
    const before = `STRIPE=abcdef\nexport AWS_REGION=eu-west-1\nAWS_SECRET_ACCESS_KEY="${secret}"\n`;
    const file = {
      path: '/x',
      before: Buffer.from(before),
      after: Buffer.from(before.replace(/AWS_SECRET.*/, 'AWS_PROFILE=work')),
      secret: false,
    };
    const { diff } = await maskedDiff('.env', file, []);
    expect(diff).toContain(
      ' STRIPE=••••••••\n export AWS_REGION=eu-west-1\n-AWS_SECRET_ACCESS_KEY=••••••••\n+AWS_PROFILE=work\n',
    );
  });

  it('masks what is commented out, noted, continued, or part of an address, also when nobody knew it', async () => {
    const line = (name: string, value: string): string => `${name} = ${value}\n`;
    const lines = (key: string, other: string, part: string, word: string): string =>
      [
        `# aws_access_key_id = ${key}`,
        `;aws_secret_access_key=${other}`,
        `# the old one was ${key} with ${other}, of Kim (2019)`,
        `region = eu-west-1 # ${other}`,
        'aws_session_token = ••••••••',
        `    ${part}`,
        `endpoint_url = https://kim:${word}@s3.moonbakery.example/`,
        '  # see https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html',
        '',
      ].join('\n');
    const before =
      lines(id, secret, 'AbC1'.repeat(9), 'hunter2').replace(
        '••••••••',
        generate('aws-secret', 'token'),
      ) + line('output', 'json');
    const file = {
      path: '/x',
      before: Buffer.from(before),
      after: Buffer.from(before.replace('json', 'text')),
      secret: true,
    };
    const { diff } = await maskedDiff('f', file, []);
    const all = await maskedDiff('f', { ...file, after: Buffer.from('') }, []);
    const dots = '••••••••';
    const shown = lines(`AKIA…${id.slice(-4)}`, dots, dots, dots).trimEnd();
    expect(all.diff).toBe(
      `--- f\n+++ f\n@@ -1,9 +0,0 @@\n${shown.replaceAll(/^/gm, '-')}\n-output = json\n`,
    );
    expect(diff).toContain('-output = json\n+output = text\n');
  });
});
