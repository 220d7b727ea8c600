// docs/detection.md: form by form, what is found of AWS's credentials, and how that compares with the labelled examples of
// other scanners. What was measured on one day is written by hand behind it and kept. Those are not ours to carry: without them (KEYSCAN_PEER_EXAMPLES) that half is not checked, loudly.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import prettier from 'prettier';

import { rules } from '../rules/index.ts';
import { createScanner } from '../src/detect/scanner.ts';
import { expand } from './support/examples.ts';
import { table } from './support/page.ts';
import { projectRoot } from './support/run.ts';

const page = join(projectRoot, 'docs/detection.md');
const peers =
  process.env['KEYSCAN_PEER_EXAMPLES'] ??
  join(projectRoot, '../shared/corpora/peer-examples.jsonl');
const scanner = createScanner({ today: new Date('2026-06-01T00:00:00Z') });
const ours = rules.filter(({ provider }) => provider === 'aws' || provider === 's3-compatible');

describe('docs/detection.md', () => {
  it('says form by form what is found, and what is not reported (UPDATE=1 writes it)', async () => {
    const text = await prettier.format(pageText(), { parser: 'markdown', printWidth: 100 });
    if (process.env['UPDATE']) writeFileSync(page, text);
    expect(existsSync(page) ? readFileSync(page, 'utf8') : '').toBe(text);
  });

  const comparable = existsSync(peers);
  if (!comparable) console.warn(`SKIPPED: not compared with other scanners, there is no ${peers}`);
  (comparable ? it : it.skip)('leaves no true value of other scanners out without a reason', () => {
    const rows = readFileSync(peers, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line): Row => JSON.parse(line))
      .filter(({ provider }) => provider === 'aws');
    expect(rows.length).toBeGreaterThan(0);
    const wrong = rows.filter(({ text, expected }) => {
      const { findings } = scanner.scan({
        path: 'example.txt',
        stage: 'working-tree',
        content: Buffer.from(text),
      });
      if (!expected) return findings.length > 0;
      return findings.length === 0 && !reasons.some(({ fits }) => fits.test(text));
    });
    expect(wrong.map(({ source, rule, expected }) => ({ source, rule, expected }))).toEqual([]);
  });
});

interface Row {
  readonly source: string;
  readonly rule: string;
  readonly provider: string;
  readonly text: string;
  readonly expected: boolean;
}

/** Why something that another scanner calls a key is none. */
const reasons: readonly { readonly reason: string; readonly fits: RegExp }[] = [
  {
    reason:
      'a prefix without a body: the fixed head of a short-term Bedrock key with nothing behind it',
    fits: /bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t(?![A-Za-z0-9+/])/,
  },
  {
    reason:
      'another alphabet: a secret access key is forty characters of base64 without padding, `=` is none of them',
    fits: /secret_access_key\w*\s*=\s*"?[A-Za-z0-9]+=[A-Za-z0-9]+"?/,
  },
  { reason: 'ids that begin with A3T: nobody knows of one that AWS has issued', fits: /\bA3T0/ },
  { reason: 'one character again and again', fits: /(.)\1{9,}/ },
];

function pageText(): string {
  const rows = ours.flatMap((rule) =>
    rule.examples.map((example) => {
      const { content, path, expected } = expand(example);
      const { findings } = scanner.scan({ path, stage: 'working-tree', content });
      const parts = findings.reduce((sum, finding) => sum + finding.parts.length, 0);
      const kinds = findings.map(({ kind }) => kind);
      const how = findings.flatMap((finding) =>
        finding.parts.flatMap(({ decodedBy }) => decodedBy ?? []),
      );
      return [
        example.form ?? '',
        path,
        `${String(parts)} of ${String(expected.length)}`,
        kinds.length > 1 ? `${String(kinds.length)} × ${kinds[0] ?? ''}` : (kinds[0] ?? 'nothing'),
        [...new Set(how)].join(', '),
      ];
    }),
  );
  const silent = ours.flatMap((rule) =>
    rule.negatives.map((example) => {
      const { content, path } = expand(example);
      const { findings } = scanner.scan({ path, stage: 'working-tree', content });
      const text = example.text.replaceAll('\n', ' ⏎ ');
      return [`\`${text}\``, String(findings.filter(({ rule: id }) => id === rule.id).length)];
    }),
  );
  return [
    '# Detection: AWS',
    'Made by a test from the examples in `rules/aws.ts`; each value is found at exactly its place, and a pair is one finding. ' +
      'The numbered forms are those by which we compare scanners. Other providers: [detection-providers.md](detection-providers.md).',
    table(['Form', 'In', 'Values found', 'Findings', 'Decoded by'], rows),
    '## Not reported',
    'In double braces stands what the test makes at run time.',
    table(['Text', 'Findings'], silent),
    '## What other scanners call a key and keyscan does not',
    'Every true value of their own AWS examples is found except these, and none of their false ones is:',
    reasons.map(({ reason }) => `- ${reason}`).join('\n'),
    measured(),
  ].join('\n\n');
}

function measured(): string {
  const text = existsSync(page) ? readFileSync(page, 'utf8') : '';
  const start = text.indexOf('\n## Measured');
  return start < 0 ? '' : text.slice(start + 1);
}
