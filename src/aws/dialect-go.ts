// What the Go SDK v2 (Terraform) makes of an AWS file: tokens by line, indentation makes sub-properties, quotes come off, keys
// in lower case.

import { type MutableSettings, Refusal, type Sections } from './dialect-parts.ts';
import type { ConfigFileKind, DialectReading, SettingValue } from './dialects.ts';

export function readGo(bytes: Uint8Array, kind: ConfigFileKind): DialectReading {
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
