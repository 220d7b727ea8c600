// What botocore (the AWS CLI, boto3) makes of an AWS file: Python's configparser, strict, then blocks, then headers split like
// a shell line.

import { decodeStrictly, Refusal, type Sections } from './dialect-parts.ts';
import type { ConfigFileKind, DialectReading, SettingValue } from './dialects.ts';

export function readBotocore(bytes: Uint8Array, kind: ConfigFileKind): DialectReading {
  const sections = parsePython(decodeStrictly(bytes));
  const blocks: Sections = new Map();
  for (const [name, settings] of sections) {
    blocks.set(name, new Map([...settings].map(([key, value]) => [key, pythonBlock(value)])));
  }
  if (kind === 'credentials')
    return { error: undefined, profiles: blocks, sessions: new Map(), services: new Map() };
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
