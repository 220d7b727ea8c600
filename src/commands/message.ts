// `--commit-msg FILE`: the message of the commit that is being made, as git hands it to its hook.

import { readFileSync } from 'node:fs';
import path from 'node:path';

import { UserError } from '../core/errors.ts';
import type { Scanner } from '../detect/api.ts';
import type { Collected } from './collect.ts';
import type { Host } from './host.ts';

export function scanMessage(file: string, scanner: Scanner, { cwd }: Host): Collected {
  const content = withoutDiff(read(path.resolve(cwd, file), file));
  const { findings, skipped } = scanner.scan({
    path: '<commit-message>',
    stage: 'staged',
    content,
  });
  return { findings, skipped, files: 1, bytes: content.length };
}

function read(absolute: string, file: string): Buffer {
  try {
    return readFileSync(absolute);
  } catch (error) {
    throw new UserError(`cannot read the commit message ${file}`, {
      hint: 'git gives its commit-msg hook the file; nobody else has to call this',
      cause: error,
    });
  }
}

/**
 * `git commit --verbose` shows the diff below a cut line and takes it off again. A key that the commit removes stands
 * there, and must not stop it. Text under a cut line that is no diff may well be kept by git, so it is read.
 */
function withoutDiff(message: Buffer): Buffer {
  const text = message.toString('latin1');
  const cut = /^\S{1,4} -{24} >8 -{24}\n(?:\S{1,4} .*\n)*(?=diff --(?:git|cc|combined) )/m.exec(
    text,
  );
  return cut === null ? message : message.subarray(0, cut.index);
}
