// What the two streams can show, decided once, and writing to them. Node's process.stdout is not used: loading it costs
// more than a small scan, and its pipes are asynchronous, so that a report could be cut off at the exit.
import { codeOf } from '../core/errors.ts';
import { fstatSync, statSync, writeSync } from 'node:fs';

import type { Color } from '../commands/host.ts';

type Env = Readonly<Record<string, string | undefined>>;
export type ColorChoice = 'auto' | 'always' | 'never';

/** `--color`, then NO_COLOR, FORCE_COLOR, TERM=dumb, then whether it is a terminal: the order people expect. */
export function colorLevel(choice: ColorChoice, env: Env, isTerminal: boolean): Color {
  if (choice === 'never') return 0;
  if (choice === 'always') return forced(env.FORCE_COLOR) || shades(env) || 1;
  if (env.NO_COLOR) return 0;
  if (env.FORCE_COLOR !== undefined) return forced(env.FORCE_COLOR);
  return isTerminal ? shades(env) : 0;
}

function forced(value: string | undefined): Color {
  switch (value) {
    case undefined:
    case '0':
    case 'false':
      return 0;
    case '2':
      return 2;
    case '3':
      return 3;
    default:
      return 1;
  }
}

function shades(env: Env): Color {
  const { TERM = '', COLORTERM = '' } = env;
  if (TERM === 'dumb') return 0;
  if (COLORTERM === 'truecolor' || COLORTERM === '24bit' || env.WT_SESSION) return 3;
  return TERM.endsWith('-256color') ? 2 : 1;
}

/** Whether ✖ │ • will be seen as such. */
export function showsUnicode(env: Env, platform: string): boolean {
  const { TERM = '' } = env;
  if (TERM === 'linux' || TERM === 'dumb') return false;
  if (platform === 'win32') {
    return Boolean(env.WT_SESSION ?? env.TERM_PROGRAM ?? env.ConEmuTask ?? env.MSYSTEM);
  }
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => value);
  return /utf-?8/i.test(locale ?? '');
}

/** Whether somebody may be sitting before the screen; node:tty is loaded only when it could be one. */
export function isTerminal(fd: 0 | 1 | 2): boolean {
  try {
    const stat = fstatSync(fd);
    if (!stat.isCharacterDevice() || isNull(stat.rdev)) return false;
  } catch {
    return false;
  }
  return process.getBuiltinModule('node:tty').isatty(fd);
}

/** Where hooks and editors often send what nobody reads: a device as a terminal is, and not worth loading node:tty for. */
function isNull(device: number): boolean {
  return statSync('/dev/null', { throwIfNoEntry: false })?.rdev === device;
}

/** Writes all of it. A reader that has gone away is not an error: `keyscan | head` is meant so. */
export function write(fd: 1 | 2, text: string): void {
  const bytes = Buffer.from(text);
  let at = 0;
  while (at < bytes.length) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      const code = codeOf(error);
      // a pipe that somebody made non-blocking and that is full
      if (code === 'EAGAIN') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      else if (code === 'EPIPE' || code === 'EOF') return;
      else throw error;
    }
  }
}
