// One line of the journal, checked field by field: it may be damaged, or written by another version.
import type {
  JournalEntry,
  JournalEvent,
  JournalFile,
  JournalKey,
  Json,
  PlannedFile,
} from './journal.ts';

/** What is wrong with the line, to be put after its place, where it is no entry. */
export function entryOf(line: string): JournalEntry | string {
  let read: Json;
  try {
    read = toJson(JSON.parse(line));
  } catch {
    return 'is damaged';
  }
  const fields = recordOf(read);
  if (fields['v'] !== 1) return 'was written by another version of keyscan';
  const run = text(fields['run']);
  const at = text(fields['at']);
  const event = eventOf(fields);
  if (run === undefined || at === undefined || event === undefined) return 'is damaged';
  return { v: 1, run, at, ...event };
}

type Fields = Readonly<Record<string, Json>>;

function eventOf(fields: Fields): JournalEvent | undefined {
  const type = text(fields['type']);
  switch (type) {
    case 'planned':
      return whole({
        type,
        profiles: list(fields['profiles'], text),
        files: list(fields['files'], plannedFile),
        changes: fields['changes'],
      });
    case 'writing':
    case 'swept':
      return whole({ type, temporaries: list(fields['temporaries'], text) });
    case 'written':
      return whole({ type, files: list(fields['files'], journalFile) });
    case 'not-written':
      return whole({
        type,
        reason: text(fields['reason']),
        files: list(fields['files'], journalFile),
      });
    case 'checked':
      return whole({
        type,
        profile: text(fields['profile']),
        ok: typeof fields['ok'] === 'boolean' ? fields['ok'] : undefined,
        detail: text(fields['detail']),
      });
    case 'key':
      return whole({ type, key: journalKey(fields['key']) });
    case 'undone':
      return whole({ type, undone: text(fields['undone']) });
    default:
      return undefined;
  }
}

function plannedFile(value: Json): PlannedFile | undefined {
  const { path, before, after } = recordOf(value);
  return whole({
    path: text(path),
    before: before === null ? null : text(before),
    after: text(after),
  });
}

function journalFile(value: Json): JournalFile | undefined {
  const { path, target, holds } = recordOf(value);
  return whole({
    path: text(path),
    target: text(target),
    holds: oneOf(holds, ['before', 'after', 'other', 'unknown']),
  });
}

function journalKey(value: Json | undefined): JournalKey | undefined {
  const { id, account, user, profiles, status, remind } = recordOf(value);
  return whole({
    id: text(id),
    account: account === null ? null : text(account),
    user: user === null ? null : text(user),
    profiles: list(profiles, text),
    status: oneOf(status, ['active', 'inactive', 'deleted', 'unknown']),
    remind: remind === null ? null : text(remind),
  });
}

type Whole<T> = { readonly [Name in keyof T]: Exclude<T[Name], undefined> };

/** The record when no field of it is missing. */
function whole<T extends object>(fields: T): Whole<T> | undefined {
  return isWhole(fields) ? fields : undefined;
}

function isWhole<T extends object>(fields: T): fields is T & Whole<T> {
  return !Object.values(fields).includes(undefined);
}

function recordOf(value: Json | undefined): Fields {
  return isRecord(value) ? value : {};
}

function isRecord(value: Json | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function oneOf<T extends string>(value: Json | undefined, allowed: readonly T[]): T | undefined {
  return allowed.find((each) => each === value);
}

/** All of it, or nothing when one item is wrong. */
function list<T>(
  value: Json | undefined,
  item: (value: Json) => T | undefined,
): readonly T[] | undefined {
  if (!isList(value)) return undefined;
  const items = value.flatMap((each) => item(each) ?? []);
  return items.length === value.length ? items : undefined;
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** What JSON.parse gives, with a type. */
function toJson(value: unknown): Json {
  if (
    value === null ||
    typeof value === 'boolean' ||
    typeof value === 'number' ||
    typeof value === 'string'
  )
    return value;
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== 'object') return null;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, toJson(each)]));
}
