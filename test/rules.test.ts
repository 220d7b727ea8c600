// Every rule proves itself: each example is found exactly where its marks stand and as nothing else, and nothing of the
// rule is found in its negatives.

import { readdirSync, readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';

import { rules } from '../rules/index.ts';
import type { Finding, Kind } from '../src/core/finding.ts';
import type { Example, Rule } from '../src/core/rule.ts';
import { checks } from '../src/detect/checks.ts';
import { createScanner } from '../src/detect/scanner.ts';
import { expand } from './support/examples.ts';
import { type Place, placesOf } from './support/places.ts';

const scanner = createScanner({ today: new Date('2026-06-01T00:00:00Z') });

function scan(content: Uint8Array, path: string): readonly Finding[] {
  return scanner.scan({ path, stage: 'working-tree', content }).findings;
}

function partsOf(findings: readonly Finding[]): readonly Place[] {
  return findings
    .flatMap(({ parts }) => parts)
    .map(({ line, column, endLine, endColumn }) => ({ line, column, endLine, endColumn }))
    .sort((a, b) => a.line - b.line || a.column - b.column);
}

function usualKind(rule: Rule): Kind {
  if (rule.id === 'aws-access-key' || rule.id === 's3-compatible-key') return 'pair';
  return rule.parts.every(({ role }) => role === 'token') ? (rule.tokenKind ?? 'secret') : 'secret';
}

function nameOf(example: Example): string {
  return JSON.stringify(example.form ?? example.text.slice(0, 70));
}

describe.each(rules.map((rule) => ({ id: rule.id, rule })))('rule $id', ({ rule }) => {
  it.each(rule.examples.map((example) => ({ name: nameOf(example), example })))(
    'finds $name and nothing else',
    ({ example }) => {
      const expanded = expand(example);
      const findings = scan(expanded.content, expanded.path);
      expect(partsOf(findings)).toEqual(placesOf(expanded));
      expect(findings.map(({ rule: id, kind }) => ({ id, kind }))).toEqual(
        (example.kinds ?? findings.map(() => usualKind(rule))).map((kind) => ({
          id: rule.id,
          kind,
        })),
      );
      // One half of a pair may stand there plainly.
      const decoded = findings
        .flatMap(({ parts }) => parts.flatMap((part) => part.decodedBy ?? []))
        .filter((one, index, all) => all.indexOf(one) === index);
      expect(decoded).toEqual(example.decodedBy ?? []);
      const low = /\((low|medium|high)\)$/.exec(example.form ?? '')?.[1];
      if (low !== undefined) expect(findings.map(({ severity }) => severity)).toEqual([low]);
    },
  );

  it.each(rule.negatives.map((example) => ({ name: nameOf(example), example })))(
    'finds nothing in $name',
    ({ example }) => {
      const { content, path } = expand(example);
      expect(scan(content, path).filter(({ rule: id }) => id === rule.id)).toEqual([]);
    },
  );

  it('is a record that people can read and the program can use', () => {
    expect(rule.id).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
    expect(rule.examples.length).toBeGreaterThan(0);
    expect(rule.negatives.length).toBeGreaterThan(0);
    expect(rule.why).toMatch(/[.]$/);
    expect(rule.advice.length).toBeGreaterThan(0);
    expect(rule.advice.filter((step) => !/[.]$/.test(step))).toEqual([]);
    expect(rule.references.filter((url) => !/^https:\/\/\S+$/.test(url))).toEqual([]);
    const names = rule.parts.flatMap((part) => part.checks ?? []);
    expect(names.filter((name) => checks[name] === undefined)).toEqual([]);
  });
});

describe('the rules together', () => {
  it('have ids of their own', () => {
    const ids = rules.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it('hold nothing in their source that they would find elsewhere', () => {
    const folder = new URL('../rules/', import.meta.url);
    const found = readdirSync(folder).flatMap((name) =>
      scan(readFileSync(new URL(name, folder)), `rules/${name}`).map(
        ({ rule, path, line }) => `${path}:${String(line)} ${rule}`,
      ),
    );
    expect(found).toEqual([]);
  });
});
