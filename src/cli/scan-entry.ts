import { exitCodes } from '../commands/host.ts';
import type { Host } from '../commands/host.ts';
import type { CommandLine } from './parse.ts';

export async function scanCommand(line: CommandLine, host: Host): Promise<number> {
  host.out(line.words.join(' '));
  return exitCodes.failed;
}
