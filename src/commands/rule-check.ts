// Whether a rule does what its examples say: each ⟦…⟧ is found exactly, and the negatives hold nothing.
import type { Finding } from '../core/finding.ts';
import type { Example, Rule } from '../core/rule.ts';
import { createScanner } from '../detect/scanner.ts';
import type { Scanner } from '../detect/api.ts';
import { ruleProblem } from './custom-rules.ts';
import { expandRuns } from './example-runs.ts';

/** Sentences; empty when all is well. */
export function checkRule(rule: Rule): string[] {
  const reason = ruleProblem(rule);
  if (reason !== undefined) return [reason];
  const scanner = createScanner({ rules: [rule] });
  const none =
    rule.examples.length === 0
      ? ['it has no example, so nothing shows that it finds anything']
      : [];
  return [
    ...none,
    ...rule.examples.flatMap((example, index) =>
      checkExample(scanner, example, `example ${index + 1}`),
    ),
    ...rule.negatives.flatMap((example, index) =>
      checkNegative(scanner, example, `negative ${index + 1}`),
    ),
  ];
}

function checkExample(scanner: Scanner, example: Example, name: string): string[] {
  const { text, marked } = unmark(expandRuns(example.text));
  if (marked.length === 0) return [`${name} marks nothing with ⟦…⟧`];
  const found = places(scan(scanner, text, example));
  const missing = marked.filter((place) => !found.includes(place));
  const extra = found.filter((place) => !marked.includes(place));
  return [
    ...missing.map((place) => `${name}: nothing found at ${place}, where it is marked`),
    ...extra.map((place) => `${name}: found at ${place}, where nothing is marked`),
  ];
}

function checkNegative(scanner: Scanner, example: Example, name: string): string[] {
  const { text } = unmark(expandRuns(example.text));
  return places(scan(scanner, text, example)).map(
    (place) => `${name}: found at ${place}, although it is a negative`,
  );
}

function scan(
  scanner: Scanner,
  text: string,
  { path = 'example.txt' }: Example,
): readonly Finding[] {
  return scanner.scan({ path, stage: 'local', content: Buffer.from(text) }).findings;
}

/** `line:column-line:column`, one for each part. */
function places(findings: readonly Finding[]): string[] {
  return findings.flatMap(({ parts }) =>
    parts.map(
      ({ line, column, endLine, endColumn }) => `${line}:${column}-${endLine}:${endColumn}`,
    ),
  );
}

function unmark(text: string): { text: string; marked: string[] } {
  let plain = '';
  let line = 1;
  let column = 1;
  let start = '';
  const marked: string[] = [];
  for (const character of text) {
    if (character === '⟦') start = `${line}:${column}`;
    else if (character === '⟧') marked.push(`${start}-${line}:${column}`);
    else {
      plain += character;
      column = character === '\n' ? 1 : column + character.length;
      line += character === '\n' ? 1 : 0;
    }
  }
  return { text: plain, marked };
}
