import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { fc } from './support/property.ts';
import { temporaryFolder } from './support/run.ts';
import type { Finding } from '../src/core/finding.ts';
import {
  formatBaseline,
  ignoreLeak,
  joinConflicts,
  parseBaseline,
  updateBaseline,
  wholeFingerprint,
} from '../src/policy/baseline.ts';
import type { Baseline, BaselineEntry } from '../src/policy/baseline.ts';
import { loadBaseline } from '../src/policy/baseline-file.ts';
import { diskTree } from '../src/policy/files.ts';
import { applySuppressions } from '../src/policy/suppress.ts';

const today = new Date('2027-03-10T23:30:00Z');

function print(seed: number): string {
  return `ks1:${seed.toString(16).padStart(2, '0').repeat(16)}`;
}

function entry(change: Partial<BaselineEntry> = {}): BaselineEntry {
  const nothing = { path: null, reason: null, owner: null, until: null };
  return { by: 'baseline', rule: 'aws-access-key', ...nothing, ...change };
}

function finding(seed: number, change: Partial<Finding> = {}): Finding {
  const place = { path: 'deploy/.env', line: 3, column: 1, endLine: 3, endColumn: 21 };
  return {
    ...{ rule: 'aws-access-key', provider: 'aws', kind: 'pair', severity: 'critical' },
    ...{ confidence: 'high', title: 'AWS access key', ...place, masked: '•', parts: [] },
    ...{ fingerprint: print(seed), account: null, profile: null, commit: null, author: null },
    ...{ date: null, stage: 'working-tree', suppressed: null, why: '', next: [], ...change },
  };
}

describe('the file', () => {
  it('has one sorted entry a line and nothing that changes by itself', () => {
    const baseline: Baseline = new Map([
      [print(9), entry({ path: 'a\u202eb.env' })],
      [print(1), entry({ by: 'ignored', reason: 'a "demo"', owner: 'ops', until: '2027-12-31' })],
    ]);
    expect(formatBaseline(baseline)).toBe(
      [
        '{',
        `  "${print(1)}": { "by": "ignored", "rule": "aws-access-key", "reason": "a \\"demo\\"", "owner": "ops", "until": "2027-12-31" },`,
        `  "${print(9)}": { "rule": "aws-access-key", "path": "a\\u202eb.env" },`,
        '  "version": 1',
        '}',
        '',
      ].join('\n'),
    );
    expect(formatBaseline(new Map())).toBe('{\n  "version": 1\n}\n');
  });

  it('accepts CRLF and repeated entries, of which the one that ends first holds', () => {
    const line = `"${print(1)}": { "until": "2027-05-01" },`;
    const text = `{ ${line}\r\n "${print(1)}": { "reason": "x" },\r\n ${line}\r\n"version": 1 }`;
    const until = '2027-05-01';
    expect([...parseBaseline(text, 'b')]).toEqual([[print(1), entry({ rule: null, until })]]);
  });

  it.each([
    ['', 'b:1:1: the file ends too early'],
    ['[]', 'b:1:1: a baseline is an object'],
    ['{}', 'b:1:1: the line "version": 1 is missing'],
    ['{"version": 2}', 'b:1:13: this version of the baseline is not known'],
    ['{"version": 1,}', 'b:1:14: a comma stands before }; remove it'],
    ['{\n// x\n"version": 1}', 'b:2:1: JSON has no comments; remove this one'],
    ['{\n<<<<<<< HEAD\n"version": 1}', 'b:2:1: a merge conflict is not resolved here'],
    [
      '{"ks1:12": {}, "version": 1}',
      'b:1:2: "ks1:12" is not a fingerprint (ks1: and 32 hex digits)',
    ],
    [
      `{"${print(1)}": 1, "version": 1}`,
      'b:1:42: an entry is an object such as { "rule": "aws-access-key" }',
    ],
    [
      `{"${print(1)}": {"untill": "2027-01-01"}, "version": 1}`,
      'b:1:43: unknown key "untill"; did you mean "until"?',
    ],
    [
      `{"${print(1)}": {"until": "2027-02-30"}, "version": 1}`,
      'b:1:52: "until" is a day such as "2027-01-31"',
    ],
    [`{"${print(1)}": {"by": "me"}, "version": 1}`, 'b:1:49: "by" is "baseline" or "ignored"'],
    [`{"${print(1)}": {"reason": 5}, "version": 1}`, 'b:1:53: "reason" must be a text'],
  ])('refuses %j and says where', (text, message) => {
    expect(() => parseBaseline(text, 'b')).toThrow(
      expect.objectContaining({ name: 'UserError', message }),
    );
  });
});

const fingerprints = fc
  .array(fc.integer({ min: 0, max: 15 }), { minLength: 32, maxLength: 32 })
  .map((digits) => `ks1:${digits.map((digit) => digit.toString(16)).join('')}`);
const days = fc
  .integer({ min: 0, max: 20_000 })
  .map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10));
const orNull = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.option(value, { nil: null });
const text = fc.string({ unit: 'binary', maxLength: 40 });
const entries: fc.Arbitrary<BaselineEntry> = fc.record({
  by: fc.constantFrom('baseline', 'ignored'),
  ...{ rule: orNull(text), path: orNull(text), reason: orNull(text), owner: orNull(text) },
  until: orNull(days),
});
const baselines: fc.Arbitrary<Baseline> = fc
  .array(fc.tuple(fingerprints, entries), { maxLength: 12 })
  .map((pairs) => new Map(pairs));

describe('writing and reading', () => {
  it('gives back what was written', () => {
    fc.assert(
      fc.property(baselines, (baseline) => {
        expect(new Map(parseBaseline(formatBaseline(baseline), 'b'))).toEqual(new Map(baseline));
      }),
    );
  });

  it('does not depend on the order of entries, in memory or in the file', () => {
    fc.assert(
      fc.property(baselines, fc.nat(), (baseline, turn) => {
        const written = formatBaseline(baseline);
        const pairs = [...baseline];
        const at = pairs.length === 0 ? 0 : turn % pairs.length;
        expect(formatBaseline(new Map([...pairs.slice(at), ...pairs.slice(0, at)]))).toBe(written);
        const lines = written.split('\n').slice(1, -3);
        const shuffled = ['{', ...lines.reverse(), ...lines.slice(0, at), '"version": 1', '}'];
        expect(formatBaseline(parseBaseline(shuffled.join('\n'), 'b'))).toBe(written);
      }),
    );
  });

  it('joins both sides of a conflict', () => {
    fc.assert(
      fc.property(baselines, baselines, (ours, theirs) => {
        const lines = (baseline: Baseline): string[] =>
          formatBaseline(baseline).split('\n').slice(1, -3);
        const conflict = [
          ...['{', '<<<<<<< HEAD', ...lines(ours), '||||||| base', 'nonsense', '======='],
          ...[...lines(theirs), '>>>>>>> other', '"version": 1', '}'],
        ].join('\n');
        const joined = parseBaseline(joinConflicts(conflict), 'b');
        expect([...joined.keys()].sort()).toEqual(
          [...new Set([...ours.keys(), ...theirs.keys()])].sort(),
        );
      }),
    );
  });
});

describe('updating', () => {
  it('adds what is found, keeps what people wrote, and removes nothing by itself', () => {
    const mine = entry({ path: 'old/.env', reason: 'demo', owner: 'ops', until: '2028-01-01' });
    const before: Baseline = new Map([
      [print(1), mine],
      [print(2), entry()],
      [print(3), entry({ until: '2027-03-09' })],
    ]);
    const inline = { by: 'inline', reason: null, until: null } as const;
    const findings = [
      finding(3),
      finding(1),
      finding(4),
      finding(4),
      finding(5, { suppressed: inline }),
    ];
    expect(updateBaseline(before, findings, { today })).toEqual({
      baseline: new Map([...before, [print(4), entry({ path: 'deploy/.env' })]]),
      added: [print(4)],
      stale: [print(2)],
      expired: [print(3)],
    });
  });

  it('removes what is no longer found when asked to', () => {
    const before: Baseline = new Map([
      [print(1), entry()],
      [print(2), entry({ by: 'ignored' })],
    ]);
    const { baseline, stale } = updateBaseline(before, [finding(2)], { today, prune: true });
    expect([[...baseline.keys()], stale]).toEqual([[print(2)], [print(1)]]);
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(baselines, fc.array(fc.nat(255), { maxLength: 6 }), (baseline, seeds) => {
        const findings = seeds.map((seed) => finding(seed));
        const once = updateBaseline(baseline, findings, { today }).baseline;
        const twice = updateBaseline(once, findings.toReversed(), { today });
        expect([formatBaseline(twice.baseline), twice.added]).toEqual([formatBaseline(once), []]);
      }),
    );
  });
});

describe('ignoring one leak', () => {
  it('writes why, until when, and what it is', () => {
    const options = {
      reason: ' key of the manual ',
      until: '2027-03-10',
      finding: finding(7),
      today,
    };
    expect([...ignoreLeak(new Map(), print(7), options)]).toEqual([
      [
        print(7),
        entry({
          by: 'ignored',
          path: 'deploy/.env',
          reason: 'key of the manual',
          until: '2027-03-10',
        }),
      ],
    ]);
  });

  it.each([
    [{ reason: '' }, '--reason must be one line of 1 to 500 characters'],
    [{ reason: 'a\nb' }, '--reason must be one line of 1 to 500 characters'],
    [{ reason: 'x', until: 'soon' }, '--until "soon" is not a day'],
    [{ reason: 'x', until: '2027-03-09' }, '--until "2027-03-09" is already past'],
    [
      { reason: `was ${['AK', 'IA', '2E0A8F3B244C9986'].join('')}` },
      '--reason seems to hold a key; the baseline is committed',
    ],
  ])('refuses %j', (options, message) => {
    expect(() => ignoreLeak(new Map(), print(7), { ...options, today })).toThrow(message);
  });

  it('takes a fingerprint by its first digits when they say which', () => {
    const known = [`ks1:${'ab'.repeat(16)}`, `ks1:${'ab'.repeat(15)}cd`, print(1)];
    expect(wholeFingerprint('01010101', known)).toBe(print(1));
    expect(wholeFingerprint('KS1:0101010101…', known)).toBe(print(1));
    expect(wholeFingerprint(print(9), known)).toBe(print(9));
    expect(() => wholeFingerprint('0101010', known)).toThrow('"0101010" is not a fingerprint');
    expect(() => wholeFingerprint('abababab', known)).toThrow('ks1:abababab stands for 2 findings');
    expect(() => wholeFingerprint('ffffffff', known)).toThrow(
      'no finding has a fingerprint that starts with ks1:ffffffff',
    );
  });
});

describe('suppressing', () => {
  const inline = { by: 'inline', reason: 'here', until: null } as const;
  const baseline: Baseline = new Map([
    [print(1), entry({ reason: 'old', until: '2027-03-10' })],
    [print(2), entry({ by: 'ignored' })],
    [print(3), entry({ until: '2027-03-09' })],
  ]);
  const findings = [
    finding(3),
    finding(1),
    finding(2),
    finding(4, { suppressed: inline }),
    finding(5),
  ];

  it('keeps what is new and what has expired, and counts the rest', () => {
    expect(applySuppressions(findings, { baseline, today })).toEqual({
      kept: [finding(3), finding(5)],
      counts: { baseline: 1, inline: 1, ignored: 1 },
      expired: [{ finding: finding(3), entry: entry({ until: '2027-03-09' }) }],
    });
  });

  it('shows the rest, marked, when asked to', () => {
    const { kept, counts } = applySuppressions(findings, { baseline, today, showSuppressed: true });
    expect(kept.map(({ suppressed }) => suppressed)).toEqual([
      null,
      { by: 'baseline', reason: 'old', until: '2027-03-10' },
      { by: 'ignored', reason: null, until: null },
      inline,
      null,
    ]);
    expect(counts).toEqual({ baseline: 1, inline: 1, ignored: 1 });
  });
});

describe('branches in git', () => {
  let folder = '';
  const environment = (): NodeJS.ProcessEnv => ({
    PATH: process.env['PATH'],
    HOME: folder,
    ...{ GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: join(folder, 'gitconfig') },
    ...{ GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@moonbakery.example' },
    ...{ GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@moonbakery.example' },
  });
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: folder, env: environment(), encoding: 'utf8', stdio: 'pipe' });
  const file = (): string => join(folder, '.keyscan-baseline.json');
  const write = (seeds: readonly number[]): void =>
    writeFileSync(file(), formatBaseline(new Map(seeds.map((seed) => [print(seed), entry()]))));
  const commit = (message: string): void => {
    git('add', '-A');
    git('commit', '-qm', message);
  };
  /** Writes `base`, adds `ours` and `theirs` on two branches and merges them. */
  const merge = (base: number[], ours: number[], theirs: number[]): void => {
    git('init', '-q', '-b', 'main');
    write(base);
    commit('base');
    git('checkout', '-qb', 'theirs');
    write([...base, ...theirs]);
    commit('theirs');
    git('checkout', '-q', 'main');
    write([...base, ...ours]);
    commit('ours');
    git('merge', '-q', '--no-edit', 'theirs');
  };
  const merged = (): string[] => [...parseBaseline(readFileSync(file(), 'utf8'), 'b').keys()];

  beforeEach(() => {
    folder = temporaryFolder('baseline');
    writeFileSync(join(folder, 'gitconfig'), '');
  });

  it('merge without a conflict when they add entries at different places', () => {
    merge([0x20, 0x40, 0x60], [0x10, 0x70], [0x30, 0x50]);
    expect(merged()).toEqual([0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70].map(print));
  });

  it('merge always with merge=union, also at the same place and with the same entry', () => {
    writeFileSync(join(folder, '.gitattributes'), '.keyscan-baseline.json merge=union\n');
    merge([], [0x10, 0x30, 0x50], [0x20, 0x30, 0x40]);
    expect(merged().sort()).toEqual([0x10, 0x20, 0x30, 0x40, 0x50].map(print));
  });

  it('leave a conflict that an update joins', () => {
    expect(() => merge([], [0x10], [0x20])).toThrow();
    const tree = diskTree(folder, folder);
    expect(() => loadBaseline(tree, { cwd: folder })).toThrow(
      '.keyscan-baseline.json:2:1: a merge conflict is not resolved here',
    );
    const { baseline } = loadBaseline(tree, { cwd: folder, mend: true });
    expect([...baseline.keys()].sort()).toEqual([print(0x10), print(0x20)]);
  });
});
