// docs/detection-providers.md: what is found of providers other than AWS, form by form, and how that compares with the
// labelled examples of other scanners. Those examples are not ours to carry: they are read from KEYSCAN_PEER_EXAMPLES, or
// from a checkout beside this one, and without them their half of the page is not checked.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import prettier from 'prettier';

import { rules } from '../rules/index.ts';
import { createScanner } from '../src/detect/scanner.ts';
import { expand } from './support/examples.ts';
import { table } from './support/page.ts';
import { projectRoot } from './support/run.ts';

const page = join(projectRoot, 'docs/detection-providers.md');
const examples =
  process.env['KEYSCAN_PEER_EXAMPLES'] ??
  join(projectRoot, '../shared/corpora/peer-examples.jsonl');
const scanner = createScanner({ today: new Date('2026-06-01T00:00:00Z') });
const divide = '## Beside the examples of other scanners';

describe('docs/detection-providers.md', () => {
  it('says form by form what is found (UPDATE=1 writes it)', async () => {
    const text = await format(formsHalf());
    if (process.env['UPDATE']) writeFileSync(page, `${text}\n${half(1)}`);
    expect(half(0)).toBe(text);
  });

  const comparable = existsSync(examples);
  if (!comparable) console.warn(`not compared with other scanners: there is no ${examples}`);
  (comparable ? it : it.skip)('says how that compares with other scanners', async () => {
    const outcome = compare(readRows());
    expect(outcome.unexplained).toEqual([]);
    const text = await format(peersHalf(outcome));
    if (process.env['UPDATE']) writeFileSync(page, `${half(0)}\n${text}`);
    expect(half(1)).toBe(text);
  });
});

function format(text: string): Promise<string> {
  return prettier.format(text, { parser: 'markdown', printWidth: 100 });
}

/** The committed page before and from the heading `divide`. */
function half(index: 0 | 1): string {
  if (!existsSync(page)) return '';
  const text = readFileSync(page, 'utf8');
  const at = text.indexOf(divide);
  const [first, second] = at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at)];
  return index === 0 ? `${first.trimEnd()}\n` : second;
}

// ------------------------------------------------------------------------------------------------------------ the forms

function formsHalf(): string {
  const rows = rules
    .filter(({ provider }) => provider !== 'aws' && provider !== 's3-compatible')
    .flatMap((rule) =>
      rule.examples.map((example) => {
        const { content, path } = expand(example);
        const { findings } = scanner.scan({ path, stage: 'working-tree', content });
        const as = findings.map(({ kind, severity }) => `${kind}, ${severity}`);
        const form = (example.form ?? '').replace(/ \((?:low|medium|high)\)$/, '');
        return [rule.provider, `\`${rule.id}\``, form, [...new Set(as)].join('; ')];
      }),
    );
  return [
    '# Detection: other providers',
    'Made by a test from the examples in `rules/`, each of which is found at exactly its place and as nothing else.',
    table(['Provider', 'Rule', 'Form', 'Reported as'], rows),
  ].join('\n\n');
}

// ---------------------------------------------------------------------------------------------------- other scanners' own

interface Row {
  readonly source: string;
  readonly rule: string;
  readonly text: string;
  readonly expected: boolean;
  readonly path?: string;
}

function readRows(): readonly Row[] {
  return readFileSync(examples, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Row => JSON.parse(line));
}

/** Which of a peer's rules is about which of our providers. What fits none is about somebody else. */
const subjects: readonly (readonly [provider: string, peerRule: RegExp])[] = [
  [
    '',
    /atlas|wireguard|polymarket|mailjet|paymongo|^np\.jwt\.3|^np\.http|^age|\.age\.|nozbe|centralstation|msteams/i,
  ],
  ['github', /github/i],
  ['gitlab', /gitlab/i],
  ['npm', /npm/i],
  ['slack', /slack/i],
  ['stripe', /stripe/i],
  ['google', /gcp|google|np\.gcs/i],
  ['azure', /azure/i],
  ['twilio', /twilio/i],
  ['sendgrid', /sendgrid/i],
  ['datadog', /datadog/i],
  ['private-key', /private.?key|\bpem\b|privkey/i],
  ['jwt', /jwt/i],
  [
    'connection-url',
    /postgres|mongo|uri\.1|basic.?auth|^url$|sidekiq-sensitive|odbc|ftp|mysql|redis|amqp/i,
  ],
];

/** Why an example that a peer calls true is none for us. Every miss must be one of these. */
const reasons: readonly (readonly [
  reason: string,
  fits: (row: Row, provider: string) => boolean,
])[] = [
  [
    'Its checksum fails, so it was never issued: invented characters after a real prefix',
    ({ text }) => /gh[opsru]_\w{36}|npm_\w{36}|glrt-[\w-]{27,}\.\w{9}/.test(text),
  ],
  [
    'It opens nothing: an identifier, a host, a bucket or an account name',
    ({ text }) =>
      /apps\.googleusercontent\.com|storage\.googleapis\.com|windows\.net|openai\.azure\.com|ACCOUNT_NAME/.test(
        text,
      ) ||
      (/service_account|client_email/.test(text) && !/PRIVATE KEY/.test(text)),
  ],
  [
    'It is no key: cut off, or not what it decodes to (a certificate, noise)',
    ({ text }, provider) =>
      /PRIVATE KEY/.test(text) || (provider === 'azure' && /AccountKey=|JQQJ77/.test(text)),
  ],
  [
    'It is no token: it does not decode to JSON, has no signature or no algorithm, or is a demonstration that everybody has',
    (_row, provider) => provider === 'jwt',
  ],
  [
    'It is a placeholder: one character or one word again and again, a sequence, or an example by its own words',
    ({ text }) => /(\w)\1{5,}|fake|123456789|1a2b3c/i.test(text),
  ],
  [
    'The password is a word for one (secret, PASSWORD, the name of the user), or the host is reserved for examples',
    ({ text }, provider) =>
      provider === 'connection-url' &&
      /user|secret|pass|example|specialbill|datastore/i.test(text) &&
      !/\$(?:host|database) =/.test(text),
  ],
  [
    'It is several assignments of a program, not one connection string',
    ({ text }, provider) =>
      provider === 'connection-url' && /\$(?:host|database) =/.test(text.replaceAll('\\', '')),
  ],
  [
    'It is not hexadecimal, as the provider’s keys are, or follows its name without an operator',
    (_row, provider) => provider === 'datadog',
  ],
  [
    'It is shorter than any that were issued, or words where chance would be',
    ({ text }) => /sk_live_\w{15}$|xox[ar]-(?:\d-)?[a-z0-9]{12}/.test(text),
  ],
  [
    'It is known by its name alone; rules for such keys of the provider are still to come',
    ({ text }) => /azure_search_key/.test(text),
  ],
];

/** Why an example that a peer calls false is reported all the same. */
const objections: readonly (readonly [reason: string, fits: (row: Row) => boolean])[] = [
  [
    'The peer means that it is not of the form of that rule of theirs: an npm token of the old form is one',
    ({ text }) => /NPM_TOKEN="[0-9a-f-]{36}"/.test(text),
  ],
  [
    'A password for a local socket is reported, low, as one for localhost is',
    ({ text }) => /@%2F/.test(text),
  ],
];

interface Tally {
  readonly trueRows: number;
  readonly found: number;
  readonly falseRows: number;
  readonly reported: number;
}

interface Outcome {
  readonly tallies: ReadonlyMap<string, Tally>;
  readonly missed: ReadonlyMap<string, number>;
  readonly reported: ReadonlyMap<string, number>;
  /** Which peer's rule, never the text. */
  readonly unexplained: readonly string[];
}

function compare(rows: readonly Row[]): Outcome {
  const tallies = new Map<string, Tally>();
  const missed = new Map<string, number>();
  const reported = new Map<string, number>();
  const unexplained: string[] = [];
  rows.forEach((row, index) => {
    const provider = subjects.find(([, peerRule]) => peerRule.test(row.rule))?.[0] ?? '';
    if (provider === '') return;
    const isFound = findsSomething(row, provider);
    const tally = tallies.get(provider) ?? { trueRows: 0, found: 0, falseRows: 0, reported: 0 };
    tallies.set(provider, {
      trueRows: tally.trueRows + (row.expected ? 1 : 0),
      found: tally.found + (row.expected && isFound ? 1 : 0),
      falseRows: tally.falseRows + (row.expected ? 0 : 1),
      reported: tally.reported + (!row.expected && isFound ? 1 : 0),
    });
    if (isFound === row.expected) return;
    const why = (row.expected ? reasons : objections).find(([, fits]) => fits(row, provider))?.[0];
    if (why === undefined) unexplained.push(`line ${String(index + 1)}: ${row.source} ${row.rule}`);
    else {
      const counts = row.expected ? missed : reported;
      counts.set(why, (counts.get(why) ?? 0) + 1);
    }
  });
  return { tallies, missed, reported, unexplained };
}

function findsSomething(row: Row, provider: string): boolean {
  const { findings } = scanner.scan({
    path: row.path ?? 'example.txt',
    stage: 'working-tree',
    content: Buffer.from(row.text),
  });
  // an example for npm may hold the token in the URL of a dependency
  const also = provider === 'npm' ? 'connection-url' : provider;
  return findings.some((finding) => finding.provider === provider || finding.provider === also);
}

function peersHalf({ tallies, missed, reported }: Outcome): string {
  const rows = [...tallies].map(([provider, tally]) => [
    provider,
    String(tally.trueRows),
    String(tally.found),
    String(tally.falseRows),
    String(tally.reported),
  ]);
  return [
    divide,
    'The test examples of gitleaks, betterleaks, kingfisher, noseyparker, detect-secrets, secretlint and ripsecrets for these providers: how many of those they call true are found, and how many of those they call false are reported. Many are made of random characters; where a format proves itself by a checksum or its content, such are rightly no finding.',
    table(['Provider', 'Called true', 'Found', 'Called false', 'Reported'], rows),
    'Called true and not found, on purpose:',
    table(
      ['Why', 'Examples'],
      [...missed].map(([why, count]) => [why, String(count)]),
    ),
    'Called false and reported, on purpose:',
    table(
      ['Why', 'Examples'],
      [...reported].map(([why, count]) => [why, String(count)]),
    ),
  ].join('\n\n');
}
