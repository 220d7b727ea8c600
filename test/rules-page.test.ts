// docs/rules.md is the rules themselves, written for people who read before they install.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import prettier from 'prettier';

import { rules } from '../rules/index.ts';
import type { Rule } from '../src/core/rule.ts';
import { table } from './support/page.ts';
import { projectRoot } from './support/run.ts';

describe('docs/rules.md', () => {
  it('is what the rules say (UPDATE=1 writes it)', async () => {
    const file = join(projectRoot, 'docs/rules.md');
    const page = await prettier.format(rulesPage(), { parser: 'markdown', printWidth: 100 });
    if (process.env['UPDATE']) writeFileSync(file, page);
    expect(readFileSync(file, 'utf8')).toBe(page);
  });
});

function rulesPage(): string {
  const providers = [...new Set(rules.map(({ provider }) => provider))];
  return [
    '# Rules',
    `${String(rules.length)} rules of ${String(providers.length)} providers, made from the records in \`rules/\` by a test; the same records are what \`keyscan rules\` and \`keyscan explain RULE\` print. An id is what \`--rule\`, the configuration and comments take; \`provider/*\` is all of a provider.`,
    table(
      ['Rule', 'Provider', 'Finds', 'Severity'],
      rules.map((rule) => [
        `[\`${rule.id}\`](#${rule.id})`,
        rule.provider,
        rule.title,
        gradesOf(rule).join(', '),
      ]),
    ),
    ...rules.map(section),
  ].join('\n\n');
}

function section(rule: Rule): string {
  const forms = [
    ...new Set(rule.examples.flatMap(({ form }) => (form === undefined ? [] : [form]))),
  ];
  const not = [
    ...new Set(rule.negatives.flatMap(({ form }) => (form === undefined ? [] : [form]))),
  ];
  return [
    `## ${rule.id}`,
    `**${rule.title}** (\`${rule.provider}\`). ${rule.why}`,
    list('What to do', rule.advice),
    list('Found', forms),
    list('Not reported', not),
    list('Read more', rule.references),
  ]
    .filter((text) => text !== '')
    .join('\n\n');
}

function gradesOf(rule: Rule): readonly string[] {
  return Object.entries(rule.grades).map(([kind, severity]) => `${kind} ${severity}`);
}

function list(title: string, items: readonly string[]): string {
  return items.length === 0 ? '' : `${title}:\n\n${items.map((item) => `- ${item}`).join('\n')}`;
}
