import type { InlinePolicy, LineText } from '../core/inline.ts';
import { firstAbove } from '../core/search.ts';
import { cleanReason } from './reason.ts';

// Comments that allow a finding: ours and those of the scanners people come from.
//
//   keyscan:ignore [rule, provider/*] [-- reason]               this line
//   keyscan:ignore-next-line [rule, provider/*] [-- reason]     the next line
//   gitleaks:allow  betterleaks:allow  trufflehog:ignore  ggignore  pragma: allowlist secret (also whitelist, and -
//   for the spaces)  secretlint-disable-line                    this line
//   pragma: allowlist nextline secret (alone on its line)  secretlint-disable-next-line
//   secretlint-disable … secretlint-enable                      from line to line, or to the end
//
// They count where a comment can be: behind a comment sign on the line, as a whole quoted string (JSON has no comments),
// or as the last word of the line (CSV and plain text have none either). Anywhere else, inside a password or a URL,
// they are only text. Case counts. The parser runs once a line and never on lines too long to be read by a person.

export interface InlineOptions {
  /** False for lines that may neither allow nor be allowed: those a pull request adds itself (`--policy-from`). */
  readonly trusts?: (path: string, line: number) => boolean;
}

export function inlinePolicy({ trusts = () => true }: InlineOptions = {}): InlinePolicy {
  const documents = new WeakMap<LineText, Comments>();
  return ({ rule, provider, path, lines }, text) => {
    const trusted = (line: number): boolean => trusts(path, line);
    const comments = documents.get(text) ?? new Comments(text, trusted);
    documents.set(text, comments);
    for (const line of lines) {
      const allowing = comments.about(line, { rule, provider });
      if (allowing !== undefined && lines.every(trusted)) {
        return { by: 'inline', reason: allowing.reason, until: null };
      }
    }
    return null;
  };
}

export interface Directive {
  readonly scope: 'line' | 'next-line' | 'from-here' | 'until-here';
  /** Rule ids and `provider/*`; empty for all. */
  readonly names: readonly string[];
  readonly reason: string | null;
}

/** A minified bundle is one line; a comment in it says nothing about the values a megabyte away. */
const longestLine = 10_000;
/** Of one line; nobody writes more, and each is looked at to the end of the line. */
const mostDirectives = 16;

export function directivesIn(line: string): Directive[] {
  if (line.length > longestLine || !quickShape.test(line)) return [];
  const comment = firstCommentSign(line);
  const found = [...line.matchAll(directiveShape)].slice(0, mostDirectives);
  return found.flatMap((match) => {
    const text = match[0];
    const end = match.index + text.length;
    if (!standsInComment(line, match.index, end, comment)) return [];
    const scope = scopeOf(text);
    if (scope === undefined) return [];
    if (/nextline/.test(text) && !isAlone(line.slice(0, match.index))) return [];
    return [{ scope, ...argumentsOf(text, line.slice(end)) }];
  });
}

interface About {
  readonly rule: string;
  readonly provider: string;
}

/** What a range mark leaves open, for one rule. */
interface RangeMark {
  readonly line: number;
  readonly open: Directive | undefined;
}

class Comments {
  private readonly text: LineText;
  private readonly trusted: (line: number) => boolean;
  private readonly lines = new Map<number, readonly Directive[]>();
  /** Lines with a secretlint range mark among the first `searched` lines. */
  private readonly marks: number[] = [];
  private searched = 0;
  /** By rule, each of the marks so far. */
  private readonly ranges = new Map<string, RangeMark[]>();

  constructor(text: LineText, trusted: (line: number) => boolean) {
    this.text = text;
    this.trusted = trusted;
  }

  about(line: number, about: About): Directive | undefined {
    const here = (at: number, scope: Directive['scope']): Directive | undefined => {
      const directive = this.on(at).find((each) => each.scope === scope && names(each, about));
      return directive !== undefined && this.trusted(at) ? directive : undefined;
    };
    return here(line, 'line') ?? here(line - 1, 'next-line') ?? this.range(line, about);
  }

  private range(line: number, about: About): Directive | undefined {
    this.searchTo(line);
    const ranges = this.rangesOf(about);
    return ranges[firstAbove(ranges, line, (mark) => mark.line) - 1]?.open;
  }

  private rangesOf(about: About): readonly RangeMark[] {
    const key = `${about.provider}/${about.rule}`;
    const ranges = this.ranges.get(key) ?? [];
    this.ranges.set(key, ranges);
    let open = ranges.at(-1)?.open;
    for (const line of this.marks.slice(ranges.length)) {
      for (const directive of this.on(line)) {
        if (!names(directive, about)) continue;
        if (directive.scope === 'from-here' && this.trusted(line)) open = directive;
        if (directive.scope === 'until-here') open = undefined;
      }
      ranges.push({ line, open });
    }
    return ranges;
  }

  private searchTo(line: number): void {
    while (this.searched < line) {
      this.searched += 1;
      const text = this.text.line(this.searched);
      if (text === undefined || !text.includes('secretlint-')) continue;
      if (this.on(this.searched).some(({ scope }) => scope.endsWith('-here'))) {
        this.marks.push(this.searched);
      }
    }
  }

  private on(line: number): readonly Directive[] {
    const known = this.lines.get(line);
    if (known !== undefined) return known;
    const text = line < 1 ? undefined : this.text.line(line);
    const directives = text === undefined ? [] : directivesIn(text);
    this.lines.set(line, directives);
    return directives;
  }
}

function names(directive: Directive, { rule, provider }: About): boolean {
  return (
    directive.names.length === 0 ||
    directive.names.some((name) => name === rule || name === `${provider}/*`)
  );
}

const quickShape = /:ignore|:allow|ggignore|pragma:|secretlint-/;

const directiveShape = new RegExp(
  [
    '(?<![\\w:@.])(?:',
    'keyscan:ignore(?:-next-line)?',
    '|gitleaks:allow|betterleaks:allow|trufflehog:ignore|ggignore',
    '|pragma: ?(?:allow|white)list[ -](?:nextline[ -])?secret',
    '|secretlint-(?:disable-next-line|disable-line|disable|enable)',
    ')(?![\\w:@/-](?!->))',
  ].join(''),
  'g',
);

function scopeOf(text: string): Directive['scope'] | undefined {
  if (text === 'secretlint-enable') return 'until-here';
  if (text === 'secretlint-disable') return 'from-here';
  return /next-?line/.test(text) ? 'next-line' : 'line';
}

/** Signs that begin a comment; what may stand before them keeps URLs, options and values from looking like one. */
const commentSign = new RegExp(
  [
    '/\\*|<!--|<%--|<#|\\{#|\\{-|\\{\\{!|\\(\\*', // closed again, so they may stand anywhere
    '|(?<!:)//',
    '|(?<![^\\s"\'`()\\[\\]{},;])#',
    '|(?<![^\\s"\'`)\\]};,])--(?=\\s)',
    '|(?<!\\S);',
    '|^\\s*(?:[%!]|\\*\\s|@?rem\\s|@?REM\\s|dnl\\s|::|\\.\\.\\s)',
    "|(?<!\\S)['%](?=\\s*(?:keyscan|gitleaks|betterleaks|trufflehog|pragma|secretlint|ggignore))",
  ].join(''),
);

function firstCommentSign(line: string): number {
  const match = commentSign.exec(line);
  return match === null ? Infinity : match.index;
}

function standsInComment(line: string, start: number, end: number, comment: number): boolean {
  if (comment < start) return true;
  const before = line[start - 1];
  const after = line.slice(end);
  if (before === '"' || before === "'" || before === '`') return wholeString(before, after);
  return (
    (before === undefined || /\s/.test(before)) && /^\s*(?:--\s.*)?$/.test(namesIn(after).rest)
  );
}

/** `"keyscan:ignore aws/*"` */
function wholeString(mark: string, after: string): boolean {
  const rest = namesIn(after).rest.trimStart();
  return rest.startsWith(mark) || (/^--\s/.test(rest) && rest.includes(mark));
}

/** Nothing but a comment sign stands before it. */
function isAlone(before: string): boolean {
  return /^(?:#|\/\/|\/\*|'|--|;|<!--#?|")?$/.test(before.trim());
}

const name = '[a-z0-9]+(?:-[a-z0-9]+)*(?:/\\*)?';
const namesShape = new RegExp(`^[ \\t]+(${name}(?:[ \\t]*,[ \\t]*${name})*)(?![\\w@])`);
const commentEnd = /\*\/|-->|--%>|#>|#\}|-\}|\}\}|\*\)|\\n|["'`]/;

function namesIn(after: string): {
  readonly names: readonly string[];
  readonly rest: string;
} {
  const match = namesShape.exec(after);
  const list = match?.[1];
  if (match === null || list === undefined) return { names: [], rest: after };
  return { names: list.split(/[ \t]*,[ \t]*/), rest: after.slice(match[0].length) };
}

function argumentsOf(text: string, after: string): Pick<Directive, 'names' | 'reason'> {
  const reason = reasonIn(after);
  if (text.startsWith('keyscan:')) return { names: namesIn(after).names, reason };
  if (text.startsWith('secretlint-')) return { names: secretlintNames(after), reason };
  return { names: [], reason: null };
}

function reasonIn(after: string): string | null {
  const start = /\s--\s/.exec(after);
  if (start === null) return null;
  const text = after.slice(start.index + start[0].length);
  const end = commentEnd.exec(text);
  return cleanReason(end === null ? text : text.slice(0, end.index));
}

/** Their rules by the provider that ours have; a name we do not know matches nothing, so nothing is hidden by it. */
function secretlintNames(after: string): string[] {
  const list = after.split(/\s--\s|\*\/|-->|["'`]/, 1)[0] ?? '';
  const rules = list
    .split(/[\s,]+/)
    .filter((each) => each !== '')
    .map((each) => each.replace(/^@secretlint\/(?:secretlint-rule-)?/, ''));
  if (rules.some((rule) => rule.includes('preset-'))) return [];
  return rules.flatMap((rule) =>
    (secretlintProviders.get(rule) ?? [rule]).map((provider) => `${provider}/*`),
  );
}

const secretlintProviders: ReadonlyMap<string, readonly string[]> = new Map([
  ['gcp', ['google', 'gcp']],
  ['privatekey', ['private-key', 'pem']],
  ['basicauth', ['url', 'connection-url']],
  ['database-connection-string', ['url', 'connection-url']],
]);
