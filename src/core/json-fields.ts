// JSON that somebody else may have written or damaged, read field by field: what is missing or of another type is undefined,
// and a record with anything undefined in it is none.

export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** Undefined for what is no JSON at all. */
export function parsedJson(text: string): Json | undefined {
  try {
    return toJson(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Plain data with a type: maps, dates and the like become empty records, and what has no place in JSON null. */
export function toJson(value: unknown): Json {
  switch (typeof value) {
    case 'boolean':
    case 'number':
    case 'string':
      return value;
    case 'object':
      if (value === null) return null;
      if (Array.isArray(value)) return value.map(toJson);
      return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, toJson(each)]));
    default:
      return null;
  }
}

export type Fields = Readonly<Record<string, Json>>;

/** What JSON calls an object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** No fields at all where it is no record. */
export function fieldsOf(value: Json | undefined): Fields {
  return isRecord(value) ? value : {};
}

export function textIn(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Whole and not negative: an offset, an index, a number of a process. */
export function countIn(value: Json | undefined): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

export function flagIn(value: Json | undefined): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

export function oneOf<T extends string | number>(
  value: Json | undefined,
  allowed: readonly T[],
): T | undefined {
  return allowed.find((each) => each === value);
}

export function nullOr<T>(
  value: Json | undefined,
  read: (value: Json | undefined) => T | undefined,
): T | null | undefined {
  return value === null ? null : read(value);
}

/** All of it, or nothing when one item is wrong. */
export function listIn<T>(
  value: Json | undefined,
  item: (value: Json) => T | undefined,
): readonly T[] | undefined {
  if (!isList(value)) return undefined;
  const items: T[] = [];
  for (const each of value) {
    const read = item(each);
    if (read === undefined) return undefined;
    items.push(read);
  }
  return items;
}

export type Whole<T> = { readonly [Name in keyof T]: Exclude<T[Name], undefined> };

/** The record when no field of it is missing. */
export function whole<T extends object>(fields: T): Whole<T> | undefined {
  return isWhole(fields) ? fields : undefined;
}

function isWhole<T extends object>(fields: T): fields is T & Whole<T> {
  return !Object.values(fields).includes(undefined);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
