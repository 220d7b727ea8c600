// Where keyscan remembers things between runs; by itself, because a scan asks for it and needs nothing else of the writer.
import { isAbsolute, join } from 'node:path';

interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Undefined when the user has none. */
  readonly home: string | undefined;
}

/** Absolute; undefined when there is no home folder to put it in. */
export function stateFolder({ env, home }: Surroundings): string | undefined {
  const given = env[process.platform === 'win32' ? 'LOCALAPPDATA' : 'XDG_STATE_HOME'];
  const inner = process.platform === 'win32' ? ['keyscan', 'state'] : ['keyscan'];
  // XDG's rule: a path that is not absolute is to be ignored
  if (given !== undefined && isAbsolute(given)) return join(given, ...inner);
  const usual = process.platform === 'win32' ? ['AppData', 'Local'] : ['.local', 'state'];
  return home === undefined ? undefined : join(home, ...usual, ...inner);
}

/** In the state folder; there as soon as something was written. */
export const journalName = 'journal.jsonl';
