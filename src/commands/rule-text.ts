// What a rule means, why it matters and what to do, for people.
import { severities } from '../core/finding.ts';
import type { Severity } from '../core/finding.ts';
import type { Rule } from '../core/rule.ts';
import { visible } from '../report/visible.ts';
import { wrap } from '../report/width.ts';

export function ruleText(rule: Rule, columns: number): string {
  const width = Math.max(40, Math.min(100, columns)) - 8;
  const paragraph = (label: string, text: string): string[] =>
    wrap(visible(text), width).map(
      (line, index) => `${(index === 0 ? label : '').padEnd(8)}${line}`,
    );
  const grades = Object.entries(rule.grades).sort(([, a], [, b]) => rank(b) - rank(a));
  const titles = Object.entries(rule.titles ?? {}).map(([kind, title]) => `${kind}: ${title}`);
  return [
    `${visible(rule.id)}  ${visible(rule.title)}`,
    '',
    ...paragraph('kinds', grades.map(([kind, severity]) => `${kind} ${severity}`).join(', ')),
    ...titles.flatMap((title) => paragraph('', title)),
    '',
    ...paragraph('why', rule.why),
    '',
    ...rule.advice.flatMap((step, index) =>
      wrap(visible(step), width - 3).map((line, row) => {
        const label = index === 0 && row === 0 ? 'next' : '';
        return `${label.padEnd(8)}${row === 0 ? `${index + 1}. ` : '   '}${line}`;
      }),
    ),
    '',
    ...rule.references.map(
      (url, index) => `${(index === 0 ? 'see' : '').padEnd(8)}${visible(url)}`,
    ),
    '',
    ...paragraph('ignore', `one place: the comment keyscan:ignore ${rule.id} on its line`),
    ...paragraph('', `everywhere: "rules": { "${rule.id}": "off" } in keyscan.config.json`),
    '',
  ].join('\n');
}

function rank(severity: Severity): number {
  return severities.indexOf(severity);
}
