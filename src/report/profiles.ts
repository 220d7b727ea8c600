// The table of this computer's AWS profiles that `--home` shows: what there is, how old, how open, who needs it.

import type { ProfileClass, ProfileRow } from '../core/finding.ts';
import type { Pen } from './pen.ts';
import { cut, pad, widthOf } from './width.ts';
import { count } from './words.ts';

const longestName = 24;
const shortestName = 8;

export function profileTable(profiles: readonly ProfileRow[], pen: Pen): readonly string[] {
  if (profiles.length === 0) return [];
  const { colors } = pen;
  const rows = profiles.map((profile) => cellsOf(profile, pen));
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...rows.map((cells) => widthOf(cells[column] ?? ''))),
  );
  const last = heads.length - 1;
  const fixed = widths.slice(1, last).reduce((total, width) => total + width + 2, 2);
  // In a narrow terminal what the key is moves to a line of its own.
  const oneLine =
    fixed + Math.min(widths[0] ?? 0, longestName) + 2 + (widths[last] ?? 0) <= pen.width;
  const room = pen.width - fixed - (oneLine ? 2 + (widths[last] ?? 0) : 0);
  widths[0] = Math.min(widths[0] ?? 0, Math.max(shortestName, Math.min(room, longestName)));

  const line = (cells: readonly string[]): string => {
    const shown = oneLine ? cells : cells.slice(0, last);
    const padded = shown.map((cell, column) =>
      pad(column === 0 ? cut(cell, widths[0] ?? 0, pen.marks.cut) : cell, widths[column] ?? 0),
    );
    return `  ${padded.join('  ')}`.trimEnd();
  };
  return [
    colors.bold('AWS profiles of this computer'),
    '',
    colors.dim(line(heads)),
    ...profiles.flatMap((profile, index) => {
      const cells = rows[index] ?? [];
      return [
        openToOthers(profile) ? colors.severity.medium(line(cells)) : line(cells),
        ...(oneLine ? [] : [`    ${cells[last] ?? ''}`]),
        ...dependants(profile, pen),
      ];
    }),
    ...legend(profiles, pen),
  ];
}

const heads = ['profile', 'key', 'account', 'changed', 'mode', 'what it is'] as const;

function cellsOf(profile: ProfileRow, pen: Pen): readonly string[] {
  const none = '-';
  return [
    pen.safe(profile.profile),
    profile.key === null ? none : pen.safe(profile.key),
    profile.account === null ? none : pen.safe(profile.account),
    profile.ageDays === null ? none : age(profile.ageDays),
    profile.mode === null ? none : pen.safe(profile.mode) + (openToOthers(profile) ? ' !' : ''),
    classWords[profile.class],
  ];
}

function age(days: number): string {
  return days < 1 ? 'today' : `${count(days, 'day')} ago`;
}

function openToOthers({ mode }: ProfileRow): boolean {
  return mode !== null && (Number.parseInt(mode, 8) & 0o7177) !== 0;
}

function dependants(profile: ProfileRow, pen: Pen): readonly string[] {
  return profile.dependants.map((dependant, index) =>
    pen.colors.dim(`    ${index === 0 ? 'needed by' : '         '} ${pen.safe(dependant)}`),
  );
}

function legend(profiles: readonly ProfileRow[], pen: Pen): readonly string[] {
  if (!profiles.some(openToOthers)) return [];
  return ['', pen.colors.severity.medium('  ! wider than 0600: not only you can use the file')];
}

const classWords: Readonly<Record<ProfileClass, string>> = {
  human: 'static key',
  root: 'root key',
  temporary: 'temporary',
  's3-compatible': 'key of another store',
  robot: 'key of a robot',
  canary: 'canary, leave it',
  dead: 'dead key',
  split: 'static key beside SSO',
  dependant: 'uses another profile',
  keyless: 'no key',
  managed: 'kept by another tool',
  'odd-name': 'odd name',
};
