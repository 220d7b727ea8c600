// What lefthook and the pre-commit framework want in their own configuration, put in as text, so that every other byte
// stays what it was and taking it out again leaves no trace. Where the file is not laid out as expected nothing is
// guessed: the entry is for the person to put in.

import { type HookPlace, lefthookFiles } from '../git/hook-places.ts';
import { version } from './version.ts';

export interface Entry {
  /** How it reads when somebody has to put it in by hand. */
  readonly shown: string;
  /** The file with it; undefined where there is no safe place. The same text when it is there already. */
  readonly put: (text: string) => string | undefined;
  readonly take: (text: string) => string;
}

const lefthookRuns: readonly (readonly [hook: string, run: string])[] = [
  ['pre-commit', 'npx --no-install keyscan --staged'],
  ['pre-merge-commit', 'npx --no-install keyscan --staged'],
  ['commit-msg', 'npx --no-install keyscan --commit-msg {1}'],
];

export const lefthookEntry: Entry = {
  shown: lefthookRuns.map(([hook, run]) => lefthookBlock(hook, run)).join(''),
  put: (text) =>
    lefthookRuns.reduce<string | undefined>(
      (made, [hook, run]) => (made === undefined ? undefined : putCommand(made, hook, run)),
      text,
    ),
  take: (text) =>
    lefthookRuns.reduceRight((left, [hook, run]) => takeCommand(left, hook, run), text),
};

function lefthookBlock(hook: string, run: string): string {
  return `${hook}:\n  commands:\n${lefthookCommand('    ', run)}`;
}

function lefthookCommand(indent: string, run: string): string {
  return `${indent}keyscan:\n${indent}  run: ${run}\n`;
}

/** Under the commands that the hook has, or as a hook of its own at the end. */
function putCommand(text: string, hook: string, run: string): string | undefined {
  if (takeCommand(text, hook, run) !== text) return text;
  const isThere = new RegExp(`^${hook}:`, 'm').test(text);
  if (!isThere) return append(text, lefthookBlock(hook, run));
  const commands = new RegExp(
    `^${hook}:[ \\t]*\\r?\\n(?:[ \\t]+.*\\r?\\n)*?[ \\t]+commands:[ \\t]*\\r?\\n(?=([ \\t]+)\\S)`,
    'm',
  );
  const found = commands.exec(text);
  const indent = found?.[1];
  if (found === null || indent === undefined) return undefined;
  const at = found.index + found[0].length;
  return text.slice(0, at) + lines(text, lefthookCommand(indent, run)) + text.slice(at);
}

function takeCommand(text: string, hook: string, run: string): string {
  const whole = lines(text, lefthookBlock(hook, run));
  const stripped = withoutAppended(text, whole);
  if (stripped !== undefined) return stripped;
  const own = new RegExp(
    `^(${hook}:[ \\t]*\\r?\\n(?:[ \\t]+.*\\r?\\n)*?)([ \\t]+)keyscan:\\r?\\n\\2  run: ${escaped(run)}\\r?\\n`,
    'm',
  );
  return text.replace(own, '$1');
}

const preCommitHooks = [
  '- repo: local',
  '  hooks:',
  ...['pre-commit, pre-merge-commit, manual', 'commit-msg'].flatMap((stages) => {
    const isMessage = stages === 'commit-msg';
    return [
      `    - id: keyscan${isMessage ? '-commit-msg' : ''}`,
      `      name: keyscan${isMessage ? ' (message)' : ''}`,
      `      entry: keyscan ${isMessage ? '--commit-msg' : '--staged'}`,
      '      language: node',
      `      additional_dependencies: ['@keyscan/cli@${version}']`,
      ...(isMessage ? [] : ['      pass_filenames: false']),
      '      always_run: true',
      `      stages: [${stages}]`,
    ];
  }),
];

/** First in the list, so that it sees the files before a formatter changes them. */
export const preCommitEntry: Entry = {
  shown: `repos:\n${preCommitLines('  ')}`,
  put: (text) => {
    if (preCommitEntry.take(text) !== text) return text;
    // from its repository, or of another version
    if (/^[^#\n]*\bkeyscan\b/m.test(text)) return text;
    const found = /^repos:[ \t]*\r?\n(?=(?:[ \t]*(?:#.*)?\r?\n)*([ \t]*)- )/m.exec(text);
    if (found === null) return undefined;
    const at = found.index + found[0].length;
    return text.slice(0, at) + lines(text, preCommitLines(found[1] ?? '')) + text.slice(at);
  },
  take: (text) => {
    for (const indent of ['', '  ', '    ']) {
      const own = lines(text, preCommitLines(indent)).replace(/@keyscan\/cli@\d[^']*/g, '\0');
      const pattern = new RegExp(
        `(^repos:[ \\t]*\\r?\\n)${escaped(own).replaceAll('\0', "[^']*")}`,
        'm',
      );
      if (pattern.test(text)) return text.replace(pattern, '$1');
    }
    return text;
  },
};

function preCommitLines(indent: string): string {
  return preCommitHooks.map((line) => `${indent}${line}\n`).join('');
}

/** With the line ends of the file. */
function lines(text: string, added: string): string {
  return text.includes('\r\n') ? added.replaceAll('\n', '\r\n') : added;
}

/** A file without a line end at its end keeps that. */
function append(text: string, block: string): string {
  const added = lines(text, block);
  if (text === '' || text.endsWith('\n')) return text + added;
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  return text + end + added.slice(0, -end.length);
}

function withoutAppended(text: string, added: string): string | undefined {
  const end = added.endsWith('\r\n') ? '\r\n' : '\n';
  const open = end + added.slice(0, -end.length);
  if (text.endsWith(open)) return text.slice(0, -open.length);
  const at = text.startsWith(added) ? 0 : text.indexOf(`\n${added}`) + 1;
  if (at === 0 && !text.startsWith(added)) return undefined;
  const behind = text.slice(at + added.length);
  // what is indented below it belongs to the same hook
  return /^[ \t]/.test(behind) ? undefined : text.slice(0, at) + behind;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

export interface Framework {
  readonly name: string;
  readonly files: readonly string[];
  readonly entry: Entry;
  /** What the person types then: it is theirs to run. */
  readonly next: string;
  /** Why it would not run it, as the environment has it. */
  readonly turnedOff: (env: Readonly<Record<string, string | undefined>>) => string | undefined;
}

export const frameworks: Readonly<Record<HookPlace['others'][number], Framework>> = {
  lefthook: {
    name: 'lefthook',
    files: lefthookFiles,
    entry: lefthookEntry,
    next: 'lefthook install',
    turnedOff: ({ LEFTHOOK = '' }) => (/^(?:0|false)$/.test(LEFTHOOK) ? 'LEFTHOOK' : undefined),
  },
  'pre-commit': {
    name: 'the pre-commit framework',
    files: ['.pre-commit-config.yaml'],
    entry: preCommitEntry,
    next: 'pre-commit install -t pre-commit -t pre-merge-commit -t commit-msg',
    turnedOff: ({ SKIP = '' }) => (/\bkeyscan\b/.test(SKIP) ? 'SKIP' : undefined),
  },
};
