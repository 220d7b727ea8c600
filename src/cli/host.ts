// What the commands are given of this process.
import { statSync } from 'node:fs';

import type { Host, Interrupted, Interruption } from '../commands/host.ts';
import { UserError } from '../core/errors.ts';
import type { Values } from './parse.ts';
import { colorLevel, isTerminal, showsUnicode, write } from './terminal.ts';
import type { ColorChoice } from './terminal.ts';

export function host(values: Values | undefined): Host {
  const { env } = process;
  const choice = colorChoice(values?.text('color'));
  const onTerminal = { 1: once(() => isTerminal(1)), 2: once(() => isTerminal(2)) };
  const color = (fd: 1 | 2) => once(() => colorLevel(choice, env, onTerminal[fd]()));
  const quiet = values?.on('quiet') ?? false;
  const showsProgress = once(() => !quiet && !env.CI && env.TERM !== 'dumb' && onTerminal[2]());
  let shown = false;
  const progress = (line: string): void => {
    if ((line === '' && !shown) || !showsProgress()) return;
    shown = line !== '';
    write(2, `\r\x1b[K${line}`);
  };
  const clear = (): void => {
    progress('');
  };
  return {
    cwd: startFolder(env),
    env,
    out: (text) => {
      clear();
      write(1, text);
    },
    err: (text) => {
      clear();
      write(2, text);
    },
    color: color(1),
    errColor: color(2),
    unicode: showsUnicode(env, process.platform),
    columns: once(() => columnsOf(env, onTerminal[1]())),
    outIsTerminal: onTerminal[1],
    canAsk: once(() => !env.CI && isTerminal(0) && onTerminal[2]()),
    tick: ticker(
      progress,
      once(() => {
        letSignalsEnd(clear);
      }),
    ),
    interruptible,
  };
}

const signals = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;

/** Work that takes longer than this says how far it is. */
const longWork = 1000;
const betweenTicks = 100;

/** Time only decides what is shown, never what is found. `performance.now` counts from the start of the process. */
function ticker(progress: (line: string) => void, firstPause: () => void): Host['tick'] {
  let next = betweenTicks;
  return (status) => {
    const now = performance.now();
    if (now < next) return undefined;
    firstPause();
    if (now > longWork) progress(status());
    next = performance.now() + betweenTicks;
    return new Promise((resolve) => setImmediate(resolve));
  };
}

/**
 * Until the first pause a signal ends the process by itself, at once; from then on its handler runs at the pauses and
 * leaves the terminal as it was. What it exits with is what a shell makes of the signal.
 */
function letSignalsEnd(clear: () => void): void {
  for (const [signal, code] of signals) {
    if (process.listenerCount(signal) > 0) continue;
    process.once(signal, () => {
      clear();
      process.exit(code);
    });
  }
}

/** A second signal ends it at once. */
function interruptible(): Interruption {
  const controller = new AbortController();
  let asked: Interrupted | undefined;
  for (const [signal, code] of signals) {
    process.removeAllListeners(signal);
    process.on(signal, () => {
      if (asked !== undefined) process.exit(code);
      asked = code;
      controller.abort();
    });
  }
  return { signal: controller.signal, code: () => asked };
}

/**
 * `npm run keyscan -- x` starts in the package's folder, wherever it is typed; people mean the folder they are in. All
 * else that asks for the current folder must agree, so the process goes there.
 */
function startFolder(env: NodeJS.ProcessEnv): string {
  const typedIn = env.npm_lifecycle_event === 'keyscan' ? env.INIT_CWD : undefined;
  if (typedIn && statSync(typedIn, { throwIfNoEntry: false })?.isDirectory()) {
    process.chdir(typedIn);
  }
  try {
    return process.cwd();
  } catch (cause) {
    throw new UserError('the current folder is gone', { hint: 'go to another one', cause });
  }
}

function columnsOf(env: NodeJS.ProcessEnv, terminal: boolean): number {
  const told = Number(env.COLUMNS);
  if (Number.isInteger(told) && told > 0) return told;
  return terminal ? process.stdout.columns || 80 : 80;
}

function colorChoice(text: string | undefined): ColorChoice {
  return text === 'always' || text === 'never' ? text : 'auto';
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
