// What the Java SDK makes of an AWS file. As strict by line as Rust's: an indented line may only go on with a setting above,
// be it a comment, and a byte order mark, a setting without `=` or a header without its end stops the whole file. Names of
// settings keep their case, so that AWS_ACCESS_KEY_ID in a file is none. Written from its behaviour (SDK 2.57) and held to
// it by a differential test (test/aws-dialects.test.ts).

import { Refusal } from './dialect-parts.ts';
import type { ConfigFileKind, DialectReading } from './dialects.ts';

type Kind = 'profiles' | 'sessions' | 'services';
type Sections = Map<string, Map<string, string>>;

interface Open {
  readonly settings: Map<string, string>;
  /** The setting that an indented line goes on with. */
  last: string | undefined;
  /** Its name is none, and what goes on with it is passed over as well. */
  isIgnored: boolean;
  isBlock: boolean;
}

/** Throws `Refusal` with the line. */
export function readJava(text: string, kind: ConfigFileKind): Omit<DialectReading, 'error'> {
  const found: Readonly<Record<Kind, Sections>> = {
    profiles: new Map(),
    sessions: new Map(),
    services: new Map(),
  };
  let open: Open | 'ignored' | undefined;
  let prefixedDefault = false;
  text.split(/\r\n|\r|\n/).forEach((line, index) => {
    const at = `line ${index + 1}`;
    if (/^[\t ]*$/.test(line) || /^[#;]/.test(line)) return;
    if (line.startsWith('[')) {
      const header = headerOf(line, at, kind);
      open = header === undefined ? 'ignored' : sectionOf(found, header, prefixedDefault);
      prefixedDefault ||= header?.isDefault === true && header.isPrefixed;
    } else if (open === 'ignored') return;
    else if (/^[ \t]/.test(line)) goOn(open, line, at);
    else if (open === undefined) throw new Refusal(`${at}: text before the first section`);
    else set(open, line, at);
  });
  return found;
}

interface Header {
  readonly kind: Kind;
  readonly name: string;
  /** `[profile …]`, which for the default profile goes before `[default]`. */
  readonly isPrefixed: boolean;
  /** The default profile of a config file. */
  readonly isDefault: boolean;
}

/** Undefined for a section that is passed over. */
function headerOf(line: string, at: string, file: ConfigFileKind): Header | undefined {
  const header = trim(line.replace(/[#;].*$/s, ''));
  if (!header.endsWith(']')) throw new Refusal(`${at}: a header without its end`);
  const inside = trim(header.slice(1, -1));
  const type = /^(?:profile|sso-session|services)(?=[ \t])/.exec(inside)?.[0];
  const isProfile = type === undefined || type === 'profile';
  const isWhole = isProfile && (file === 'credentials' || inside === 'default');
  const name = isWhole ? inside : trim(inside.slice((type ?? inside).length));
  const isElsewhere = file === 'credentials' && !isProfile;
  if (!isIdentifier(name) || isElsewhere || (type === undefined && !isWhole)) return undefined;
  return {
    kind: type === 'sso-session' ? 'sessions' : type === 'services' ? 'services' : 'profiles',
    name,
    isPrefixed: type === 'profile',
    isDefault: file === 'config' && isProfile && name === 'default',
  };
}

function sectionOf(
  found: Readonly<Record<Kind, Sections>>,
  { kind, name, isPrefixed, isDefault }: Header,
  prefixedBefore: boolean,
): Open | 'ignored' {
  const sections = found[kind];
  if (isDefault && prefixedBefore && !isPrefixed) return 'ignored';
  if (isDefault && isPrefixed && !prefixedBefore) sections.delete(name);
  const settings = sections.get(name) ?? new Map<string, string>();
  sections.set(name, settings);
  return { settings, last: undefined, isIgnored: false, isBlock: false };
}

function set(open: Open, line: string, at: string): void {
  const comment = line.search(/[ \t][#;]/);
  const [name, value] = property(trim(comment < 0 ? line : line.slice(0, comment)), at);
  open.isIgnored = !isIdentifier(name);
  if (open.isIgnored) return;
  open.last = name;
  open.isBlock = value === '';
  open.settings.set(name, value);
}

function goOn(open: Open | undefined, line: string, at: string): void {
  if (open?.isIgnored === true) return;
  if (open?.last === undefined) throw new Refusal(`${at}: an indented line goes on with nothing`);
  const text = trim(line);
  if (open.isBlock) {
    const [name, value] = property(text, at);
    if (isIdentifier(name)) open.settings.set(`${open.last}.${name}`, value);
  }
  open.settings.set(open.last, `${open.settings.get(open.last) ?? ''}\n${text}`);
}

function property(text: string, at: string): readonly [name: string, value: string] {
  const operator = text.indexOf('=');
  if (operator < 0) throw new Refusal(`${at}: a setting without =`);
  const name = trim(text.slice(0, operator));
  if (name === '') throw new Refusal(`${at}: a setting without a name`);
  return [name, trim(text.slice(operator + 1))];
}

function isIdentifier(name: string): boolean {
  return /^[\w\-/.%@:+]*$/.test(name);
}

/** Whatever is no higher than a blank. */
function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) <= 0x20) start++;
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end--;
  return text.slice(start, end);
}
