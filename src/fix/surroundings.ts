// What around the AWS files decides whose credentials a program uses: variables of the environment that mask a profile,
// and how each shell takes them away.

type Environment = Readonly<Record<string, string | undefined>>;

export interface Mask {
  readonly variable: string;
  /** What it does to the migrated profiles. */
  readonly effect: string;
  /** Holds a credential, so that its value must not go on to a child. */
  readonly secret: boolean;
}

const masks: readonly Mask[] = [
  ...['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_SECURITY_TOKEN'].map(
    (variable) => ({
      variable,
      effect: 'is used instead of any profile that is not named explicitly',
      secret: true,
    }),
  ),
  {
    variable: 'AWS_WEB_IDENTITY_TOKEN_FILE',
    effect: 'makes SDKs sign in with a web identity first',
    secret: false,
  },
  { variable: 'AWS_ROLE_ARN', effect: 'belongs to a web identity sign-in', secret: false },
  {
    variable: 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
    effect: 'makes SDKs ask a container for credentials',
    secret: false,
  },
  {
    variable: 'AWS_CONTAINER_CREDENTIALS_FULL_URI',
    effect: 'makes SDKs ask a container for credentials',
    secret: false,
  },
  {
    variable: 'AWS_DEFAULT_PROFILE',
    effect: 'boto3 and AWS CLI v1 take it before AWS_PROFILE',
    secret: false,
  },
];

/** Those that are set, in the order of the table. */
export function masksIn(env: Environment): readonly Mask[] {
  return masks.filter(({ variable }) => (env[variable] ?? '') !== '');
}

/** What decides about credentials and must not be there when the AWS CLI is asked about one profile; places, proxies and endpoints stay. */
export const credentialVariables: readonly string[] = [
  ...masks.map(({ variable }) => variable),
  'AWS_PROFILE',
  'AWS_VAULT',
  'AWS_CREDENTIAL_EXPIRATION',
];

/** Whether anything says where the AWS CLI's calls with this profile go. */
export function hasRegion(
  { settings }: { readonly settings: ReadonlyMap<string, string> },
  env: Environment,
): boolean {
  const said = [settings.get('region'), env['AWS_REGION'], env['AWS_DEFAULT_REGION']];
  return said.some((region) => (region ?? '') !== '');
}

export type Shell = 'posix' | 'fish' | 'powershell' | 'cmd';

export function shellOf(env: Environment, platform: string): Shell {
  const name = (env['SHELL'] ?? '').split(/[/\\]/).at(-1) ?? '';
  if (name.startsWith('fish')) return 'fish';
  if (name !== '') return /^pwsh/.test(name) ? 'powershell' : 'posix';
  if (platform !== 'win32') return 'posix';
  return env['PSModulePath'] === undefined ? 'cmd' : 'powershell';
}

/** One line to type that takes the variables out of the shell. */
export function unsetLine(shell: Shell, variables: readonly string[]): string {
  switch (shell) {
    case 'posix':
      return `unset ${variables.join(' ')}`;
    case 'fish':
      return `set -e ${variables.join(' ')}`;
    case 'powershell':
      return `Remove-Item ${variables.map((name) => `Env:${name}`).join(', ')}`;
    case 'cmd':
      return variables.map((name) => `set "${name}="`).join(' & ');
  }
}
