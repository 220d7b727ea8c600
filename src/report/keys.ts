// The old keys that migrations replaced, for `keyscan keys`.

import { maskKeyId } from '../core/mask-key-id.ts';
import type { JournalKey } from '../core/migration.ts';
import type { Pen } from './pen.ts';
import { pad, widthOf, wrap } from './width.ts';

const heads = ['key', 'account', 'user', 'status', 'profiles'] as const;

export function keyTable(keys: readonly JournalKey[], now: Date, pen: Pen): string {
  if (keys.length === 0) return 'no migration has replaced a key yet\n';
  const rows = keys.map(cellsOf).map((row) => row.map((cell) => pen.safe(cell)));
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => widthOf(row[column] ?? ''))),
  );
  const line = (cells: readonly string[]): string =>
    `  ${cells.map((cell, column) => pad(cell, widths[column] ?? 0)).join('  ')}`.trimEnd();
  const today = now.toISOString().slice(0, 10);
  const due = keys.filter(({ remind, status }) => isDue(remind, status, today));
  return `${[
    pen.colors.bold('Keys that keyscan --fix replaced'),
    '',
    pen.colors.dim(line(heads)),
    ...rows.map(line),
    ...(due.length === 0 ? [] : ['', ...due.flatMap((key) => reminderOf(key, pen))]),
  ].join('\n')}\n`;
}

function cellsOf({ id, account, user, status, profiles }: JournalKey): readonly string[] {
  return [maskKeyId(id), account ?? '-', user ?? '-', status, profiles.join(', ')];
}

/** Masked: those that have waited until their day, and are not deleted. */
export function dueKeys(keys: readonly JournalKey[], now: Date): readonly string[] {
  const today = now.toISOString().slice(0, 10);
  return keys
    .filter(({ remind, status }) => status !== 'deleted' && remind !== null && remind <= today)
    .map(({ id }) => maskKeyId(id));
}

/** An active key is due at once; an inactive one when it has waited. */
function isDue(remind: string | null, status: JournalKey['status'], today: string): boolean {
  if (status === 'deleted') return false;
  return status !== 'inactive' || (remind !== null && remind <= today);
}

function reminderOf({ id, status }: JournalKey, pen: Pen): readonly string[] {
  const action = status === 'inactive' ? 'delete' : 'deactivate';
  const why =
    status === 'inactive'
      ? `${maskKeyId(id)} has been inactive long enough; if nothing misses it:`
      : `${maskKeyId(id)} may still be active; nothing here uses it any more:`;
  const lines = wrap(pen.safe(why), pen.width - 4);
  return [
    ...lines.map((text, index) => `${index === 0 ? pen.marks.warning : ' '} ${text}`),
    `  ${pen.safe(`keyscan keys ${action} ${maskKeyId(id)}`)}`,
  ];
}
