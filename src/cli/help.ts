// The help screens, drawn by yargs from the table of options. It only draws: parsing is parse.ts, because yargs ends a
// usage error with exit code 1 and takes a fifth of Node's own start to load.
import yargs from 'yargs';
import type { Argv } from 'yargs';

import { commands, groups, options } from './options.ts';
import type { Command, Option } from './options.ts';

/** Help as `--help` prints it, at most 100 columns wide. */
export async function help(command: Command, columns: number): Promise<string> {
  const screen = yargs([])
    .scriptName('keyscan')
    .locale('en')
    .help(false)
    .version(false)
    .wrap(Math.max(60, Math.min(100, columns)))
    .updateStrings({ 'Commands:': 'Other commands:' });
  if (command.name === 'scan') scanScreen(screen);
  else screen.usage(`keyscan ${command.usage}\n\n${command.about}`);

  for (const group of groups) {
    const shown = options.filter((option) => option.group === group && isShown(option, command));
    for (const option of shown) screen.option(spelled(option), described(option));
    if (shown.length > 0) screen.group(shown.map(spelled), `${group}:`);
  }
  for (const [line, meaning] of command.examples) screen.example(line, meaning);
  screen.epilogue(codesOf(command));
  return `${await screen.getHelp()}\n`;
}

function codesOf({ name }: Command): string {
  switch (name) {
    case 'scan':
      return `Exit codes:
  0  nothing found at or above --fail-on
  1  findings
  2  could not do what was asked, or not read what was named; wins over 1`;
    case 'doctor':
      return 'Exit codes: 0 all hooks fire, 1 one does not, 2 cannot tell.';
    default:
      return 'Exit codes: 0 done, 2 not.';
  }
}

function scanScreen(screen: Argv): void {
  screen.usage(`keyscan [paths..]   scan these files and folders
keyscan             audit this computer's AWS files, and the repository here

Finds leaked keys. A scan only reads, and never uses the network.`);
  for (const { name, usage, about } of commands) {
    if (name !== 'scan') screen.command(usage, shortened(about));
  }
}

function isShown({ commands: owners }: Option, command: Command): boolean {
  return owners.includes(command.name);
}

/** With its value: yargs knows no names for values, but prints any name that an option has. */
function spelled({ name, value }: Option): string {
  return value === undefined ? name : `${name} ${value}`;
}

function described(option: Option) {
  const choices = option.choices === undefined ? '' : ` One of: ${option.choices.join(', ')}.`;
  const preset = option.default === undefined ? '' : ` Default: ${option.default}.`;
  return {
    description: `${option.about}${option.repeatable ? ' May be repeated.' : ''}${choices}${preset}`,
    ...(option.alias === undefined ? {} : { alias: option.alias }),
  };
}

/** The first clause: the list of commands has one line for each. */
function shortened(about: string): string {
  return about.split(/[:,;.] /, 1)[0]?.replace(/\.$/, '') ?? '';
}
