// Forms that the rules were not made from: every key in them comes out as one finding, its halves exactly located.

import { describe, expect, it } from '@jest/globals';

import { createScanner } from '../src/detect/scanner.ts';
import { runs } from './support/effort.ts';
import { expand } from './support/examples.ts';
import { awsForms, awsNearMisses } from './support/forms.ts';
import { placesOf } from './support/places.ts';
import { projectRoot } from './support/run.ts';

const scanner = createScanner();
const seeds = runs(4, 40);

describe('an AWS key as people write it', () => {
  it.each(awsForms(projectRoot).map((form) => [form.form, form] as const))('%s', (_, form) => {
    for (let seed = 0; seed < seeds; seed++) {
      const expanded = expand(form, `${form.text}${String(seed)}`);
      const { findings } = scanner.scan({
        path: form.path,
        stage: 'working-tree',
        content: expanded.content,
      });
      expect(findings.map(({ rule, provider, kind }) => `${rule} ${provider} ${kind}`)).toEqual(
        Array.from({ length: form.keys }, () => 'aws-access-key aws pair'),
      );
      const places = findings
        .flatMap(({ parts }) => parts)
        .map(({ line, column, endLine, endColumn }) => ({ line, column, endLine, endColumn }))
        .sort((a, b) => a.line - b.line || a.column - b.column);
      expect(places).toEqual(placesOf(expanded));
    }
  });
});

describe('what looks like an AWS key and is none', () => {
  it.each(awsNearMisses(projectRoot).map((form) => [form.form, form] as const))('%s', (_, form) => {
    for (let seed = 0; seed < seeds; seed++) {
      const { content } = expand(form, `${form.text}${String(seed)}`);
      const { findings } = scanner.scan({ path: form.path, stage: 'working-tree', content });
      const wrong = findings.filter(
        ({ provider, severity }) => provider === 'aws' && severity !== 'low',
      );
      expect(wrong.map(({ kind, line, title }) => ({ kind, line, title }))).toEqual([]);
    }
  });
});
