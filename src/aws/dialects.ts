// What three families of SDKs make of the same file: botocore (the AWS CLI, boto3), the JavaScript SDK v3, and the Go
// SDK v2 (Terraform). They differ in what they refuse, merge, lose and trim; each is followed to the letter, since a
// file that one of them cannot read any more is a broken computer. Written from their behaviour, held to it by
// differential tests (test/aws-dialects.test.ts). Errors never quote the file.

import { JavaRefusal, readJava } from './dialect-java.ts';
import { readRust, RustRefusal } from './dialect-rust.ts';

export type ConfigFileKind = 'config' | 'credentials';

/** A nested block is a map; the JavaScript SDK has none, it writes `s3.region`. */
export type SettingValue = string | ReadonlyMap<string, string>;
export type Settings = ReadonlyMap<string, SettingValue>;

export interface DialectReading {
  /** Why the SDK refuses the whole file; then everything else is empty. */
  readonly error: string | undefined;
  readonly profiles: ReadonlyMap<string, Settings>;
  readonly sessions: ReadonlyMap<string, Settings>;
  readonly services: ReadonlyMap<string, Settings>;
}

/** Those that a file has to be readable in before it is edited. */
export const dialects = ['botocore', 'js', 'go'] as const;
/** The Rust and the Java SDK refuse so much that many a file that works elsewhere is lost on them: see dialect-rust.ts. */
export const strictDialects = ['rust', 'java'] as const;
export type Dialect = (typeof dialects)[number] | (typeof strictDialects)[number];

export function readDialect(
  dialect: Dialect,
  bytes: Uint8Array,
  kind: ConfigFileKind,
): DialectReading {
  try {
    return readers[dialect](bytes, kind);
  } catch (error) {
    const isRefusal = [Refusal, RustRefusal, JavaRefusal].some((kind) => error instanceof kind);
    if (!(error instanceof Error) || !isRefusal) throw error;
    return { error: error.message, profiles: new Map(), sessions: new Map(), services: new Map() };
  }
}

class Refusal extends Error {}

type MutableSettings = Map<string, SettingValue>;
type Sections = Map<string, MutableSettings>;

// ---- botocore: Python's configparser, strict, then blocks, then headers split like a shell line

function readBotocore(bytes: Uint8Array, kind: ConfigFileKind): DialectReading {
  const sections = parsePython(decodeStrictly(bytes));
  const blocks: Sections = new Map();
  for (const [name, settings] of sections) {
    blocks.set(name, new Map([...settings].map(([key, value]) => [key, pythonBlock(value)])));
  }
  if (kind === 'credentials') return { ...nothing(), profiles: blocks };
  const profiles: Sections = new Map();
  const sessions: Sections = new Map();
  const services: Sections = new Map();
  for (const [header, settings] of blocks) {
    const target = header.startsWith('profile')
      ? profiles
      : header.startsWith('sso-session')
        ? sessions
        : header.startsWith('services')
          ? services
          : undefined;
    const name = target === undefined ? undefined : secondOfTwoWords(header);
    // A later section of the same name replaces the earlier one whole.
    if (name !== undefined) target?.set(name, settings);
    else if (header === 'default') profiles.set(header, settings);
  }
  return { error: undefined, profiles, sessions, services };
}

function decodeStrictly(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refusal('it is not UTF-8');
  }
}

/** Every section of the file; what stands under [DEFAULT] is in each of them. */
function parsePython(text: string): Map<string, Map<string, string>> {
  const sections = new Map<string, Map<string, string[]>>();
  const defaults = new Map<string, string[]>();
  let section: Map<string, string[]> | undefined;
  let sectionName = '';
  let option: string[] | undefined;
  let indent = 0;
  const seenOptions = new Set<string>();
  let problem: string | undefined;
  pythonLines(text).forEach((line, index) => {
    const at = `line ${index + 1}`;
    const value = pythonTrim(line);
    if (value === '' || value.startsWith('#') || value.startsWith(';')) {
      if (value === '') option?.push('');
      return;
    }
    const own = line.search(pythonNonBlank);
    if (option !== undefined && own > indent) {
      option.push(value);
      return;
    }
    indent = own;
    const header = /^\[(.+)\]/s.exec(value)?.[1];
    if (header !== undefined) {
      if (sections.has(header)) throw new Refusal(`${at}: a section is there twice`);
      section = header === 'DEFAULT' ? defaults : new Map<string, string[]>();
      if (section !== defaults) sections.set(header, section);
      sectionName = header;
      option = undefined;
      return;
    }
    if (section === undefined) throw new Refusal(`${at}: text before the first section`);
    const operator = value.search(/[=:]/);
    if (operator < 0) {
      problem ??= `${at}: neither a header nor a setting`;
      return;
    }
    const name = pythonTrim(value.slice(0, operator)).toLowerCase();
    if (name === '') problem ??= `${at}: a setting without a name`;
    const identity = `${sectionName}\n${name}`;
    if (seenOptions.has(identity)) throw new Refusal(`${at}: a setting is there twice`);
    seenOptions.add(identity);
    option = [pythonTrim(value.slice(operator + 1))];
    section.set(name, option);
  });
  if (problem !== undefined) throw new Refusal(problem);
  const joined = (settings: ReadonlyMap<string, string[]>): [string, string][] =>
    [...settings].map(([name, lines]) => [name, pythonTrimEnd(lines.join('\n'))]);
  return new Map(
    [...sections].map(([name, settings]) => [
      name,
      new Map([...joined(defaults), ...joined(settings)]),
    ]),
  );
}

/** A value whose first line is empty is a block of `name = value`. */
function pythonBlock(value: SettingValue): SettingValue {
  if (typeof value !== 'string' || !value.startsWith('\n')) return value;
  const block = new Map<string, string>();
  for (const line of value.split(/\r\n|[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]/)) {
    const text = pythonTrim(line);
    if (text === '') continue;
    const operator = text.indexOf('=');
    if (operator < 0) throw new Refusal('a line of a nested block has no =');
    block.set(pythonTrim(text.slice(0, operator)), pythonTrim(text.slice(operator + 1)));
  }
  return block;
}

function pythonLines(text: string): string[] {
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

const pythonBlanks =
  '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const pythonNonBlank = new RegExp(`[^${pythonBlanks}]`);
const pythonLeading = new RegExp(`^[${pythonBlanks}]+`);

function pythonTrim(text: string): string {
  return pythonTrimEnd(text.replace(pythonLeading, ''));
}

/** From the end, so that a long run of blanks inside a line costs nothing. */
function pythonTrimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && !pythonNonBlank.test(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** The second word of a header that has exactly two, split the way a POSIX shell would. */
function secondOfTwoWords(header: string): string | undefined {
  const words = shellWords(header);
  return words?.length === 2 ? words[1] : undefined;
}

function shellWords(text: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (quote !== '') {
      const escapes = quote === '"' && character === '\\' && /["\\]/.test(text.charAt(at + 1));
      if (character === quote) quote = '';
      else word = (word ?? '') + (escapes ? text.charAt(++at) : character);
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (character === '\\') {
      if (++at >= text.length) return undefined;
      word = (word ?? '') + text.charAt(at);
    } else if (/[ \t\r\n]/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== '') return undefined;
  if (word !== undefined) words.push(word);
  return words;
}

// ---- JavaScript SDK v3: lenient, `=` only, comments after a blank cut off, one blank and a narrow alphabet in headers

const jsSectionTypes = ['profile', 'sso-session', 'services'] as const;

function readJs(bytes: Uint8Array, kind: ConfigFileKind): DialectReading {
  const sections = parseJs(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
  const profiles: Sections = new Map();
  const sessions: Sections = new Map();
  const services: Sections = new Map();
  if (kind === 'credentials') return { error: undefined, profiles: sections, sessions, services };
  const fallback = sections.get('default');
  if (fallback !== undefined) profiles.set('default', fallback);
  for (const [key, settings] of sections) {
    const name = key.slice(key.indexOf('.') + 1);
    // Set as a member of a plain object, that name only changes the object's prototype.
    if (name === '__proto__') continue;
    if (key.startsWith('profile.')) profiles.set(name, settings);
    else if (key.startsWith('sso-session.')) sessions.set(name, settings);
    else if (key.startsWith('services.')) services.set(name, settings);
  }
  return { error: undefined, profiles, sessions, services };
}

/** By `type.name`, or by the text of a header that has no such form. */
function parseJs(text: string): Sections {
  const sections: Sections = new Map();
  let section: string | undefined;
  let block: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    const comment = line.search(/(?:^|\s)[;#]/);
    const content = (comment < 0 ? line : line.slice(0, comment)).trim();
    if (content.length > 1 && content.startsWith('[') && content.endsWith(']')) {
      const header = content.slice(1, -1);
      if (header === '__proto__' || header === 'profile __proto__') {
        throw new Refusal('a profile is called __proto__');
      }
      section = jsSection(header);
      block = undefined;
      continue;
    }
    const operator = content.indexOf('=');
    if (section === undefined || operator <= 0) continue;
    const name = content.slice(0, operator).trim();
    const value = content.slice(operator + 1).trim();
    if (value === '') {
      block = name;
      continue;
    }
    if (line.trimStart() === line) block = undefined;
    const key = block === undefined ? name : `${block}.${name}`;
    // Its sections are plain objects: such names are taken from their prototype and vanish.
    if (section in {}) continue;
    const settings = sections.get(section) ?? new Map<string, SettingValue>();
    if (key !== '__proto__') settings.set(key, value);
    sections.set(section, settings);
  }
  return sections;
}

function jsSection(header: string): string | undefined {
  const blank = header.search(/\s/);
  if (blank < 0 || !/^[\w-]+$/.test(header.slice(0, blank))) return header || undefined;
  const rest = header.slice(blank + 1);
  const quote = /^["']/.exec(rest)?.[0] ?? '';
  const closed = quote === '' || (rest.length > 2 && rest.endsWith(quote));
  const name = quote === '' ? rest : rest.slice(1, -1);
  // Any other header with a blank is taken as it is, the type too.
  if (!closed || !/^[-\w@+.%:/]+$/.test(name)) return header;
  const type = jsSectionTypes.find((known) => known === header.slice(0, blank));
  return type === undefined ? undefined : `${type}.${name}`;
}

// ---- Go SDK v2: tokens by line, indentation makes sub-properties, quotes come off, keys in lower case

function readGo(bytes: Uint8Array, kind: ConfigFileKind): DialectReading {
  const sections = parseGo(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
  const profiles: Sections = new Map();
  const sessions: Sections = new Map();
  const services: Sections = new Map();
  for (const [header, settings] of sections) {
    if (header.startsWith('sso-session ')) sessions.set(header.slice(12), settings);
    else if (header.startsWith('services ')) services.set(header.slice(9), settings);
    else if (kind === 'credentials' && !header.startsWith('profile '))
      profiles.set(header, settings);
    else if (kind === 'config' && header.toLowerCase() === 'default' && !profiles.has(header)) {
      profiles.set(header, settings);
    }
  }
  if (kind === 'config') {
    for (const [header, settings] of sections) {
      if (header.startsWith('profile ')) profiles.set(header.slice(8), settings);
    }
  }
  return { error: undefined, profiles, sessions, services };
}

function parseGo(text: string): Sections {
  const sections: Sections = new Map();
  let section: MutableSettings | undefined;
  let key: string | undefined;
  for (const line of text.split('\n')) {
    const content = goTrim(line);
    if (content === '' || /^[ \t]*[#;]/.test(line)) continue;
    const header = goHeader(line);
    if (header !== undefined) {
      key = undefined;
      const settings = sections.get(header) ?? new Map<string, SettingValue>();
      sections.set(header, settings);
      section = header === '' ? undefined : settings;
      continue;
    }
    const indented = line.startsWith(' ') || line.startsWith('\t');
    const text = indented ? line.replace(/^[ \t]+/, '') : withoutGoComment(line);
    const property = goProperty(text);
    if (section === undefined) continue;
    if (indented) {
      key = indentedGo(section, key, text, property);
    } else if (property !== undefined) {
      section.set(...property);
      key = property[0] || undefined;
    }
  }
  return sections;
}

type Property = readonly [name: string, value: string];

/** What an indented line does; the setting that later lines go on with. */
function indentedGo(
  section: MutableSettings,
  key: string | undefined,
  text: string,
  property: Property | undefined,
): string | undefined {
  const current = key === undefined ? undefined : section.get(key);
  if (property === undefined) {
    if (key !== undefined && typeof current === 'string' && current !== '') {
      section.set(key, `${current}\n${text}`);
    }
    return key;
  }
  const [name, value] = property;
  if (key === undefined || (typeof current === 'string' && current !== '')) {
    section.set(name, goTrim(withoutGoComment(value)));
    return name || undefined;
  }
  const block = typeof current === 'object' ? [...current] : [];
  section.set(key, new Map([...block, [name, value]]));
  return key;
}

function goHeader(line: string): string | undefined {
  const content = goTrim(line.replace(/[#;].*$/s, ''));
  if (content.length < 2 || !content.startsWith('[') || !content.endsWith(']')) return undefined;
  const inside = goTrim(content.slice(1, -1));
  const words = /^([^ \t]+)[ \t]+(.+)$/s.exec(inside);
  return words === null ? inside : `${words[1] ?? ''} ${words[2] ?? ''}`;
}

function goProperty(text: string): Property | undefined {
  const operator = text.search(/[=:]/);
  if (operator < 0) return undefined;
  const value = goTrim(text.slice(operator + 1));
  // It takes the quotes off without looking whether there are two, and crashes.
  if (/^["']$/.test(value)) throw new Refusal('a value is a lone quote');
  const quoted = /^["']/.test(value) && value.endsWith(value.charAt(0));
  return [goTrim(text.slice(0, operator)).toLowerCase(), quoted ? value.slice(1, -1) : value];
}

function withoutGoComment(text: string): string {
  const comment = text.search(/[ \t][#;]/);
  return comment < 0 ? text : text.slice(0, comment);
}

const goBlank = /[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

function goTrim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && goBlank.test(text.charAt(start))) start++;
  while (end > start && goBlank.test(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

function nothing(): DialectReading {
  return { error: undefined, profiles: new Map(), sessions: new Map(), services: new Map() };
}

const readers: Readonly<
  Record<Dialect, (bytes: Uint8Array, kind: ConfigFileKind) => DialectReading>
> = {
  botocore: readBotocore,
  js: readJs,
  go: readGo,
  rust: (bytes, kind) => ({ error: undefined, ...readRust(decodeStrictly(bytes), kind) }),
  java: (bytes, kind) => ({
    error: undefined,
    ...readJava(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), kind),
  }),
};
