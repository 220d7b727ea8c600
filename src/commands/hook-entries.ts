// What lefthook, the pre-commit framework and simple-git-hooks want in their own configuration, put in as text, so that
// every other byte stays what it was and taking it out again leaves no trace. Where the file is not laid out as expected
// nothing is guessed: the entry is for the person to put in.

import { type HookPlace, lefthookFiles, simpleGitHooksFiles } from '../git/hook-places.ts';
import { huskyLine } from './hook-lines.ts';
import type { HookName } from './hook-script.ts';
import { version } from './version.ts';

export interface Entry {
  /** How it reads when somebody has to put it in by hand. */
  readonly shown: string;
  /** The file with it; undefined where there is no safe place. The same text when it is there already. */
  readonly put: (text: string) => string | undefined;
  readonly take: (text: string) => string;
}

interface LefthookRun {
  readonly hook: HookName;
  readonly option: string;
  /** What lefthook puts in for what git tells the hook. */
  readonly told?: string;
  /** lefthook hands on what git tells a hook on standard input only where it is asked to. */
  readonly stdin?: true;
}

const lefthookRuns: readonly LefthookRun[] = [
  { hook: 'pre-commit', option: '--staged' },
  { hook: 'pre-merge-commit', option: '--staged' },
  { hook: 'commit-msg', option: '--commit-msg', told: ' {1}' },
];

const lefthookPushRun: LefthookRun = {
  hook: 'pre-push',
  option: '--pre-push',
  told: ' {1} {2}',
  stdin: true,
};

function lefthookEntry(runs: readonly LefthookRun[]): Entry {
  return {
    shown: runs.map(lefthookBlock).join(''),
    put: (text) =>
      runs.reduce<string | undefined>(
        (made, run) => (made === undefined ? undefined : putCommand(made, run)),
        text,
      ),
    take: (text) => runs.reduceRight(takeCommand, text),
  };
}

function lefthookBlock(run: LefthookRun): string {
  return `${run.hook}:\n  commands:\n${lefthookCommand('    ', run)}`;
}

function lefthookCommand(indent: string, wanted: LefthookRun): string {
  const more = wanted.stdin ? `${indent}  use_stdin: true\n` : '';
  return `${indent}keyscan:\n${indent}  run: ${runOf(wanted)}\n${more}`;
}

function runOf({ option, told = '' }: LefthookRun): string {
  return `npx --no-install keyscan ${option}${told}`;
}

/** Under the commands that the hook has, or as a hook of its own at the end. */
function putCommand(text: string, wanted: LefthookRun): string | undefined {
  const { hook, option } = wanted;
  if (!isPlainYaml(text)) return calls(text, option) ? text : undefined;
  const [own] = new RegExp(`^${hook}:.*(?:\\r?\\n(?!\\w).*)*`, 'm').exec(text) ?? [];
  if (own === undefined) return append(text, lefthookBlock(wanted));
  if (calls(own, option)) return text;
  const commands = new RegExp(
    `^${hook}:${blank}${indented}*?[ \\t]+commands:${blank}(?=(?:${blank})*([ \\t]+)[^\\s#])`,
    'm',
  );
  const found = commands.exec(text);
  const indent = found?.[1];
  if (found === null || indent === undefined) return undefined;
  const at = found.index + found[0].length;
  return text.slice(0, at) + lines(text, lefthookCommand(indent, wanted)) + text.slice(at);
}

/** What may follow a key of YAML on its line, or be a line. */
const blank = '[ \\t]*(?:#.*)?\\r?\\n';
const indented = '(?:(?:[ \\t].*)?\\r?\\n)';

/** One document with its keys at the start of lines, so that another one can follow at the end. */
function isPlainYaml(text: string): boolean {
  return /^(?:---[ \t]*\r?\n)?(?:(?:[\w-]+:|[ \t#]|-[ \t]).*(?:\r?\n|$)|\r?\n)*$/.test(text);
}

function calls(text: string, option: string): boolean {
  return new RegExp(`^[^#\\n]*\\bkeyscan\\b.*${option}\\b`, 'm').test(text);
}

function takeCommand(text: string, wanted: LefthookRun): string {
  const { hook, stdin } = wanted;
  const whole = lines(text, lefthookBlock(wanted));
  const stripped = withoutAppended(text, whole);
  if (stripped !== undefined) return stripped;
  const own = new RegExp(
    `^(${hook}:${blank}${indented}*?)([ \\t]+)keyscan:\\r?\\n\\2  run: ${escaped(runOf(wanted))}\\r?\\n${stdin ? '\\2  use_stdin: true\\r?\\n' : ''}`,
    'm',
  );
  return text.replace(own, '$1');
}

interface PreCommitHook {
  readonly id: string;
  readonly name: string;
  readonly option: string;
  readonly takesFile?: true;
  readonly stages: string;
}

const preCommitHooks: readonly PreCommitHook[] = [
  {
    id: 'keyscan',
    name: 'keyscan',
    option: '--staged',
    stages: 'pre-commit, pre-merge-commit, manual',
  },
  {
    id: 'keyscan-commit-msg',
    name: 'keyscan (message)',
    option: '--commit-msg',
    takesFile: true,
    stages: 'commit-msg',
  },
];

const preCommitPushHook: PreCommitHook = {
  id: 'keyscan-pre-push',
  name: 'keyscan (push)',
  option: '--pre-push',
  stages: 'pre-push',
};

/** First in the list, so that it sees the files before a formatter changes them. */
function preCommitEntry(hooks: readonly PreCommitHook[]): Entry {
  const added = (indent: string): string =>
    ['- repo: local', '  hooks:', ...hooks.flatMap(preCommitLines)]
      .map((line) => `${indent}${line}\n`)
      .join('');
  const take = (text: string): string => {
    for (const indent of ['', '  ', '    ']) {
      const own = lines(text, added(indent)).replace(/@keyscan\/cli@\d[^']*/g, '\0');
      const pattern = new RegExp(`(^repos:${blank})${escaped(own).replaceAll('\0', "[^']*")}`, 'm');
      if (pattern.test(text)) return text.replace(pattern, '$1');
    }
    return text;
  };
  return {
    shown: `repos:\n${added('  ')}`,
    put: (text) => {
      // also from its repository, of another version, or under a name of their own
      if (hooks.some((hook) => isCalled(hook, text))) return text;
      const found = new RegExp(`^repos:${blank}(?=(?:${blank})*([ \\t]*)- )`, 'm').exec(text);
      if (found === null) return undefined;
      const at = found.index + found[0].length;
      return text.slice(0, at) + lines(text, added(found[1] ?? '')) + text.slice(at);
    },
    take,
  };
}

function isCalled({ id, option }: PreCommitHook, text: string): boolean {
  return new RegExp(
    `^[^#\\n]*\\b(?:id:[ \\t]*${id}[ \\t\\r]*$|keyscan\\b.*${option}\\b)`,
    'm',
  ).test(text);
}

function preCommitLines({ id, name, option, takesFile, stages }: PreCommitHook): readonly string[] {
  return [
    `    - id: ${id}`,
    `      name: ${name}`,
    `      entry: keyscan ${option}`,
    '      language: node',
    `      additional_dependencies: ['@keyscan/cli@${version}']`,
    ...(takesFile ? [] : ['      pass_filenames: false']),
    '      always_run: true',
    `      stages: [${stages}]`,
  ];
}

/** It takes away every hook that its configuration does not name, and is given commands, of which only && keeps a failure. */
function simpleGitHooksEntry(hooks: readonly HookName[]): Entry {
  const shown = hooks.map((hook) => `  "${hook}": ${JSON.stringify(huskyLine(hook, true))}`);
  const isNamed = (text: string) => (hook: HookName) =>
    new RegExp(`\\b${hook}["']?\\s*:[^\\n]*\\bkeyscan\\b`).test(text);
  return {
    shown: `"simple-git-hooks": {\n${shown.join(',\n')}\n}\n`,
    put: (text) => (hooks.every(isNamed(text)) ? text : undefined),
    take: (text) => text,
  };
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
  /** The one more that `--pre-push` asks for. */
  readonly pushEntry: Entry;
  /** What the person types then: it is theirs to run. */
  readonly next: string;
  readonly nextForPush: string;
  /** Why it would not run it, as the environment has it. */
  readonly turnedOff: (env: Readonly<Record<string, string | undefined>>) => string | undefined;
}

export const frameworks: Readonly<Record<HookPlace['others'][number], Framework>> = {
  lefthook: {
    name: 'lefthook',
    files: lefthookFiles,
    entry: lefthookEntry(lefthookRuns),
    pushEntry: lefthookEntry([lefthookPushRun]),
    next: 'lefthook install',
    nextForPush: 'lefthook install',
    turnedOff: ({ LEFTHOOK = '' }) => (/^(?:0|false)$/.test(LEFTHOOK) ? 'LEFTHOOK' : undefined),
  },
  'pre-commit': {
    name: 'the pre-commit framework',
    files: ['.pre-commit-config.yaml'],
    entry: preCommitEntry(preCommitHooks),
    pushEntry: preCommitEntry([preCommitPushHook]),
    next: 'pre-commit install -t pre-commit -t pre-merge-commit -t commit-msg',
    nextForPush: 'pre-commit install -t pre-commit -t pre-merge-commit -t commit-msg -t pre-push',
    turnedOff: ({ SKIP = '' }) => (/\bkeyscan\b/.test(SKIP) ? 'SKIP' : undefined),
  },
  'simple-git-hooks': {
    name: 'simple-git-hooks',
    files: [...simpleGitHooksFiles, 'package.json'],
    entry: simpleGitHooksEntry(['pre-commit', 'pre-merge-commit', 'commit-msg']),
    pushEntry: simpleGitHooksEntry(['pre-push']),
    next: 'npx --no-install simple-git-hooks',
    nextForPush: 'npx --no-install simple-git-hooks',
    turnedOff: ({ SKIP_SIMPLE_GIT_HOOKS }) =>
      SKIP_SIMPLE_GIT_HOOKS === '1' ? 'SKIP_SIMPLE_GIT_HOOKS' : undefined,
  },
};
