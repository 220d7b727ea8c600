// `--map FILE`: `{"work": {"account": "111122223333", "role": "ReadOnlyAccess"}}`, for scripts and fleets.

import { isRecord } from '../core/json-fields.ts';
import { UserError } from '../core/errors.ts';
import { isSessionName } from './sessions.ts';

export interface MapEntry {
  /** 12 digits; undefined: the one that the key tells. */
  readonly account: string | undefined;
  /** Undefined: the only one there is. */
  readonly role: string | undefined;
  /** A name that every SDK can read. */
  readonly rename: string | undefined;
}

const fields = ['account', 'role', 'rename'] as const;

/** `name` is how messages call the file. Throws a UserError for anything that is not such a map. */
export function parseMap(text: string, name: string): ReadonlyMap<string, MapEntry> {
  const entries = Object.entries(objectOf(json(text, name), name));
  return new Map(entries.map(([profile, value]) => [profile, entryOf(profile, value, name)]));
}

function json(text: string, name: string): unknown {
  try {
    // Windows PowerShell begins its files with a byte order mark.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw wrong(name, 'it is not JSON');
  }
}

function entryOf(profile: string, value: unknown, name: string): MapEntry {
  const given = objectOf(value, name, profile);
  const unknown = Object.keys(given).find((key) => !fields.some((field) => field === key));
  if (unknown !== undefined) throw wrong(name, `profile "${profile}" has "${unknown}"`);
  const text = (field: (typeof fields)[number]): string | undefined => {
    const found = given[field];
    if (found === undefined) return undefined;
    if (typeof found !== 'string' || found === '') {
      throw wrong(name, `${field} of profile "${profile}" is not a text`);
    }
    return found;
  };
  const account = text('account');
  if (account !== undefined && !isAccount(account)) {
    throw wrong(name, `the account of profile "${profile}" has not 12 digits`);
  }
  const rename = text('rename');
  if (rename !== undefined && !isSessionName(rename)) {
    throw wrong(name, `the new name of profile "${profile}" is none that every SDK reads`);
  }
  return { account, role: text('role'), rename };
}

export function isAccount(text: string): boolean {
  return /^\d{12}$/.test(text);
}

function objectOf(
  value: unknown,
  name: string,
  profile?: string,
): Readonly<Record<string, unknown>> {
  if (isRecord(value)) return value;
  throw wrong(
    name,
    profile === undefined ? 'it holds no object' : `profile "${profile}" has no object`,
  );
}

function wrong(name: string, what: string): UserError {
  return new UserError(`${name}: ${what}`, {
    hint: 'it is {"PROFILE": {"account": "12 digits", "role": "NAME"}}; "rename" may stand beside them',
  });
}
