// `--output`: the whole report or none of it, under the name that was given.
import { statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { UserError } from '../core/errors.ts';
import { writeWhole } from '../policy/write.ts';

export function writeReport(name: string, cwd: string, text: string): void {
  const file = path.resolve(cwd, name);
  if (!isPipeOrDevice(file)) {
    writeWhole(file, text);
    return;
  }
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new UserError(`cannot write the report to ${name}`, { cause: error });
  }
}

/** `/dev/null`, `/dev/stdout`, a named pipe: written to, because replacing it by a file would break it. */
function isPipeOrDevice(file: string): boolean {
  const found = statSync(file, { throwIfNoEntry: false });
  return found !== undefined && !found.isFile() && !found.isDirectory();
}
