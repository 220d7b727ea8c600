// Every example of every rule and every form that people write, found or not: what must not depend on how it arrives.

import { rules } from '../../rules/index.ts';
import type { Finding } from '../../src/core/finding.ts';
import type { Example } from '../../src/core/rule.ts';
import { expand } from './examples.ts';
import { awsForms, awsNearMisses } from './forms.ts';

export interface Sample {
  readonly name: string;
  readonly path: string;
  readonly content: Buffer;
}

export function samples(root: string): readonly Sample[] {
  return [
    ...rules.flatMap(({ id, examples, negatives }) => [
      ...examples.map((example) => sample(id, example)),
      ...negatives.map((example) => sample(`${id}, none`, example)),
    ]),
    ...awsForms(root).map((form) => sample('form', form)),
    ...awsNearMisses(root).map((form) => sample('near miss', form)),
  ];
}

function sample(of: string, example: Example): Sample {
  const { content, path } = expand(example);
  const name = `${of}: ${example.form ?? JSON.stringify(example.text.slice(0, 60))}`;
  return { name, path, content };
}

/** What a finding says of a text alone: not its path, its stage, or what depends on them. */
export function facts(findings: readonly Finding[]): unknown {
  return findings.map(({ rule, kind, fingerprint, parts }) => ({
    rule,
    kind,
    fingerprint,
    parts: parts.map(({ role, line, column, endLine, endColumn, masked, decodedBy }) =>
      [role, line, column, endLine, endColumn, masked, ...(decodedBy ?? [])].join(' '),
    ),
  }));
}
