// What the hook says: nothing when clean, otherwise the few lines that somebody in the middle of a commit will read.

import type { Finding, ScanReport } from '../core/finding.ts';
import type { Format, ReportContext } from './format.ts';
import { type Palette, type Pen, penFor } from './pen.ts';
import { skippedNotes } from './skipped.ts';
import { flow, widthOf, wrap } from './width.ts';
import { count, counted, takesComments, whyNoneCounts } from './words.ts';

const most = 10;

export function stagedWith(palette: Palette): Format {
  return (report, context) => {
    const pen = penFor(context, palette);
    const leaks = report.findings.filter(({ suppressed }) => suppressed === null);
    if (leaks.length === 0 && report.complete) return '';
    const stopping = counted(report, context);
    const blocks = [
      [headline(report, context, leaks, stopping, pen)],
      list(leaks, context, pen),
      skippedNotes(report, { ...pen, width: pen.width - 2 }, context.verbose).map(
        (line) => `  ${line}`,
      ),
      leaks.length === 0 ? [] : advice(leaks, stopping, context, pen),
    ];
    const text = blocks.filter((block) => block.length > 0).map((block) => block.join('\n'));
    return `${text.join('\n\n')}\n`;
  };
}

function headline(
  report: ScanReport,
  context: ReportContext,
  leaks: readonly Finding[],
  stopping: readonly Finding[],
  { colors }: Pen,
): string {
  const name = colors.bold('keyscan');
  const { act, where } = occasion(context);
  const stopped = colors.severity.critical(`${act} stopped`);
  const found = count(leaks.length, 'leak');
  if (stopping.length > 0) return `${name}  ${stopped}: ${found} in ${where}`;
  if (!report.complete) return `${name}  ${stopped}: ${where} could not be read in full`;
  return `${name}  ${colors.severity.medium(`${act} goes on`)}: ${found}, ${whyNoneCounts(context)}`;
}

interface Occasion {
  readonly act: string;
  readonly where: string;
}

function occasion({ what }: ReportContext): Occasion {
  switch (what) {
    case 'message':
      return { act: 'commit', where: 'the commit message' };
    case 'pushed commits':
      return { act: 'push', where: 'the commits to be pushed' };
    case 'files of a commit':
      return { act: 'commit', where: 'the changes of this commit' };
    default:
      return { act: 'commit', where: 'the staged changes' };
  }
}

function detailsOf(leaks: readonly Finding[], context: ReportContext): string | undefined {
  switch (context.what) {
    case 'message':
      return undefined;
    case 'pushed commits':
      return 'Details: keyscan --history';
    case 'files of a commit':
      return `Details: keyscan --format pretty ${typed(leaks, context) ?? '.'}`;
    default:
      return 'Details: keyscan --staged --format pretty';
  }
}

function list(leaks: readonly Finding[], context: ReportContext, pen: Pen): readonly string[] {
  const shown = leaks.slice(0, most).flatMap((finding) => {
    const commit = finding.commit === null ? '' : `${finding.commit.slice(0, 10)} `;
    const place = pen.safe(
      `${commit}${context.displayPath(finding.path)}:${finding.line}:${finding.column}`,
    );
    const title = pen.safe(finding.title);
    const mask = `"${pen.safe(finding.masked)}"`;
    const { colors } = pen;
    const paint = colors.severity[finding.severity];
    const isLong = widthOf(place) + widthOf(title) + widthOf(mask) + 6 > pen.width;
    return isLong
      ? [`  ${colors.bold(place)}`, `    ${paint(title)}  ${mask}`]
      : [`  ${colors.bold(place)}  ${paint(title)}  ${mask}`];
  });
  const more = leaks.length - most;
  return more > 0 ? [...shown, `  and ${count(more, 'more', 'more')}`] : shown;
}

function advice(
  leaks: readonly Finding[],
  stopping: readonly Finding[],
  context: ReportContext,
  pen: Pen,
): readonly string[] {
  // Other stores' keys have no SSO to move to.
  const own = leaks.filter(({ provider }) => provider === 'aws').map(({ profile }) => profile);
  const profiles = [...new Set(own)].filter((name) => name !== null);
  const comment = leaks.some(takesComments)
    ? 'Test value? add keyscan:ignore to the line'
    : 'Test value? keyscan ignore FINGERPRINT --reason TEXT';
  const room = pen.width - 2;
  return [
    ...(stopping.length > 0 ? takeOut(leaks, context, pen) : []),
    ...(profiles.length === 0 ? [] : wrap(ownProfiles(profiles, pen), room)),
    ...flow(
      [detailsOf(leaks, context), comment].filter((text) => text !== undefined),
      pen.marks.between,
      room,
    ),
  ].map((line) => `  ${line}`);
}

function takeOut(leaks: readonly Finding[], context: ReportContext, pen: Pen): readonly string[] {
  const room = pen.width - 2;
  const isOne = leaks.length === 1;
  if (context.what === 'message') {
    const edit = 'git commit --edit --file="$(git rev-parse --git-path COMMIT_EDITMSG)"';
    return [`Take ${isOne ? 'it' : 'them'} out of the message, which git kept:`, `  ${edit}`];
  }
  if (context.what === 'pushed commits') {
    const [reason = '', command = ''] = leaks[0]?.next ?? [];
    return [reason, command].flatMap((step) => wrap(pen.safe(step), room));
  }
  const order = `Take ${isOne ? 'it' : 'them'} out, then:`;
  const command = addAgain(leaks, context);
  // A command stays in one piece, so that it can be copied.
  const isLong = order.length + 1 + command.length > room;
  return [
    ...(isLong ? [order, `  ${command}`] : [`${order} ${command}`]),
    ...wrap(
      isOne
        ? 'It was not committed. Rotate it only if it was pushed or shared before.'
        : 'They were not committed. Rotate them only if pushed or shared before.',
      room,
    ),
  ];
}

function ownProfiles(profiles: readonly string[], pen: Pen): string {
  const names = profiles.map((name) => `\`${pen.safe(name)}\``).join(', ');
  const what =
    profiles.length === 1 ? `This is your profile ${names}` : `These are your profiles ${names}`;
  return `${what}: keyscan --fix moves ${profiles.length === 1 ? 'it' : 'them'} to SSO, without a key.`;
}

function addAgain(leaks: readonly Finding[], context: ReportContext): string {
  const isOne = new Set(leaks.map(({ path }) => path)).size === 1;
  return `git add ${typed(leaks, context) ?? (isOne ? 'the file again' : 'the files again')}`;
}

/** The files as a shell wants them; undefined where they are many, or a name cannot be typed. */
function typed(leaks: readonly Finding[], context: ReportContext): string | undefined {
  const paths = [...new Set(leaks.map(({ path }) => context.displayPath(path)))];
  const mostPaths = 3;
  if (paths.length > mostPaths || !paths.every((path) => typeable.test(path))) return undefined;
  const options = paths.some((path) => path.startsWith('-')) ? '-- ' : '';
  return `${options}${paths.map(quote).join(' ')}`;
}

const typeable = /^[\x20-\x7e]+$/;

function quote(path: string): string {
  return /^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
