// One line of the journal: it may be damaged, or written by another version.
import {
  type Fields,
  fieldsOf,
  flagIn,
  type Json,
  listIn,
  nullOr,
  oneOf,
  parsedJson,
  textIn,
  whole,
} from '../core/json-fields.ts';
import type { JournalKey } from '../core/migration.ts';
import type { JournalEntry, JournalEvent, JournalFile, PlannedFile } from './journal.ts';

/** What is wrong with the line, to be put after its place, where it is no entry. */
export function entryOf(line: string): JournalEntry | string {
  const read = parsedJson(line);
  const fields = fieldsOf(read);
  if (read !== undefined && fields['v'] !== 1) return 'was written by another version of keyscan';
  const run = textIn(fields['run']);
  const at = textIn(fields['at']);
  const event = eventOf(fields);
  if (run === undefined || at === undefined || event === undefined) return 'is damaged';
  return { v: 1, run, at, ...event };
}

function eventOf(fields: Fields): JournalEvent | undefined {
  const type = textIn(fields['type']);
  switch (type) {
    case 'planned':
      return whole({
        type,
        profiles: listIn(fields['profiles'], textIn),
        files: listIn(fields['files'], plannedFile),
        undo: fields['undo'],
      });
    case 'writing':
    case 'swept':
      return whole({ type, temporaries: listIn(fields['temporaries'], textIn) });
    case 'written':
      return whole({ type, files: listIn(fields['files'], journalFile) });
    case 'not-written':
      return whole({
        type,
        reason: textIn(fields['reason']),
        files: listIn(fields['files'], journalFile),
      });
    case 'checked':
      return whole({
        type,
        profile: textIn(fields['profile']),
        ok: flagIn(fields['ok']),
        detail: textIn(fields['detail']),
      });
    case 'key':
      return whole({ type, key: journalKey(fields['key']) });
    case 'undone':
      return whole({ type, undone: textIn(fields['undone']) });
    default:
      return undefined;
  }
}

function plannedFile(value: Json): PlannedFile | undefined {
  const { path, before, after } = fieldsOf(value);
  return whole({ path: textIn(path), before: nullOr(before, textIn), after: textIn(after) });
}

function journalFile(value: Json): JournalFile | undefined {
  const { path, target, holds } = fieldsOf(value);
  return whole({
    path: textIn(path),
    target: textIn(target),
    holds: oneOf(holds, ['before', 'after', 'other', 'unknown']),
  });
}

function journalKey(value: Json | undefined): JournalKey | undefined {
  const { id, account, user, profiles, status, remind } = fieldsOf(value);
  return whole({
    id: textIn(id),
    account: nullOr(account, textIn),
    user: nullOr(user, textIn),
    profiles: listIn(profiles, textIn),
    status: oneOf(status, ['active', 'inactive', 'deleted', 'unknown']),
    remind: nullOr(remind, textIn),
  });
}
