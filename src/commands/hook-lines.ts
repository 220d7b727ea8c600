// Hooks that others keep and that call keyscan in a line of their own: husky's, and those written by hand.

import type { HookName } from './hook-script.ts';

/** husky has node_modules/.bin on the PATH, and its hooks are committed: no path of this computer may stand in them. */
const huskyLines: Readonly<Record<HookName, string>> = {
  'pre-commit': 'keyscan --staged',
  'pre-merge-commit': 'keyscan --staged',
  'commit-msg': 'keyscan --commit-msg "$1"',
  'pre-push': 'keyscan --pre-push "$@"',
};

/** The line in which a hook of husky 5 to 8 hands itself over. They leave the PATH as it is, so that npx has to be asked. */
const handOver = /^[ \t]*(?:\.|source)[ \t].*\bhusky\.sh\b.*\n/m;
const oldStart = '#!/usr/bin/env sh\n. "$(dirname -- "$0")/_/husky.sh"\n';

export function handsOver(script: string): boolean {
  return handOver.test(script);
}

export function huskyLine(name: HookName, isOld: boolean): string {
  return `${isOld ? 'npx --no-install ' : ''}${huskyLines[name]}`;
}

/** First, so that it sees the index before a formatter changes it; behind a #! line, and where husky has taken over. */
export function withHuskyLine(script: string, name: HookName, isOld: boolean): string {
  const text = script === '' && isOld ? oldStart : script;
  const start = handOver.exec(text) ?? /^#!.*\n/.exec(text);
  const at = start === null ? 0 : start.index + start[0].length;
  return `${text.slice(0, at)}${huskyLine(name, isOld)}\n${text.slice(at)}`;
}

/** Empty when the file was ours alone; the same text when our line is not there. */
export function withoutHuskyLine(script: string, name: HookName): string {
  for (const isOld of [true, false]) {
    const line = `${huskyLine(name, isOld)}\n`;
    const at = script.startsWith(line) ? 0 : script.indexOf(`\n${line}`) + 1;
    if (at === 0 && !script.startsWith(line)) continue;
    const rest = script.slice(0, at) + script.slice(at + line.length);
    return rest === oldStart ? '' : rest;
  }
  return script;
}

export interface HookLine {
  /** 1-based. */
  readonly number: number;
  readonly text: string;
  /** What is called: `keyscan`, `npx --no-install keyscan`, `node dist/keyscan.cjs`. */
  readonly program: string;
  /** Why it would not stop anything, where that can be read. */
  readonly problem: string | undefined;
  readonly isAfterFormatter: boolean;
}

const options: Readonly<Record<HookName, string>> = {
  'pre-commit': '--staged',
  'pre-merge-commit': '--staged',
  'commit-msg': '--commit-msg',
  'pre-push': '--pre-push',
};

/** The first line that calls keyscan for this hook. `stopsAtFailure`: the shell is started with -e, as by husky. */
export function keyscanLine(
  script: string,
  name: HookName,
  stopsAtFailure: boolean,
): HookLine | undefined {
  const lines = script.split(/\r?\n/);
  const call = new RegExp(
    `^\\s*(?![\\s#])(.*?\\bkeyscan(?:\\.cjs)?)["']?\\s+${options[name]}\\b(.*)$`,
  );
  const index = lines.findIndex((line) => call.test(line));
  const text = lines[index];
  const [, program = '', rest = ''] = call.exec(text ?? '') ?? [];
  if (text === undefined) return undefined;
  const before = lines.slice(0, index);
  return {
    number: index + 1,
    text: text.trim(),
    program: program.replace(/^(?:exec|command)\s+/, '').replaceAll(/["']/g, ''),
    problem:
      problemBefore(before) ??
      problemBehind(rest, {
        isLast: lines.slice(index + 1).every((line) => /^\s*(?:#.*)?$/.test(line)),
        stopsAtFailure: stopsAtFailure || before.some((line) => /^\s*set\s+-\w*e/.test(line)),
        isExec: /^\s*exec\s/.test(text),
      }),
    isAfterFormatter: before.some((line) => /^[^#]*\b(?:lint-staged|prettier|eslint)\b/.test(line)),
  };
}

function problemBefore(lines: readonly string[]): string | undefined {
  const end = lines.findIndex((line) => /^(?:exit\b|exec\s)/.test(line));
  return end < 0 ? undefined : `line ${end + 1} ends the hook before it`;
}

interface Place {
  readonly isLast: boolean;
  readonly stopsAtFailure: boolean;
  readonly isExec: boolean;
}

function problemBehind(
  rest: string,
  { isLast, stopsAtFailure, isExec }: Place,
): string | undefined {
  if (/\|\|\s*(?:exit|false|return)\b/.test(rest)) return undefined;
  if (/\|\||;|&\s*$|[^|&]\|[^|]/.test(rest)) return 'what follows on its line hides that it failed';
  if (isLast || stopsAtFailure || isExec || /&&/.test(rest)) return undefined;
  return 'the hook goes on after it has failed; add: || exit $?';
}
