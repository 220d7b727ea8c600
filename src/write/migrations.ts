// The journal as a person asks about it: which migrations there were, and what became of the old keys.
import type { Json } from '../core/json-fields.ts';
import type { JournalKey } from '../core/migration.ts';
import type { JournalEntry, PlannedFile } from './journal.ts';

export interface Migration {
  /** Of the run: 12 hex digits. */
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly profiles: readonly string[];
  readonly files: readonly PlannedFile[];
  readonly undo: Json;
  /** `unfinished`: it was interrupted in the middle; the config may be new and the credentials old. */
  readonly state: 'written' | 'not-written' | 'unfinished' | 'undone';
}

/** Oldest first. What was only planned is none, and neither is what took another one back. */
export function migrationsIn(entries: readonly JournalEntry[]): readonly Migration[] {
  const undone = new Set(
    entries.flatMap((entry) => (entry.type === 'undone' ? [entry.undone] : [])),
  );
  const typesOf = new Map<string, Set<JournalEntry['type']>>();
  for (const { run, type } of entries) {
    typesOf.set(run, (typesOf.get(run) ?? new Set()).add(type));
  }
  return entries.flatMap((entry) => {
    if (entry.type !== 'planned' || entry.undo === null) return [];
    const { run: id, at, profiles, files, undo } = entry;
    const types = typesOf.get(id) ?? new Set();
    if (!types.has('writing') && !types.has('written')) return [];
    const state = undone.has(id)
      ? 'undone'
      : types.has('written')
        ? 'written'
        : types.has('not-written')
          ? 'not-written'
          : 'unfinished';
    return [{ id, at, profiles, files, undo, state }];
  });
}

/** What was last known of each old key, in the order in which they were first met. */
export function keysIn(entries: readonly JournalEntry[]): readonly JournalKey[] {
  const last = new Map<string, JournalKey>();
  for (const entry of entries) if (entry.type === 'key') last.set(entry.key.id, entry.key);
  return [...last.values()];
}
