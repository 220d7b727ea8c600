// Completion scripts, made from the table of options. Ours and not yargs', whose bash script needs bash 4 (macOS has
// 3.2) and which knows no fish.
import { commands, options } from './options.ts';
import type { Command, Option } from './options.ts';

export type Shell = 'bash' | 'zsh' | 'fish';

export function completion(shell: Shell): string {
  return generators[shell]();
}

const generators: Readonly<Record<Shell, () => string>> = { bash, zsh, fish };

const others = commands.filter(({ name }) => name !== 'scan');

function optionsOf(command: Command): Option[] {
  return options.filter(({ commands: owners }) => owners.includes(command.name));
}

/** What completes the value: one of some words, a file, or nothing we could know. */
function valueOf(option: Option): 'choice' | 'file' | 'other' {
  if (option.choices !== undefined) return 'choice';
  return option.value === 'FILE' ? 'file' : 'other';
}

const takingValue = options.filter(({ type }) => type !== 'flag');

function spellings(option: Option): string[] {
  return option.alias === undefined
    ? [`--${option.name}`]
    : [`--${option.name}`, `-${option.alias}`];
}

function bash(): string {
  const values = takingValue.map((option) => {
    const does = {
      choice: `COMPREPLY=($(compgen -W '${option.choices?.join(' ') ?? ''}' -- "$cur")); return`,
      file: 'compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur")); return',
      other: 'return',
    }[valueOf(option)];
    return `    ${spellings(option).join('|')}) ${does} ;;`;
  });
  const perCommand = commands.map((command) => {
    const words = optionsOf(command).flatMap(spellings);
    return `    ${command.name === 'scan' ? "''" : command.name}) names='${words.join(' ')}' words='${command.firstWord?.join(' ') ?? ''}' ;;`;
  });
  return `# bash completion for keyscan; works with bash 3.2 and newer
_keyscan() {
  local cur prev command='' names='' words='' first=1 i
  COMPREPLY=()
  cur=\${COMP_WORDS[COMP_CWORD]}
  prev=\${COMP_WORDS[COMP_CWORD-1]}
  # bash breaks words at "=": --format=js arrives as three
  if [ "$cur" = '=' ]; then cur=''; fi
  if [ "$prev" = '=' ] && [ "$COMP_CWORD" -ge 2 ]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      ${others.map(({ name }) => name).join('|')}) command=\${COMP_WORDS[i]}; first=''; break ;;
      -*) ;;
      *) case \${COMP_WORDS[i-1]} in ${takingValue.flatMap(spellings).join('|')}|=) ;; *) first=''; break ;; esac ;;
    esac
  done
  case $prev in
${values.join('\n')}
  esac
  case $command in
${perCommand.join('\n')}
  esac
  case $cur in
    -*) COMPREPLY=($(compgen -W "$names" -- "$cur")); return ;;
  esac
  if [ -n "$first" ]; then words='${others.map(({ name }) => name).join(' ')}'; fi
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen -W "$words" -- "$cur") $(compgen -f -- "$cur"))
}
complete -F _keyscan keyscan
`;
}

function zsh(): string {
  const described = (option: Option): string[] => {
    const text = zshText(option.about);
    const value = { choice: `(${option.choices?.join(' ') ?? ''})`, file: '_files', other: ' ' }[
      valueOf(option)
    ];
    const argument = option.type === 'flag' ? '' : `:${option.value ?? 'VALUE'}:${value}`;
    const star = option.repeatable ? '*' : '';
    return spellings(option).map(
      (spelling) =>
        `'${star}${spelling}${argument !== '' && spelling.startsWith('--') ? '=' : ''}[${text}]${argument}'`,
    );
  };
  const cases = others.map(
    (command) =>
      `        ${command.name}) _arguments -s ${[
        ...optionsOf(command).flatMap(described),
        ...(command.firstWord === undefined ? [] : [`'1:word:(${command.firstWord.join(' ')})'`]),
        "'*:file:_files'",
      ].join(' \\\n          ')} ;;`,
  );
  const [scan] = commands;
  const top = scan === undefined ? [] : optionsOf(scan).flatMap(described);
  return `#compdef keyscan
# zsh completion for keyscan
_keyscan() {
  local curcontext=$curcontext state line
  _arguments -C -s \\
    ${top.join(' \\\n    ')} \\
    '1: :->first' \\
    '*:: :->rest'
  case $state in
    first)
      local -a commands
      commands=(
        ${others.map(({ name, about }) => `'${name}:${zshText(about)}'`).join('\n        ')}
      )
      _describe -t commands command commands
      _files ;;
    rest)
      case $line[1] in
${cases.join('\n')}
        *) _files ;;
      esac ;;
  esac
}
if [ "$funcstack[1]" = _keyscan ]; then _keyscan "$@"; else compdef _keyscan keyscan; fi
`;
}

function zshText(text: string): string {
  return text.replace(/'/g, '’').replace(/[[\]:\\]/g, (character) => `\\${character}`);
}

function fish(): string {
  const names = others.map(({ name }) => name).join(' ');
  const lines = commands.flatMap((command) => {
    const condition =
      command.name === 'scan'
        ? `'not __fish_seen_subcommand_from ${names}'`
        : `'__fish_seen_subcommand_from ${command.name}'`;
    const values = {
      choice: (option: Option) => ` -x -a '${option.choices?.join(' ') ?? ''}'`,
      file: () => ' -r -F',
      other: () => ' -x',
    };
    const own = optionsOf(command).map((option) => {
      const short = option.alias === undefined ? '' : ` -s ${option.alias}`;
      const value = option.type === 'flag' ? '' : values[valueOf(option)](option);
      return `complete -c keyscan -n ${condition}${short} -l ${option.name}${value} -d ${fishText(option.about)}`;
    });
    const words =
      command.firstWord === undefined
        ? []
        : [`complete -c keyscan -n ${condition} -f -a '${command.firstWord.join(' ')}'`];
    return [...own, ...words];
  });
  const starts = others.map(
    ({ name, about }) =>
      `complete -c keyscan -n __fish_use_subcommand -a ${name} -d ${fishText(about)}`,
  );
  return `${['# fish completion for keyscan', ...starts, ...lines].join('\n')}\n`;
}

function fishText(text: string): string {
  return `'${text.replace(/[\\']/g, (character) => `\\${character}`)}'`;
}
