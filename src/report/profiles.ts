// The table of this computer's AWS profiles that `--home` shows: what there is, how old, how open, who needs it.

import type { ProfileClass, ProfileRow, ProfileWay } from '../core/finding.ts';
import type { Pen } from './pen.ts';
import { pad, widthOf, wrap } from './width.ts';
import { count } from './words.ts';

const longestName = 28;
const shortestName = 12;

export function profileTable(profiles: readonly ProfileRow[], pen: Pen): readonly string[] {
  const { colors } = pen;
  if (profiles.length === 0) return [`${colors.bold('AWS profiles of this computer')}: none`];
  const rows = profiles.map((profile) => cellsOf(profile, pen));
  const layout = layOut(rows, pen.width);
  return [
    colors.bold('AWS profiles of this computer'),
    '',
    ...row(heads, layout).map((line) => colors.dim(line)),
    ...profiles.flatMap((profile, index) => {
      const paint = openToOthers(profile) ? colors.severity.medium : plain;
      return [
        ...row(rows[index] ?? [], layout).map((line) => paint(line)),
        ...dependants(profile, pen),
      ];
    }),
    ...legend(profiles, pen),
  ];
}

interface Layout {
  readonly widths: readonly number[];
  /** In a narrow terminal the last column moves to a line of its own. */
  readonly oneLine: boolean;
}

function layOut(rows: readonly (readonly string[])[], columns: number): Layout {
  const [name = 0, ...widths] = heads.map((head, column) =>
    Math.max(head.length, ...rows.map((cells) => widthOf(cells[column] ?? ''))),
  );
  const room = columns - widths.reduce((total, width) => total + between + width, between);
  const oneLine = room >= Math.min(name, shortestName);
  const roomForName = oneLine ? room : room + between + (widths.at(-1) ?? 0);
  const nameWidth = Math.min(name, longestName, Math.max(shortestName, roomForName));
  return { widths: [nameWidth, ...widths], oneLine };
}

const between = 2;

/** A name longer than its column stands alone above its row: a cut name cannot be typed. */
function row(cells: readonly string[], { widths, oneLine }: Layout): readonly string[] {
  const [name = '', ...facts] = cells;
  const isLong = widthOf(name) > (widths[0] ?? 0);
  const shown = [isLong ? '' : name, ...(oneLine ? facts : facts.slice(0, -1))];
  const line = shown.map((cell, column) => pad(cell, widths[column] ?? 0)).join('  ');
  return [
    ...(isLong ? [`  ${name}`] : []),
    `  ${line}`.trimEnd(),
    ...(oneLine || cells === heads ? [] : [`    ${facts.at(-1) ?? ''}`]),
  ];
}

function plain(line: string): string {
  return line;
}

const heads = ['profile', 'key', 'account', 'age', 'mode', 'what it is'] as const;

function cellsOf(profile: ProfileRow, pen: Pen): readonly string[] {
  const none = '-';
  return [
    pen.safe(profile.profile),
    profile.key === null ? none : pen.safe(profile.key),
    profile.account === null ? none : pen.safe(profile.account),
    profile.ageDays === null ? none : age(profile.ageDays),
    profile.mode === null ? none : pen.safe(profile.mode) + (openToOthers(profile) ? ' !' : ''),
    profile.way === undefined ? classWords[profile.class] : wayWords[profile.way],
  ];
}

function age(days: number): string {
  return days < 1 ? 'today' : count(days, 'day');
}

/** Wider than 0600 for anybody but the owner. */
function openToOthers({ mode }: ProfileRow): boolean {
  return mode !== null && (Number.parseInt(mode, 8) & 0o077) !== 0;
}

function dependants(profile: ProfileRow, pen: Pen): readonly string[] {
  return profile.dependants.map((dependant, index) =>
    pen.colors.dim(`    ${index === 0 ? 'needed by' : '         '} ${pen.safe(dependant)}`),
  );
}

function legend(profiles: readonly ProfileRow[], pen: Pen): readonly string[] {
  if (!profiles.some(openToOthers)) return [];
  const text = 'wider than 0600: others may be able to read the key (chmod 600 the file)';
  const paint = pen.colors.severity.medium;
  const lines = wrap(text, pen.width - 4);
  return ['', ...lines.map((line, index) => paint(`  ${index === 0 ? '!' : ' '} ${line}`))];
}

const wayWords: Readonly<Record<ProfileWay, string>> = {
  sso: 'SSO',
  login: 'aws login',
  process: 'credential process',
  role: 'uses another',
  machine: 'role of a machine',
  'web-identity': 'web identity',
};

const classWords: Readonly<Record<ProfileClass, string>> = {
  human: 'static key',
  root: 'root key',
  temporary: 'temporary key',
  's3-compatible': 'S3 store key',
  robot: 'robot key',
  canary: 'canary',
  dead: 'dead key',
  split: 'key beside SSO',
  dependant: 'uses another',
  keyless: 'no key',
  managed: 'tool-managed',
  'odd-name': 'odd name',
};
