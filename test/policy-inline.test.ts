import { describe, expect, it } from '@jest/globals';
import { fc } from './support/property.ts';
import type { LineText } from '../src/core/inline.ts';
import { directivesIn, inlinePolicy } from '../src/policy/inline.ts';
import type { InlineOptions } from '../src/policy/inline.ts';

const aws = { rule: 'aws-access-key', provider: 'aws' };

function textOf(...lines: string[]): LineText {
  return { line: (number) => lines[number - 1] };
}

function verdict(lines: string[], on: number[], options: InlineOptions = {}): string | null {
  const found = inlinePolicy(options)({ ...aws, path: 'deploy/.env', lines: on }, textOf(...lines));
  return found === null ? null : found.by;
}

function allows(line: string, about = aws): boolean {
  const found = inlinePolicy()({ ...about, path: 'a', lines: [1] }, textOf(line));
  return found !== null;
}

describe('comments on the line of the value', () => {
  it.each([
    'key = "x"  # keyscan:ignore',
    'key = "x"#keyscan:ignore',
    'const key = "x"; // keyscan:ignore',
    'const key = "x";//keyscan:ignore',
    'f(/* keyscan:ignore */ "x")',
    'f("x" /*keyscan:ignore*/);',
    '<a key="x"/> <!-- keyscan:ignore -->',
    '<a key="x"/> <!--keyscan:ignore-->',
    "INSERT INTO k VALUES ('x'); -- keyscan:ignore",
    'key = "x" \' keyscan:ignore',
    'key = x ; keyscan:ignore',
    '  * x keyscan:ignore',
    'rem x keyscan:ignore',
    '{{! keyscan:ignore }} x',
    '{# keyscan:ignore #} x',
    '[//]: # (x keyscan:ignore)',
    '"key": "x", "//": "keyscan:ignore",',
    '{"key":"x","note":"keyscan:ignore aws-access-key -- from the manual"}',
    'x,keyscan:ignore,"keyscan:ignore"',
    'plain text x keyscan:ignore',
    '   "key = \'x\'  # keyscan:ignore\\n",',
    'key = x # a demo key (keyscan:ignore)',
    'key = x # gitleaks:allow',
    'key = x # betterleaks:allow',
    'key = x # trufflehog:ignore',
    'key = x # ggignore',
    'key = x # pragma: allowlist secret',
    'key = x # pragma:allowlist secret',
    'key = x # pragma: whitelist-secret',
    'key = x // secretlint-disable-line',
    'key = x // secretlint-disable-line @secretlint/secretlint-rule-aws -- a demo',
    'key = x // secretlint-disable-line @secretlint/secretlint-rule-preset-recommend',
  ])('allows %s', (line) => {
    expect(allows(line)).toBe(true);
  });

  it.each([
    'password = "keyscan:ignore-me-not"',
    'password = "my ggignore word"',
    'password = "xggignorex"',
    'url = postgres://user:p#ggignore@db/x',
    'url = https://user:gitleaks:allow@host/x',
    'url = https://host/ggignore x',
    'run --key keyscan:ignore --now x',
    'Server=db;Password=a;keyscan:ignore=1',
    'key = x # keyscan:ignored',
    'key = x # keyscan:ignore: because',
    'key = x # KEYSCAN:IGNORE',
    'key = x # Gitleaks:allow',
    'key = x # keyscan:ignore github-token',
    'key = x # keyscan:ignore slack/*, github-token',
    'key = x # keyscan:ignore-next-line',
    'key = x # keyscan:ignore-next-lines',
    'key = x // secretlint-disable-next-line',
    'key = x // secretlint-disable-line @secretlint/secretlint-rule-github',
    'key = x // secretlint-disable-line some-rule-nobody-knows',
    'x = 1 # pragma: allowlist nextline secret',
    "don't keyscan:ignore this x",
  ])('does not allow %s', (line) => {
    expect(allows(line)).toBe(false);
  });
});

describe('rule names', () => {
  it('allows only the rules it names, by id or by provider', () => {
    const line = 'x # keyscan:ignore slack-token , aws/*,github-token -- demo';
    expect(allows(line)).toBe(true);
    expect(allows(line, { rule: 'github-token', provider: 'github' })).toBe(true);
    expect(allows(line, { rule: 'npm-token', provider: 'npm' })).toBe(false);
  });

  it('reads a name that stands right before the end of the comment', () => {
    expect(directivesIn('x <!-- keyscan:ignore aws-access-key-->')).toEqual([
      { scope: 'line', names: ['aws-access-key'], reason: null },
    ]);
    expect(directivesIn('x /* keyscan:ignore aws/* */')).toEqual([
      { scope: 'line', names: ['aws/*'], reason: null },
    ]);
  });
});

describe('reasons', () => {
  it('keeps the words behind two dashes, up to the end of the comment', () => {
    expect(directivesIn('/* keyscan:ignore -- key of the manual */ f("x")')).toEqual([
      { scope: 'line', names: [], reason: 'key of the manual' },
    ]);
  });

  it('never carries on what may be a key', () => {
    const key = ['AK', 'IA', '2E0A8F3B244C9986'].join('');
    const [directive] = directivesIn(`x # keyscan:ignore -- was ${key} before`);
    expect(directive?.reason).toBe('was … before');
  });
});

describe('the next line', () => {
  it('is allowed by the comment above it, and no other line is', () => {
    const lines = ['# keyscan:ignore-next-line aws/*', 'x', 'x'];
    expect([1, 2, 3].map((line) => verdict(lines, [line]))).toEqual([null, 'inline', null]);
  });

  it('is allowed by the comment of detect-secrets only when that stands alone', () => {
    expect(verdict(['# pragma: allowlist nextline secret', 'x'], [2])).toBe('inline');
    expect(verdict(['<!-- pragma: allowlist nextline secret -->', 'x'], [2])).toBe('inline');
    expect(verdict(['y = 1 # pragma: allowlist nextline secret', 'x'], [2])).toBe(null);
  });
});

describe('a finding of several parts', () => {
  it('is allowed by a comment on the line of any part', () => {
    const lines = ['id = x', 'region = y', 'secret = z # keyscan:ignore'];
    expect(verdict(lines, [1, 3])).toBe('inline');
    expect(verdict(lines, [1])).toBe(null);
  });
});

describe('ranges of secretlint', () => {
  it('reach from one mark to the other', () => {
    const lines = ['x', '/* secretlint-disable */', 'x', '/* secretlint-enable */', 'x'];
    expect([1, 3, 5].map((line) => verdict(lines, [line]))).toEqual([null, 'inline', null]);
  });

  it('reach to the end of the text when nothing ends them', () => {
    expect(verdict(['// secretlint-disable', 'y', 'x'], [3])).toBe('inline');
  });

  it('hold for the rules they name, and each rule has its own', () => {
    const lines = [
      ...['// secretlint-disable @secretlint/secretlint-rule-aws', 'x'],
      ...['// secretlint-enable @secretlint/secretlint-rule-github', 'x'],
      ...['// secretlint-enable @secretlint/secretlint-rule-aws', 'x'],
    ];
    const policy = inlinePolicy();
    const text = textOf(...lines);
    const github = { rule: 'github-token', provider: 'github' };
    const allowed = [6, 4, 2].map((line) =>
      [aws, github].map((about) => policy({ ...about, path: 'a', lines: [line] }, text) !== null),
    );
    expect(allowed).toEqual([
      [false, false],
      [true, false],
      [true, false],
    ]);
  });
});

describe('trust', () => {
  it('leaves comments out that may not count', () => {
    const trusts = (path: string, line: number): boolean => path !== 'deploy/.env' || line !== 1;
    expect(verdict(['x # keyscan:ignore'], [1], { trusts })).toBe(null);
    expect(verdict(['# secretlint-disable', 'x'], [2], { trusts })).toBe(null);
    expect(verdict(['', 'x # keyscan:ignore'], [2], { trusts })).toBe('inline');
  });
});

describe('hostile text', () => {
  it('gives no comment of a line too long to be read', () => {
    expect(allows(`${'x'.repeat(20_000)} # keyscan:ignore`)).toBe(false);
  });

  it('takes no longer for lines made to be slow', () => {
    const fill = (piece: string, rest = ''): string =>
      piece.repeat(Math.floor((9_900 - rest.length) / piece.length)) + rest;
    const started = process.cpuUsage().user;
    for (const line of [
      fill('keyscan:ignore '),
      `# ${'keyscan:ignore '.repeat(300)} -- ${'-'.repeat(5000)}`,
      fill(' ', 'pragma: allowlist nextline secret pragma: allowlist nextline secret x'),
      fill('/*', 'keyscan:ignore'),
      fill('#', 'keyscan:ignore'),
      `# keyscan:ignore ${fill('a,')}@`,
      `# keyscan:ignore ${fill('a-')}`,
      `# secretlint-disable-line ${fill(', ')}`,
      `# keyscan:ignore -- ${fill('a1')}`,
    ]) {
      for (let round = 0; round < 20; round += 1) directivesIn(line);
    }
    expect(process.cpuUsage().user - started).toBeLessThan(2_000_000);
  });

  it('never throws, whatever stands around a comment', () => {
    const pieces = fc.constantFrom(
      ...[
        'keyscan:ignore',
        '-next-line',
        'gitleaks:allow',
        'secretlint-disable',
        'pragma: allowlist secret',
      ],
      ...[
        '#',
        '//',
        '/*',
        '*/',
        '<!--',
        '-->',
        '--',
        '"',
        "'",
        ' ',
        '\t',
        ',',
        'aws/*',
        '\\n',
        '\u202e',
        '\0',
      ],
    );
    const line = fc.array(fc.oneof(pieces, fc.string())).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), fc.nat(6), (lines, on) => {
        const found = verdict(lines, [on]);
        expect(found === null || found === 'inline').toBe(true);
      }),
    );
  });

  it('reads every line once, however many findings ask', () => {
    const lines = Array.from({ length: 200 }, (_, index) => `x${index} # secretlint-`);
    let reads = 0;
    const text: LineText = {
      line: (number) => {
        reads += 1;
        return lines[number - 1];
      },
    };
    const policy = inlinePolicy();
    for (let line = 1; line <= 200; line += 1) policy({ ...aws, path: 'a', lines: [line] }, text);
    expect(reads).toBeLessThanOrEqual(600);
  });

  it('weighs every range mark once, however many findings stand behind it', () => {
    const text = textOf(...Array.from({ length: 200 }, () => 'x # secretlint-disable'));
    let weighed = 0;
    const trusts = (): boolean => {
      weighed += 1;
      return true;
    };
    const policy = inlinePolicy({ trusts });
    for (let line = 1; line <= 200; line += 1) policy({ ...aws, path: 'a', lines: [line] }, text);
    // each mark once, and each line of a finding once
    expect(weighed).toBe(400);
  });
});
