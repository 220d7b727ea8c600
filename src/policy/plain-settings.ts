import { severities } from '../core/finding.ts';
import { isRecord } from '../core/json-fields.ts';
import type { ConfigValue } from './schema.ts';

// Most configurations are a few plain settings without a mistake. For those the schema's library need not be loaded,
// which every commit would pay for. This table only says "certainly right"; whatever it does not know goes to the
// schema, which decides and explains. A test shows that the two never disagree.

/** The value itself when nothing in it can be wrong; undefined when the schema must look. */
export function plainSettings(value: unknown): ConfigValue | undefined {
  return isPlain(value) ? value : undefined;
}

function isPlain(value: unknown): value is ConfigValue {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(([key, each]) => checks.get(key)?.(each) ?? false);
}

type Check = (value: unknown) => boolean;

const boolean: Check = (value) => typeof value === 'boolean';
const oneOf =
  (choices: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && choices.includes(value);
const line =
  (most: number): Check =>
  (value) =>
    typeof value === 'string' && value.length > 0 && value.length <= most;

const checks: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['$schema', (value) => typeof value === 'string'],
  ['failOn', oneOf([...severities, 'never'])],
  ['format', line(40)],
  ['baseline', (value) => line(1000)(value) && String(value).endsWith('.json')],
  ['exclude', (value) => Array.isArray(value) && value.length <= 1000 && value.every(line(1000))],
  ['noIgnore', boolean],
  ['noInlineIgnore', boolean],
  ['showSuppressed', boolean],
  ['maxFileSize', (value) => typeof value === 'string' && /^\d{1,9}(?:[KMG]i?B)?$/.test(value)],
  ['threads', (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 256],
  ['quiet', boolean],
  ['verbose', boolean],
  [
    'rules',
    (value) =>
      isRecord(value) &&
      Object.entries(value).every(
        ([name, grade]) =>
          /^(?:\*|[a-z0-9]{1,40}(?:-[a-z0-9]{1,40}){0,8}(?:\/\*)?)$/.test(name) && grades(grade),
      ),
  ],
]);

const grades = oneOf(['off', ...severities]);
