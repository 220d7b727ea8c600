// What the Rust SDK makes of an AWS file. It is the strictest by line and the most forgiving by name: an indented line
// may only go on with a setting above, be it a comment, and one that cannot stops the whole file. Kept apart from the
// other three, since many files that work everywhere else do not work there: an edit must not break a file for it, but
// need not mend one. Written from its behaviour (aws-runtime 1.10) and held to recorded readings.

import { Refusal } from './dialect-parts.ts';
import type { ConfigFileKind, DialectReading, Settings } from './dialects.ts';

/** Throws `Refusal` with the line. */
export function readRust(text: string, kind: ConfigFileKind): Omit<DialectReading, 'error'> {
  const profiles = new Map<string, Settings>();
  const sessions = new Map<string, Settings>();
  const services = new Map<string, Settings>();
  const sections = [...parse(text)].map(([header, settings]) => ({ ...split(header), settings }));
  const prefixed = sections.some(({ type, name }) => type === 'profile' && name === 'default');
  for (const { type, name, settings } of sections) {
    if (!isIdentifier(name)) continue;
    const isProfile = kind === 'credentials' ? type === undefined : type === 'profile';
    const isPlainDefault = type === undefined && name === 'default' && !prefixed;
    const target =
      isProfile || (kind === 'config' && isPlainDefault)
        ? profiles
        : kind === 'credentials' || type === undefined
          ? undefined
          : type === 'sso-session'
            ? sessions
            : type === 'services'
              ? services
              : undefined;
    target?.set(name, new Map([...(target.get(name) ?? []), ...valid(settings)]));
  }
  return { profiles, sessions, services };
}

interface Open {
  readonly settings: Map<string, string>;
  /** The setting that an indented line goes on with. */
  last: string | undefined;
  isBlock: boolean;
}

function parse(text: string): Map<string, Map<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  let open: Open | undefined;
  text.split(/\r?\n/).forEach((line, index) => {
    const at = `line ${index + 1}`;
    if (trim(line) === '' || /^[#;]/.test(line)) return;
    if (line.startsWith('[')) {
      const header = trim(line.replace(/[#;].*$/s, ''));
      if (!header.endsWith(']')) throw new Refusal(`${at}: a header without its end`);
      const name = header.slice(1, -1);
      const settings = sections.get(name) ?? new Map<string, string>();
      sections.set(name, settings);
      open = { settings, last: undefined, isBlock: false };
    } else if (open === undefined) {
      throw new Refusal(`${at}: text before the first section`);
    } else if (/^[ \t]/.test(line)) {
      goOn(open, line, at);
    } else {
      const [name, value] = property(line, at);
      open.settings.set(name, value);
      open.last = name;
      open.isBlock = value === '';
    }
  });
  return sections;
}

function goOn({ settings, last, isBlock }: Open, line: string, at: string): void {
  if (last === undefined) throw new Refusal(`${at}: an indented line goes on with nothing`);
  if (isBlock) property(line, at);
  settings.set(last, `${settings.get(last) ?? ''}\n${trim(line)}`);
}

function property(line: string, at: string): readonly [name: string, value: string] {
  const text = trim(withoutComment(trim(line)));
  const operator = text.indexOf('=');
  if (operator < 0) throw new Refusal(`${at}: a setting without =`);
  const name = trim(text.slice(0, operator));
  if (name === '') throw new Refusal(`${at}: a setting without a name`);
  return [
    name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()),
    trim(text.slice(operator + 1)),
  ];
}

function withoutComment(text: string): string {
  const comment = text.search(/\s[#;]/);
  return comment < 0 ? text : text.slice(0, comment);
}

function split(header: string): { readonly type: string | undefined; readonly name: string } {
  const text = trim(header);
  const blank = text.search(/[ \t]/);
  if (blank < 0) return { type: undefined, name: text };
  return { type: text.slice(0, blank), name: text.slice(blank + 1).trim() };
}

function isIdentifier(name: string): boolean {
  return /^[\w\-/.%@:+]*$/.test(name);
}

function valid(settings: ReadonlyMap<string, string>): [string, string][] {
  return [...settings].filter(([name]) => isIdentifier(name));
}

/** Blanks and tabs, nothing else; from the end without a pattern, so that long runs of blanks cost nothing. */
function trim(text: string): string {
  let start = 0;
  let end = text.length;
  const isBlank = (at: number): boolean => text[at] === ' ' || text[at] === '\t';
  while (start < end && isBlank(start)) start++;
  while (end > start && isBlank(end - 1)) end--;
  return text.slice(start, end);
}
