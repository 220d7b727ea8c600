import { posix } from 'node:path';
import { UserError } from '../core/errors.ts';
import type { Severity } from '../core/finding.ts';
import type { Rule } from '../core/rule.ts';
import { closest } from '../core/closest.ts';
import { foldersUp, inFolder, readGiven, utf8 } from './files.ts';
import type { PolicyTree } from './files.ts';
import { parseJson, quote } from './json.ts';
import type { JsonFile, JsonNode } from './json.ts';
import { plainSettings } from './plain-settings.ts';
import type * as schemas from './schema.ts';

// The configuration: data, looked for from the current folder up to the top of the tree. Every scan looks, so looking
// costs a few calls and no library; the schema is loaded for what is more than plain settings, or wrong. A repository may say what counts,
// never where keyscan writes or what it trusts.

export interface Config {
  /** As messages show it; null when there is none. */
  readonly file: string | null;
  /** The folder that its patterns are relative to, from the top. */
  readonly folder: string;
  readonly settings: Settings;
  /** A mistake that only the caller can see, such as an unknown format: says where it stands. */
  problem(path: readonly PropertyKey[], message: string, hint?: string): UserError;
}

export interface Settings {
  readonly failOn?: Severity | 'never';
  readonly format?: string;
  /** From the top of the tree. */
  readonly baseline?: string;
  readonly exclude?: readonly string[];
  readonly noIgnore?: boolean;
  readonly noInlineIgnore?: boolean;
  readonly showSuppressed?: boolean;
  /** Bytes. */
  readonly maxFileSize?: number;
  readonly threads?: number;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly rules?: Readonly<Record<string, 'off' | Severity>>;
  readonly customRules?: readonly Rule[];
}

/** In one folder there may be one of these; package.json counts when it has the key `keyscan`. */
const fileNames = ['keyscan.config.json', '.keyscanrc', '.keyscanrc.json'] as const;

const sizeLimit = 1024 * 1024;
const packageLimit = 16 * 1024 * 1024;

/** The configuration in force: `given` by --config (from the current folder), else the nearest one. */
export async function loadConfig(
  tree: PolicyTree,
  options: { readonly cwd: string; readonly given?: string | undefined },
): Promise<Config> {
  const found =
    options.given === undefined ? findConfig(tree) : givenConfig(options.given, options.cwd, tree);
  if (found === undefined) {
    return {
      file: null,
      folder: tree.folder,
      settings: {},
      problem: (_, message) => new UserError(message),
    };
  }
  const { settings, source } = { settings: await check(found), source: found };
  return {
    file: found.name,
    folder: found.folder,
    settings,
    problem: (...all) => problemIn(source, ...all),
  };
}

/** A file of rules for `keyscan rules check`: one rule, a list of them, or a configuration with `customRules`. */
export async function loadRules(path: string, cwd: string): Promise<readonly Rule[]> {
  const found = givenConfig(path, cwd, undefined);
  const { rulesSchema, ruleSchema } = await import('./schema.ts');
  const { members, items } = found.node;
  if (items !== undefined) return validated(found, rulesSchema);
  if (members?.some(({ key }) => key === 'parts')) return [await validated(found, ruleSchema)];
  const { customRules } = await check(found);
  if (customRules === undefined) {
    throw new UserError(`${found.name} holds no rules`, {
      hint: 'It must be a rule, a list of rules, or a configuration with customRules.',
    });
  }
  return customRules;
}

/** What the package ships as schema.json, for editors. */
export async function configSchemaJson(): Promise<object> {
  const { configSchema, toJSONSchema } = await import('./schema.ts');
  return { title: 'keyscan configuration', ...toJSONSchema(configSchema, { io: 'input' }) };
}

/** A configuration as it was read, with the place of everything in it. */
interface Source {
  readonly name: string;
  readonly folder: string;
  readonly json: JsonFile;
  /** The configuration itself: the whole file, or the value of `keyscan` in package.json. */
  readonly node: JsonNode;
  readonly prefix: readonly string[];
}

function findConfig(tree: PolicyTree): Source | undefined {
  for (const folder of foldersUp(tree.folder)) {
    const here = [...fileNames, 'package.json'].flatMap((name) => {
      const path = inFolder(folder, name);
      const bytes = tree.read(path, name === 'package.json' ? packageLimit : sizeLimit);
      const source =
        bytes === undefined ? undefined : sourceOf(bytes, name, tree.name(path), folder);
      return source ?? [];
    });
    const [first, second] = here;
    if (first !== undefined && second !== undefined) {
      throw new UserError(`${first.name} and ${second.name} are both configurations`, {
        hint: 'Keep one of them, so that it is clear which one counts.',
      });
    }
    if (first !== undefined) return first;
  }
  return undefined;
}

function givenConfig(path: string, cwd: string, tree: PolicyTree | undefined): Source {
  const bytes = readGiven(path, cwd, packageLimit);
  if (bytes === undefined) {
    throw new UserError(`there is no file ${quote(path)}`, {
      hint: 'Check the name; it is looked for from the current folder.',
    });
  }
  const source = sourceOf(
    bytes,
    posix.basename(path.replaceAll('\\', '/')),
    path,
    tree?.folder ?? '',
  );
  if (source === undefined) {
    throw new UserError(`${path} has no key "keyscan"`, { hint: 'Add it, or name another file.' });
  }
  return source;
}

function sourceOf(
  bytes: Uint8Array,
  file: string,
  name: string,
  folder: string,
): Source | undefined {
  if (file !== 'package.json') {
    const json = parseJson(utf8(bytes, name), name);
    return { name, folder, json, node: json.root, prefix: [] };
  }
  // Most package files never name us; those are not even parsed.
  if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes('"keyscan"'))
    return undefined;
  const json = parseJson(utf8(bytes, name), name, true);
  const node = json.root.members?.findLast(({ key }) => key === 'keyscan')?.node;
  return node === undefined ? undefined : { name, folder, json, node, prefix: ['keyscan'] };
}

async function check(source: Source): Promise<Settings> {
  const value = plainSettings(source.node.value) ?? (await schemaSettings(source));
  const { $schema: _, maxFileSize, baseline, ...rest } = value;
  return {
    ...rest,
    ...(maxFileSize === undefined ? {} : { maxFileSize: bytesIn(maxFileSize) }),
    ...(baseline === undefined ? {} : { baseline: insideTree(baseline, source) }),
  };
}

async function schemaSettings(source: Source): Promise<schemas.ConfigValue> {
  const { configSchema } = await import('./schema.ts');
  return validated(source, configSchema);
}

const powers: Readonly<Record<string, number>> = { k: 1, m: 2, g: 3 };

/** As --max-file-size reads it: `100MiB` and `100m` are powers of 1024, `100MB` of 1000. */
function bytesIn(size: number | string): number {
  if (typeof size === 'number') return size;
  const unit = size.replace(/[\d. ]/g, '').toLowerCase();
  const base = /^[kmg]b$/.test(unit) ? 1000 : 1024;
  return Math.max(1, Math.floor(Number.parseFloat(size) * base ** (powers[unit.charAt(0)] ?? 0)));
}

function insideTree(path: string, source: Source): string {
  const whole = posix.normalize(posix.join(source.folder, path));
  const names = whole.split('/');
  const leaves = path.startsWith('/') || /[\\\0:]/.test(path) || names[0] === '..';
  if (!leaves && !names.some((name) => name.toLowerCase() === '.git')) return whole;
  throw problemIn(
    source,
    ['baseline'],
    `${quote(path)} is not inside the tree`,
    'Name a file below the folder of the configuration; --baseline takes any.',
  );
}

function problemIn(
  source: Source,
  path: readonly PropertyKey[],
  message: string,
  hint = 'Mend the configuration there.',
): UserError {
  return new UserError(`${source.json.where([...source.prefix, ...path])}: ${message}`, { hint });
}

/* ------------------------------------------------------------------ what a schema says, in words and with a place */

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

async function validated<T>(source: Source, schema: Schema<T>): Promise<T> {
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
