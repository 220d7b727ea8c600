// Findings to print: the company moonbakery and what it left lying around. Only masks, no secret was ever here.

import type { ExcerptLine, Finding, Part, ProfileRow, ScanReport } from '../../src/core/finding.ts';
import { isComplete } from '../../src/core/finding.ts';
import type { ReportContext } from '../../src/report/format.ts';

export const dots = '••••••••';

/** A lone secret in a working tree, unless told otherwise. */
export function finding(change: Partial<Finding> = {}): Finding {
  const { rule = 'aws-access-key', path = 'src/config/aws.ts', line = 12, column = 23 } = change;
  const masked = change.masked ?? dots;
  const place = { path, line, column, endLine: line, endColumn: column + 40 };
  return {
    rule,
    provider: 'aws',
    kind: 'secret',
    severity: 'high',
    confidence: 'high',
    title: 'AWS secret access key',
    ...place,
    masked,
    fingerprint: fingerprint(rule, path, line),
    account: null,
    profile: null,
    parts: [{ role: 'secret', ...place, masked }],
    commit: null,
    author: null,
    date: null,
    stage: 'working-tree',
    suppressed: null,
    why: 'Whoever can read this can act as the IAM user that owns the key, wherever they are.',
    next: [
      'Make the key inactive in IAM: Users › Security credentials.',
      'Take it out of the file and read it from the environment instead.',
      'keyscan --fix moves your AWS profiles to SSO, so that no key has to be stored at all.',
    ],
    ...change,
  };
}

export function part(change: Partial<Part> & Pick<Part, 'role'>): Part {
  const { line = 1, column = 1, path = 'src/config/aws.ts' } = change;
  return {
    path,
    line,
    column,
    endLine: line,
    endColumn: column + (change.role === 'id' ? 20 : 40),
    masked: change.role === 'id' ? 'AKIA…7Q2X' : dots,
    ...change,
  };
}

/** An id with its secret on the next line, as an env file has them. */
export function pair(change: Partial<Finding> = {}): Finding {
  const { path = 'deploy/.env', line = 3 } = change;
  const [id, secret] = change.parts ?? [
    part({ role: 'id', path, line, column: 19 }),
    part({ role: 'secret', path, line: line + 1, column: 23 }),
  ];
  if (id === undefined || secret === undefined) throw new Error('a pair has two parts');
  return finding({
    kind: 'pair',
    severity: 'critical',
    title: 'AWS access key with its secret',
    account: '111122223333',
    path,
    line,
    column: id.column,
    endLine: id.endLine,
    endColumn: id.endColumn,
    masked: id.masked,
    parts: [id, secret],
    excerpt: [
      { line: line - 1, text: 'AWS_REGION=eu-west-1', marks: [] },
      excerptLine(line, 'AWS_ACCESS_KEY_ID=', id.masked),
      excerptLine(line + 1, 'AWS_SECRET_ACCESS_KEY=', secret.masked),
    ],
    ...change,
  });
}

/** A line of code with a mask between `before` and `after`. */
export function excerptLine(line: number, before: string, mask = '', after = ''): ExcerptLine {
  return {
    line,
    text: before + mask + after,
    marks: mask === '' ? [] : [[before.length, before.length + mask.length]],
  };
}

export function profile(change: Partial<ProfileRow> & Pick<ProfileRow, 'profile'>): ProfileRow {
  return {
    class: 'human',
    key: 'AKIA…7Q2X',
    account: '111122223333',
    mode: '0600',
    ageDays: 412,
    dependants: [],
    ...change,
  };
}

export function report(change: Partial<ScanReport> = {}): ScanReport {
  return {
    version: 1,
    tool: { name: 'keyscan', version: '0.1.0' },
    complete: isComplete(change.skipped ?? []),
    scanned: { files: 1284, bytes: 9120331, commits: 0 },
    findings: [],
    skipped: [],
    suppressed: { baseline: 0, inline: 0, ignored: 0 },
    ...change,
  };
}

/** A terminal of 80 columns without colour. */
export function context(change: Partial<ReportContext> = {}): ReportContext {
  return {
    color: 0,
    unicode: true,
    columns: 80,
    displayPath: (path) => path,
    elapsedMs: 412,
    what: 'files',
    rule: () => undefined,
    verbose: false,
    ...change,
  };
}

/** Looks like one, differs where it must. */
function fingerprint(...facts: readonly (string | number)[]): string {
  let hash = 0xcbf29ce484222325n;
  for (const character of facts.join('\0')) {
    hash = ((hash ^ BigInt(character.charCodeAt(0))) * 0x100000001b3n) & ((1n << 128n) - 1n);
  }
  return `ks1:${hash.toString(16).padStart(32, '0')}`;
}

const revoked = {
  rule: 'github-token',
  provider: 'github',
  title: 'GitHub personal access token',
  why: 'Whoever has it can act as its owner in every repository that it was made for.',
  next: ['Revoke it: Settings › Developer settings › Personal access tokens.'],
} as const;

function githubToken(path: string, line: number, change: Partial<Finding> = {}): Finding {
  const masked = `ghp_${dots}`;
  const token = part({ role: 'token', path, line, column: 14, masked });
  return finding({
    ...revoked,
    path,
    line,
    column: token.column,
    endLine: line,
    endColumn: token.endColumn,
    masked,
    parts: [token],
    excerpt: [excerptLine(line, 'GITHUB_TOKEN=', masked)],
    ...change,
  });
}

/** One of everything that people see every day. */
export const everyday = report({
  findings: [
    pair(),
    githubToken('deploy/.env', 9),
    pair({
      path: 'packages/oven/src/config/aws.ts',
      line: 11,
      profile: 'work',
      parts: [
        part({ role: 'id', path: 'packages/oven/src/config/aws.ts', line: 11, column: 17 }),
        part({ role: 'secret', path: 'packages/oven/src/config/aws.ts', line: 12, column: 21 }),
      ],
      excerpt: [
        { line: 10, text: 'export const oven = new S3({', marks: [] },
        excerptLine(11, '  accessKeyId: "', 'AKIA…7Q2X', '",'),
        excerptLine(12, '  secretAccessKey: "', dots, '",'),
        { line: 13, text: '  region: "eu-west-1",', marks: [] },
      ],
    }),
  ],
  suppressed: { baseline: 14, inline: 1, ignored: 0 },
});

/** What a repository could try on a terminal. */
export const hostile = report({
  findings: [
    finding({
      path: 'src/\u001b[2K\u001b[1Aok.ts',
      title: 'Moonbakery token\u202e gnp.exe',
      rule: 'moonbakery-token',
      profile: 'wo\u200brk\u0007',
      excerpt: [
        {
          line: 11,
          text: 'const a = 1; // \u202e} if (admin) { \u2066\u001b]0;owned\u0007',
          marks: [],
        },
        excerptLine(12, '\tconst schlüssel = "', dots, '"; // 鍵は秘密\u200b'),
        {
          line: 13,
          text: '\t\t// 🥐 e\u0301clair Z\u0301\u0302\u0303\u0304\u0305\u0306\u0307algo',
          marks: [],
        },
      ],
    }),
    finding({
      path: '日本語/パン屋/設定ファイル.env',
      line: 2,
      column: 7,
      parts: [part({ role: 'secret', path: '日本語/パン屋/設定ファイル.env', line: 2, column: 7 })],
      confidence: 'low',
      excerpt: [
        excerptLine(2, '秘密の鍵: 🥐 ', dots, ' # パン'),
        excerptLine(3, `x${'y'.repeat(300)} `, dots, ` ${'z'.repeat(300)}`),
      ],
    }),
    finding({
      path: `very/${'deeply/'.repeat(14)}nested.ts`,
      line: 100,
      column: 2000,
      canary: true,
      severity: 'low',
      kind: 'pair',
      title: 'AWS access key with its secret',
      masked: 'AKIA…7Q2X',
      why: 'It is a trap: nothing can be done with it, and its owner is told when somebody tries.',
      next: ['Leave it where it is, and ask who put it there.'],
      excerpt: [
        excerptLine(100, `const keys = {${' id: 1,'.repeat(30)} key: "`, 'AKIA…7Q2X', '",'),
      ],
      parts: [
        part({
          role: 'id',
          line: 100,
          column: 2000,
          path: `very/${'deeply/'.repeat(14)}nested.ts`,
        }),
        part({ role: 'secret', path: 'else\nwhere.ts', line: 7, column: 3 }),
      ],
    }),
  ],
  skipped: [
    {
      path: 'dump\u001b[31m.bin',
      reason: 'too-large',
      detail: '212 MiB; --max-file-size is 100 MiB',
    },
  ],
});

/** What a walk through history says. */
export const history = report({
  scanned: { files: 0, bytes: 48_000_000, commits: 10_482 },
  findings: [
    pair({
      stage: 'pushed',
      commit: '3f9c2ab1d0e4f5a6978812345678901234567890',
      author: 'Ada Lovelace <ada@moonbakery.example>',
      date: '2025-03-01T09:12:44+01:00',
      atHead: false,
      refs: [
        'refs/heads/main',
        'refs/remotes/origin/main',
        'refs/tags/v1.2',
        'refs/heads/oven',
        'refs/stash',
      ],
      why: 'It has been pushed: whoever has a clone has the key. Rewriting history does not take it back.',
      next: [
        'Make the key inactive now, before anything else.',
        'See what it was used for: CloudTrail, event history, by access key id.',
      ],
    }),
    githubToken('ci/release.sh', 40, {
      stage: 'committed',
      commit: 'b1d0e4f5a69788123456789012345678903f9c2a',
      author: 'Grace <g\u001b[8m@moonbakery.example>',
      date: '2026-11-20T18:00:00Z',
      atHead: true,
      refs: ['refs/heads/fix/oven'],
    }),
  ],
});

/** With --show-suppressed: none of these counts, but for the last. */
export const suppressed = report({
  findings: [
    pair({
      suppressed: {
        by: 'baseline',
        reason: 'test account, keys rotate nightly',
        until: '2027-01-31',
      },
    }),
    githubToken('docs/setup.md', 7, { suppressed: { by: 'inline', reason: null, until: null } }),
    githubToken('src/index.ts', 7, {
      severity: 'medium',
      confidence: 'medium',
      suppressed: { by: 'ignored', reason: 'revoked in 2024', until: null },
    }),
    finding({ kind: 'id', severity: 'medium', title: 'AWS access key id', masked: 'AKIA…7Q2X' }),
  ],
  suppressed: { baseline: 1, inline: 1, ignored: 1 },
});

/** What `--home` shows. */
export const home = report({
  scanned: { files: 6, bytes: 9120, commits: 0 },
  findings: [
    pair({
      path: '~/.aws/credentials',
      line: 2,
      profile: 'default',
      severity: 'high',
      stage: 'local',
      next: ['keyscan --fix moves this profile to SSO and takes the key away.'],
    }),
  ],
  profiles: [
    profile({
      profile: 'default',
      mode: '0644',
      dependants: ['~/.aws/config: profile deploy', 'moonbakery/.env'],
    }),
    profile({
      profile: 'billing-prod',
      class: 'split',
      key: 'AKIA…M4KE',
      account: '222233334444',
      ageDays: 1,
    }),
    profile({ profile: 'r2', class: 's3-compatible', key: '••••••••', account: null, ageDays: 0 }),
    profile({
      profile: 'moonbakery-continuous-integration-robot',
      class: 'robot',
      key: 'AKIA…K4WD',
      ageDays: 1503,
    }),
    profile({
      profile: 'deploy',
      class: 'dependant',
      key: null,
      account: null,
      mode: null,
      ageDays: null,
    }),
  ],
});

/** No leak, and yet not clean: something could not be read. */
export const blind = report({
  skipped: [
    { path: 'data/dump.sql', reason: 'too-large', detail: '212 MiB; --max-file-size is 100 MiB' },
    { path: 'data/private', reason: 'unreadable', detail: 'permission denied' },
    { path: 'vendor/oven', reason: 'submodule', detail: '' },
  ],
});

/** In the next commit. */
export const aboutToCommit = report({
  scanned: { files: 2, bytes: 900, commits: 0 },
  findings: [pair({ stage: 'staged', profile: 'work' })],
});

/** Everything that a finding can say, for the formats that must carry all of it. */
export const everything = report({
  findings: [
    ...everyday.findings,
    ...hostile.findings,
    ...history.findings,
    ...suppressed.findings,
    ...home.findings,
    finding({ path: '/srv/other tree/key#1.pem', line: 1, column: 1 }),
    finding({ path: '<env>/AWS_SECRET_ACCESS_KEY', line: 1, column: 1, stage: 'local' }),
    finding({ path: '<stdin>', line: 1, column: 1, stage: 'local' }),
    finding({
      path: 'k8s/secret.yaml',
      parts: [part({ role: 'secret', path: 'k8s/secret.yaml', decodedBy: ['base64', 'concat'] })],
    }),
    finding({
      path: 'certs/oven.pem',
      title: 'Private key',
      parts: [
        part({ role: 'secret', path: 'certs/oven.pem', line: 1, endLine: 28, endColumn: 26 }),
      ],
    }),
  ],
  skipped: [...hostile.skipped, ...blind.skipped],
  ...(home.profiles === undefined ? {} : { profiles: home.profiles }),
  suppressed: { baseline: 1, inline: 1, ignored: 1 },
});
