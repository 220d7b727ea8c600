// fixtures/aws-forms.txt: how people write AWS keys, collected apart from the rules; aws-near-misses.txt: what is none.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Example } from '../../src/core/rule.ts';

export interface Form extends Example {
  readonly form: string;
  readonly path: string;
  /** How many keys are in it, each an id with its secret. */
  readonly keys: number;
}

export function awsForms(root: string): readonly Form[] {
  return formsIn(join(root, 'fixtures/aws-forms.txt'));
}

export function awsNearMisses(root: string): readonly Form[] {
  return formsIn(join(root, 'fixtures/aws-near-misses.txt'));
}

function formsIn(file: string): readonly Form[] {
  return readFileSync(file, 'utf8')
    .split(/^=== /m)
    .slice(1)
    .map((section) => {
      const [, form = '', path = '', body = ''] = /^(.*) \| (.*)\n([^]*)$/.exec(section) ?? [];
      return { form, path, text: body, keys: new Set(body.match(/aws-id#\d/g)).size };
    });
}
