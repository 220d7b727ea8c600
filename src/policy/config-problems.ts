import { UserError } from '../core/errors.ts';
import { closest } from '../core/closest.ts';
import type { Source } from './config-file.ts';
import { quote } from './json.ts';
import type * as schemas from './schema.ts';

// What a schema says of a configuration, in words and with a place.

/** Of a library's issue what we use; it may hold more. */
interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  readonly values?: readonly unknown[];
  readonly options?: readonly unknown[];
  readonly expected?: string;
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
  readonly origin?: string;
  readonly issues?: readonly Issue[];
  readonly errors?: readonly (readonly Issue[])[];
}

type Schema<T> = Parameters<typeof schemas.safeParse>[0] & {
  readonly _zod: { readonly output: T };
};

interface Problem {
  readonly path: readonly PropertyKey[];
  readonly what: 'key' | 'value';
  readonly message: string;
}

/** The value when the schema takes it, else a UserError that names each mistake. */
export async function validated<T>(source: Source, schema: Schema<T>): Promise<T> {
  const { safeParse } = await import('./schema.ts');
  const result = safeParse(schema, source.node.value);
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) => problemsOf(issue, [], schema));
  const lines = problems.map(
    ({ path, what, message }) =>
      `${source.json.where([...source.prefix, ...path], what)}: ${message}`,
  );
  const more = lines.length > 5 ? [`and ${lines.length - 5} more`] : [];
  throw new UserError([...lines.slice(0, 5), ...more].join('\n'), {
    hint: 'docs/configuration.md lists every key; editors know them by "$schema".',
  });
}

function problemsOf(issue: Issue, above: readonly PropertyKey[], schema: SchemaNode): Problem[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return (issue.keys ?? []).map((key) => ({
      path: [...path, key],
      what: 'key',
      message: unknownKey(key, keysAt(schema, path), path.length === 0),
    }));
  }
  if (issue.code === 'invalid_key') {
    return [
      { path, what: 'key', message: issue.issues?.[0]?.message ?? 'is not allowed as a key' },
    ];
  }
  const likely = issue.code === 'invalid_union' ? likeliest(issue.errors ?? []) : undefined;
  if (likely !== undefined) return likely.flatMap((each) => problemsOf(each, path, schema));
  return [{ path, what: 'value', message: wordsFor(issue) }];
}

/** Of a union the alternative that is closest to what is written: it knows the most of its keys. */
function likeliest(alternatives: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const strangers = (issues: readonly Issue[]): number =>
    issues.reduce((sum, { keys, path }) => sum + (keys?.length ?? (path.length === 0 ? 3 : 1)), 0);
  const [first, ...others] = alternatives;
  if (first === undefined) return undefined;
  return others.reduce((best, each) => (strangers(each) < strangers(best) ? each : best), first);
}

function wordsFor(issue: Issue): string {
  const { expected, minimum, maximum, origin } = issue;
  const unit = origin === 'string' ? ' characters' : origin === 'array' ? ' entries' : '';
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${typeNames[expected ?? ''] ?? 'of another type'}`;
    case 'invalid_value':
      return `must be ${listOf(issue.values ?? [])}`;
    case 'invalid_union':
      return `must be ${listOf(issue.options ?? [])}`;
    case 'too_small':
      return `must be at least ${minimum}${unit}`;
    case 'too_big':
      return `must be at most ${maximum}${unit}`;
    default:
      return issue.message;
  }
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list of two numbers',
  object: 'an object',
  record: 'an object',
};

function listOf(values: readonly unknown[]): string {
  const quoted = values.map((value) => JSON.stringify(value));
  return quoted.length < 2
    ? quoted.join('')
    : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}

/** Options that a repository may not set for the person who scans it. */
const refused: ReadonlyMap<string, string> = new Map([
  ['output', 'a repository must not choose where reports are written; use --output'],
  ['config', 'a configuration cannot name another one'],
  ['policyFrom', 'what is trusted is said on the command line; use --policy-from'],
  ['color', 'colour belongs to the terminal; use --color'],
  ['rule', 'use "rules", for example { "*": "off", "aws/*": "critical" }'],
  ['fix', 'nothing in a repository may ask for changes'],
  ['extends', 'a configuration cannot name another one'],
]);

function unknownKey(key: string, allowed: readonly string[], top: boolean): string {
  const reason = top ? refused.get(key) : undefined;
  if (reason !== undefined) return `${quote(key)} cannot be set here: ${reason}`;
  const meant = closest(key, allowed);
  const words =
    meant === undefined ? `allowed are ${allowed.join(', ')}` : `did you mean ${quote(meant)}?`;
  return `unknown key ${quote(key)}; ${words}`;
}

/** The inside of a schema as far as keys can be read from it. */
interface SchemaNode {
  readonly _zod: { readonly def: object };
}

/** The keys that the schema knows at a path. */
function keysAt(schema: SchemaNode, path: readonly PropertyKey[]): string[] {
  const { def } = schema._zod;
  if ('innerType' in def && isSchema(def.innerType)) return keysAt(def.innerType, path);
  if ('options' in def && Array.isArray(def.options)) {
    return [...new Set(def.options.filter(isSchema).flatMap((option) => keysAt(option, path)))];
  }
  const [step, ...rest] = path;
  if ('element' in def && isSchema(def.element)) return keysAt(def.element, rest);
  if ('shape' in def && isShape(def.shape)) {
    if (step === undefined) return Object.keys(def.shape);
    const next = def.shape[String(step)];
    return next === undefined ? [] : keysAt(next, rest);
  }
  if ('keyType' in def && isSchema(def.keyType)) {
    const values: unknown =
      'entries' in def.keyType._zod.def ? def.keyType._zod.def.entries : undefined;
    return typeof values === 'object' && values !== null ? Object.keys(values) : [];
  }
  return [];
}

function isSchema(value: unknown): value is SchemaNode {
  return typeof value === 'object' && value !== null && '_zod' in value;
}

function isShape(value: unknown): value is Readonly<Record<string, SchemaNode>> {
  return typeof value === 'object' && value !== null;
}
