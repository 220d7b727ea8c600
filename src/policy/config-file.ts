import { posix } from 'node:path';
import { UserError } from '../core/errors.ts';
import type { Rule } from '../core/rule.ts';
import type { Config, Settings } from './config.ts';
import { validated } from './config-problems.ts';
import { readGiven, utf8 } from './files.ts';
import type { PolicyTree } from './files.ts';
import { parseJson, quote } from './json.ts';
import type { JsonFile, JsonNode } from './json.ts';
import { plainSettings } from './plain-settings.ts';
import type * as schemas from './schema.ts';

// What stands in a configuration, checked. The schema's library is loaded for what is more than plain settings, or wrong.

const givenLimit = 16 * 1024 * 1024;

/** A file that may hold one. */
export interface RawConfig {
  /** Its own name, without folders. */
  readonly file: string;
  /** As messages show it. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A configuration as it was read, with the place of everything in it. */
export interface Source {
  readonly name: string;
  readonly folder: string;
  readonly json: JsonFile;
  /** The configuration itself: the whole file, or the value of `keyscan` in package.json. */
  readonly node: JsonNode;
  readonly prefix: readonly string[];
}

/** Of what lies in one folder the configuration, if any; two are an error. */
export function onlySource(files: readonly RawConfig[], folder: string): Source | undefined {
  const [first, second] = files.flatMap((file) => sourceOf(file, folder) ?? []);
  if (first !== undefined && second !== undefined) {
    throw new UserError(`${first.name} and ${second.name} are both configurations`, {
      hint: 'Keep one of them, so that it is clear which one counts.',
    });
  }
  return first;
}

/** The one that --config names, from the current folder. */
export function givenConfig(path: string, cwd: string, tree: PolicyTree | undefined): Source {
  const bytes = readGiven(path, cwd, givenLimit);
  if (bytes === undefined) {
    throw new UserError(`there is no file ${quote(path)}`, {
      hint: 'Check the name; it is looked for from the current folder.',
    });
  }
  const file = posix.basename(path.replaceAll('\\', '/'));
  const source = sourceOf({ file, name: path, bytes }, tree?.folder ?? '');
  if (source === undefined) {
    throw new UserError(`${path} has no key "keyscan"`, { hint: 'Add it, or name another file.' });
  }
  return source;
}

function sourceOf({ file, name, bytes }: RawConfig, folder: string): Source | undefined {
  if (file !== 'package.json') {
    const json = parseJson(utf8(bytes, name), name);
    return { name, folder, json, node: json.root, prefix: [] };
  }
  const json = parseJson(utf8(bytes, name), name, true);
  const node = json.root.members?.findLast(({ key }) => key === 'keyscan')?.node;
  return node === undefined ? undefined : { name, folder, json, node, prefix: ['keyscan'] };
}

export async function configOf(source: Source): Promise<Config> {
  return {
    file: source.name,
    folder: source.folder,
    settings: await check(source),
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
