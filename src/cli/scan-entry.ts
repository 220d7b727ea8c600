// The scan's own file: everything in it is loaded by a scan and by nothing else.
import type { Host } from '../commands/host.ts';
import { scan } from '../commands/scan.ts';
import type { CommandLine } from './parse.ts';
import { scanFlags } from './scan-flags.ts';

export async function scanCommand(line: CommandLine, host: Host): Promise<number> {
  return scan(scanFlags(line), host);
}
