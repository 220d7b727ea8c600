import { codeOf, UserError } from '../core/errors.ts';
import { overwriteFile } from '../write/replace.ts';

/** Replaces a baseline or a configuration as a whole or not at all; keeps its mode, and the link if it is one. */
export function writeWhole(path: string, text: string): void {
  try {
    overwriteFile(path, Buffer.from(text));
  } catch (error) {
    throw new UserError(`cannot write ${path} (${codeOf(error) ?? 'unknown error'})`, {
      hint: 'Check that the folder exists and that you may write there.',
      cause: error,
    });
  }
}
