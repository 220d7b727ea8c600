// Findings for people: where, what, why, what to do now.

import { ownProfilesStep, ownProfileStep } from '../core/advice.ts';
import type { Finding } from '../core/finding.ts';
import { frame } from './frame.ts';
import type { ReportContext } from './format.ts';
import type { Pen } from './pen.ts';
import { commandApart, flow, widthOf, wrap } from './width.ts';
import * as words from './words.ts';

/** One block of lines a finding. */
export function cards(
  findings: readonly Finding[],
  context: ReportContext,
  pen: Pen,
): readonly (readonly string[])[] {
  const advised = lastOfEachAdvice(findings);
  return findings.map((finding) => {
    const steps = advised.get(finding);
    return [
      ...card(finding, context, pen),
      ...(steps === undefined ? [] : advice(finding, steps, pen)),
    ];
  });
}

/** Why and what to do are said once, at the last finding they are true for: two hundred leaks need one lesson. */
function lastOfEachAdvice(findings: readonly Finding[]): ReadonlyMap<Finding, readonly string[]> {
  const last = new Map<string, { readonly finding: Finding; readonly profiles: Set<string> }>();
  for (const finding of findings) {
    if (finding.suppressed !== null) continue;
    const { rule, stage, why, profile } = finding;
    const key = JSON.stringify([rule, stage, why, stepsFor(finding, true)]);
    const profiles = last.get(key)?.profiles ?? new Set();
    last.set(key, { finding, profiles: profile === null ? profiles : profiles.add(profile) });
  }
  return new Map(
    [...last.values()].map(({ finding, profiles }) => [
      finding,
      stepsFor(finding, profiles.size > 1),
    ]),
  );
}

function stepsFor({ next, profile }: Finding, isOneOfMany: boolean): readonly string[] {
  if (profile === null || !isOneOfMany) return next;
  const own = ownProfileStep(profile);
  return next.map((step) => (step === own ? ownProfilesStep : step));
}

function card(finding: Finding, context: ReportContext, pen: Pen): readonly string[] {
  const lines = frame(finding, pen);
  return [
    ...headline(finding, context, pen),
    '',
    ...what(finding, context, pen, lines.length > 0),
    ...(lines.length > 0 ? ['', ...lines] : []),
  ];
}

/** The place first and in one piece, so that terminals make it a link; the rule and how bad it is at the right. */
function headline(finding: Finding, context: ReportContext, pen: Pen): readonly string[] {
  const { colors, marks } = pen;
  const place = pen.safe(`${context.displayPath(finding.path)}:${finding.line}:${finding.column}`);
  const rule = pen.safe(finding.rule);
  const grade = finding.suppressed === null ? finding.severity : `${finding.severity}, not counted`;
  const paint = finding.suppressed === null ? colors.severity[finding.severity] : colors.dim;
  const shortest = 4;
  const line = (left: string, used: number): string => {
    const rest = Math.max(shortest, pen.width - used - widthOf(rule) - grade.length - 2);
    return `${left}${colors.dim(rule)} ${colors.dim(marks.rule.repeat(rest))} ${paint(grade)}`;
  };
  const indent = widthOf(place) + 2;
  const fits = indent + widthOf(rule) + 2 + shortest + grade.length <= pen.width;
  return fits ? [line(`${colors.bold(place)}  `, indent)] : [colors.bold(place), line('', 0)];
}

function what(
  finding: Finding,
  context: ReportContext,
  pen: Pen,
  isFramed: boolean,
): readonly string[] {
  const { colors } = pen;
  const paint = finding.suppressed === null ? colors.severity[finding.severity] : colors.dim;
  const [first = '', ...others] = wrap(pen.safe(finding.title), pen.width - 4);
  return [
    `  ${paint(markOf(finding, pen))} ${colors.bold(first)}`,
    ...others.map((line) => `    ${colors.bold(line)}`),
    ...indented(facts(finding, context, pen, isFramed), pen),
    ...history(finding, pen).flatMap((items) => indented(items, pen)),
    ...remarks(finding, pen).flatMap((remark) => indented([remark], pen, colors.note)),
    ...indented(suppression(finding, pen), pen),
  ];
}

function markOf(finding: Finding, { marks }: Pen): string {
  if (finding.suppressed !== null) return marks.off;
  if (words.levelOf(finding.severity) === 'error') return marks.bad;
  return finding.severity === 'medium' ? marks.warning : marks.note;
}

function facts(
  finding: Finding,
  context: ReportContext,
  pen: Pen,
  isFramed: boolean,
): readonly string[] {
  const others = words.otherParts(finding, context.displayPath);
  const stage = words.stageWords[finding.stage];
  const mask = isFramed && others.length === 0 ? [] : [finding.masked];
  return [
    [...mask, ...others].join(', '),
    finding.account === null ? '' : `account ${finding.account}`,
    finding.commit === null && stage !== null ? stage : '',
    finding.confidence === 'high' && !context.verbose ? '' : `confidence ${finding.confidence}`,
    context.verbose ? finding.fingerprint : '',
  ]
    .filter((fact) => fact !== '')
    .map((fact) => pen.safe(fact));
}

const shortHash = 12;
const mostRefs = 3;

function history(finding: Finding, pen: Pen): readonly (readonly string[])[] {
  if (finding.commit === null) return [];
  const [day] = finding.date?.split('T') ?? [];
  const commit = [`commit ${finding.commit.slice(0, shortHash)}`, finding.author, day].filter(
    (fact) => fact !== null && fact !== undefined,
  );
  const stage = words.stageWords[finding.stage];
  const now = [
    ...(stage === null ? [] : [stage]),
    ...(finding.atHead === undefined
      ? []
      : [finding.atHead ? 'still there at HEAD' : 'no longer there at HEAD']),
    ...refs(finding),
  ];
  return [commit, now].map((items) => items.map((item) => pen.safe(item)));
}

function refs({ refs: names = [] }: Finding): readonly string[] {
  if (names.length === 0) return [];
  const short = names.map((name) => name.replace(/^refs\/(heads|remotes|tags)\//, ''));
  const more = names.length - mostRefs;
  return [`in ${short.slice(0, mostRefs).join(', ')}${more > 0 ? ` and ${more} more` : ''}`];
}

function remarks(finding: Finding, pen: Pen): readonly string[] {
  return [
    ...(finding.profile === null ? [] : [`this is your profile \`${pen.safe(finding.profile)}\``]),
    ...(finding.canary === true
      ? ['a canary: whoever uses it sets off an alarm. Leave it, and never try it']
      : []),
  ];
}

function suppression({ suppressed }: Finding, pen: Pen): readonly string[] {
  if (suppressed === null) return [];
  const reason = suppressed.reason === null ? '' : `: ${suppressed.reason}`;
  return [
    pen.safe(`${words.suppressionWords[suppressed.by]}${reason}`),
    ...(suppressed.until === null ? [] : [pen.safe(`until ${suppressed.until}, then it counts`)]),
  ];
}

/** Facts side by side, below the line they belong to. */
export function indented(
  items: readonly string[],
  pen: Pen,
  paint: (line: string) => string = (line) => line,
): readonly string[] {
  return flow(items, pen.marks.between, pen.width - 4).map((line) => `    ${paint(line)}`);
}

function advice(finding: Finding, next: readonly string[], pen: Pen): readonly string[] {
  const steps = next.map((step) => pen.safe(step));
  return [
    '',
    ...labelled('why', [pen.safe(finding.why)], pen),
    ...(steps.length === 1
      ? labelled('next', steps, pen)
      : labelled('next', steps, pen, (index) => `${index + 1}. `)),
    ...howToAllow(finding, pen),
  ];
}

/** Nothing for traps and for what is this computer's own: there it is no test value. */
function howToAllow(finding: Finding, pen: Pen): readonly string[] {
  const label = 'test value?';
  if (finding.canary === true || /^(~|<env>)/.test(finding.path)) return [];
  if (words.takesComments(finding)) {
    return labelled(label, [pen.safe(`add  keyscan:ignore ${finding.rule}  to the line`)], pen);
  }
  const command = pen.safe(`keyscan ignore ${finding.fingerprint} --reason TEXT`);
  return label.length + 4 + command.length <= pen.width
    ? [`  ${pen.colors.dim(label)}  ${command}`]
    : [`  ${pen.colors.dim(label)}`, `    ${command}`];
}

/** Paragraphs that hang beside their label. */
function labelled(
  label: string,
  paragraphs: readonly string[],
  pen: Pen,
  bullet: (index: number) => string = () => '',
): readonly string[] {
  const shortest = 4;
  const indent = 2 + Math.max(label.length, shortest) + 2;
  return paragraphs.flatMap((text, index) => {
    const mark = bullet(index);
    const width = pen.width - indent - mark.length;
    const [words, command] = widthOf(text) > width ? commandApart(text) : [text];
    const lines = wrap(words, width).map((line, row) => {
      const start =
        index + row === 0 ? `  ${pen.colors.dim(label.padEnd(indent - 2))}` : ' '.repeat(indent);
      return `${start}${row === 0 ? mark : ' '.repeat(mark.length)}${line}`;
    });
    return command === undefined ? lines : [...lines, `    ${command}`];
  });
}
