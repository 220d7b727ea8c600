// The one table of commands and options. Parsing, help, completion, docs/options.md, the keys a configuration may hold
// and the checks of what goes with what are all made from it: a new option is one entry here and its use in a command.

export type CommandName =
  | 'scan'
  | 'install'
  | 'uninstall'
  | 'doctor'
  | 'baseline'
  | 'ignore'
  | 'explain'
  | 'rules'
  | 'completion'
  | 'keys'
  | 'undo';

export interface Command {
  readonly name: CommandName;
  /** What is written after `keyscan`. */
  readonly usage: string;
  readonly about: string;
  /** Words after the command: how many at least and at most. */
  readonly words: readonly [min: number, max: number];
  /** What the first word may be, for completion and for help. */
  readonly firstWord?: readonly string[];
  readonly examples: readonly (readonly [line: string, meaning: string])[];
}

export type OptionType = 'flag' | 'text' | 'choice' | 'size' | 'count' | 'date';

export interface Option {
  readonly name: string;
  readonly alias?: string;
  readonly type: OptionType;
  /** What stands for the value in help: FILE, NAME. */
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly repeatable?: true;
  /** As help shows it; the commands know it themselves. */
  readonly default?: string;
  readonly about: string;
  readonly group: Group;
  readonly commands: readonly CommandName[];
  /** Says what is scanned or done: at most one of these, and none of them takes words unless `words` is set. */
  readonly mode?: true;
  readonly takesWords?: true;
  /** Means something only beside one of these. */
  readonly needs?: readonly string[];
  /** Also a key of the configuration file, in camelCase. */
  readonly config?: true;
}

export const groups = [
  'What to scan',
  'What counts',
  'Report',
  'Fix',
  'Hooks',
  'This command',
  'General',
] as const;
export type Group = (typeof groups)[number];

const scanning = ['scan', 'baseline'] as const;
const everywhere = [
  'scan',
  'install',
  'uninstall',
  'doctor',
  'baseline',
  'ignore',
  'explain',
  'rules',
  'completion',
  'keys',
  'undo',
] as const;

export const severityChoices = ['low', 'medium', 'high', 'critical', 'never'] as const;
export const formatChoices = [
  'pretty',
  'compact',
  'json',
  'sarif',
  'junit',
  'github',
  'gitlab',
  'codeclimate',
  'azure',
] as const;
const shells = ['bash', 'zsh', 'fish'] as const;

export const commands: readonly Command[] = [
  {
    name: 'scan',
    usage: '[paths..]',
    about:
      "Finds leaked keys. Without a path: an audit of this computer's AWS files and environment, the env files here, and this repository.",
    words: [0, Infinity],
    examples: [
      ['keyscan', 'audit this computer and this repository'],
      ['keyscan src deploy/.env', 'scan exactly these'],
      ['keyscan --home', 'only this computer: AWS files, environment, shell history, tools'],
      ['cat app.log | keyscan --stdin', 'scan a stream'],
      ['keyscan -f sarif -o keyscan.sarif .', 'a report for code scanning'],
      ['keyscan --fail-on high .', 'exit 1 only for high and critical'],
    ],
  },
  {
    name: 'baseline',
    usage: 'baseline [paths..]',
    about: "Writes or updates .keyscan-baseline.json from today's findings, or imports one.",
    words: [0, Infinity],
    examples: [
      ['keyscan baseline', 'accept what is found today; only new leaks fail from now on'],
      ['keyscan baseline --history', 'also what is only in old commits'],
      ['keyscan baseline --import .gitleaksignore', "take over another tool's list"],
    ],
  },
  {
    name: 'ignore',
    usage: 'ignore FINGERPRINT --reason TEXT',
    about: 'Adds one finding to the baseline, with the reason and, if wanted, an expiry date.',
    words: [1, 1],
    examples: [
      [
        'keyscan ignore ks1:3f9c... --reason "test account" --until 2027-01-31',
        'until the end of January',
      ],
    ],
  },
  {
    name: 'explain',
    usage: 'explain RULE|FINGERPRINT',
    about: 'Says what a rule or a finding is, why it matters and what to do.',
    words: [1, 1],
    examples: [['keyscan explain aws-access-key', 'the rule, with its references']],
  },
  {
    name: 'rules',
    usage: 'rules [check|import FILE]',
    about: 'Lists every rule, checks a file of your own rules, or imports those of gitleaks.',
    words: [0, 2],
    firstWord: ['check', 'import'],
    examples: [
      ['keyscan rules', 'id, severity, title'],
      ['keyscan rules --format json', 'the same for programs'],
      ['keyscan rules check my-rules.json', 'shape, anchors and examples of your rules'],
      ['keyscan rules import gitleaks.toml > keyscan.config.json', 'as customRules'],
    ],
  },
  {
    name: 'completion',
    usage: 'completion bash|zsh|fish',
    about: 'Prints a completion script for your shell.',
    words: [1, 1],
    firstWord: shells,
    examples: [
      ['keyscan completion bash >> ~/.bashrc', 'bash 3.2 and newer'],
      ['keyscan completion zsh > ~/.zfunc/_keyscan', 'a folder of your fpath'],
      ['keyscan completion fish > ~/.config/fish/completions/keyscan.fish', 'fish'],
    ],
  },
  {
    name: 'install',
    usage: 'install',
    about: 'Puts the git hooks in: pre-commit, pre-merge-commit and commit-msg.',
    words: [0, 0],
    examples: [
      ['keyscan install', 'the hooks of this repository'],
      ['keyscan install --pre-push', 'and check what is pushed'],
      ['keyscan install --global', 'for every repository, with git 2.54 or later'],
    ],
  },
  {
    name: 'uninstall',
    usage: 'uninstall',
    about: 'Takes the git hooks out again, byte for byte.',
    words: [0, 0],
    examples: [['keyscan uninstall', 'the hooks of this repository']],
  },
  {
    name: 'doctor',
    usage: 'doctor',
    about: 'Proves that the git hooks fire and block in this repository.',
    words: [0, 0],
    examples: [
      ['keyscan doctor', 'exit 0: all fire, 1: one does not, 2: cannot tell'],
      ['keyscan doctor --run-hooks', 'run the whole hooks, after asking'],
    ],
  },
  {
    name: 'keys',
    usage: 'keys [ACTION KEY]',
    about: 'Lists the old keys that --fix replaced, and retires them.',
    words: [0, 2],
    firstWord: ['deactivate', 'reactivate', 'delete'],
    examples: [
      ['keyscan keys', 'what is still active'],
      ['keyscan keys deactivate 7Q2X', 'by the end of the key that the list shows'],
      ['keyscan keys reactivate 7Q2X', 'something still needed it'],
      ['keyscan keys delete 7Q2X', 'once nothing has missed it for two weeks'],
    ],
  },
  {
    name: 'undo',
    usage: 'undo [ID]',
    about: 'Shows what a migration by --fix changed, and with --yes takes it back.',
    words: [0, 1],
    examples: [
      ['keyscan undo', 'the last one; nothing is changed yet'],
      ['keyscan undo --yes', 'take it back'],
    ],
  },
];

const table = [
  // What to scan
  {
    name: 'stdin',
    type: 'flag',
    mode: true,
    about: 'Scan what comes in on standard input.',
    group: 'What to scan',
    commands: ['scan'],
  },
  {
    name: 'stdin-filename',
    type: 'text',
    value: 'NAME',
    needs: ['stdin'],
    about: 'The name to report for standard input; its ending also says how to read it.',
    group: 'What to scan',
    commands: ['scan'],
  },
  {
    name: 'home',
    type: 'flag',
    mode: true,
    about:
      'Only this computer: AWS files, environment, shell start-up files and history, tool configurations.',
    group: 'What to scan',
    commands: ['scan'],
  },
  {
    name: 'staged',
    type: 'flag',
    mode: true,
    about: 'What the next commit would add.',
    group: 'What to scan',
    commands: ['scan'],
  },
  {
    name: 'range',
    type: 'text',
    value: 'A..B',
    mode: true,
    about:
      'Every commit of the range, each on its own; A...B is what a pull request of B into A brings.',
    group: 'What to scan',
    commands: scanning,
  },
  {
    name: 'since',
    type: 'text',
    value: 'REF',
    mode: true,
    about: 'The commits since HEAD left REF.',
    group: 'What to scan',
    commands: scanning,
  },
  {
    name: 'history',
    type: 'flag',
    mode: true,
    about: 'Every commit reachable from any ref, stashes included.',
    group: 'What to scan',
    commands: scanning,
  },
  {
    name: 'reflog',
    type: 'flag',
    needs: ['history'],
    about: 'With --history: also what only the reflog still reaches.',
    group: 'What to scan',
    commands: scanning,
  },
  {
    name: 'unreachable',
    type: 'flag',
    needs: ['history'],
    about: 'With --history: also commits that nothing reaches any more.',
    group: 'What to scan',
    commands: scanning,
  },
  {
    name: 'cache',
    type: 'flag',
    needs: ['history'],
    about:
      'With --history: next time look only at new commits, and at those in which something was found.',
    group: 'What to scan',
    commands: scanning,
  },
  {
    name: 'exclude',
    type: 'text',
    value: 'GLOB',
    repeatable: true,
    config: true,
    about: 'Leave out paths that match this gitignore pattern.',
    group: 'What to scan',
    commands: scanning,
  },
  {
    name: 'no-ignore',
    type: 'flag',
    config: true,
    about: 'Read everything in a folder, also what git or .keyscanignore leave out.',
    group: 'What to scan',
    commands: scanning,
  },
  {
    name: 'max-file-size',
    type: 'size',
    value: 'SIZE',
    default: '100MiB',
    config: true,
    about: 'Pass over larger files and say so, such as 5MB or 1GiB.',
    group: 'What to scan',
    commands: scanning,
  },
  {
    name: 'threads',
    type: 'count',
    value: 'N',
    config: true,
    about: 'At most this many threads; a scan uses one so far.',
    group: 'What to scan',
    commands: scanning,
  },

  // What counts
  {
    name: 'rule',
    type: 'text',
    value: 'ID',
    repeatable: true,
    about: 'Only this rule; aws/* means every rule of a provider.',
    group: 'What counts',
    commands: scanning,
  },
  {
    name: 'fail-on',
    type: 'choice',
    value: 'SEVERITY',
    choices: severityChoices,
    default: 'medium',
    config: true,
    about: 'Exit 1 from this severity on.',
    group: 'What counts',
    commands: ['scan'],
  },
  {
    name: 'config',
    type: 'text',
    value: 'FILE',
    about: 'Read this configuration and look for no other.',
    group: 'What counts',
    commands: ['scan', 'baseline', 'ignore', 'rules', 'explain'],
  },
  {
    name: 'baseline',
    type: 'text',
    value: 'FILE',
    default: '.keyscan-baseline.json',
    config: true,
    about: 'The findings that are known and do not count.',
    group: 'What counts',
    commands: ['scan', 'baseline', 'ignore', 'explain'],
  },
  {
    name: 'no-inline-ignore',
    type: 'flag',
    config: true,
    about: 'Comments such as keyscan:ignore in the files do not count.',
    group: 'What counts',
    commands: scanning,
  },
  {
    name: 'policy-from',
    type: 'text',
    value: 'REF',
    about:
      'Take configuration, ignore files, baseline and inline comments as they are in this commit.',
    group: 'What counts',
    commands: ['scan'],
  },
  {
    name: 'show-suppressed',
    type: 'flag',
    config: true,
    about: 'Also show what the baseline and comments allow; it never counts.',
    group: 'What counts',
    commands: ['scan'],
  },

  // Report
  {
    name: 'format',
    alias: 'f',
    type: 'choice',
    value: 'NAME',
    choices: formatChoices,
    default: 'pretty',
    config: true,
    about: 'How the report is written.',
    group: 'Report',
    commands: ['scan', 'rules'],
  },
  {
    name: 'output',
    alias: 'o',
    type: 'text',
    value: 'FILE',
    about: 'Write the report there and one line to standard error.',
    group: 'Report',
    commands: ['scan'],
  },

  // Fix
  {
    name: 'fix',
    type: 'flag',
    mode: true,
    takesWords: true,
    about: 'Guided migration of AWS profiles from static keys to SSO. FILE names env files.',
    group: 'Fix',
    commands: ['scan'],
  },
  {
    name: 'profile',
    type: 'text',
    value: 'NAME',
    repeatable: true,
    needs: ['fix'],
    about: 'Only this profile.',
    group: 'Fix',
    commands: ['scan'],
  },
  {
    name: 'start-url',
    type: 'text',
    value: 'URL',
    needs: ['fix'],
    about: 'The start page of your IAM Identity Center.',
    group: 'Fix',
    commands: ['scan'],
  },
  {
    name: 'sso-region',
    type: 'text',
    value: 'REGION',
    needs: ['fix'],
    about: 'The region of your IAM Identity Center.',
    group: 'Fix',
    commands: ['scan'],
  },
  {
    name: 'sso-session',
    type: 'text',
    value: 'NAME',
    needs: ['fix'],
    about: 'The sso-session section to use or to write.',
    group: 'Fix',
    commands: ['scan'],
  },
  {
    name: 'account',
    type: 'text',
    value: 'ID',
    needs: ['fix'],
    about: 'The account of the one selected profile.',
    group: 'Fix',
    commands: ['scan'],
  },
  {
    name: 'role',
    type: 'text',
    value: 'NAME',
    needs: ['fix'],
    about: 'The role (permission set) of the one selected profile.',
    group: 'Fix',
    commands: ['scan'],
  },
  {
    name: 'map',
    type: 'text',
    value: 'FILE',
    needs: ['fix'],
    about: 'JSON that gives account and role for each profile; those not in it stay.',
    group: 'Fix',
    commands: ['scan'],
  },
  {
    name: 'target',
    type: 'choice',
    value: 'KIND',
    choices: ['sso', 'login'],
    default: 'sso',
    needs: ['fix'],
    about: 'IAM Identity Center, or aws login for those without it.',
    group: 'Fix',
    commands: ['scan'],
  },
  {
    name: 'env-files',
    type: 'choice',
    value: 'WHEN',
    choices: ['ask', 'yes', 'no'],
    default: 'ask',
    needs: ['fix'],
    about: 'Env files of this tree that hold a migrated key.',
    group: 'Fix',
    commands: ['scan'],
  },
  {
    name: 'dry-run',
    type: 'flag',
    needs: ['fix'],
    about: 'Show the plan; sign in nowhere, write nothing.',
    group: 'Fix',
    commands: ['scan'],
  },
  {
    name: 'device-code',
    type: 'flag',
    needs: ['fix'],
    about: 'Sign in with a code, for SSH and containers.',
    group: 'Fix',
    commands: ['scan', 'keys'],
  },
  {
    name: 'no-browser',
    type: 'flag',
    needs: ['fix'],
    about: 'Print the address and open no browser.',
    group: 'Fix',
    commands: ['scan', 'keys'],
  },
  {
    name: 'no-verify',
    type: 'flag',
    needs: ['fix'],
    about:
      'Make no call with the old key and do not run the AWS CLI; the new way is always proven.',
    group: 'Fix',
    commands: ['scan'],
  },
  {
    name: 'legacy',
    type: 'flag',
    needs: ['fix'],
    about: 'Write the form without sso-session, for old tools.',
    group: 'Fix',
    commands: ['scan'],
  },
  {
    name: 'deactivate',
    type: 'choice',
    value: 'WHEN',
    choices: ['ask', 'yes', 'no'],
    default: 'ask',
    needs: ['fix'],
    about: 'Make the old keys inactive.',
    group: 'Fix',
    commands: ['scan'],
  },
  {
    name: 'passphrase-file',
    type: 'text',
    value: 'FILE',
    about:
      'Its first line seals the removed keys for a day, and opens them again for keyscan undo.',
    group: 'Fix',
    commands: ['scan', 'undo'],
    needs: ['fix'],
  },

  // Hooks
  {
    name: 'global',
    type: 'flag',
    about: 'For every repository of this user.',
    group: 'Hooks',
    commands: ['install', 'uninstall', 'doctor'],
  },
  {
    name: 'pre-push',
    type: 'flag',
    mode: true,
    about: 'As the pre-push hook calls it; with install: also put that hook in.',
    group: 'Hooks',
    // git gives the hook the remote's name and address as words
    takesWords: true,
    commands: ['scan', 'install'],
  },
  {
    name: 'commit-msg',
    type: 'text',
    value: 'FILE',
    mode: true,
    about: 'As the commit-msg hook calls it.',
    group: 'Hooks',
    commands: ['scan'],
  },
  {
    name: 'run-hooks',
    type: 'flag',
    about: 'Run the whole hooks and not only our part, after consent.',
    group: 'Hooks',
    commands: ['doctor'],
  },
  {
    name: 'yes',
    alias: 'y',
    type: 'flag',
    needs: ['fix'],
    about: 'Consent to what would be asked.',
    group: 'Hooks',
    commands: ['scan', 'install', 'uninstall', 'doctor', 'keys', 'undo'],
  },

  // This command
  {
    name: 'import',
    type: 'text',
    value: 'FILE',
    about:
      'Take over a .gitleaksignore, a gitleaks JSON report or a .secrets.baseline instead of scanning.',
    group: 'This command',
    commands: ['baseline'],
  },
  {
    name: 'prune',
    type: 'flag',
    about: 'Also remove the entries of what is no longer found.',
    group: 'This command',
    commands: ['baseline'],
  },
  {
    name: 'reason',
    type: 'text',
    value: 'TEXT',
    about: 'Why this finding may stay.',
    group: 'This command',
    commands: ['ignore'],
  },
  {
    name: 'until',
    type: 'date',
    value: 'DATE',
    about: 'Counts again after this day, YYYY-MM-DD.',
    group: 'This command',
    commands: ['ignore'],
  },

  // General
  {
    name: 'quiet',
    alias: 'q',
    type: 'flag',
    config: true,
    about: 'No progress, no notes, nothing for a clean result; findings and errors are shown.',
    group: 'General',
    commands: everywhere,
  },
  {
    name: 'verbose',
    alias: 'v',
    type: 'flag',
    config: true,
    about: 'Say more: what was read, what was left out and why.',
    group: 'General',
    commands: everywhere,
  },
  {
    name: 'color',
    type: 'choice',
    value: 'WHEN',
    choices: ['auto', 'always', 'never'],
    default: 'auto',
    about: 'Colour; auto obeys NO_COLOR, FORCE_COLOR and the terminal.',
    group: 'General',
    commands: everywhere,
  },
  {
    name: 'help',
    alias: 'h',
    type: 'flag',
    about: 'Show help, also for one command.',
    group: 'General',
    commands: everywhere,
  },
  {
    name: 'version',
    alias: 'V',
    type: 'flag',
    about: 'Show the version.',
    group: 'General',
    commands: everywhere,
  },
] as const satisfies readonly Option[];

export type OptionName = (typeof table)[number]['name'];
export const options: readonly Option[] = table;

/** `--max-file-size` in a configuration file: `maxFileSize`. */
export function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
