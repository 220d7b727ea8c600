import { describe, expect, it } from '@jest/globals';
import { fc } from './support/property.ts';
import type { Finding } from '../src/core/finding.ts';
import type { Baseline } from '../src/policy/baseline.ts';
import { regexOfGo } from '../src/policy/go-regex.ts';
import { configOfRules, importGitleaksRules } from '../src/policy/import-rules.ts';
import { importKnown } from '../src/policy/imports.ts';
import type { ImportOptions } from '../src/policy/imports.ts';
import { regexProblem } from '../src/policy/regex-cost.ts';

const commit = 'ab12'.repeat(10);

/** One finding for each `path:line provider [commit]`; its fingerprint counts from 1. */
function findings(...places: string[]): Finding[] {
  return places.map((each, index) => {
    const [, path = '', number = '1', provider = 'aws', at = null] =
      /^(.+):(\d+) (\S+)(?: (\S+))?$/.exec(each) ?? [];
    const line = Number(number);
    const place = { path, line, column: 1, endLine: line, endColumn: 9, masked: '•' };
    return {
      ...{
        rule: `${provider}-key`,
        provider,
        kind: 'secret',
        severity: 'high',
        confidence: 'high',
      },
      ...{ title: '', ...place, fingerprint: print(index + 1), account: null, profile: null },
      ...{ parts: [{ role: 'secret', ...place }], commit: at ?? null, author: null, date: null },
      ...{ stage: 'working-tree', suppressed: null, why: '', next: [] },
    };
  });
}

function print(seed: number): string {
  return `ks1:${String(seed).padStart(32, '0')}`;
}

function imported(
  text: string,
  places: string[],
  more: Partial<ImportOptions> = {},
): {
  format: string;
  added: readonly string[];
  known: number;
  unmapped: readonly string[];
  baseline: Baseline;
} {
  const providers = new Set(['aws', 'github', 'google']);
  return importKnown(text, 'old/.gitleaksignore', {
    ...{ findings: findings(...places), baseline: new Map(), providers },
    ...more,
  });
}

describe('.gitleaksignore', () => {
  it('becomes entries for what is at those places today', () => {
    const text = [
      '# known',
      'deploy/.env:aws-access-token:3',
      'a:b.txt:generic-api-key:7\r',
      `${commit}:old.txt:github-pat:2`,
      '',
      'gone.txt:aws-access-token:1',
    ].join('\n');
    const places = [
      'deploy/.env:3 aws',
      'a:b.txt:7 aws',
      `old.txt:2 github ${commit}`,
      'deploy/.env:4 aws',
    ];
    const { baseline, ...rest } = imported(text, places);
    expect(rest).toEqual({
      format: 'gitleaksignore',
      added: [print(1), print(2), print(3)],
      known: 0,
      unmapped: ['gone.txt:aws-access-token:1'],
    });
    expect(baseline.get(print(1))).toEqual({
      ...{ by: 'baseline', rule: 'aws-key', path: 'deploy/.env', owner: null, until: null },
      reason: 'imported from .gitleaksignore',
    });
  });

  it('covers only the provider that the rule is named after', () => {
    const places = ['x:1 aws', 'x:1 github'];
    expect(imported('x:github-pat:1', places).added).toEqual([print(2)]);
    expect(imported('x:gcp-api-key:1', places).added).toEqual([]);
    expect(imported('x:generic-api-key:1', places).added).toEqual([print(1), print(2)]);
  });

  it('takes a place of an old commit only for the same provider', () => {
    const places = ['x:1 aws', `y:1 aws ${'c'.repeat(40)}`];
    expect(imported(`${commit}:x:aws-access-token:1`, places).added).toEqual([print(1)]);
    expect(imported(`${commit}:x:generic-api-key:1`, places).added).toEqual([]);
    expect(imported(`${commit}:y:aws-access-token:1`, places).added).toEqual([]);
  });

  it('says which line it cannot read', () => {
    expect(() => imported('x:aws:1\nnonsense', [])).toThrow(
      'old/.gitleaksignore:2:1: "nonsense" is not file:rule:line',
    );
  });

  it('adds nothing the second time', () => {
    const { baseline } = imported('x:aws-access-token:1', ['x:1 aws']);
    const again = imported('x:aws-access-token:1', ['x:1 aws'], { baseline });
    expect([again.added, again.known, again.unmapped]).toEqual([[], 1, []]);
  });
});

describe('a JSON report of gitleaks', () => {
  const report = (fields: object): string =>
    JSON.stringify([{ RuleID: 'aws-access-token', StartLine: 5, ...fields }]);

  it('is mapped by place', () => {
    const found = imported(report({ File: './deploy\\.env', Commit: '', Secret: 'REDACTED' }), [
      'deploy/.env:5 aws',
    ]);
    expect([found.format, found.added]).toEqual(['gitleaks-report', [print(1)]]);
  });

  it('is mapped by value where it holds it, wherever that is now', () => {
    const fingerprint = (provider: string, value: string): string =>
      provider === 'aws' && value === 'moon' ? print(1) : 'other';
    const text = report({ File: 'old.env', Secret: 'moon', Commit: commit });
    expect(imported(text, ['new.env:9 aws'], { fingerprint }).added).toEqual([print(1)]);
  });

  it('never says a secret', () => {
    const text = report({ File: 'old.env', Secret: 'moon', Match: 'key=moon' });
    expect(imported(text, []).unmapped).toEqual(['old.env:aws-access-token:5']);
    expect(() => imported('[{"Secret":"moon"}]', [])).toThrow(
      expect.objectContaining({ message: 'old/.gitleaksignore is not a report of gitleaks' }),
    );
  });
});

describe('a baseline of detect-secrets', () => {
  const text = (...list: object[]): string =>
    JSON.stringify({ version: '1.5.0', results: { 'app/.env': list }, generated_at: 'x' });

  it('is mapped by place, and what was audited as harmless is ignored', () => {
    const found = imported(
      text(
        { type: 'AWS Access Key', hashed_secret: 'aa', line_number: 1 },
        { type: 'Secret Keyword', hashed_secret: 'bb', line_number: 2, is_secret: false },
        { type: 'GitHub Token', hashed_secret: 'cc', line_number: 1 },
        { type: 'AWS Access Key', hashed_secret: 'dd' },
      ),
      ['app/.env:1 aws', 'app/.env:2 aws'],
    );
    expect([...found.baseline.values()].map(({ by, reason }) => [by, reason])).toEqual([
      ['baseline', 'imported from .gitleaksignore'],
      ['ignored', 'audited as no secret in .gitleaksignore'],
    ]);
    expect(found.unmapped).toEqual([
      'app/.env:1: GitHub Token',
      'app/.env: AWS Access Key (no line)',
    ]);
  });

  it('is not taken for another kind of file', () => {
    expect(() => imported('{"runs":[]}', [])).toThrow('old/.gitleaksignore is of no known kind');
  });
});

describe('hostile files', () => {
  it('give entries or a clear error', () => {
    const odd = fc.oneof(fc.constantFrom<unknown>('x', 1, -1, null, [], {}), fc.jsonValue());
    const report = fc.array(
      fc.record({ File: odd, RuleID: odd, StartLine: odd, Commit: odd, Secret: odd }),
    );
    const secret = fc.record(
      { type: odd, hashed_secret: odd, line_number: odd, is_secret: odd },
      { requiredKeys: [] },
    );
    const results = fc.dictionary(fc.constantFrom('x', '', '__proto__'), fc.array(secret));
    const known = fc.array(fc.constantFrom('x:aws:1', 'y:1', `${commit}:x:a:2`, ':::', '#', ' x'));
    const text = fc.oneof(
      ...[fc.string(), fc.json(), known.map((lines) => lines.join('\n'))],
      fc.oneof(report, fc.record({ results })).map((value) => JSON.stringify(value)),
    );
    let read = 0;
    fc.assert(
      fc.property(text, (hostile) => {
        try {
          imported(hostile, ['x:1 aws']);
          read += 1;
        } catch (error) {
          expect(error).toMatchObject({ name: 'UserError' });
        }
      }),
      { numRuns: 500 },
    );
    expect(read).toBeGreaterThan(100);
  });
});

describe('regexes of Go', () => {
  it.each([
    ['(?i)moon_[a-f]{4}', '[Mm][Oo][Oo][Nn]_[a-fA-F]{4}'],
    ['moon_([a-z]{4})', 'moon_(?<value>[a-z]{4})'],
    ['(?i:Moon)x', '(?:[Mm][Oo][Oo][Nn])x'],
    ['(?P<x>a)\\x{60}[\\x60\\s]', '(?<value>a)\\x60[\\x60\\s]'],
    ['[[:alnum:]-]+\\z', '[0-9A-Za-z-]+$'],
    ['\\Qa.b\\E', 'a\\.b'],
    ['(?s)a.b', 'a[^]b'],
    ['[]a]', '[\\]a]'],
    ['(?i)[\\w.-]{0,50}?(?:moon)[=:]', '(?:[Mm][Oo][Oo][Nn])[=:]'],
  ])('%s becomes %s', (go, ours) => {
    expect(regexOfGo(go, 0)).toBe(ours);
  });

  it.each([
    '\\pL',
    '(?m)^a',
    '(?U)a*',
    '(a',
    'a)',
    '[a',
    'ä',
    '[[:^alpha:]]',
    '\\x{1F600}',
    '(?=a)',
  ])('%s is refused', (go) => {
    expect(() => regexOfGo(go, 0)).toThrow();
  });

  it('keeps the group that holds the secret', () => {
    expect(regexOfGo('(a)(b)', 2)).toBe('(?:a)(?<value>b)');
    expect(() => regexOfGo('(a)', 3)).toThrow('names a group that it does not have');
  });

  it('keep their meaning: JavaScript finds the same', () => {
    const { regex } = fc.letrec<{ regex: string; sequence: string; atom: string }>((tie) => ({
      regex: fc.array(tie('sequence'), { minLength: 1, maxLength: 3 }).map((all) => all.join('|')),
      sequence: fc
        .array(fc.tuple(tie('atom'), fc.constantFrom('', '', '+', '?', '{2}', '{1,2}')), {
          minLength: 1,
          maxLength: 3,
        })
        .map((all) => all.flat().join('')),
      atom: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.constantFrom('a', 'b', '_', '[a-c]', '[^b]', '.', '\\w', '\\x61', '(?:$)'),
        tie('regex').map((inner) => `(${inner})`),
        tie('regex').map((inner) => `(?:${inner})`),
      ),
    }));
    // a run before everything else is left out, see the table above
    const first = fc.constantFrom('a', 'b', '_', '(a|b)', '\\x61');
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'B', '_'), maxLength: 12 });
    let found = 0;
    fc.assert(
      fc.property(fc.constantFrom('', 'i'), first, regex, text, (flags, start, rest, searched) => {
        const whole = `${start}(?:${rest})`;
        const theirs = new RegExp(whole, flags).exec(searched)?.[0];
        const ours = new RegExp(regexOfGo(`${flags === '' ? '' : '(?i)'}${whole}`, 0));
        expect(ours.exec(searched)?.[0]).toEqual(theirs);
        if (theirs !== undefined) found += 1;
      }),
      { numRuns: 500 },
    );
    expect(found).toBeGreaterThan(100);
  });
});

describe('rules of gitleaks', () => {
  const toml = `
title = "moonbakery"
[extend]
useDefault = true
disabledRules = ["x"]
[allowlist]
paths = ['''vendor''']
[[rules]]
id = "Moonbakery Token"
description = "Moonbakery\\u001b token"
regex = '''(?i)\\b(moon_[a-z0-9]{20})(?:["'\\s]|$)'''
entropy = 3.5
keywords = ["moon_"]
[[rules]]
id = "cakes"
regex = '''(?:live|test)_cake_([0-9]{8})'''
secretGroup = 1
path = '''\\.env$'''
[rules.allowlist]
regexes = ['''0000''']
[[rules]]
id = "either"
regex = '''(?:moon|cake)[0-9]{12}'''
[[rules]]
id = "any-hex"
regex = '''[0-9a-f]{32}'''
[[rules]]
id = "slow"
regex = '''moon(a+)+b'''
[[rules]]
id = "by-path"
path = '''\\.pem$'''
[[rules]]
id = "cakes"
regex = '''cake-[0-9]{4}'''
`;

  it('become custom rules, and what cannot is said', async () => {
    const { rules, notes } = await importGitleaksRules(toml, '.gitleaks.toml', new Set(['either']));
    expect(
      rules.map(({ id, title, parts: [part] }) => [id, title, part?.entropy ?? null, part?.shapes]),
    ).toEqual([
      [
        'moonbakery-token',
        'Moonbakery token',
        3.5,
        [
          {
            ...{ type: 'pattern', anchor: 'moon_', anyCase: true, lookBack: 1, window: 26 },
            regex: '\\b(?<value>[Mm][Oo][Oo][Nn]_[a-zA-Z0-9]{20})(?:["\'\\s]|$)',
          },
        ],
      ],
      [
        'cakes',
        'cakes',
        null,
        [
          {
            ...{ type: 'pattern', anchor: '_cake_', lookBack: 4, window: 14 },
            regex: '(?:live|test)_cake_(?<value>[0-9]{8})',
          },
        ],
      ],
      [
        'either-2',
        'either',
        null,
        ['moon', 'cake'].map((anchor) => ({
          ...{ type: 'pattern', anchor, regex: '(?:moon|cake)[0-9]{12}', window: 16 },
        })),
      ],
      [
        'cakes-2',
        'cakes',
        null,
        [{ type: 'pattern', anchor: 'cake-', regex: 'cake-[0-9]{4}', window: 9 }],
      ],
    ]);
    expect(notes).toEqual([
      'extend.useDefault: keyscan has rules of its own, and they stay on',
      'extend.disabledRules is left out; write "off" for rules of keyscan under "rules"',
      'the global allowlist is left out; write its paths as patterns into .keyscanignore',
      '"cakes" loses its path, so it looks into every file and its allowlist',
      '"any-hex" is left out: it has no text of three characters that every match holds',
      '"slow" is left out: it repeats a group that can be matched in several ways',
      '"by-path" is left out: it has no regex',
    ]);
  });

  it('are accepted by the configuration they are written to', async () => {
    const { rules } = await importGitleaksRules(toml, '.gitleaks.toml', new Set());
    const { configSchema, safeParse } = await import('../src/policy/schema.ts');
    const result = safeParse(configSchema, JSON.parse(configOfRules(rules)));
    expect(result.success && result.data.customRules).toEqual(rules);
  });

  it('find the place of a mistake without quoting the file', async () => {
    await expect(importGitleaksRules('a = 1\nb = "moon', 'x.toml', new Set())).rejects.toThrow(
      expect.objectContaining({
        name: 'UserError',
        message: expect.stringMatching(/^x\.toml:2:\d+: this is not TOML$/),
      }),
    );
  });
});

describe('the cost of a regex', () => {
  it('is never less than what the engine really does', () => {
    const atom = fc.constantFrom('a', 'b', '[ab]', '.', '(?:a|ab)', '(?:ab)', '(?:a|b)');
    const times = fc.constantFrom('', '?', '*', '+', '{0,9}', '*?', '{2}');
    const regex = fc
      .array(fc.tuple(atom, times), { minLength: 1, maxLength: 5 })
      .map((all) => all.flat().join(''));
    const window = 60;
    let allowed = 0;
    fc.assert(
      fc.property(regex, (body) => {
        const source = `${body}X`;
        if (regexProblem(source, window) !== undefined) return;
        allowed += 1;
        const started = process.cpuUsage().user;
        const tried = new RegExp(source, 'd');
        for (const text of ['a'.repeat(window), 'ab'.repeat(window / 2), 'aab'.repeat(window / 3)])
          tried.exec(text);
        // 1000 ways × 60 starts × 60 characters, many times over
        expect(process.cpuUsage().user - started).toBeLessThan(1_000_000);
      }),
      { numRuns: 300 },
    );
    expect(allowed).toBeGreaterThan(100);
  });
});
