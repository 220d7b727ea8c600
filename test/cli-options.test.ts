// The option table, and what is made from it.
import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import prettier from 'prettier';

import { completion } from '../src/cli/completion.ts';
import { help } from '../src/cli/help.ts';
import { optionsPage } from '../src/cli/options-page.ts';
import { camelCase, commands, formatChoices, options } from '../src/cli/options.ts';
import { formatNames } from '../src/report/index.ts';
import { projectRoot, temporaryFolder, writeTree } from './support/run.ts';

const scan = commands.find(({ name }) => name === 'scan')!;

describe('the table', () => {
  it('names every option and every alias once', () => {
    const names = options.map(({ name }) => name);
    const aliases = options.flatMap(({ alias }) => alias ?? []);
    expect(names).toEqual([...new Set(names)]);
    expect(aliases).toEqual([...new Set(aliases)]);
  });

  it('refers only to options and commands that exist', () => {
    const names = new Set(options.map(({ name }) => name));
    const commandNames = new Set(commands.map(({ name }) => name));
    for (const { name, needs = [], commands: owners } of options) {
      expect([name, needs.filter((each) => !names.has(each))]).toEqual([name, []]);
      expect([name, owners.filter((each) => !commandNames.has(each))]).toEqual([name, []]);
    }
  });

  it('gives every choice its words and every value a name', () => {
    for (const { name, type, choices, value, default: preset } of options) {
      expect([name, type === 'choice']).toEqual([name, choices !== undefined]);
      expect([name, type !== 'flag']).toEqual([name, value !== undefined]);
      if (choices && preset !== undefined) expect(choices).toContain(preset);
    }
  });

  it('knows the formats that there are', () => {
    expect(formatChoices).toEqual(formatNames);
  });

  it('turns names into keys', () => {
    expect(['max-file-size', 'exclude', 'no-inline-ignore'].map(camelCase)).toEqual([
      'maxFileSize',
      'exclude',
      'noInlineIgnore',
    ]);
  });
});

describe('help', () => {
  it('fits its width, is ASCII, and names every option and command', async () => {
    for (const command of commands) {
      const text = await help(command, 80);
      const lines = text.split('\n');
      expect([command.name, lines.filter((line) => line.length > 80)]).toEqual([command.name, []]);
      expect(text).toMatch(/^[\n\x20-\x7e]+$/);
      const shown = options.filter((each) => each.commands.includes(command.name));
      expect(shown.filter(({ name }) => !text.includes(`--${name}`))).toEqual([]);
    }
    const main = await help(scan, 80);
    const available = commands.filter(({ name }) => name !== 'scan');
    expect(available.filter(({ usage }) => !main.includes(`keyscan ${usage}`))).toEqual([]);
    expect(main).toContain('Exit codes:');
  });

  it('of doctor names the third of its exit codes', async () => {
    const doctor = commands.find(({ name }) => name === 'doctor')!;
    expect(await help(doctor, 80)).toContain('0 all hooks fire, 1 one does not, 2 cannot tell');
  });
});

describe('docs/options.md', () => {
  it('says of an option all that the parser takes it with', () => {
    const together = options.filter(({ needs, commands: owners }) => needs && owners.length > 1);
    const missing = together.flatMap(({ name, needs = [], commands: owners }) => {
      const line = optionsPage()
        .split('\n')
        .find((each) => each.includes(`\`--${name}`));
      const said = [
        ...needs.map((each) => `--${each}`),
        ...owners.filter((each) => each !== 'scan' && each !== 'baseline'),
      ];
      return said.filter((each) => !line?.includes(`\`${each}\``)).map((each) => [name, each]);
    });
    expect(missing).toEqual([]);
  });

  it('is what the table says (UPDATE=1 writes it)', async () => {
    const file = join(projectRoot, 'docs/options.md');
    const page = await prettier.format(optionsPage(), { parser: 'markdown', printWidth: 100 });
    if (process.env['UPDATE']) writeFileSync(file, page);
    expect(readFileSync(file, 'utf8')).toBe(page);
  });
});

describe('completion', () => {
  const bash = (line: string, folder: string): string[] => {
    const words = line.split(' ');
    const script = `${completion('bash')}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length - 1}
_keyscan
printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    return stdout.split('\n').filter((word) => word !== '');
  };

  it('in bash offers commands first, then options and files of the command', () => {
    const folder = temporaryFolder();
    writeTree(folder, { 'explore.txt': '', 'src/a': '' });
    expect(bash('keyscan ex', folder)).toEqual(['explain', 'explore.txt']);
    expect(bash('keyscan --fo', folder)).toEqual(['--format']);
    expect(bash('keyscan --format ', folder)).toEqual([...formatChoices]);
    expect(bash('keyscan -f js', folder)).toEqual(['json']);
    expect(bash('keyscan --format = s', folder)).toEqual(['sarif']);
    expect(bash('keyscan completion z', folder)).toEqual(['zsh']);
    expect(bash('keyscan -o ', folder).sort()).toEqual(['explore.txt', 'src']);
    expect(bash('keyscan --reason', folder)).toEqual([]);
    expect(bash('keyscan ignore --rea', folder)).toEqual(['--reason']);
    expect(bash('keyscan -q baseline --im', folder)).toEqual(['--import']);
    expect(bash('keyscan -f json ru', folder)).toEqual(['rules']);
    expect(bash('keyscan src ru', folder)).toEqual([]);
  });

  it.each(['zsh', 'fish'] as const)('in %s is a script that the shell can read', (shell) => {
    const script = completion(shell);
    for (const { name } of options) {
      expect(script).toContain(shell === 'zsh' ? `--${name}` : `-l ${name}`);
    }
    if (spawnSync(shell, ['--version']).error) return; // not installed here
    const check = spawnSync(shell, ['-n'], { input: script, encoding: 'utf8' });
    expect([check.status, check.stderr]).toEqual([0, '']);
  });
});
