// What the JavaScript SDK v3 makes of an AWS file: lenient, `=` only, comments after a blank cut off, one blank and a narrow
// alphabet in headers.

import { Refusal, type Sections } from './dialect-parts.ts';
import type { ConfigFileKind, DialectReading, SettingValue } from './dialects.ts';

const jsSectionTypes = ['profile', 'sso-session', 'services'] as const;

export function readJs(bytes: Uint8Array, kind: ConfigFileKind): DialectReading {
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
