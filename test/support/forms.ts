// fixtures/aws-forms.txt: how people write AWS keys, collected apart from the rules.

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
  const text = readFileSync(join(root, 'fixtures/aws-forms.txt'), 'utf8');
  return text
    .split(/^=== /m)
    .slice(1)
    .map((section) => {
      const [, form = '', path = '', body = ''] = /^(.*) \| (.*)\n([^]*)$/.exec(section) ?? [];
      return { form, path, text: body, keys: new Set(body.match(/aws-id#\d/g)).size };
    });
}
