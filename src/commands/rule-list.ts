// `keyscan rules`: every rule, for people as a table, for programs as JSON.
import { severities } from '../core/finding.ts';
import type { Severity } from '../core/finding.ts';
import type { Rule } from '../core/rule.ts';
import { printJson } from '../report/json.ts';
import { visible } from '../report/visible.ts';
import { count } from '../report/words.ts';

export function rulesAsText(rules: readonly Rule[]): string {
  const rows = rules.map((rule) => [visible(rule.id), worst(rule), visible(rule.title)] as const);
  const width = Math.max(0, ...rows.map(([id]) => id.length));
  const lines = rows.map(
    ([id, severity, title]) => `${id.padEnd(width)}  ${severity.padEnd(8)}  ${title}`,
  );
  const last = `${count(rules.length, 'rule')}; keyscan explain RULE says more about one`;
  return [...lines, '', last, ''].join('\n');
}

export function rulesAsJson(rules: readonly Rule[]): string {
  return printJson({
    version: 1,
    rules: rules.map(({ id, provider, title, grades, why, advice, references }) => ({
      id,
      provider,
      title,
      grades,
      why,
      advice,
      references,
    })),
  });
}

/** How bad the worst that a rule reports is. */
export function worst({ grades }: Rule): Severity {
  const levels = Object.values(grades).map((severity) => severities.indexOf(severity));
  return severities[Math.max(0, ...levels)] ?? 'low';
}
