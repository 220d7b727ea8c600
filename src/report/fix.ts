// The screens of `keyscan --fix`: what is planned, and what came of it. Colour only supports; every mark also has text.

import type { FixFile, FixProfile } from '../core/migration.ts';
import type { Pen } from './pen.ts';
import { flow, pad, widthOf, wrap } from './width.ts';
import { count } from './words.ts';

export interface PlanScreen {
  /** The AWS files, as people know them. */
  readonly files: readonly string[];
  readonly profiles: readonly FixProfile[];
  /** Names of accounts by id, as far as they are known. */
  readonly accounts: ReadonlyMap<string, string>;
  readonly session:
    { readonly name: string; readonly startUrl: string; readonly region: string } | undefined;
  readonly users: ReadonlyMap<string, readonly string[]>;
  readonly advice: ReadonlyMap<string, readonly string[]>;
  readonly winners: readonly WinnerLine[];
  readonly diffs: readonly FixFile[];
  /** What stops working, or goes on holding the key: one sentence each. */
  readonly warnings: readonly string[];
}

/** Whose credentials a group of SDKs uses for a profile, before and after. */
export interface WinnerLine {
  readonly profiles: string;
  readonly sdks: string;
  readonly before: string;
  readonly after: string;
}

export function planScreen(plan: PlanScreen, pen: Pen): string {
  const blocks = [
    heading(plan.files, pen),
    table(plan, pen),
    signIn(plan, pen),
    pictures(plan, pen),
    adviceLines(plan, pen),
    winnerTable(plan.winners, pen),
    plan.diffs.flatMap((file) => diffLines(file, pen)),
    plan.warnings.flatMap((warning) => bullet(pen.marks.warning, warning, pen, 'medium')),
  ];
  return textOf(blocks);
}

export interface ResultScreen {
  readonly profiles: readonly FixProfile[];
  /** What was looked at afterwards, one sentence each. */
  readonly checks: readonly { readonly ok: boolean; readonly text: string }[];
  readonly next: readonly string[];
}

export function resultScreen({ profiles, checks, next }: ResultScreen, pen: Pen): string {
  const { marks, colors } = pen;
  const done = profiles.filter(({ state }) => state === 'done');
  const moved = done.filter(({ action }) => action === 'migrate');
  const bySession = moved.filter(({ session }) => session !== null).length;
  const byLogin = moved.length - bySession;
  const cleaned = done.filter(({ action }) => action === 'remove-key').length;
  const summary = [
    bySession > 0 ? `${count(bySession, 'profile')} moved to SSO` : '',
    byLogin > 0 ? `${count(byLogin, 'profile')} moved to aws login` : '',
    cleaned > 0 ? `the key taken out of ${count(cleaned, 'profile')}` : '',
  ].filter((text) => text !== '');
  const failed = profiles.filter(({ state }) => state === 'failed');
  return textOf([
    summary.length === 0 ? [] : [colors.good(`${marks.good} ${summary.join(', ')}`)],
    failed.flatMap(({ profile, reason }) =>
      bullet(marks.bad, `${profile}: ${reason}`, pen, 'high'),
    ),
    checks.flatMap(({ ok, text }) =>
      ok ? bullet(marks.good, text, pen) : bullet(marks.warning, text, pen, 'medium'),
    ),
    nextSteps(next, pen),
  ]);
}

/** `next` as a list; what is to be typed keeps its own line and is never broken. */
export function nextSteps(next: readonly string[], pen: Pen): readonly string[] {
  return next.flatMap((step, index) => {
    const [first = '', ...more] = step.split('\n');
    const lead = index === 0 ? '  next  ' : '        ';
    const lines = wrap(pen.safe(first), pen.width - 11);
    return [
      ...lines.map(
        (line, at) =>
          `${at === 0 ? `${pen.colors.bold(lead)}${index + 1}. ` : '           '}${line}`,
      ),
      ...more.map((line) => `           ${pen.safe(line)}`),
    ];
  });
}

function textOf(blocks: readonly (readonly string[])[]): string {
  const shown = blocks.filter((block) => block.length > 0).map((block) => block.join('\n'));
  return shown.length === 0 ? '' : `${shown.join('\n\n')}\n`;
}

function heading(files: readonly string[], pen: Pen): readonly string[] {
  const title = 'AWS profiles of this computer';
  const where = pen.safe(files.join(', '));
  const gap = pen.width - title.length - widthOf(where);
  return gap >= 2
    ? [`${pen.colors.bold(title)}${' '.repeat(gap)}${pen.colors.dim(where)}`]
    : [pen.colors.bold(title), `  ${pen.colors.dim(where)}`];
}

const heads = ['profile', 'key', 'account', 'role', 'plan'] as const;
const longestCell = 28;

function table({ profiles, accounts }: PlanScreen, pen: Pen): readonly string[] {
  const rows = profiles.map((row) => cellsOf(row, accounts, pen));
  const widths = heads.map((head, column) =>
    Math.max(
      head.length,
      ...rows.map((cells) => widthOf(cells[column] ?? '')).filter((width) => width <= longestCell),
    ),
  );
  const lead = widths.slice(0, -1).reduce((total, width) => total + width + 2, 2);
  return [
    pen.colors.dim(
      `  ${heads.map((head, column) => pad(head, widths[column] ?? 0)).join('  ')}`.trimEnd(),
    ),
    ...rows.flatMap((cells, index) => rowLines(cells, widths, lead, profiles[index], pen)),
  ];
}

/** The plan stands in the last column where it fits, else below, so that no line is longer than the screen. */
function rowLines(
  cells: readonly string[],
  widths: readonly number[],
  lead: number,
  row: FixProfile | undefined,
  pen: Pen,
): readonly string[] {
  const [name = '', ...others] = cells;
  const plan = others.pop() ?? '';
  const long = widthOf(name) > (widths[0] ?? 0);
  const facts = [long ? '' : name, ...others]
    .map((cell, column) => pad(cell, widths[column] ?? 0))
    .join('  ');
  const paint = row?.state === 'left' ? pen.colors.dim : (text: string) => text;
  const fits = lead + widthOf(plan) <= pen.width;
  const below = wrap(plan, pen.width - 4).map((line) => paint(`    ${line}`));
  return [
    ...(long ? [`  ${name}`] : []),
    ...(fits ? [paint(`  ${facts}  ${plan}`)] : [paint(`  ${facts}`.trimEnd()), ...below]),
  ];
}

function cellsOf(
  row: FixProfile,
  accounts: ReadonlyMap<string, string>,
  pen: Pen,
): readonly string[] {
  const name = row.account === null ? undefined : accounts.get(row.account);
  const account = [row.account ?? '-', name ?? ''].filter((text) => text !== '').join(' ');
  return [row.profile, row.key ?? '-', account, row.role ?? '-', planWords(row)].map((text) =>
    pen.safe(text),
  );
}

function planWords({ action, state, reason }: FixProfile): string {
  if (action === 'leave' || state === 'left') return `leave: ${reason}`;
  if (state === 'failed') return `not possible: ${reason}`;
  return action === 'remove-key' ? `take the key out: ${reason}` : reason;
}

function signIn({ session }: PlanScreen, pen: Pen): readonly string[] {
  if (session === undefined) return [];
  return [
    ...flow(
      [session.startUrl, session.region, `sso-session "${session.name}"`].map((text) =>
        pen.safe(text),
      ),
      pen.marks.between,
      pen.width - 11,
    ).map((line, index) => `${index === 0 ? '  sign-in  ' : '           '}${line}`),
  ];
}

/** What hangs on each profile, as a tree of one level. */
function pictures({ users }: PlanScreen, pen: Pen): readonly string[] {
  const [fork, last] = pen.marks.bar === '|' ? ['|-', '`-'] : ['├─', '└─'];
  const trees = [...users].filter(([, lines]) => lines.length > 0);
  if (trees.length === 0) return [];
  const shown = trees.flatMap(([profile, lines]) => [
    `  ${pen.safe(profile)}`,
    ...lines.map((line, index) => {
      const branch = index === lines.length - 1 ? last : fork;
      return `  ${pen.colors.dim(branch)} ${pen.safe(line)}`;
    }),
  ]);
  return [pen.colors.bold('What depends on them'), ...shown];
}

function adviceLines({ advice }: PlanScreen, pen: Pen): readonly string[] {
  return [...advice].flatMap(([profile, lines]) =>
    lines.flatMap((line, index) => {
      const lead = index === 0 ? `  ${pen.safe(profile)}: ` : '    ';
      const [first = '', ...others] = wrap(pen.safe(line), pen.width - widthOf(lead));
      return [`${lead}${first}`, ...others.map((more) => `    ${more}`)];
    }),
  );
}

function winnerTable(lines: readonly WinnerLine[], pen: Pen): readonly string[] {
  if (lines.length === 0) return [];
  const cells = [
    ['who signs', 'profiles', 'before', 'after'],
    ...lines.map(({ sdks, profiles, before, after }) => [sdks, profiles, before, after]),
  ].map((row) => row.map((text) => pen.safe(text)));
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...cells.map((row) => widthOf(row[column] ?? ''))),
  );
  const total = widths.reduce((sum, width) => sum + width + 2, 2);
  if (total > pen.width) {
    return cells
      .slice(1)
      .flatMap(([sdks = '', profiles = '', before = '', after = '']) => [
        `  ${profiles}: ${sdks}`,
        `    ${before} -> ${after}`,
      ]);
  }
  return cells.map((row, index) => {
    const line =
      `  ${row.map((cell, column) => pad(cell, widths[column] ?? 0)).join('  ')}`.trimEnd();
    return index === 0 ? pen.colors.dim(line) : line;
  });
}

export function diffLines({ diff }: FixFile, pen: Pen): readonly string[] {
  return diff
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => {
      const text = pen.safe(line);
      if (line.startsWith('+++') || line.startsWith('---')) return pen.colors.bold(text);
      if (line.startsWith('+')) return pen.colors.good(text);
      if (line.startsWith('-')) return pen.colors.severity.high(text);
      return line.startsWith('@@') ? pen.colors.note(text) : text;
    });
}

function bullet(
  mark: string,
  text: string,
  pen: Pen,
  severity?: 'high' | 'medium',
): readonly string[] {
  const paint = severity === undefined ? pen.colors.good : pen.colors.severity[severity];
  const lines = text
    .split('\n')
    .flatMap((line, index) =>
      index === 0 ? wrap(pen.safe(line), pen.width - 4) : [`  ${pen.safe(line)}`],
    );
  return lines.map((line, index) => (index === 0 ? `${paint(mark)} ${line}` : `  ${line}`));
}
