// What `keyscan doctor` says of each hook: whether it fires, and the exact line to type where it does not.

import type { ReportContext } from './format.ts';
import { type Palette, penFor } from './pen.ts';
import { pad, wrap } from './width.ts';

export interface Diagnosis {
  readonly name: string;
  /** Absent: nobody asked for it. */
  readonly state: 'fires' | 'fails' | 'unknown' | 'absent';
  readonly what: string;
  /** The line to type; it stays in one piece. */
  readonly mend?: string;
  /** How it was found out, for --verbose. */
  readonly how?: readonly string[];
}

export interface Checkup {
  readonly subject: string;
  readonly hooks: readonly Diagnosis[];
  readonly facts: readonly string[];
}

type Surroundings = Pick<ReportContext, 'color' | 'unicode' | 'columns' | 'verbose'>;

export function checkupText(
  { subject, hooks, facts }: Checkup,
  context: Surroundings,
  palette: Palette,
): string {
  const pen = penFor({ ...everyday, ...context }, palette);
  const { colors, marks, width } = pen;
  const column = Math.max(...hooks.map(({ name }) => name.length)) + 2;
  const mark = {
    fires: colors.good(marks.good),
    fails: colors.severity.high(marks.bad),
    unknown: colors.severity.medium(marks.warning),
    absent: colors.dim(marks.off),
  };
  const markWidth = Math.max(marks.good.length, 1);
  const indent = ' '.repeat(2 + markWidth + 1);
  const lines = hooks.flatMap(({ name, state, what, mend, how = [] }) => {
    const own = state === 'fires' ? marks.good : state === 'absent' ? marks.off : marks.bad;
    const head = `  ${mark[state]}${' '.repeat(markWidth - own.length + 1)}${pad(name, column)}`;
    const [first = '', ...rest] = wrap(pen.safe(what), width - indent.length - column);
    const under = ' '.repeat(indent.length + column);
    return [
      `${head}${first}`,
      ...rest.map((line) => under + line),
      ...(mend === undefined ? [] : [under + colors.bold(pen.safe(mend))]),
      ...(context.verbose
        ? how.flatMap((text) => wrap(pen.safe(text), width - under.length))
        : []
      ).map((line) => under + colors.dim(line)),
    ];
  });
  const more = context.verbose
    ? ['', ...facts.flatMap((fact) => hanging(pen.safe(fact), width))]
    : [];
  return `${[colors.bold(pen.safe(subject)), '', ...lines, ...more, '', summary(hooks)].join('\n')}\n`;

  function summary(all: readonly Diagnosis[]): string {
    const asked = all.filter(({ state }) => state !== 'absent');
    const bad = asked.filter(({ state }) => state === 'fails').length;
    const open = asked.filter(({ state }) => state === 'unknown').length;
    if (bad > 0)
      return colors.severity.high(`${marks.bad} ${bad} of ${asked.length} hooks would not do`);
    if (open > 0)
      return colors.severity.medium(`${marks.warning} ${open} of ${asked.length} cannot be told`);
    return colors.good(`${marks.good} all ${asked.length} hooks fire and stop a key`);
  }
}

function hanging(text: string, width: number): readonly string[] {
  return wrap(text, width - 4).map((line, index) => (index === 0 ? `  ${line}` : `    ${line}`));
}

/** What a pen needs of a context and a check-up has no use for. */
const everyday: ReportContext = {
  color: 0,
  unicode: false,
  columns: 80,
  verbose: false,
  displayPath: (path) => path,
  elapsedMs: 0,
  what: 'files',
  rule: () => undefined,
};
