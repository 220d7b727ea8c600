// Reports whole, as a terminal shows them, and what holds for every format.

import { describe, expect, it } from '@jest/globals';
import { fc } from './support/property.ts';
import { ownProfileStep } from '../src/core/advice.ts';
import type { Finding, ScanReport } from '../src/core/finding.ts';
import type { Format, ReportContext } from '../src/report/format.ts';
import { formatNames, loadFormat, loadStaged } from '../src/report/index.ts';
import { widthOf } from '../src/report/width.ts';
import * as make from './support/findings.ts';
import { readSarif } from './support/sarif.ts';
import { keptScreen, spellEscapes } from './support/screens.ts';

const pretty = await loadFormat('pretty');
const staged = await loadStaged();
const formats = await Promise.all(
  formatNames.map(async (name) => [name, await loadFormat(name)] as const),
);

interface Screen {
  readonly report: ScanReport;
  readonly format?: Format;
  readonly context?: Partial<ReportContext>;
}

const nothing = { scanned: { files: 0, bytes: 0, commits: 0 } } as const;

const screens: Readonly<Record<string, Screen>> = {
  everyday: { report: make.everyday },
  'everyday-60-columns': { report: make.everyday, context: { columns: 60 } },
  'everyday-ascii': { report: make.everyday, context: { unicode: false } },
  'everyday-coloured': { report: make.everyday, context: { color: 1 } },
  hostile: { report: make.hostile },
  'hostile-60-columns': { report: make.hostile, context: { columns: 60 } },
  'hostile-ascii': { report: make.hostile, context: { unicode: false } },
  history: { report: make.history, context: { what: 'commits', elapsedMs: 128_400 } },
  suppressed: { report: make.suppressed },
  verbose: {
    report: make.report({ ...make.blind, findings: [make.pair({ stage: 'committed' })] }),
    context: { verbose: true },
  },
  home: { report: make.home },
  'home-empty': { report: make.report({ ...nothing, profiles: [] }) },
  'home-60-columns': { report: make.home, context: { columns: 60 } },
  blind: { report: make.blind },
  'below-the-floor': { report: make.suppressed, context: { failOn: 'critical' } },
  clean: { report: make.report({ suppressed: { baseline: 14, inline: 0, ignored: 0 } }) },
  nothing: { report: make.report(nothing) },
  staged: { report: make.aboutToCommit, format: staged },
  'staged-many': {
    report: make.report({
      findings: [
        ...make.everyday.findings,
        ...Array.from({ length: 12 }, (_, index) =>
          make.finding({ path: `menus/${index}.json`, line: 1, column: 1, stage: 'staged' }),
        ),
      ],
    }),
    format: staged,
  },
  'staged-60-columns': { report: make.everyday, format: staged, context: { columns: 60 } },
  'staged-blind': { report: make.blind, format: staged },
  'staged-below-the-floor': {
    report: make.aboutToCommit,
    format: staged,
    context: { failOn: 'never' },
  },
};

describe('a screen', () => {
  it.each(Object.entries(screens))('is kept whole: %s', (name, screen) => {
    const { format = pretty, report, context = {} } = screen;
    const text = spellEscapes(format(report, make.context(context)));
    expect(text).toBe(keptScreen(name, text));
  });

  it('fails when it is not kept', () => {
    const accept = process.env['KEYSCAN_ACCEPT_SCREENS'];
    delete process.env['KEYSCAN_ACCEPT_SCREENS'];
    expect(() => keptScreen('no-such-screen', 'text')).toThrow('ENOENT');
    if (accept !== undefined) process.env['KEYSCAN_ACCEPT_SCREENS'] = accept;
  });

  it.each(Object.entries(screens))('ends its lines before the margin: %s', (_, screen) => {
    const { format = pretty, report, context = {} } = screen;
    const full = make.context({ ...context, color: 0 });
    const long = format(report, full)
      .split('\n')
      .filter((line) => widthOf(line) > full.columns || /\s$/.test(line));
    // Places, names and commands to copy are never broken.
    expect(
      long.filter((line) => !/^\S+:\d+:\d+$|^ {4}(keyscan ignore|git add|dump|data)/.test(line)),
    ).toEqual([]);
  });

  it('says the same with colours as without', () => {
    const plain = pretty(make.everything, make.context());
    const coloured = pretty(make.everything, make.context({ color: 3 }));
    expect(coloured.replace(/\u001b\[[\d;]*m/g, '')).toBe(plain);
    expect(coloured).not.toBe(plain);
  });

  it('is pure ASCII where the terminal may not know more', () => {
    const text = pretty(make.everything, make.context({ unicode: false }));
    expect(text).toMatch(/^[\x20-\x7e\n]+$/);
  });

  it('uses 100 columns at most, and 80 where the terminal says nothing', () => {
    const widest = (columns: number): number =>
      Math.max(...pretty(make.everyday, make.context({ columns })).split('\n').map(widthOf));
    expect([widest(400), widest(0), widest(Number.NaN)]).toEqual([100, 80, 80]);
  });
});

describe('the hook', () => {
  it('makes what a rule advises about pushed commits safe to show', () => {
    const finding = make.finding({ next: ['Take \u001b[2J it out.', 'git rebase \u{9b}2J -i'] });
    const context = make.context({ what: 'pushed commits' });
    const text = staged(make.report({ findings: [finding] }), context);
    expect(text).toContain('it out.');
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });
});

describe('pretty', () => {
  it('teaches once what is true for many, at the last of them', () => {
    const many = Array.from({ length: 20 }, (_, index) => make.pair({ line: index * 5 + 2 }));
    const text = pretty(make.report({ findings: many }), make.context());
    expect(text.match(/^ {2}why /gm)).toHaveLength(1);
    expect(text.lastIndexOf('deploy/.env:97:19')).toBeLessThan(text.indexOf('  why '));
  });

  it('teaches once what is true for several profiles of this computer', () => {
    const of = (profile: string, line: number) =>
      make.pair({ line, profile, next: [ownProfileStep(profile), 'Deactivate the key.'] });
    const text = pretty(make.report({ findings: [of('work', 2), of('oven', 9)] }), make.context());
    expect(text.match(/^ {2}why /gm)).toHaveLength(1);
    expect(text).toContain('1. They are your profiles: keyscan --fix moves them to SSO');
    const alone = pretty(make.report({ findings: [of('work', 2)] }), make.context());
    expect(alone).toContain('1. It is your profile `work`: keyscan --fix moves it to SSO');
  });

  it('teaches each stage its own lesson', () => {
    const both = [make.pair(), make.pair({ line: 30, stage: 'committed' })];
    const text = pretty(make.report({ findings: both }), make.context());
    expect(text.match(/^ {2}why /gm)).toHaveLength(2);
  });

  it('marks files that others may read, and only those', () => {
    const modes = ['0600', '0400', '0700', '0640', '0604', '0666', null];
    const profiles = modes.map((mode) => make.profile({ profile: `mode ${mode}`, mode }));
    const text = pretty(make.report({ profiles }), make.context());
    expect(text.match(/(?<=^ {2}mode )\d+(?=.* !)/gm)).toEqual(['0640', '0604', '0666']);
    const closed = make.report({ profiles: [make.profile({ profile: 'oven' })] });
    expect(pretty(closed, make.context())).not.toContain('wider than 0600');
  });

  it('counts places where something is no file', () => {
    const findings = [make.finding({ path: '<env>/AWS_SECRET_ACCESS_KEY' }), make.finding()];
    const text = pretty(make.report({ findings }), make.context());
    expect(text).toContain('✖ 2 leaks in 2 places');
  });

  it('tells the part that lies elsewhere where it lies, as a link', () => {
    const id = make.part({ role: 'id', path: 'a.env', line: 1 });
    const secret = make.part({ role: 'secret', path: 'b.env', line: 40, column: 7 });
    const findings = [make.pair({ path: 'a.env', line: 1, parts: [id, secret] })];
    const context = make.context({ displayPath: (path) => `../${path}` });
    const text = pretty(make.report({ findings }), context);
    expect(text).toContain('../a.env:1:1  aws-access-key');
    expect(text).toContain('AKIA…7Q2X, its secret in ../b.env:40:7');
  });

  it('marks the gap between lines that are not neighbours', () => {
    const excerpt = [
      make.excerptLine(3, 'id: ', 'AKIA…7Q2X'),
      make.excerptLine(40, 'secret: ', make.dots),
    ];
    const text = pretty(make.report({ findings: [make.pair({ excerpt })] }), make.context());
    expect(text).toContain(
      ['  >  3 │ id: AKIA…7Q2X', '       │     ^^^^^^^^^ id', '       ⋮', '  > 40 │ secret:'].join(
        '\n',
      ),
    );
  });
});

describe('the text of the hook', () => {
  it('is empty when nothing was found', () => {
    expect(staged(make.report(), make.context())).toBe('');
    const known = make.suppressed.findings.filter(({ suppressed }) => suppressed !== null);
    expect(staged(make.report({ findings: known }), make.context())).toBe('');
  });

  it('promises SSO only to keys that have one', () => {
    const findings = [make.pair({ provider: 'minio', profile: 'oven-cache' })];
    expect(staged(make.report({ findings }), make.context())).not.toContain('--fix');
  });

  it('stops for what it could not read, even when it found nothing', () => {
    expect(staged(make.blind, make.context())).toMatch(/^keyscan {2}commit stopped: /);
  });

  it('quotes for the shell what has to be typed, and nothing that cannot be', () => {
    const advice = (path: string): string | undefined =>
      staged(make.report({ findings: [make.finding({ path })] }), make.context())
        .split('\n')
        .find((line) => line.includes('Take it out'));
    expect(advice("it's $(here).env")).toBe(`  Take it out, then: git add 'it'\\''s $(here).env'`);
    expect(advice('src/key ring.env')).toBe(`  Take it out, then: git add 'src/key ring.env'`);
    expect(advice('-n.env')).toBe('  Take it out, then: git add -- -n.env');
    expect(advice('a\nb.env')).toBe('  Take it out, then: git add the file again');
  });
});

describe('every format', () => {
  /** `path:line:column rule` of everything in a report. */
  const placesOf = ({ findings }: ScanReport, withColumns = true): string[] =>
    findings.map(
      ({ path, line, column, rule }) => `${path}:${line}${withColumns ? `:${column}` : ''} ${rule}`,
    );

  interface GitlabReport {
    vulnerabilities: { id: string; identifiers: [{ value: string }] }[];
  }

  interface CodeClimateIssue {
    check_name: string;
    location: { path: string; lines: { begin: number } };
  }

  const readers: Readonly<Record<string, (text: string) => string[]>> = {
    json: (text) => placesOf(JSON.parse(text) as ScanReport),
    sarif: (text) =>
      readSarif(text).runs[0].results.map((result) => {
        const { artifactLocation, region } = result.locations[0].physicalLocation;
        const path = decodeURIComponent(artifactLocation.uri).replace(/^file:\/\//, '');
        return `${path}:${region.startLine}:${region.startColumn} ${result.ruleId}`;
      }),
    junit: (text) =>
      [...text.matchAll(/<testcase classname="(.*?)" name="(\S+) (\d+:\d+)">/g)].map(
        ([, path = '', rule, place]) =>
          `${path.replaceAll('&lt;', '<').replaceAll('&gt;', '>')}:${place} ${rule}`,
      ),
    github: (text) =>
      text
        .trim()
        .split('\n')
        .map((line) => {
          const [, list = '', message = ''] = /^::\w+ (.*?)::(.*)$/.exec(line)!;
          const of = Object.fromEntries(list.split(',').map((pair) => pair.split('=')));
          const place = of.file
            ? `${decodeURIComponent(of.file)}:${of.line}:${of.col}`
            : /^(.*?:\d+:\d+): /.exec(message)?.[1];
          return `${place} ${decodeURIComponent(of.title).replace('keyscan: ', '')}`;
        }),
    azure: (text) =>
      text
        .trim()
        .split('\n')
        .map((line) => {
          const [, list = '', message = ''] = /^##vso\[task\.logissue (.*?)\](.*)$/.exec(line)!;
          const of = Object.fromEntries(list.split(';').map((pair) => pair.split('=')));
          const place = of.sourcepath
            ? `${of.sourcepath.replaceAll('%AZP25', '%')}:${of.linenumber}:${of.columnnumber}`
            : /^(.*?:\d+:\d+): /.exec(message)?.[1];
          return `${place} ${of.code}`;
        }),
    gitlab: (text) =>
      (JSON.parse(text) as GitlabReport).vulnerabilities.map(
        ({ id, identifiers: [{ value }] }) => `${id.split(':').slice(3).join(':')} ${value}`,
      ),
    // It has no columns.
    codeclimate: (text) =>
      (JSON.parse(text) as CodeClimateIssue[]).map(
        ({ check_name, location: { path, lines } }) => `${path}:${lines.begin} ${check_name}`,
      ),
    compact: (text) =>
      [...text.matchAll(/^(.*):(\d+):(\d+): (error|warning): (.*) \[(.*)\]$/gm)].map(
        ([, path, line, column, , , rule]) => `${path}:${line}:${column} ${rule}`,
      ),
    pretty: (text) =>
      [...text.matchAll(/^(\S.*:\d+:\d+)\s+(\S+) ─+ (?:critical|high|medium|low)/gm)].map(
        ([, place, rule]) => `${place} ${rule}`,
      ),
  };

  it.each(formats)('%s carries the same findings', (name, format) => {
    const findings = [
      ...make.everyday.findings,
      ...make.history.findings,
      ...make.suppressed.findings,
      ...make.home.findings,
      make.finding({ path: '/srv/other tree/key#1.pem', line: 1, column: 1 }),
      make.finding({ path: '<env>/AWS_SECRET_ACCESS_KEY', line: 1, column: 1 }),
      make.finding({ path: 'fifty%/a:b?c.env', line: 1, column: 1 }),
    ];
    const report = make.report({ findings });
    const read = readers[name];
    const told = read?.(format(report, make.context()));
    const places = placesOf(report, name !== 'codeclimate');
    // Annotations put the worst first, because only ten are shown.
    expect(name === 'github' ? told?.sort() : told).toEqual(
      name === 'github' ? places.sort() : places,
    );
  });

  it.each(formats)('%s gives nothing away that a finding should not have held', (_, format) => {
    const secret = ['moon', 'light', '4', 'sonata', 'x9'].join('/');
    const base = make.pair();
    const careless: Finding & { raw: string } = {
      ...base,
      raw: secret,
      parts: base.parts.map((part) => ({ ...part, value: secret })),
      excerpt: [{ line: 4, text: `KEY=${secret};`, marks: [[4, 4 + secret.length]] }],
    };
    const text = format(make.report({ findings: [careless] }), make.context());
    for (const form of [secret, secret.slice(0, 6), Buffer.from(secret).toString('base64')]) {
      expect(text).not.toContain(form);
    }
  });

  it.each(formats)('%s prints nothing that a terminal would obey or hide', (_, format) => {
    const text = format(make.everything, make.context());
    expect(text.match(/(?!\n)[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu)).toBe(
      null,
    );
  });

  it.each(formats)('%s survives any text in any field', (_, format) => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.integer({ min: 1, max: 200 }),
        (text, columns) => {
          const part = make.part({ role: 'secret', path: text, masked: text });
          const any = make.finding({
            path: text,
            title: text,
            rule: text,
            provider: text,
            masked: text,
            author: text,
            date: text,
            commit: text,
            refs: [text, text],
            profile: text,
            account: text,
            why: text,
            next: [text],
            parts: [part, part],
            excerpt: [{ line: 1, text: text + text, marks: [[0, text.length]] }],
            suppressed: { by: 'inline', reason: text, until: text },
          });
          const report = make.report({
            findings: [any],
            skipped: [{ path: text, reason: 'unreadable', detail: text }],
            profiles: [make.profile({ profile: text, dependants: [text] })],
          });
          const printed = format(report, make.context({ columns }));
          expect(printed).toMatch(/\n$/);
          expect(printed).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
          expect(printed).toBe(format(report, make.context({ columns })));
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each(formats)('%s never tells people to run a stranger’s package', (_, format) => {
    expect(format(make.everything, make.context())).not.toMatch(/npx keyscan/);
  });
});
