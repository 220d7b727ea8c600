// One line in an audit when an old key has waited long enough. Loaded only where a migration left a journal, and never a
// reason for a scan to fail.
import { dueKeys } from '../report/keys.ts';
import { readJournal } from '../write/journal.ts';
import { keysIn } from '../write/migrations.ts';

/** Sentences for standard error. */
export function dueNotes(folder: string, now: Date): readonly string[] {
  const due = dueKeys(keysIn(readJournal(folder).entries), now);
  const [first, ...others] = due;
  if (first === undefined) return [];
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return [`${first}${more}: replaced two weeks ago or longer, and still there; see keyscan keys`];
}
