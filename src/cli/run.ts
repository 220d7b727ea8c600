// The outermost layer: argv in, exit code out, and the last word when something goes wrong.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import type { Host } from '../commands/host.ts';
import { exitCodes } from '../commands/host.ts';
import { bug, problem } from '../commands/messages.ts';
import { version } from '../commands/version.ts';
import { isUserError } from '../core/errors.ts';
import { host } from './host.ts';
import { commands } from './options.ts';
import { parse, UsageError } from './parse.ts';
import type { CommandLine } from './parse.ts';
import { closest } from '../core/closest.ts';
import { write } from './terminal.ts';

/** Never rejects; sets the exit code and lets Node end by itself, so that nothing written is cut off. */
export async function run(argv: readonly string[]): Promise<void> {
  process.on('uncaughtException', fail);
  try {
    const code = await answer(argv);
    // something may have gone wrong beside it meanwhile
    process.exitCode ??= code;
  } catch (error) {
    fail(error);
  }
}

async function answer(argv: readonly string[]): Promise<number> {
  const asked = parse(argv);
  if (asked.ask === 'version') {
    write(1, `${version}\n`);
    return exitCodes.clean;
  }
  const here = host(asked.ask === 'run' ? asked.values : undefined);
  if (asked.ask === 'help') {
    const { help } = await import('./help.ts');
    here.out(await help(asked.command, here.columns()));
    return exitCodes.clean;
  }
  return dispatch(asked, here);
}

/** A scan has its own file, which holds no library; everything else is loaded when it is asked for. */
async function dispatch(line: CommandLine, here: Host): Promise<number> {
  if (line.command.name === 'scan' && !line.values.on('fix')) {
    refuseMisspeltCommand(line, here.cwd);
    const { scanCommand } = await import('./scan-entry.ts');
    return scanCommand(line, here);
  }
  const { runCommand } = await import('./app.ts');
  return runCommand(line, here);
}

/** `keyscan basline` is a path that does not exist, and nearly a command. */
function refuseMisspeltCommand({ words: [first] }: CommandLine, cwd: string): void {
  if (first === undefined || /[./\\]/.test(first)) return;
  if (first === '-' && !existsSync(resolve(cwd, first))) {
    throw new UsageError("'-' does not exist", 'standard input is read with --stdin');
  }
  const meant = closest(first, [...commands.map(({ name }) => name), 'help']);
  if (meant === undefined || existsSync(resolve(cwd, first))) return;
  const hint = meant === 'help' ? 'it is keyscan --help' : `did you mean the command ${meant}?`;
  throw new UsageError(`'${first}' does not exist`, hint);
}

function fail(error: unknown): void {
  process.exitCode = exitCodes.failed;
  write(2, isUserError(error) ? problem(error) : bug(error));
  if (error instanceof UsageError) {
    const command = error.command === 'scan' ? '' : ` ${error.command}`;
    write(2, `  Try: keyscan${command} --help\n`);
  }
}
