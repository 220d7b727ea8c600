// SARIF 2.1.0 for code scanning services, by GitHub's rules for uploads. Places are UTF-16 columns, as in the JSON.
// The key `primaryLocationLineHash` is left to the uploader: it warns when ours differs.

import type { Finding, Part, ScanReport, Severity, Skipped } from '../core/finding.ts';
import { compareText, severities } from '../core/finding.ts';
import type { Format, ReportContext, RuleText } from './format.ts';
import { printJson } from './json.ts';
import { leavesGap, roleWords, skipWords, whySkipped } from './words.ts';

export const sarif: Format = (report, context) => printJson(toSarif(report, context));

const schema = 'https://json.schemastore.org/sarif-2.1.0.json';
const homepage = 'https://www.npmjs.com/package/@keyscan/cli';

function toSarif(report: ScanReport, context: ReportContext): unknown {
  const ids = [...new Set(report.findings.map(({ rule }) => rule))].sort(compareText);
  const indexOf = new Map(ids.map((id, index) => [id, index]));
  const anySuppressed = report.findings.some(({ suppressed }) => suppressed !== null);
  return {
    $schema: schema,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: report.tool.name,
            version: report.tool.version,
            semanticVersion: report.tool.version,
            informationUri: homepage,
            rules: ids.map((id) => ruleOf(id, report.findings, context.rule(id))),
            ...(report.skipped.length === 0
              ? {}
              : { notifications: notificationKinds(report.skipped) }),
          },
        },
        automationDetails: { id: `${report.tool.name}/` },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: {
          [treeRoot]: { description: { text: 'The top of the tree that was scanned.' } },
        },
        invocations: [
          {
            executionSuccessful: report.complete,
            toolExecutionNotifications: report.skipped.map(notificationOf),
          },
        ],
        results: report.findings.map((finding) =>
          resultOf(finding, indexOf.get(finding.rule) ?? -1, anySuppressed),
        ),
        properties: {
          complete: report.complete,
          scanned: report.scanned,
          suppressed: report.suppressed,
        },
      },
    ],
  };
}

const treeRoot = '%SRCROOT%';

/** GitHub knows grades of rules only, not of results: a rule is as bad as its worst finding here. */
function ruleOf(id: string, findings: readonly Finding[], text: RuleText | undefined): unknown {
  const own = findings.filter(({ rule }) => rule === id);
  const worst = own.reduce((a, b) => (rank(b.severity) > rank(a.severity) ? b : a));
  const title = text?.title ?? worst.title;
  const why = text?.why ?? worst.why;
  const advice = text === undefined ? worst.next : text.advice;
  const references = text?.references ?? [];
  const [reference] = references;
  return {
    id,
    name: pascalCase(id),
    shortDescription: { text: shorten(title) },
    fullDescription: { text: shorten(why) },
    help: {
      text: [why, ...advice, ...references].join('\n'),
      markdown: [
        escapeMarkdown(why),
        advice.map((step, index) => `${index + 1}. ${escapeMarkdown(step)}`).join('\n'),
        references.map((url) => `- <${url}>`).join('\n'),
      ]
        .filter((block) => block !== '')
        .join('\n\n'),
    },
    ...(reference === undefined || !/^https?:\/\/[!-~]+$/.test(reference)
      ? {}
      : { helpUri: reference }),
    defaultConfiguration: { level: levels[worst.severity] },
    properties: {
      tags: ['security', 'secret', worst.provider],
      precision: worst.confidence,
      'security-severity': scores[worst.severity],
      'problem.severity':
        levels[worst.severity] === 'note' ? 'recommendation' : levels[worst.severity],
    },
  };
}

function rank(severity: Severity): number {
  return severities.indexOf(severity);
}

const levels = { critical: 'error', high: 'error', medium: 'warning', low: 'note' } as const;

/** GitHub's bands: critical above 9.0, high from 7.0, medium from 4.0. */
const scores = { critical: '9.5', high: '8.0', medium: '5.5', low: '2.0' } as const;

const longestDescription = 1024;

function shorten(text: string): string {
  return text.length <= longestDescription ? text : `${text.slice(0, longestDescription - 1)}…`;
}

function pascalCase(id: string): string {
  return id.replace(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, letter: string) =>
    letter.toUpperCase(),
  );
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_[\]<>]/g, '\\$&');
}

function resultOf(finding: Finding, ruleIndex: number, anySuppressed: boolean): unknown {
  const [first, ...others] = finding.parts;
  return {
    ruleId: finding.rule,
    ruleIndex,
    level: levels[finding.severity],
    message: { text: message(finding, others) },
    locations: [locationOf(first ?? finding)],
    ...(others.length === 0
      ? {}
      : {
          relatedLocations: others.map((part, index) => ({
            id: index + 1,
            ...locationOf(part),
            message: { text: `${roleWords[part.role]} ${part.masked}` },
          })),
        }),
    partialFingerprints: { 'keyscan/v1': finding.fingerprint },
    // Either every result of a run says whether it is suppressed or none does (SARIF 3.27.23).
    ...(anySuppressed ? { suppressions: suppressionsOf(finding) } : {}),
    properties: {
      provider: finding.provider,
      kind: finding.kind,
      severity: finding.severity,
      confidence: finding.confidence,
      masked: finding.masked,
      stage: finding.stage,
      account: finding.account,
      profile: finding.profile,
      ...(finding.canary === true ? { canary: true } : {}),
      parts: finding.parts.map(({ role, decodedBy = [] }) => ({
        role,
        ...(decodedBy.length === 0 ? {} : { decodedBy }),
      })),
      ...(finding.commit === null
        ? {}
        : { commit: finding.commit, author: finding.author, date: finding.date }),
      ...(finding.atHead === undefined ? {} : { atHead: finding.atHead }),
      ...(finding.refs === undefined ? {} : { refs: finding.refs }),
      next: finding.next,
    },
  };
}

/** With links to the other parts; brackets of the text itself are escaped, or they would be read as links. */
function message(finding: Finding, others: readonly Part[]): string {
  const literal = (text: string): string => text.replace(/[\\[\]]/g, '\\$&');
  const links = others.map((part, index) => `[${roleWords[part.role]}](${index + 1})`);
  return [
    `${literal(finding.title)}: ${[literal(finding.masked), ...links].join(', ')}.`,
    ...(finding.commit === null ? [] : [`In commit ${finding.commit}.`]),
    ...(finding.profile === null ? [] : [`This is the profile ${literal(finding.profile)}.`]),
    literal(finding.why),
    ...(finding.next[0] === undefined ? [] : [`Next: ${literal(finding.next[0])}`]),
  ].join(' ');
}

function suppressionsOf({ suppressed }: Finding): unknown {
  if (suppressed === null) return [];
  const until = suppressed.until === null ? [] : [`until ${suppressed.until}`];
  const reason = suppressed.reason === null ? [] : [suppressed.reason];
  return [
    {
      kind: suppressed.by === 'inline' ? 'inSource' : 'external',
      status: 'accepted',
      justification: [suppressed.by, ...reason, ...until].join(': '),
    },
  ];
}

interface Place {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

function locationOf(place: Place): object {
  return {
    physicalLocation: {
      artifactLocation: artifactOf(place.path),
      region: {
        startLine: place.line,
        startColumn: place.column,
        endLine: place.endLine,
        endColumn: place.endColumn,
      },
    },
    ...logical(place.path),
  };
}

/** What is no file (`<stdin>`, `<env>/NAME`) has a name as well; the URI is only there because uploads need one. */
function logical(path: string): object {
  return path.startsWith('<')
    ? { logicalLocations: [{ fullyQualifiedName: path, kind: 'resource' }] }
    : {};
}

function artifactOf(path: string): object {
  const uri = uriOf(path);
  return uri.startsWith('file:') || /^[<~]/.test(path) ? { uri } : { uri, uriBaseId: treeRoot };
}

/** Relative within the tree; `file:` for absolute paths, drive letters and network shares included. */
export function uriOf(path: string): string {
  if (path.startsWith('//')) return `file:${encodePath(path)}`;
  if (path.startsWith('/')) return `file://${encodePath(path)}`;
  const drive = /^([A-Za-z]:)(\/.*)$/s.exec(path);
  if (drive !== null) return `file:///${drive[1] ?? ''}${encodePath(drive[2] ?? '')}`;
  return encodePath(path);
}

/** Everything but the unreserved characters: a colon in the first segment would make it a scheme. */
function encodePath(path: string): string {
  return path
    .replace(/\p{Cs}/gu, '\ufffd')
    .split('/')
    .map(encodeURIComponent)
    .join('/');
}

function notificationOf(skipped: Skipped): unknown {
  return {
    descriptor: { id: skipped.reason },
    level: leavesGap(skipped) ? 'error' : 'note',
    message: { text: `${skipped.path} (${whySkipped(skipped)})` },
    locations: [{ physicalLocation: { artifactLocation: artifactOf(skipped.path) } }],
  };
}

function notificationKinds(skipped: readonly Skipped[]): unknown {
  return [...new Set(skipped.map(({ reason }) => reason))].sort(compareText).map((reason) => ({
    id: reason,
    shortDescription: { text: `Passed over: ${skipWords[reason]}.` },
  }));
}
