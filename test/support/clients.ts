// The AWS clients that people really use, asked whom they take a profile for. What they answer is one thing; who signed is
// read from the requests that arrived at the fake (fake-aws.ts).
//
//   const [work] = await clients.js.ask({ home, aws }, ['work']);
//   work.signedBy   // ['AKIA…'], or ['AWSReservedSSO_ReadOnlyAccess_…'], or a chain of a role and who asked for it
//
// scripts/clients.js installs them; one that is missing is said loudly and its tests are skipped.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import type { FakeAws, LoggedRequest } from './fake-aws.ts';
import { cleanEnvironment, projectRoot, temporaryFolder, writeTree } from './run.ts';

const clientIds = ['aws-cli-1', 'aws-cli-2', 'boto3', 'js', 'go', 'terraform'] as const;
export type ClientId = (typeof clientIds)[number];

/** Asked on its own: docs/migration.md has no column for it. */
const newAwsCliId = 'aws-cli-new';
type AnyId = ClientId | typeof newAwsCliId;

export interface ClientWorld {
  readonly home: string;
  readonly aws: FakeAws;
  /** Added to the environment, which holds no AWS variable but those that lead to the fake. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface Identity {
  /** Who STS said it is; undefined when it did not come so far. */
  readonly arn: string | undefined;
  readonly error: string | undefined;
  /**
   * The ids of the keys behind the last signed request: the one that signed it and, where that was the key of an assumed
   * role, the one that signed for the role, and so on. Empty when nothing was signed.
   */
  readonly signedBy: readonly Signer[];
  /** Everything that arrived meanwhile. */
  readonly requests: readonly LoggedRequest[];
}

export interface Signer {
  readonly key: string;
  /** Whose it is, as the fake knows it; undefined for a key that it has never heard of. */
  readonly arn: string | undefined;
}

export interface Client<Id = ClientId> {
  readonly id: Id;
  readonly name: string;
  /** Undefined when it is not installed here. */
  readonly version: string | undefined;
  /** One start of the client for all profiles, which are asked one after the other. */
  readonly ask: (world: ClientWorld, profiles: readonly string[]) => Promise<readonly Identity[]>;
}

interface Installed {
  readonly path: string;
  readonly versions: Readonly<Record<string, string>>;
}

const { python, 'aws-cli-2': awsCli2, [newAwsCliId]: awsCliNew, go, java } = listInstalled();

const pythonOfClients = python && join(python.path, 'bin/python3');

/** What the Java SDK makes of AWS files (test/clients/java): the words after `java`; undefined where it is not installed. */
export const javaJudge = java && [
  '-XX:TieredStopAtLevel=1',
  '-cp',
  `${java.path}:${join(java.path, 'lib/*')}`,
  'Judge',
];

/** Per client: its name, its version, and the program that answers for it (test/clients). */
const recipes: Readonly<Record<AnyId, Recipe>> = {
  'aws-cli-1': {
    name: 'AWS CLI v1',
    version: python?.versions['awscli'],
    program: () => [pythonOfClients!, ours('ask-aws-cli.py')],
  },
  'aws-cli-2': {
    name: 'AWS CLI v2',
    version: awsCli2?.versions['awscli'],
    program: () => [join(awsCli2!.path, 'python3'), '-s', ours('ask-aws-cli.py')],
    env: ({ aws }) => {
      // Of before 2.13: it knows no variables for endpoints.
      const folder = temporaryFolder('aws-data');
      writeTree(folder, aws.dataPath);
      const modules = join(awsCli2!.path, 'root/usr/lib/python3/dist-packages');
      return { PYTHONPATH: modules, AWS_DATA_PATH: folder };
    },
  },
  [newAwsCliId]: {
    name: 'AWS CLI v2 that has aws login',
    version: awsCliNew?.versions['awscli'],
    program: () => [join(awsCliNew!.path, 'python3'), ours('ask-aws-cli.py')],
    env: ({ aws }) => ({ AWS_ENDPOINT_URL_SIGNIN: aws.url }),
  },
  boto3: {
    name: 'boto3',
    version: python?.versions['boto3'],
    program: () => [pythonOfClients!, ours('ask-boto3.py')],
  },
  js: {
    name: 'JavaScript SDK v3',
    version: versionOfNodeModule('@aws-sdk/credential-providers'),
    program: () => [process.execPath, ours('ask-js-sdk.mjs')],
    env: () => ({ AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' }),
  },
  go: {
    name: 'Go SDK v2',
    version: go?.versions['github.com/aws/aws-sdk-go-v2'],
    program: () => [join(go!.path, 'identity'), 'sdk'],
  },
  terraform: {
    name: "Terraform's aws-sdk-go-base",
    version: go?.versions['github.com/hashicorp/aws-sdk-go-base/v2'],
    program: () => [join(go!.path, 'identity'), 'base'],
  },
};

interface Recipe {
  readonly name: string;
  readonly version: string | undefined;
  readonly program: () => readonly string[];
  readonly env?: (world: ClientWorld) => Readonly<Record<string, string | undefined>>;
}

export const clients: readonly Client[] = clientIds.map((id) => clientOf(id));

function clientOf<Id extends AnyId>(id: Id): Client<Id> {
  const { name, version, program, env } = recipes[id];
  return {
    id,
    name,
    version: version?.replace(/^v/, ''),
    ask: (world, profiles) =>
      conversation(program(), { ...variables(world), ...env?.(world) }, world, profiles),
  };
}

/** The one that has `aws login`; undefined, and said, where it is not installed. */
export function newAwsCli(): Client<AnyId> | undefined {
  const client = clientOf(newAwsCliId);
  if (client.version !== undefined) return client;
  sayMissing(client);
  return undefined;
}

/** Those that are here; the others are said once. */
export function availableClients(): readonly Client[] {
  const missing = clients.filter(({ version }) => version === undefined);
  missing.forEach(sayMissing);
  return clients.filter(({ version }) => version !== undefined);
}

function sayMissing({ name }: Client<AnyId>): void {
  console.warn(`SKIPPED: ${name} is not installed here (node scripts/clients.js)`);
}

/**
 * A folder with that AWS CLI in it as `aws`, for the PATH of a program that starts it. Version 2 of Debian finds the fake
 * by itself; version 1 by the variables of the program.
 */
export function folderWithAws(
  id: 'aws-cli-1' | 'aws-cli-2' | typeof newAwsCliId,
  aws: FakeAws,
): string {
  const folder = temporaryFolder('bin');
  const { program, env } = recipes[id];
  const [python, ...flags] = program().slice(0, -1);
  const run =
    'import sys; sys.argv[0] = "aws"; from awscli.clidriver import main; sys.exit(main())';
  const exports = Object.entries(env?.({ aws, home: '' }) ?? {}).map(
    ([name, value]) => `export ${name}='${value ?? ''}'\n`,
  );
  const script = `#!/bin/sh\n${exports.join('')}exec ${[python, ...flags].join(' ')} -c '${run}' "$@"\n`;
  writeTree(folder, { aws: script });
  chmodSync(join(folder, 'aws'), 0o755);
  return folder;
}

/** A line there, a line back: what arrives at the fake in between belongs to that profile. */
async function conversation(
  [command, ...args]: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  world: ClientWorld,
  profiles: readonly string[],
): Promise<readonly Identity[]> {
  const child = spawn(command!, args, {
    env: cleanEnvironment(world.home, env),
    cwd: world.home,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true, // without a terminal: nobody is asked for a code
    timeout: 120_000,
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const failed = new Promise<never>((_, reject) => {
    child.on('error', reject);
    child.on('close', (code) => reject(new Error(`${command!} ended with ${code}: ${said}`)));
  });
  failed.catch(() => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const identities: Identity[] = [];
  try {
    for (const profile of profiles) {
      const before = world.aws.log.length;
      const known = new Set(world.aws.state.sessions.keys());
      child.stdin.write(`${JSON.stringify({ profile })}\n`);
      const { value } = await Promise.race([lines.next(), failed]);
      const requests = world.aws.log.slice(before);
      rememberAskers(world.aws, requests, known);
      const { arn, error } = JSON.parse(value as string) as Partial<Identity>;
      identities.push({ arn, error, requests, signedBy: signersOf(world.aws, requests) });
    }
  } finally {
    child.stdin.end();
    child.kill();
  }
  return identities;
}

/** Key of an assumed role → key that asked for it. */
const askers = new WeakMap<FakeAws, Map<string, string>>();

function rememberAskers(
  aws: FakeAws,
  requests: readonly LoggedRequest[],
  known: ReadonlySet<string>,
): void {
  const made = [...aws.state.sessions].filter(([key]) => !known.has(key));
  const roles = made.filter(([, { principal }]) => !isPermissionSet(principal.arn));
  const asked = requests.filter(
    ({ operation, status }) => operation === 'AssumeRole' && status === 200,
  );
  const remembered = askers.get(aws) ?? new Map<string, string>();
  askers.set(aws, remembered);
  roles.forEach(([key], index) => {
    const asker = asked[index]?.signer;
    if (typeof asker === 'string') remembered.set(key, asker);
  });
}

function signersOf(aws: FakeAws, requests: readonly LoggedRequest[]): readonly Signer[] {
  const signers: Signer[] = [];
  let key = requests.findLast(({ signer }) => signer !== null)?.signer ?? undefined;
  while (key !== undefined) {
    signers.push({ key, arn: ownerOf(aws, key) });
    key = askers.get(aws)?.get(key);
  }
  return signers;
}

function ownerOf({ state, world }: FakeAws, key: string): string | undefined {
  const session = state.sessions.get(key);
  if (session !== undefined) return session.principal.arn;
  const owner = world.users.find(({ keys }) => keys.some(({ id }) => id === key));
  if (owner === undefined) return undefined;
  const place = `arn:${world.partition}:iam::${owner.account}`;
  return owner.name === 'root' ? `${place}:root` : `${place}:user/${owner.name}`;
}

export function isPermissionSet(arn: string): boolean {
  return arn.includes(':assumed-role/AWSReservedSSO_');
}

function variables({ aws, env }: ClientWorld): Readonly<Record<string, string | undefined>> {
  return {
    ...aws.env,
    AWS_REGION: 'eu-west-1',
    AWS_DEFAULT_REGION: 'eu-west-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    ...env,
  };
}

function ours(name: string): string {
  return join(projectRoot, 'test/clients', name);
}

function listInstalled(): Readonly<Record<string, Installed | undefined>> {
  const script = join(projectRoot, 'scripts/clients.js');
  const { stdout, stderr } = spawnSync(process.execPath, [script, '--list'], { encoding: 'utf8' });
  if (stderr !== '') throw new Error(stderr);
  const listed: Readonly<Record<string, Installed | null>> = JSON.parse(stdout);
  return Object.fromEntries(Object.entries(listed).map(([id, found]) => [id, found ?? undefined]));
}

function versionOfNodeModule(name: string): string | undefined {
  const file = join(projectRoot, 'node_modules', name, 'package.json');
  if (!existsSync(file)) return undefined;
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string };
  return version;
}
