// argv → command, words, values; and what is said when it is wrong.
import { describe, expect, it } from '@jest/globals';

import { bytesOf, parse, UsageError } from '../src/cli/parse.ts';
import { formatChoices } from '../src/cli/options.ts';
import type { OptionName } from '../src/cli/options.ts';
import { UserError } from '../src/core/errors.ts';

function run(...argv: string[]) {
  const asked = parse(argv);
  if (asked.ask !== 'run') throw new Error(`asked for ${asked.ask}`);
  return asked;
}

/** Message and hint of what is thrown. */
function complaint(...argv: string[]): readonly [string, string | undefined] {
  try {
    parse(argv);
  } catch (error) {
    if (error instanceof UserError) return [error.message, error.hint];
    throw error;
  }
  throw new Error('nothing was wrong');
}

describe('words', () => {
  it('are paths of a scan unless the first one is a command', () => {
    expect(run('src', 'rules')).toMatchObject({
      command: { name: 'scan' },
      words: ['src', 'rules'],
    });
    expect(run('rules')).toMatchObject({ command: { name: 'rules' }, words: [] });
    expect(run('-f', 'json', 'rules')).toMatchObject({ command: { name: 'rules' }, words: [] });
  });

  it('are always paths with a slash or behind --', () => {
    expect(run('./rules')).toMatchObject({ command: { name: 'scan' }, words: ['./rules'] });
    expect(run('--', 'rules')).toMatchObject({ command: { name: 'scan' }, words: ['rules'] });
    expect(run('--', '-odd.txt', '--help')).toMatchObject({
      command: { name: 'scan' },
      words: ['-odd.txt', '--help'],
    });
    expect(run('src', '--', '--', '-x')).toMatchObject({ words: ['src', '--', '-x'] });
  });

  it('are no command when they are called scan, which is a folder like any other', () => {
    expect(run('scan')).toMatchObject({ command: { name: 'scan' }, words: ['scan'] });
  });

  it('keep numbers and odd characters as they were typed', () => {
    expect(run('007', '1e3', 'a=b', '[id].tsx', '')).toMatchObject({
      words: ['007', '1e3', 'a=b', '[id].tsx', ''],
    });
  });
});

describe('values', () => {
  it('can be written in every usual way', () => {
    for (const argv of [
      ['--format', 'json'],
      ['--format=json'],
      ['-f', 'json'],
      ['-fjson'],
      ['-qfjson'],
    ]) {
      expect([argv, run(...argv).values.text('format')]).toEqual([argv, 'json']);
    }
  });

  it('of an option that may not be repeated are replaced by the last one', () => {
    expect(run('-f', 'json', '--format=sarif', '-f', 'compact').values.list('format')).toEqual([
      'compact',
    ]);
  });

  it('of an option that may be repeated are all kept, in order', () => {
    expect(run('--rule', 'aws/*', 'src', '--rule=github-token').values.list('rule')).toEqual([
      'aws/*',
      'github-token',
    ]);
  });

  it('are absent when nothing was typed', () => {
    const { values } = run();
    const names: OptionName[] = ['format', 'rule', 'stdin', 'max-file-size'];
    expect(names.map((name) => values.on(name))).toEqual([false, false, false, false]);
    expect(values.text('format')).toBeUndefined();
    expect(values.list('rule')).toEqual([]);
    expect(values.size('max-file-size')).toBeUndefined();
    expect(values.count('threads')).toBeUndefined();
  });

  it('that begin with a dash need an equals sign', () => {
    expect(run('--exclude=-old').values.list('exclude')).toEqual(['-old']);
    expect(complaint('--output', '--quiet')).toEqual([
      '--output needs a value: --output FILE',
      'a value that begins with a dash is written --output=--quiet',
    ]);
  });

  it('that are sizes know the usual units', () => {
    expect(run('--max-file-size', '100MiB').values.size('max-file-size')).toBe(104_857_600);
    const sizes = ['1', '1b', '2k', '2KiB', '2kb', '1.5m', '1MB', '1g', '1 GiB', ' 7 '];
    expect(sizes.map(bytesOf)).toEqual([
      1, 1, 2048, 2048, 2000, 1_572_864, 1_000_000, 1_073_741_824, 1_073_741_824, 7,
    ]);
    const wrong = ['', '0', '0.1', '-1', 'MiB', '5x', '1e3', '1 2', '9999999999g', 'NaN', '١'];
    expect(wrong.map(bytesOf)).toEqual(wrong.map(() => undefined));
  });
});

describe('help and version', () => {
  it('are answered whatever else was typed', () => {
    expect(parse(['--help', '--bogus', '--format'])).toMatchObject({
      ask: 'help',
      command: { name: 'scan' },
    });
    expect(parse(['rules', '-h'])).toMatchObject({ ask: 'help', command: { name: 'rules' } });
    expect(parse(['-V'])).toEqual({ ask: 'version' });
    expect(parse(['-Vh'])).toMatchObject({ ask: 'help' });
  });
});

describe('a mistake', () => {
  it('in an option names the one that was probably meant', () => {
    expect(complaint('--fromat', 'json')).toEqual([
      'there is no option --fromat',
      'did you mean --format?',
    ]);
    expect(complaint('--show-supressed')).toEqual([
      'there is no option --show-supressed',
      'did you mean --show-suppressed?',
    ]);
    expect(complaint('--nothing-like-it')).toEqual([
      'there is no option --nothing-like-it',
      undefined,
    ]);
    expect(complaint('-x')).toEqual(['there is no option -x', undefined]);
  });

  it('suggests only options that the command has', () => {
    expect(complaint('explain', 'aws-access-key', '--formt', 'json')).toEqual([
      'there is no option --formt',
      undefined,
    ]);
  });

  it('in a choice lists what there is', () => {
    expect(complaint('--fail-on', 'hihg')).toEqual([
      '--fail-on cannot be "hihg"',
      'did you mean high? It is one of: low, medium, high, critical, never',
    ]);
    expect(complaint('-f', 'xml')).toEqual([
      '-f cannot be "xml"',
      `It is one of: ${formatChoices.join(', ')}`,
    ]);
  });

  it('in a number, a size or a date says how it is written', () => {
    expect(complaint('--threads', '0')).toEqual([
      '--threads cannot be "0"',
      'it is a whole number from 1 on',
    ]);
    expect(complaint('--max-file-size', 'big')).toEqual([
      '--max-file-size cannot be "big"',
      'a size is written 500KB, 100MiB or 1GiB',
    ]);
    for (const date of ['2027-02-30', '27-01-01', 'tomorrow', '2027-1-1']) {
      expect(complaint('ignore', 'ks1:0', '--reason', 'x', '--until', date)).toEqual([
        `--until cannot be "${date}"`,
        'a date is written YYYY-MM-DD',
      ]);
    }
  });

  it('such as a missing or an unexpected value is told apart', () => {
    expect(complaint('--config')).toEqual(['--config needs a value: --config FILE', undefined]);
    expect(complaint('--config=')).toEqual(['--config cannot be ""', 'it is empty']);
    expect(complaint('--quiet=yes')).toEqual(['--quiet takes no value', undefined]);
  });

  it('such as an option of another command says where it belongs', () => {
    expect(complaint('--reason', 'test')).toEqual([
      '--reason does not go with keyscan scan',
      'it belongs to keyscan ignore',
    ]);
    expect(complaint('rules', '--stdin')).toEqual([
      '--stdin does not go with keyscan rules',
      'it belongs to a scan',
    ]);
  });

  it('such as two modes at once is refused', () => {
    expect(complaint('--stdin', '--home')).toEqual([
      '--stdin and --home cannot be used together',
      undefined,
    ]);
    expect(complaint('--home', 'src')).toEqual([
      '--home takes no path, but there is "src"',
      undefined,
    ]);
    expect(complaint('--stdin-filename', 'a.env')).toEqual([
      '--stdin-filename means something only with --stdin',
      undefined,
    ]);
  });

  it('in the number of words shows how the command is used', () => {
    expect(complaint('explain')).toEqual([
      'keyscan explain needs more: keyscan explain RULE|FINGERPRINT',
      undefined,
    ]);
    expect(complaint('completion', 'bash', 'zsh')).toEqual([
      'keyscan completion has no use for "zsh"',
      'it is keyscan completion bash|zsh|fish',
    ]);
    expect(complaint('completion', 'fishh')).toEqual([
      'keyscan completion does not know "fishh"',
      'did you mean fish?',
    ]);
  });

  it('is shown beside the help of the command it was made in', () => {
    const made = (...argv: string[]) => {
      try {
        parse(argv);
        return undefined;
      } catch (error) {
        return error instanceof UsageError ? error.command : undefined;
      }
    };
    expect([made('--bogus'), made('rules', '--bogus')]).toEqual(['scan', 'rules']);
  });

  it('of a megabyte is cut and costs no time', () => {
    const long = 'x'.repeat(1_000_000);
    expect(complaint(`--${long}`)[1]).toBeUndefined();
    expect(complaint('--format', long)[0].length).toBeLessThan(200);
  });
});
