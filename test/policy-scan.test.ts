import { describe, expect, it } from '@jest/globals';
import { rules as builtIn } from '../rules/index.ts';
import { UserError } from '../src/core/errors.ts';
import { createScanner } from '../src/detect/scanner.ts';
import type { ScannerOptions } from '../src/detect/api.ts';
import type { Finding } from '../src/core/finding.ts';
import { formatBaseline, updateBaseline } from '../src/policy/baseline.ts';
import { applySuppressions } from '../src/policy/suppress.ts';
import { importGitleaksRules } from '../src/policy/import-rules.ts';
import { inlinePolicy } from '../src/policy/inline.ts';
import { selectRules } from '../src/policy/selection.ts';

// The policy beside the real scanner: what the two of them agree on and no type can say.

/** A key id and secret that no check calls an example, made here so that none is written down. */
const id = ['AK', 'IA', 'W7QX2RTN5YVK3JHD'].join('');
const secret = ['wJ8rXUtnFEMIq7MDENG', 'bPxRfiCYzKq3vT9hLs2Yo'].join('');

function scan(text: string, options: ScannerOptions = {}): [string, number, string | null][] {
  const document = { path: 'deploy/.env', stage: 'local', content: Buffer.from(text) } as const;
  return createScanner({ inline: inlinePolicy(), ...options })
    .scan(document)
    .findings.map(({ rule, line, suppressed }) => [rule, line, suppressed?.by ?? null]);
}

describe('comments in scanned text', () => {
  const pair = (comment: string): string =>
    `AWS_ACCESS_KEY_ID=${id}\nAWS_SECRET_ACCESS_KEY=${secret}${comment}\n`;

  it('allow a pair from the line of either part', () => {
    expect(scan(pair(''))).toEqual([['aws-access-key', 1, null]]);
    expect(scan(pair(' # keyscan:ignore'))).toEqual([['aws-access-key', 1, 'inline']]);
    expect(scan(`# keyscan:ignore-next-line aws/*\n${pair('')}`)).toEqual([
      ['aws-access-key', 2, 'inline'],
    ]);
    expect(scan(pair(' # keyscan:ignore npm/*'))).toEqual([['aws-access-key', 1, null]]);
  });

  it('say the same with CRLF and in UTF-16', () => {
    const text = `// secretlint-disable\r\n${pair('').replaceAll('\n', '\r\n')}`;
    const document = {
      path: 'a',
      stage: 'local',
      content: Buffer.from(`\ufeff${text}`, 'utf16le'),
    } as const;
    const [finding] = createScanner({ inline: inlinePolicy() }).scan(document).findings;
    expect(finding?.suppressed).toEqual({ by: 'inline', reason: null, until: null });
    expect(scan(text)).toEqual([['aws-access-key', 2, 'inline']]);
  });

  it('never carry the secret on as a reason', () => {
    const document = {
      path: 'a',
      stage: 'local',
      content: Buffer.from(pair(` # keyscan:ignore -- ${id} and ${secret} are old`)),
    } as const;
    const { findings } = createScanner({ inline: inlinePolicy() }).scan(document);
    expect(new Set(findings.map(({ suppressed }) => suppressed?.reason))).toEqual(
      new Set(['… and … are old']),
    );
  });
});

describe('a baseline', () => {
  const findingsIn = (path: string, text: string): readonly Finding[] =>
    createScanner().scan({ path, stage: 'local', content: Buffer.from(text) }).findings;
  const env = `AWS_ACCESS_KEY_ID=${id}\nAWS_SECRET_ACCESS_KEY=${secret}\n`;
  const today = new Date('2027-01-01');
  const { baseline } = updateBaseline(new Map(), findingsIn('deploy/.env', env), { today });

  it.each([
    ['moved down', 'deploy/.env', `# settings\nREGION=eu-west-1\n\n${env}`],
    ['moved to another file', 'old/settings.env', env],
    ['written with quotes and spaces', 'deploy/.env', env.replaceAll(/=(.+)/g, ' = "$1"')],
    ['written with CRLF', 'deploy/.env', env.replaceAll('\n', '\r\n')],
    [
      'written as JSON',
      'a.json',
      JSON.stringify({ aws: { accessKeyId: id, secretAccessKey: secret } }),
    ],
    ['written as YAML', 'a.yml', `aws:\n  access_key_id: ${id}\n  secret_access_key: ${secret}\n`],
  ])('covers a leak that was %s', (_, path, text) => {
    const findings = findingsIn(path, text);
    expect(findings.map(({ kind }) => kind)).toEqual(['pair']);
    const { kept, counts } = applySuppressions(findings, { baseline, today });
    expect([kept, counts]).toEqual([[], { baseline: 1, inline: 0, ignored: 0 }]);
  });

  it('does not cover another secret in the same place', () => {
    const rotated = findingsIn('deploy/.env', env.replace(secret, [...secret].reverse().join('')));
    expect(applySuppressions(rotated, { baseline, today }).kept).toEqual(rotated);
  });

  it('gives nothing away to a scan of itself', () => {
    expect(findingsIn('.keyscan-baseline.json', formatBaseline(baseline))).toEqual([]);
  });
});

describe('rules', () => {
  it('run as the selection says', () => {
    const off = selectRules(() => builtIn, [], {
      settings: { rules: { 'aws/*': 'off' } },
      problem: (_, text) => new UserError(text),
    });
    expect(scan(`AWS_ACCESS_KEY_ID=${id}`, off)).toEqual([]);
  });

  it('of gitleaks find what they found there', async () => {
    const toml = `[[rules]]
id = "moon"
description = "Moon"
regex = '''(?i)\\b(moon_[a-z0-9]{20})\\b'''
[[rules]]
id = "cake"
regex = '''(?:live|test)[_-]cake\\s{0,3}[:=]\\s{0,3}["']?([0-9a-f]{16})'''
`;
    const { rules } = await importGitleaksRules(toml, 'x.toml', new Set());
    const token = `MOON_${'a1b2'.repeat(5)}`;
    const text = `x = ${token}\ny${token}\n${token}z\nlive-cake: "${['3f9c1b7a', '52e8d064'].join('')}"\n`;
    expect(scan(text, { rules: [...builtIn, ...rules] })).toEqual([
      ['moon', 1, null],
      ['cake', 4, null],
    ]);
  });
});
