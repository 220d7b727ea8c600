// What programs read: the JSON contract key by key, SARIF by its schema and by GitHub's rules.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { fc } from './support/property.ts';
import type { ScanReport } from '../src/core/finding.ts';
import { type FormatName, loadFormat } from '../src/report/index.ts';
import { printJson, toJson } from '../src/report/json.ts';
import { uriOf } from '../src/report/sarif.ts';
import * as make from './support/findings.ts';
import { complaints, readSarif, type SarifLog } from './support/sarif.ts';

const json = await loadFormat('json');
const sarif = await loadFormat('sarif');
const compact = await loadFormat('compact');

describe('json', () => {
  it('has the keys of the contract in the order of the contract', () => {
    const text = json(make.report({ findings: [make.pair()] }), make.context());
    const report = JSON.parse(text) as ScanReport;
    expect(Object.keys(report)).toEqual([
      ...['version', 'tool', 'complete', 'scanned', 'findings', 'skipped', 'suppressed'],
    ]);
    const finding = report.findings[0]!;
    expect(Object.keys(finding)).toEqual([
      ...['rule', 'provider', 'kind', 'severity', 'confidence', 'title'],
      ...['path', 'line', 'column', 'endLine', 'endColumn', 'masked', 'fingerprint'],
      ...['account', 'profile', 'parts', 'commit', 'author', 'date', 'stage', 'suppressed'],
      ...['why', 'next'],
    ]);
    expect(Object.keys(finding.parts[0]!)).toEqual([
      ...['role', 'path', 'line', 'column', 'endLine', 'endColumn', 'masked'],
    ]);
  });

  it('adds what only some findings have where the contract has it', () => {
    const suppressed = { by: 'baseline', reason: null, until: '2027-01-31' } as const;
    const finding = make.pair({
      canary: true,
      atHead: false,
      refs: ['refs/heads/main'],
      suppressed,
      parts: [
        make.part({ role: 'token', decodedBy: ['base64', 'escape'] }),
        make.part({ role: 'id' }),
      ],
    });
    const [printed] = JSON.parse(
      json(make.report({ findings: [finding] }), make.context()),
    ).findings;
    const { excerpt, ...contract } = finding;
    expect(excerpt).toBeDefined();
    expect(printed).toEqual(contract);
    expect(Object.keys(printed).slice(-2)).toEqual(['atHead', 'refs']);
    expect(Object.keys(printed)[15]).toBe('canary');
  });

  it('lists the profiles of --home at the end, and only then', () => {
    const report = JSON.parse(json(make.home, make.context())) as ScanReport;
    expect(Object.keys(report).at(-1)).toBe('profiles');
    expect(report.profiles).toEqual(make.home.profiles);
  });

  it('never prints the frame, nor anything else that the contract does not name', () => {
    const careless = { ...make.pair(), raw: 'do not print', excerpt: [] };
    const report = { ...make.report({ findings: [careless] }), debug: 'do not print' };
    expect(json(report, make.context())).not.toMatch(/do not print|excerpt|marks/);
    expect(toJson(report)).toEqual(JSON.parse(json(report, make.context())));
  });

  it('escapes what a terminal would obey without changing what it means', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const printed = printJson({ [text]: [text] });
        expect(JSON.parse(printed)).toEqual({ [text]: [text] });
        expect(printed).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 500 },
    );
    expect(printJson(['\u202e', '\u{e0041}', '\u009b'])).toBe(
      '[\n  "\\u202e",\n  "\\udb40\\udc41",\n  "\\u009b"\n]\n',
    );
  });

  it('is described field by field in docs/json.md', () => {
    const page = readFileSync(new URL('../docs/json.md', import.meta.url), 'utf8');
    const keys = new Set<string>();
    JSON.parse(json(make.everything, make.context()), function (key, value) {
      if (!Array.isArray(this)) keys.add(key);
      return value;
    });
    keys.delete('');
    expect([...keys].filter((key) => !page.includes(`\`${key}\``))).toEqual([]);
  });
});

describe('compact', () => {
  it('is one line per finding, whatever the names are', () => {
    const report = make.report({ findings: [make.finding({ path: 'a\nb:1:2: error: x [y].ts' })] });
    expect(compact(report, make.context())).toBe(
      'a\\nb:1:2: error: x [y].ts:12:23: error: AWS secret access key "••••••••" [aws-access-key]\n',
    );
  });

  it('calls high and critical errors, the rest and what is suppressed warnings', () => {
    const levels = compact(make.suppressed, make.context()).match(/(?<=: )(error|warning)(?=: )/g);
    expect(levels).toEqual(['warning', 'warning', 'warning', 'warning']);
    const graded = (['low', 'medium', 'high', 'critical'] as const).map((severity) =>
      make.finding({ severity }),
    );
    expect(
      compact(make.report({ findings: graded }), make.context()).match(/(?<=: )(error|warning)/g),
    ).toEqual(['warning', 'warning', 'error', 'error']);
  });

  it('prints paths as the current folder sees them', () => {
    const context = make.context({ displayPath: (path) => `../${path}` });
    expect(compact(make.report({ findings: [make.finding()] }), context)).toMatch(
      /^\.\.\/src\/config\/aws\.ts:12:23: /,
    );
  });
});

describe('what CI services read', () => {
  const two = make.report({
    findings: [
      make.finding({ severity: 'medium', path: 'a,b: 100%.env', next: ['Do <this> & "that".'] }),
      make.pair({ path: '<env>/X', suppressed: { by: 'ignored', reason: 'a trap', until: null } }),
      make.pair({
        commit: 'b1d0e4f5a69788123456789012345678903f9c2a',
        author: 'Ada <ada@moonbakery.example>',
        date: '2026-11-20T18:00:00Z',
      }),
    ],
    skipped: [{ path: 'dump\n::error::x;]', reason: 'too-large', detail: '212 MiB' }],
  });
  const print = async (name: FormatName, report = two): Promise<string> =>
    (await loadFormat(name))(
      report,
      make.context({ startedAt: new Date('2026-11-25T22:00:00.900Z') }),
    );

  it('is, on GitHub, one command a line, the worst first, and no name can add one', async () => {
    expect(await print('github')).toBe(
      [
        '::error file=deploy/.env,line=3,endLine=3,col=19,endColumn=39,title=keyscan%3A aws-access-key::AWS access key with its secret "AKIA…7Q2X" in commit b1d0e4f5a69788123456789012345678903f9c2a',
        '::warning file=a%2Cb%3A 100%25.env,line=12,endLine=12,col=23,endColumn=63,title=keyscan%3A aws-access-key::AWS secret access key "••••••••"',
        '::notice title=keyscan%3A aws-access-key::<env>/X:3:19: AWS access key with its secret "AKIA…7Q2X" (not counted: ignored)',
        '::warning file=dump\\n%3A%3Aerror%3A%3Ax;],title=keyscan%3A not fully read::dump\\n::error::x;] too large: 212 MiB',
        '',
      ].join('\n'),
    );
  });

  it('is, on Azure, one command a line with its signs escaped', async () => {
    expect(await print('azure')).toBe(
      [
        '##vso[task.logissue type=warning;sourcepath=a,b: 100%AZP25.env;linenumber=12;columnnumber=23;code=aws-access-key]AWS secret access key "••••••••"',
        '##vso[task.logissue type=warning;code=aws-access-key]<env>/X:3:19: AWS access key with its secret "AKIA…7Q2X" (not counted: ignored)',
        '##vso[task.logissue type=error;sourcepath=deploy/.env;linenumber=3;columnnumber=19;code=aws-access-key]AWS access key with its secret "AKIA…7Q2X" in commit b1d0e4f5a69788123456789012345678903f9c2a',
        '##vso[task.logissue type=warning]dump\\n::error::x%3B%5D was not fully read: too large: 212 MiB',
        '',
      ].join('\n'),
    );
  });

  it('is, in JUnit, a failed test for what counts and a skipped one for what does not', async () => {
    expect(await print('junit')).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="keyscan" tests="4" failures="2" errors="1" skipped="1" time="0.412">
  <testsuite name="keyscan" tests="4" failures="2" errors="1" skipped="1" time="0.412">
    <testcase classname="a,b: 100%.env" name="aws-access-key 12:23"><failure message="AWS secret access key &quot;••••••••&quot;" type="medium">a,b: 100%.env:12:23 AWS secret access key &quot;••••••••&quot;
Whoever can read this can act as the IAM user that owns the key, wherever they are.
Do &lt;this&gt; &amp; &quot;that&quot;.</failure></testcase>
    <testcase classname="&lt;env&gt;/X" name="aws-access-key 3:19"><skipped message="not counted: ignored">&lt;env&gt;/X:3:19 AWS access key with its secret &quot;AKIA…7Q2X&quot; (not counted: ignored)
Whoever can read this can act as the IAM user that owns the key, wherever they are.
Make the key inactive in IAM: Users › Security credentials.
Take it out of the file and read it from the environment instead.
keyscan --fix moves your AWS profiles to SSO, so that no key has to be stored at all.</skipped></testcase>
    <testcase classname="deploy/.env" name="aws-access-key 3:19"><failure message="AWS access key with its secret &quot;AKIA…7Q2X&quot; in commit b1d0e4f5a69788123456789012345678903f9c2a" type="critical">deploy/.env:3:19 AWS access key with its secret &quot;AKIA…7Q2X&quot; in commit b1d0e4f5a69788123456789012345678903f9c2a
Whoever can read this can act as the IAM user that owns the key, wherever they are.
Make the key inactive in IAM: Users › Security credentials.
Take it out of the file and read it from the environment instead.
keyscan --fix moves your AWS profiles to SSO, so that no key has to be stored at all.</failure></testcase>
    <testcase classname="dump\\n::error::x;]" name="read in full"><error message="not fully read: too large: 212 MiB" type="too-large"/></testcase>
  </testsuite>
</testsuites>
`,
    );
    expect(await print('junit', make.report())).toContain(
      '<testcase classname="keyscan" name="no leaks in 1284 files, 0 commits"/>',
    );
  });

  it('is, for GitLab, a secret detection report', async () => {
    const [first, second, third] = (
      JSON.parse(await print('gitlab')) as { vulnerabilities: unknown[] }
    ).vulnerabilities;
    const report = JSON.parse(await print('gitlab')) as Record<string, unknown>;
    const keyscan = {
      id: 'keyscan',
      name: 'keyscan',
      version: '0.1.0',
      vendor: { name: 'keyscan' },
    };
    expect(report).toMatchObject({
      version: '15.0.2',
      scan: {
        type: 'secret_detection',
        status: 'failure',
        start_time: '2026-11-25T22:00:00',
        end_time: '2026-11-25T22:00:01',
        analyzer: keyscan,
        scanner: keyscan,
        messages: [{ level: 'warn', value: 'dump\n::error::x;]: too large: 212 MiB' }],
      },
    });
    expect(first).toEqual({
      id: `${two.findings[0]!.fingerprint}:0000000:a,b: 100%.env:12:23`,
      name: 'AWS secret access key',
      description:
        'AWS secret access key "••••••••" Whoever can read this can act as the IAM user that owns the key, wherever they are.',
      severity: 'Medium',
      solution: 'Do <this> & "that".',
      identifiers: [
        {
          type: 'keyscan_rule_id',
          name: 'keyscan rule aws-access-key',
          value: 'aws-access-key',
        },
      ],
      location: {
        file: 'a,b: 100%.env',
        start_line: 12,
        end_line: 12,
        commit: { sha: '0000000' },
      },
    });
    expect(second).toMatchObject({
      flags: [
        {
          type: 'flagged-as-likely-false-positive',
          origin: 'keyscan',
          description: 'ignored a trap',
        },
      ],
    });
    expect(third).toMatchObject({
      location: {
        commit: {
          sha: 'b1d0e4f5a69788123456789012345678903f9c2a',
          author: 'Ada <ada@moonbakery.example>',
          date: '2026-11-20T18:00:00Z',
        },
      },
    });
  });

  it('is, for Code Climate, an issue per place, also where one leak stands twice', async () => {
    const again = make.report({ findings: [make.pair(), make.pair(), make.finding()] });
    const issues = JSON.parse(await print('codeclimate', again)) as Record<string, unknown>[];
    const { fingerprint } = make.pair();
    expect(issues.map((issue) => issue['fingerprint'])).toEqual([
      fingerprint,
      `${fingerprint}-2`,
      make.finding().fingerprint,
    ]);
    expect(issues[2]).toEqual({
      type: 'issue',
      check_name: 'aws-access-key',
      description: 'AWS secret access key "••••••••"',
      content: { body: expect.stringContaining('- Take it out of the file') as unknown },
      categories: ['Security'],
      severity: 'critical',
      fingerprint: make.finding().fingerprint,
      location: { path: 'src/config/aws.ts', lines: { begin: 12, end: 12 } },
    });
  });
});

describe('sarif', () => {
  const log = (report = make.everything): SarifLog => readSarif(sarif(report, make.context()));

  it('is valid by the schema, also when nothing was found', () => {
    expect(complaints(log())).toEqual([]);
    expect(complaints(log(make.report()))).toEqual([]);
    // The schema does complain: without this, a validator that accepts anything would pass.
    expect(complaints({ version: '2.1.0' })).not.toEqual([]);
    const broken = log();
    broken.runs[0].results[0].locations[0].physicalLocation.region.startLine = 0;
    broken.runs[0].results[1]!.locations[0].physicalLocation.artifactLocation.uri = 'a b';
    expect(complaints(broken)).toHaveLength(2);
  });

  it('has everything that GitHub requires, and none of it empty', () => {
    const [run] = log().runs;
    const filled = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';
    expect(log().$schema).toBe('https://json.schemastore.org/sarif-2.1.0.json');
    expect(run.tool.driver).toMatchObject({ name: 'keyscan', semanticVersion: '0.1.0' });
    for (const rule of run.tool.driver.rules) {
      expect(
        [
          rule.id,
          rule.shortDescription.text,
          rule.fullDescription.text,
          rule.help.text,
          rule.help.markdown,
        ].every(filled),
      ).toBe(true);
      expect(rule.properties.tags).toContain('security');
      expect(rule.properties['security-severity']).toMatch(/^\d\.\d$/);
      expect(['very-high', 'high', 'medium', 'low']).toContain(rule.properties.precision);
    }
    for (const result of run.results) {
      expect(filled(result.message.text)).toBe(true);
      expect(run.tool.driver.rules[result.ruleIndex]!.id).toBe(result.ruleId);
      expect(Object.keys(result.partialFingerprints)).toEqual(['keyscan/v1']);
    }
  });

  it('says of a pair where its other part is', () => {
    const [run] = log(make.report({ findings: [make.pair()] })).runs;
    expect(run.results[0]).toMatchObject({
      ruleId: 'aws-access-key',
      level: 'error',
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'deploy/.env', uriBaseId: '%SRCROOT%' },
            region: { startLine: 3, startColumn: 19, endLine: 3, endColumn: 39 },
          },
        },
      ],
      relatedLocations: [
        {
          id: 1,
          message: { text: 'secret ••••••••' },
          physicalLocation: {
            region: { startLine: 4, startColumn: 23, endLine: 4, endColumn: 63 },
          },
        },
      ],
    });
    expect(run.results[0].message.text).toContain('AKIA…7Q2X, [secret](1).');
  });

  it('takes no bracket of the text for a link', () => {
    const finding = make.finding({ title: 'A [token](9) \\ here' });
    const [run] = log(make.report({ findings: [finding] })).runs;
    expect(run.results[0].message.text).toContain('A \\[token\\](9) \\\\ here: ••••••••.');
  });

  it('tells suppressed findings from the others as soon as there is one', () => {
    const [run] = log(make.suppressed).runs;
    expect(run.results.map(({ suppressions }) => suppressions)).toEqual([
      [
        {
          kind: 'external',
          status: 'accepted',
          justification: 'baseline: test account, keys rotate nightly: until 2027-01-31',
        },
      ],
      [{ kind: 'inSource', status: 'accepted', justification: 'inline' }],
      [{ kind: 'external', status: 'accepted', justification: 'ignored: revoked in 2024' }],
      [],
    ]);
    expect(log(make.everyday).runs[0].results[0]).not.toHaveProperty('suppressions');
  });

  it('says what was not read, and that the run was not whole', () => {
    const [{ invocations, tool }] = log(make.blind).runs;
    expect(invocations).toHaveLength(1);
    expect(invocations[0]!.executionSuccessful).toBe(false);
    expect(
      invocations[0]!.toolExecutionNotifications.map(({ level, descriptor, locations }) => [
        level,
        descriptor.id,
        locations[0].physicalLocation.artifactLocation.uri,
      ]),
    ).toEqual([
      ['error', 'too-large', 'data/dump.sql'],
      ['error', 'unreadable', 'data/private'],
      ['note', 'submodule', 'vendor/oven'],
    ]);
    expect(tool.driver.notifications!.map(({ id }) => id)).toEqual([
      'submodule',
      'too-large',
      'unreadable',
    ]);
    expect(log(make.everyday).runs[0].invocations[0]!.executionSuccessful).toBe(true);
  });

  it('grades a rule by its worst finding and takes its words from the rule', () => {
    const rule = {
      id: 'aws-access-key',
      provider: 'aws',
      title: 'AWS access key',
      why: 'It opens the account.',
      advice: ['Make it inactive.', 'Use SSO.'],
      references: ['https://docs.aws.amazon.com/IAM/'],
    };
    const findings = [make.finding({ severity: 'low' }), make.pair()];
    const text = sarif(make.report({ findings }), make.context({ rule: () => rule }));
    expect(readSarif(text).runs[0].tool.driver.rules).toEqual([
      {
        id: 'aws-access-key',
        name: 'AwsAccessKey',
        shortDescription: { text: 'AWS access key' },
        fullDescription: { text: 'It opens the account.' },
        help: {
          text: 'It opens the account.\nMake it inactive.\nUse SSO.\nhttps://docs.aws.amazon.com/IAM/',
          markdown:
            'It opens the account.\n\n1. Make it inactive.\n2. Use SSO.\n\n- <https://docs.aws.amazon.com/IAM/>',
        },
        helpUri: 'https://docs.aws.amazon.com/IAM/',
        defaultConfiguration: { level: 'error' },
        properties: {
          tags: ['security', 'secret', 'aws'],
          precision: 'high',
          'security-severity': '9.5',
          'problem.severity': 'error',
        },
      },
    ]);
  });

  it.each([
    ['src/a b.ts', 'src/a%20b.ts'],
    ['pages/[id].tsx', 'pages/%5Bid%5D.tsx'],
    ['a:b/c#d?e%f', 'a%3Ab/c%23d%3Fe%25f'],
    ['日本.env', '%E6%97%A5%E6%9C%AC.env'],
    ['half\ud800.env', 'half%EF%BF%BD.env'],
    ['/srv/other tree/x', 'file:///srv/other%20tree/x'],
    ['C:/Users/ada/x y', 'file:///C:/Users/ada/x%20y'],
    ['//server/share/x', 'file://server/share/x'],
    ['~/.aws/credentials', '~/.aws/credentials'],
    ['<env>/AWS_SECRET_ACCESS_KEY', '%3Cenv%3E/AWS_SECRET_ACCESS_KEY'],
    ['<stdin>', '%3Cstdin%3E'],
  ])('writes the path %j as a URI', (path, uri) => {
    expect(uriOf(path)).toBe(uri);
  });

  it('resolves only what is in the tree against the top of the tree', () => {
    const bases = ['a.ts', '/srv/a.ts', '~/.env', '<env>/X'].map((path) => {
      const [run] = log(make.report({ findings: [make.finding({ path, parts: [] })] })).runs;
      return run.results[0].locations[0].physicalLocation.artifactLocation.uriBaseId;
    });
    expect(bases).toEqual(['%SRCROOT%', undefined, undefined, undefined]);
  });
});
