// What the reports for people write with: colours, marks and safe text, chosen once from the terminal.

import type { Severity } from '../core/finding.ts';
import type { ReportContext } from './format.ts';
import { ascii, visible } from './visible.ts';

type Paint = (text: string) => string;

export interface Colors {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly good: Paint;
  readonly severity: Readonly<Record<Severity, Paint>>;
  readonly note: Paint;
}

export type Palette = (level: ReportContext['color']) => Colors;

const same: Paint = (text) => text;

export const noColors: Colors = {
  bold: same,
  dim: same,
  good: same,
  severity: { critical: same, high: same, medium: same, low: same },
  note: same,
};

/** Chalk is loaded only where something will be coloured: it costs more than a clean scan of a small file. */
export async function loadPalette(mayColor: boolean): Promise<Palette> {
  if (!mayColor) return () => noColors;
  const { Chalk } = await import('chalk');
  return (level) => {
    if (level === 0) return noColors;
    const chalk = new Chalk({ level });
    return {
      bold: chalk.bold,
      dim: chalk.dim,
      good: chalk.green,
      severity: {
        critical: chalk.red.bold,
        high: chalk.red,
        medium: chalk.yellow,
        low: chalk.blue,
      },
      note: chalk.cyan,
    };
  };
}

export interface Marks {
  readonly bad: string;
  readonly warning: string;
  readonly note: string;
  readonly good: string;
  readonly off: string;
  readonly bar: string;
  readonly rule: string;
  readonly gap: string;
  readonly cut: string;
  readonly between: string;
  readonly dots: string;
}

const unicodeMarks: Marks = {
  bad: '✖',
  warning: '!',
  note: 'i',
  good: '✔',
  off: '○',
  bar: '│',
  rule: '─',
  gap: '⋮',
  cut: '…',
  between: ' · ',
  dots: '••••••••',
};

const asciiMarks: Marks = {
  bad: 'x',
  warning: '!',
  note: 'i',
  good: 'ok',
  off: 'o',
  bar: '|',
  rule: '-',
  gap: ':',
  cut: '...',
  between: ', ',
  dots: '********',
};

export interface Pen {
  /** Columns to fill: lines end here, unless a word or a place is longer. */
  readonly width: number;
  readonly colors: Colors;
  readonly marks: Marks;
  /** Any text that is not our own literal: nothing in it can act on the terminal. */
  safe(text: string): string;
}

export function penFor(
  context: Pick<ReportContext, 'color' | 'unicode' | 'columns'>,
  palette: Palette,
): Pen {
  return {
    width: Math.max(narrowest, Math.min(widest, context.columns || usual)),
    colors: palette(context.color),
    marks: context.unicode ? unicodeMarks : asciiMarks,
    safe: context.unicode ? visible : ascii,
  };
}

const narrowest = 40;
const usual = 80;
const widest = 100;
