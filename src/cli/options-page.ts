// docs/options.md, from the table of options. test/cli-options.test.ts compares the two.
import { camelCase, commands, groups, options } from './options.ts';
import type { Command, Option } from './options.ts';

export function optionsPage(): string {
  return [
    '# Commands and options',
    'Made from `src/cli/options.ts` by `UPDATE=1 npm test -- test/cli-options.test.ts`. An option with a key can also stand in the configuration file.',
    '## Commands',
    commands.map(commandLine).join('\n'),
    ...groups.flatMap((group) => {
      const lines = options.filter((option) => option.group === group).map(optionLine);
      return lines.length === 0 ? [] : [`## ${group}`, lines.join('\n')];
    }),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

function commandLine({ usage, about }: Command): string {
  return `- \`keyscan ${usage}\`: ${about}`;
}

function optionLine(option: Option): string {
  const value =
    option.type === 'flag' ? '' : ` ${option.choices?.join('|') ?? option.value ?? 'VALUE'}`;
  const spelled =
    option.alias === undefined
      ? `\`--${option.name}${value}\``
      : `\`-${option.alias}\`, \`--${option.name}${value}\``;
  const notes = [
    option.repeatable ? 'May be given several times.' : undefined,
    option.default === undefined ? undefined : `Default: \`${option.default}\`.`,
    option.needs === undefined ? undefined : companions(option, option.needs),
    option.config ? `Key: \`${camelCase(option.name)}\`.` : undefined,
    option.commands.includes('scan')
      ? undefined
      : `For ${option.commands.map((name) => `\`${name}\``).join(', ')}.`,
  ].filter((note) => note !== undefined);
  return `- ${spelled}: ${[escaped(option.about), ...notes].join(' ')}`;
}

/** Of a scan it wants these beside it; the other commands that take it do not ask for them. */
function companions({ commands: owners }: Option, needs: readonly string[]): string {
  const others = owners.filter((name) => name !== 'scan' && name !== 'baseline');
  const all = [...needs.map((name) => `--${name}`), ...others].map((name) => `\`${name}\``);
  const last = all.pop() ?? '';
  return all.length === 0 ? `Only with ${last}.` : `Only with ${all.join(', ')} or ${last}.`;
}

/** `aws/*` and A..B are no Markdown. */
function escaped(text: string): string {
  return text.replace(/[*_<>]/g, (character) => `\\${character}`);
}
