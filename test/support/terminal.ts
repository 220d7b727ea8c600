// A person before a terminal of 80 × 24: starts the built program in tmux, waits for what it shows, types, and looks at the
// screen as text.
//
//   const terminal = await openTerminal(['--fix'], { home });
//   await terminal.waitFor('Start URL');
//   terminal.type('https://d-1234567890.awsapps.com/start');
//   terminal.press('Enter');
//   const { code, screen } = await terminal.end();
//
// Without tmux its tests are skipped, loudly.
import { afterAll } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { cleanEnvironment, program, temporaryFolder } from './run.ts';

export interface TerminalOptions {
  /** Default: a fresh, empty one. */
  readonly home?: string;
  readonly cwd?: string;
  /** Added to the clean environment; undefined takes a variable out of it. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly columns?: number;
  readonly rows?: number;
  /** What the terminal says it is; default xterm-256color. */
  readonly term?: string;
}

/** As tmux calls them. */
export type Key = 'Enter' | 'Escape' | 'Space' | 'Tab' | 'Up' | 'Down' | 'BSpace' | 'C-c' | 'C-d';

export interface Terminal {
  /** Waits until the screen, or what has scrolled off it, shows this. Throws with the screen after `seconds` (30). */
  readonly waitFor: (text: string | RegExp, seconds?: number) => Promise<void>;
  readonly type: (text: string) => void;
  readonly press: (...keys: readonly Key[]) => void;
  /** What is on the screen, without blanks at the ends of lines. */
  readonly screen: (options?: { readonly colour?: boolean }) => string;
  /** The same with what has scrolled off it. */
  readonly everything: (options?: { readonly colour?: boolean }) => string;
  /** Waits until the program has ended; `code` is 128 + n for a signal. */
  readonly end: (seconds?: number) => Promise<{ readonly code: number; readonly screen: string }>;
}

/** Where it lies: the program under test may be given another PATH. */
const tmuxProgram = spawnSync('sh', ['-c', 'command -v tmux'], { encoding: 'utf8' }).stdout.trim();
export const hasTmux = tmuxProgram !== '';
if (!hasTmux)
  console.warn('SKIPPED: the tests of the screens need tmux, which is not installed here');

/** Folders of the servers: not temporaryFolder, which would take the socket away before the server has ended. */
const servers: string[] = [];

export async function openTerminal(
  args: readonly string[],
  options: TerminalOptions = {},
): Promise<Terminal> {
  const { columns = 80, rows = 24, term = 'xterm-256color' } = options;
  const home = options.home ?? temporaryFolder('home');
  const folder = mkdtempSync(join(tmpdir(), 'terminal-'));
  const socket = join(folder, 'tmux');
  const settings = join(folder, 'settings');
  const status = join(folder, 'status');
  writeFileSync(settings, settingsFor(term));
  servers.push(folder);
  const size = ['-x', String(columns), '-y', String(rows)];
  const place = ['-c', options.cwd ?? temporaryFolder('work')];
  const started = spawnSync(
    tmuxProgram,
    ['-u', '-S', socket, '-f', settings, 'new-session', '-d', ...size, ...place, '--'].concat(
      ['/bin/sh', '-c', noteStatus, status, process.execPath, program],
      args,
    ),
    { env: cleanEnvironment(home, options.env), encoding: 'utf8' },
  );
  if (started.status !== 0) throw new Error(`tmux: ${started.stderr}`);
  const tmux = (...command: readonly string[]): string => {
    const {
      stdout,
      stderr,
      status: code,
    } = spawnSync(tmuxProgram, ['-u', '-S', socket, ...command], {
      env: cleanEnvironment(home),
      encoding: 'utf8',
    });
    if (code !== 0) throw new Error(`tmux ${command.join(' ')}: ${stderr}`);
    return stdout;
  };
  const terminal = terminalOn(tmux, status);
  // The first moment of a server: it may not have its pane yet
  await until(
    () => tmux('list-panes') !== '',
    10,
    () => 'no pane',
  );
  return terminal;
}

/** tmux itself loses it at times when the terminal is closed before the program is gone. */
const noteStatus = 'trap : INT; "$@"; echo $? > "$0"';

function terminalOn(tmux: (...command: readonly string[]) => string, status: string): Terminal {
  const capture = (from: readonly string[], colour: boolean): string =>
    trimmed(tmux('capture-pane', '-p', ...from, ...(colour ? ['-e'] : [])));
  const screen: Terminal['screen'] = ({ colour = false } = {}) => capture([], colour);
  const everything: Terminal['everything'] = ({ colour = false } = {}) =>
    capture(['-S', '-'], colour);
  return {
    screen,
    everything,
    waitFor: (text, seconds = 30) =>
      until(
        () => {
          const shown = everything();
          return typeof text === 'string' ? shown.includes(text) : text.test(shown);
        },
        seconds,
        () => `waited for ${String(text)} before this screen:\n${everything()}`,
      ),
    type: (text) => {
      tmux('send-keys', '-l', '--', text);
    },
    press: (...keys) => {
      tmux('send-keys', ...keys);
    },
    end: async (seconds = 30) => {
      const code = () => (existsSync(status) ? readFileSync(status, 'utf8').trim() : '');
      await until(
        () => code() !== '',
        seconds,
        () => `it has not ended:\n${everything()}`,
      );
      return { code: Number(code()), screen: screen() };
    },
  };
}

/** The pane stays after the program, as it was; nothing of tmux itself is on the screen. */
function settingsFor(term: string): string {
  return [
    'set -g remain-on-exit on',
    "set -g remain-on-exit-format ''",
    'set -g status off',
    'set -g history-limit 10000',
    'set -s escape-time 0',
    `set -g default-terminal ${term}`,
    '',
  ].join('\n');
}

function trimmed(text: string): string {
  return `${text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd()}\n`;
}

async function until(holds: () => boolean, seconds: number, problem: () => string): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(problem());
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

afterAll(() => {
  for (const folder of servers) {
    spawnSync(tmuxProgram, ['-S', join(folder, 'tmux'), 'kill-server']);
    rmSync(folder, { recursive: true, force: true });
  }
});
