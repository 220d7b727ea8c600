// Where keys lie in a home folder, beside the AWS tools' own files: one table, so that adding a place is one line.
// Wildcards are those of fast-glob; what begins with a brace is resolved by `placeRoots`.

import path from 'node:path';

export interface HomePlace {
  /** `history` is what a person typed: it names profiles without needing them. */
  readonly kind:
    'startup' | 'history' | 'storage' | 'tool' | 'editor' | 'agent' | 'env' | 'download';
  readonly on?: readonly NodeJS.Platform[];
  readonly paths: readonly string[];
}

export type Environment = Readonly<Record<string, string | undefined>>;

const unix = [
  'linux',
  'darwin',
  'freebsd',
  'openbsd',
  'netbsd',
  'sunos',
  'aix',
  'android',
] as const;

/** The folders that Visual Studio Code and its relatives call `User`. */
const codeUser = [
  'Code',
  'Code - Insiders',
  'VSCodium',
  'Cursor',
  'Windsurf',
  'Kiro',
  'Trae',
].flatMap((product) => [
  `{config}/${product}/User`,
  `{support}/${product}/User`,
  `{appdata}/${product}/User`,
]);

export const homePlaces: readonly HomePlace[] = [
  {
    kind: 'startup',
    on: unix,
    paths: [
      ...['.profile', '.bashrc', '.bash_profile', '.bash_login', '.bash_logout', '.bash_aliases'],
      ...[
        '.kshrc',
        '.mkshrc',
        '.cshrc',
        '.tcshrc',
        '.login',
        '.xprofile',
        '.xsessionrc',
        '.inputrc',
      ],
      ...['.aliases', '.exports', '.functions', '.extra', '.path', '.secrets', '.pam_environment'],
    ].map((name) => `~/${name}`),
  },
  {
    kind: 'startup',
    on: unix,
    paths: [
      '.zshrc',
      '.zshenv',
      '.zprofile',
      '.zlogin',
      '.zlogout',
      '.zshrc.local',
      '.zshenv.local',
    ].map((name) => `{zdotdir}/${name}`),
  },
  {
    kind: 'startup',
    on: unix,
    paths: [
      ...[
        '{config}/fish/config.fish',
        '{config}/fish/fish_variables',
        '{config}/fish/conf.d/*.fish',
      ],
      ...[
        '{config}/powershell/*profile.ps1',
        '{config}/nushell/*.nu',
        '{config}/environment.d/*.conf',
      ],
      ...[
        '~/.bashrc.d/*',
        '~/.zshrc.d/*',
        '~/.config/bash/*',
        '~/.oh-my-zsh/custom/*.zsh',
        '/etc/environment',
      ],
    ],
  },
  {
    kind: 'startup',
    on: ['darwin'],
    paths: ['~/Library/LaunchAgents/*.plist', '~/.MacOSX/environment.plist'],
  },
  {
    kind: 'startup',
    on: ['win32'],
    paths: [
      ...['{documents}/PowerShell/*profile.ps1', '{documents}/WindowsPowerShell/*profile.ps1'],
      ...['~/.bashrc', '~/.bash_profile', '~/.profile', '~/.zshrc', '{appdata}/nushell/*.nu'],
    ],
  },
  {
    kind: 'history',
    paths: [
      ...['.bash_history', '.zsh_history', '.zhistory', '.histfile', '.sh_history', '.ksh_history'],
      ...['.history', '.python_history', '.node_repl_history', '.irb_history', '.psql_history'],
      ...['.mysql_history', '.zsh_sessions/*.history'],
    ].map((name) => `~/${name}`),
  },
  {
    kind: 'history',
    paths: [
      ...['{zdotdir}/.zsh_history', '{data}/fish/fish_history', '{config}/nushell/history.txt'],
      ...[
        '{data}/powershell/PSReadLine/*_history.txt',
        '{state}/bash/history',
        '{state}/zsh/history',
      ],
      '{appdata}/Microsoft/Windows/PowerShell/PSReadLine/*_history.txt',
    ],
  },
  {
    kind: 'storage',
    paths: [
      ...[
        '~/.s3cfg',
        '~/.s3cfg-*',
        '~/.s3cfg.*',
        '{appdata}/s3cmd.ini',
        '~/.boto',
        '~/.boto.*',
        '/etc/boto.cfg',
      ],
      ...['{config}/rclone/rclone.conf', '~/.rclone.conf', '{appdata}/rclone/rclone.conf'],
      ...[
        '~/.mc/config.json',
        '~/.mcli/config.json',
        '~/mc/config.json',
        '~/.passwd-s3fs',
        '/etc/passwd-s3fs',
      ],
      ...['~/.s3ql/authinfo2', '~/.fog', '~/.s3curl', '~/.s3backer_passwd', '{config}/dvc/config'],
      ...[
        '{config}/filezilla/sitemanager.xml',
        '{appdata}/FileZilla/sitemanager.xml',
        '~/.s5cfg',
        '{config}/duplicati/*.json',
      ],
      ...['~/.config/restic/*', '{config}/kopia/*.config', '{config}/cyberduck/*.duck'],
    ],
  },
  {
    // ~/.aws, copied aside before something was tried
    kind: 'storage',
    paths: ['~/{,.}aws{.,-,_, ,~}*/{config,credentials}*'],
  },
  {
    kind: 'tool',
    paths: [
      ...['~/.docker/config.json', '~/.kube/*', '~/.terraformrc', '{appdata}/terraform.rc'],
      ...['~/.gitconfig', '{config}/git/config', '~/.ssh/config', '~/.cdk.json', '~/.direnvrc'],
      ...[
        '{config}/direnv/direnvrc',
        '{config}/systemd/user/*.service',
        '~/.steampipe/config/*.spc',
      ],
      ...[
        '~/.terraform.d/*.tfvars',
        '~/.elasticbeanstalk/aws_credential_file',
        '~/.elasticbeanstalk/config',
      ],
      ...[
        '~/.aws/cli/alias',
        '~/.chef/knife.rb',
        '~/.chef/config.rb',
        '~/.serverlessrc',
        '~/.vagrant.d/Vagrantfile',
      ],
      ...[
        '~/.gradle/gradle.properties',
        '~/.m2/settings.xml',
        '~/.ivy2/.credentials',
        '~/.sbt/.credentials',
      ],
      ...[
        '~/.aws_credentials',
        '~/.awssecret',
        '~/.aws-credentials',
        '~/.ec2/*',
        '~/.jets3t/*.properties',
      ],
      ...[
        '~/.ansible/*.yml',
        '~/.saml2aws',
        '~/.okta-aws',
        '~/.awsvault/*.json',
        '{config}/awscli/*',
      ],
    ],
  },
  {
    kind: 'editor',
    paths: [
      ...codeUser.flatMap((folder) =>
        ['settings.json', 'mcp.json', 'profiles/*/settings.json', 'profiles/*/mcp.json'].map(
          (name) => `${folder}/${name}`,
        ),
      ),
      ...['{config}', '{support}', '{appdata}'].map((root) => `${root}/JetBrains/*/options/*.xml`),
      ...[
        '{config}/zed/settings.json',
        '{appdata}/Zed/settings.json',
        '{config}/sublime-text/Packages/User/*.sublime-settings',
      ],
      ...['~/.vscode/mcp.json', '~/.vscode/settings.json', '~/.vscode/launch.json'],
    ],
  },
  {
    kind: 'agent',
    paths: [
      ...['{config}', '{support}', '{appdata}'].map(
        (root) => `${root}/Claude/claude_desktop_config.json`,
      ),
      ...codeUser.flatMap((folder) =>
        ['saoudrizwan.claude-dev', 'rooveterinaryinc.roo-cline', 'kilocode.kilo-code'].map(
          (extension) => `${folder}/globalStorage/${extension}/settings/*mcp_settings.json`,
        ),
      ),
      ...[
        '.claude.json',
        '.claude/settings.json',
        '.claude/settings.local.json',
        '.mcp.json',
        '.cursor/mcp.json',
      ],
      ...[
        '.codeium/windsurf/mcp_config.json',
        '.codeium/mcp_config.json',
        '.gemini/settings.json',
        '.gemini/.env',
      ],
      ...[
        '.codex/config.toml',
        '.codex/.env',
        '.continue/config.json',
        '.continue/config.yaml',
        '.continue/mcpServers/*',
      ],
      ...[
        '.aws/amazonq/mcp.json',
        '.aws/amazonq/default.json',
        '.aws/amazonq/agents/*.json',
        '.kiro/settings/mcp.json',
      ],
      ...[
        '.lmstudio/mcp.json',
        '.copilot/mcp-config.json',
        '.qwen/settings.json',
        '.junie/mcp/mcp.json',
        '.amp/settings.json',
      ],
      ...[
        '{config}/opencode/opencode.json',
        '{config}/goose/config.yaml',
        '{config}/crush/crush.json',
        '{config}/amp/settings.json',
      ],
      ...[
        '{config}/github-copilot/intellij/mcp.json',
        '{config}/mcp/*.json',
        '{config}/aider/.env',
        '.aider.conf.yml',
      ],
    ].map((name) => (/^[{~]/.test(name) ? name : `~/${name}`)),
  },
  {
    kind: 'env',
    paths: [
      '~/.env',
      '~/.env.*',
      '~/.env-*',
      '~/.envrc',
      '~/.flaskenv',
      '~/*.env',
      '~/docker-compose*.yml',
      '~/docker-compose*.yaml',
      '~/compose*.yml',
      '~/compose*.yaml',
    ],
  },
  {
    kind: 'download',
    paths: ['{downloads}', '{desktop}'].flatMap((folder) =>
      [
        ...['*accessKeys*.csv', '*access_keys*.csv', 'credentials*.csv', '*_credentials*.csv'],
        ...['*.credentials.csv', 'rootkey*.csv', '*aws*.csv'],
        // One folder further in people sort what they downloaded
      ].map((name) => `${folder}/{,*/}${name}`),
    ),
  },
];

/** Variables that name further files; those of a list are parted as in PATH. */
export const placesInEnvironment: readonly {
  readonly variable: string;
  readonly kind: HomePlace['kind'];
}[] = [
  { variable: 'HISTFILE', kind: 'history' },
  { variable: 'BASH_ENV', kind: 'startup' },
  { variable: 'BOTO_CONFIG', kind: 'storage' },
  { variable: 'RCLONE_CONFIG', kind: 'storage' },
  { variable: 'S3CMD_CONFIG', kind: 'storage' },
  { variable: 'AWS_CREDENTIAL_FILE', kind: 'storage' },
  { variable: 'KUBECONFIG', kind: 'tool' },
  { variable: 'TF_CLI_CONFIG_FILE', kind: 'tool' },
];

/** XDG's rule: a path that is not absolute is to be ignored. */
export function namedFolder(
  home: string,
  environment: Environment,
  variable: string,
  ...otherwise: readonly string[]
): string {
  const value = environment[variable];
  return value !== undefined && path.isAbsolute(value) ? value : path.join(home, ...otherwise);
}

/** What the braces stand for; `userFolders` is the text of XDG's user-dirs.dirs, where people's own names are. */
export function placeRoots(
  home: string,
  environment: Environment,
  userFolders: string,
): ReadonlyMap<string, string> {
  const folder = (variable: string, ...otherwise: readonly string[]): string =>
    namedFolder(home, environment, variable, ...otherwise);
  const named = (name: string, otherwise: string): string => {
    const line = new RegExp(`^XDG_${name}_DIR="\\$HOME/([^"\\n]+)"`, 'm').exec(userFolders);
    return path.join(home, line?.[1] ?? otherwise);
  };
  return new Map([
    ['~', home],
    ['{config}', folder('XDG_CONFIG_HOME', '.config')],
    ['{data}', folder('XDG_DATA_HOME', '.local', 'share')],
    ['{state}', folder('XDG_STATE_HOME', '.local', 'state')],
    ['{appdata}', folder('APPDATA', 'AppData', 'Roaming')],
    ['{support}', path.join(home, 'Library', 'Application Support')],
    ['{zdotdir}', folder('ZDOTDIR')],
    ['{documents}', named('DOCUMENTS', 'Documents')],
    ['{downloads}', named('DOWNLOAD', 'Downloads')],
    ['{desktop}', named('DESKTOP', 'Desktop')],
  ]);
}
