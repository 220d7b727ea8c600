// argv → which command, its words and its option values, all checked against the table. Node's own parser does the
// splitting; what is wrong is said here, because a usage error has to name what was probably meant and end in exit code 2.
import { parseArgs } from 'node:util';

import { closest } from '../core/closest.ts';
import { UserError } from '../core/errors.ts';
import { commands, options } from './options.ts';
import type { Command, CommandName, Option, OptionName } from './options.ts';

export interface CommandLine {
  readonly command: Command;
  readonly words: readonly string[];
  readonly values: Values;
}

export type Asked =
  | { readonly ask: 'help'; readonly command: Command }
  | { readonly ask: 'version' }
  | ({ readonly ask: 'run' } & CommandLine);

/** Wrong use of the command line; whoever shows it adds where the help is. */
export class UsageError extends UserError {
  readonly command: CommandName;

  constructor(message: string, hint?: string, command: CommandName = 'scan') {
    super(message, hint === undefined ? {} : { hint });
    this.command = command;
  }
}

/** Throws a UsageError, or a UserError for what this version cannot do yet. */
export function parse(argv: readonly string[]): Asked {
  const { words, given } = split(argv);
  const [first] = words;
  const named = first?.escaped === false ? commandNamed(first.text) : undefined;
  const command = named ?? scan;

  if (given.some(({ option }) => option?.name === 'help')) return { ask: 'help', command };
  if (given.some(({ option }) => option?.name === 'version')) return { ask: 'version' };

  for (const occurrence of given) check(occurrence, command);
  const values = new Values(given);
  const rest = words.slice(named === undefined ? 0 : 1).map(({ text }) => text);
  checkTogether(command, rest, values);
  return { ask: 'run', command, words: rest, values };
}

/** What was typed for each option, already checked: reading it cannot fail. */
export class Values {
  readonly #given = new Map<string, readonly string[]>();

  constructor(given: readonly Given[]) {
    for (const { option, value } of given) {
      if (option === undefined) continue;
      const earlier = option.repeatable ? (this.#given.get(option.name) ?? []) : [];
      this.#given.set(option.name, [...earlier, value ?? '']);
    }
  }

  on(name: OptionName): boolean {
    return this.has(name);
  }

  has(name: string): boolean {
    return this.#given.has(name);
  }

  /** The last one wins. */
  text(name: OptionName): string | undefined {
    return this.#given.get(name)?.at(-1);
  }

  list(name: OptionName): readonly string[] {
    return this.#given.get(name) ?? [];
  }

  /** Bytes. */
  size(name: OptionName): number | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : bytesOf(text);
  }

  count(name: OptionName): number | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : Number(text);
  }
}

const units: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1024,
  kib: 1024,
  kb: 1000,
  m: 1024 ** 2,
  mib: 1024 ** 2,
  mb: 1000 ** 2,
  g: 1024 ** 3,
  gib: 1024 ** 3,
  gb: 1000 ** 3,
};

/** `100MiB`, `5 MB`, `1.5g`, `4096`; undefined for anything else and for sizes below one byte. */
export function bytesOf(text: string): number | undefined {
  const found = /^(\d{1,15}(?:\.\d{1,6})?) ?([a-z]{0,3})$/i.exec(text.trim());
  const unit = units[found?.[2]?.toLowerCase() ?? '-'];
  if (found === null || unit === undefined) return undefined;
  const bytes = Math.floor(Number(found[1]) * unit);
  return bytes >= 1 && Number.isSafeInteger(bytes) ? bytes : undefined;
}

interface Word {
  readonly text: string;
  /** It stands behind `--`, where every word is a path. */
  readonly escaped: boolean;
}

/** One option as it was typed; `option` is undefined when there is none of that name. */
interface Given {
  readonly option: Option | undefined;
  readonly typed: string;
  readonly value: string | undefined;
  readonly inline: boolean;
}

const scan = theScan();
const byName = new Map(options.map((option) => [option.name, option]));
const parserOptions = () =>
  Object.fromEntries(
    options.map(({ name, alias, type }) => [
      name,
      {
        type: type === 'flag' ? ('boolean' as const) : ('string' as const),
        ...(alias === undefined ? {} : { short: alias }),
      },
    ]),
  );

function split(argv: readonly string[]): { words: readonly Word[]; given: readonly Given[] } {
  // Nothing but paths, as editors and hook managers call us: Node's parser, which it loads when asked, has nothing to do.
  if (!argv.some((word) => word.startsWith('-'))) {
    return { words: argv.map((text) => ({ text, escaped: false })), given: [] };
  }
  const { tokens } = parseArgs({
    args: [...argv],
    options: parserOptions(),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const words: Word[] = [];
  const given: Given[] = [];
  let escaped = false;
  for (const token of tokens) {
    if (token.kind === 'option-terminator') escaped = true;
    else if (token.kind === 'positional') words.push({ text: token.value, escaped });
    else {
      given.push({
        option: byName.get(token.name),
        typed: token.rawName,
        value: token.value,
        inline: token.inlineValue ?? false,
      });
    }
  }
  return { words, given };
}

function theScan(): Command {
  const found = commands.find(({ name }) => name === 'scan');
  if (found === undefined) throw new Error('the table has no scan');
  return found;
}

function commandNamed(word: string): Command | undefined {
  return word === 'scan' ? undefined : commands.find(({ name }) => name === word);
}

function check({ option, typed, value, inline }: Given, command: Command): void {
  const fail = (message: string, hint?: string): never => {
    throw new UsageError(message, hint, command.name);
  };
  if (option === undefined) {
    const names = options.filter((each) => isFor(each, command)).map(({ name }) => `--${name}`);
    return fail(
      `there is no option ${typed}`,
      typed.startsWith('--') ? didYouMean(typed, names) : undefined,
    );
  }
  if (!isFor(option, command)) {
    const [owner = 'scan'] = option.commands;
    const where = owner === 'scan' ? 'a scan' : `keyscan ${owner}`;
    return fail(`${typed} does not go with keyscan ${command.name}`, `it belongs to ${where}`);
  }
  if (option.type === 'flag') {
    return value === undefined ? undefined : fail(`${typed} takes no value`);
  }
  if (value === undefined || (!inline && looksLikeOption(value))) {
    const name = option.value ?? 'VALUE';
    return fail(
      `${typed} needs a value: ${typed} ${name}`,
      value === undefined
        ? undefined
        : `a value that begins with a dash is written --${option.name}=${value}`,
    );
  }
  const wrong = wrongValue(option, value);
  if (wrong !== undefined) fail(`${typed} cannot be ${quoted(value)}`, wrong);
}

/** Why the value is none, or undefined. */
function wrongValue(option: Option, value: string): string | undefined {
  switch (option.type) {
    case 'choice': {
      const choices = option.choices ?? [];
      if (choices.includes(value)) return undefined;
      const meant = closest(value, choices);
      return `${meant === undefined ? '' : `did you mean ${meant}? `}It is one of: ${choices.join(', ')}`;
    }
    case 'size':
      return bytesOf(value) === undefined ? 'a size is written 500KB, 100MiB or 1GiB' : undefined;
    case 'count':
      return /^[1-9]\d{0,3}$/.test(value) ? undefined : 'it is a whole number from 1 on';
    case 'date':
      return isDate(value) ? undefined : 'a date is written YYYY-MM-DD';
    default:
      return value === '' ? 'it is empty' : undefined;
  }
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** What is wrong only because of what else was typed. */
function checkTogether(command: Command, words: readonly string[], values: Values): void {
  const fail = (message: string, hint?: string): never => {
    throw new UsageError(message, hint, command.name);
  };
  const given = options.filter(({ name }) => values.has(name));

  if (command.name === 'scan' || command.name === 'baseline') {
    const modes = given.filter(({ mode }) => mode);
    const [mode, other] = modes;
    if (mode && other) fail(`--${mode.name} and --${other.name} cannot be used together`);
    if (mode && !mode.takesWords && words.length > 0) {
      fail(`--${mode.name} takes no path, but there is ${quoted(words[0] ?? '')}`);
    }
    for (const { name, needs } of given) {
      if (needs && !needs.some((each) => values.has(each))) {
        fail(`--${name} means something only with --${needs.join(' or --')}`);
      }
    }
  }
  const [least, most] = command.words;
  if (words.length < least) fail(`keyscan ${command.name} needs more: keyscan ${command.usage}`);
  if (words.length > most) {
    fail(
      `keyscan ${command.name} has no use for ${quoted(words[most] ?? '')}`,
      `it is keyscan ${command.usage}`,
    );
  }
  const [first] = words;
  if (first !== undefined && command.firstWord && !command.firstWord.includes(first)) {
    fail(
      `keyscan ${command.name} does not know ${quoted(first)}`,
      didYouMean(first, command.firstWord) ?? `it is keyscan ${command.usage}`,
    );
  }
}

function didYouMean(word: string, candidates: readonly string[]): string | undefined {
  const meant = closest(word, candidates);
  return meant === undefined ? undefined : `did you mean ${meant}?`;
}

function isFor(option: Option, command: Command): boolean {
  return option.commands.includes(command.name);
}

function looksLikeOption(text: string): boolean {
  return text.startsWith('-') && text.length > 1;
}

function quoted(text: string): string {
  return `"${text.length > 80 ? `${text.slice(0, 80)}…` : text}"`;
}
