// Every command but the scan, each loaded when it runs.
import { exitCodes } from '../commands/host.ts';
import type { Host } from '../commands/host.ts';
import { UserError } from '../core/errors.ts';
import type { CommandName } from './options.ts';
import type { CommandLine } from './parse.ts';

type Run = (line: CommandLine, host: Host) => Promise<number>;

export async function runCommand(line: CommandLine, host: Host): Promise<number> {
  const run = runs[line.command.name];
  if (run === undefined) throw new Error(`no way to run ${line.command.name}`);
  return run(line, host);
}

const runs: Partial<Record<CommandName, Run>> = {
  completion: async ({ words }, host) => {
    const { completion } = await import('./completion.ts');
    const [shell] = words;
    if (shell !== 'bash' && shell !== 'zsh' && shell !== 'fish') {
      throw new UserError('there is completion for bash, zsh and fish');
    }
    host.out(completion(shell));
    return exitCodes.clean;
  },
};
