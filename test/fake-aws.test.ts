// That the fake of AWS is as strict as AWS where the tests of the migration lean on it, and can be started by itself.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { type FakeAws, moonbakery, startFakeAws } from './support/fake-aws.ts';
import { pythonWithBoto3 } from './support/judges.ts';
import { projectRoot, start, temporaryFolder, writeTree } from './support/run.ts';

let aws: FakeAws;
beforeEach(async () => {
  aws = await startFakeAws(moonbakery({ pendingPolls: 0 }));
});
afterEach(() => aws.close());

const redirect = 'http://127.0.0.1:5000/oauth/callback';
const verifier = randomBytes(48).toString('base64url');

describe('a code for a token', () => {
  it('is good once, for the client, the address and the verifier that it was made for', async () => {
    const client = await register();
    const other = await register();
    const attempts: [string, () => Promise<Record<string, unknown>>][] = [
      ['another verifier', async () => ({ code: await code(client), codeVerifier: 'guessed' })],
      ['no verifier', async () => ({ code: await code(client), codeVerifier: undefined })],
      ['another address', async () => ({ code: await code(client), redirectUri: `${redirect}/` })],
      ['another client', async () => ({ code: await code(other) })],
      ['another secret', async () => ({ code: await code(client), clientSecret: 'guessed' })],
      ['an unknown code', () => Promise.resolve({ code: 'guessed' })],
    ];
    for (const [what, attempt] of attempts) {
      const { ok } = await token({ ...client, ...(await attempt()) });
      expect([what, ok]).toEqual([what, false]);
    }
    const good = { ...client, code: await code(client) };
    expect([(await token(good)).ok, (await token(good)).ok]).toEqual([true, false]);
  });

  it('is not given to an address that was not registered, nor without a challenge', async () => {
    const client = await register();
    for (const changes of [
      { redirect_uri: 'http://evil.example/oauth/callback' },
      { redirect_uri: 'http://127.0.0.1:5000/elsewhere' },
      { code_challenge: '' },
      { code_challenge_method: 'plain' },
      { scopes: 'sso:everything' },
    ]) {
      expect((await authorize(client, changes)).status).toBe(400);
    }
  });
});

describe('the fake by itself', () => {
  it('starts from a program, is steered over HTTP and ends with its input', async () => {
    const script = join(projectRoot, 'test/support/fake-aws-server.mjs');
    const folder = temporaryFolder('world');
    writeTree(folder, { 'world.json': '{ "region": "eu-west-1" }' });
    const driver = `
      import { spawn } from 'node:child_process';
      const child = spawn(process.execPath, [${JSON.stringify(script)}, '--world', 'world.json'], { stdio: ['pipe', 'pipe', 'inherit'] });
      const [line] = await new Promise((resolve) => child.stdout.once('data', (data) => resolve(String(data).split('\\n'))));
      const { url, env, world } = JSON.parse(line);
      const post = (path, body) => fetch(url + path, { method: 'POST', body: JSON.stringify(body) }).then((answer) => answer.json());
      await post('/fake/faults', { on: 'ListAccounts', does: 'throttled', times: 1 });
      const status = (await fetch(url + '/assignment/accounts')).status;
      const { pageSize } = await post('/fake/world', { pageSize: 9 });
      const log = await (await fetch(url + '/fake/log')).json();
      child.stdin.end();
      const code = await new Promise((resolve) => child.once('close', resolve));
      console.log(JSON.stringify([env.AWS_ENDPOINT_URL_STS === url, world.region, status, pageSize, log.map((entry) => [entry.operation, entry.status]), code]));
    `;
    const { stdout } = await start(['--input-type=module', '--eval', driver], {
      command: process.execPath,
      cwd: folder,
    }).finished;
    expect(JSON.parse(stdout)).toEqual([true, 'eu-west-1', 429, 9, [['ListAccounts', 429]], 0]);
  }, 30_000);

  const python = pythonWithBoto3();
  (python === undefined ? it.skip : it)(
    'is found by clients that know no variables for it, through AWS_DATA_PATH',
    async () => {
      const data = temporaryFolder('data');
      writeTree(data, aws.dataPath);
      const { id, secret } = aws.world.users[0]!.keys[0]!;
      const script = `
import boto3
for service, region in (('sts', 'eu-west-1'), ('iam', 'us-east-1')):
    client = boto3.client(service, region_name=region)
    print(client.get_caller_identity()['Arn'] if service == 'sts' else client.get_user()['User']['UserName'])`;
      const env = {
        AWS_DATA_PATH: data,
        AWS_ACCESS_KEY_ID: id,
        AWS_SECRET_ACCESS_KEY: secret,
      };
      const home = temporaryFolder('home');
      const { stdout } = await start(['-c', script], {
        command: python!,
        home,
        env,
      }).finished;
      expect(stdout).toBe('arn:aws:iam::111122223333:user/alice\nalice\n');
      expect(aws.log.map(({ signer, verified }) => [signer, verified])).toEqual([
        [id, true],
        [id, true],
      ]);
    },
    30_000,
  );
});

// ---------------------------------------------------------------------------------------------------------------------------

interface Client {
  readonly clientId: string;
  readonly clientSecret: string;
}

async function register(): Promise<Client> {
  const answer = await post('/client/register', {
    clientName: 'test',
    clientType: 'public',
    scopes: ['sso:account:access'],
    grantTypes: ['authorization_code', 'refresh_token'],
    redirectUris: ['http://127.0.0.1/oauth/callback'],
    issuerUrl: aws.world.startUrl,
  });
  const { clientId, clientSecret } = (await answer.json()) as Client;
  return { clientId, clientSecret };
}

function authorize({ clientId }: Client, changes: Record<string, string> = {}) {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirect,
    state: 'a state',
    code_challenge_method: 'S256',
    scopes: 'sso:account:access',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    ...changes,
  });
  return fetch(`${aws.url}/authorize?${query.toString()}`, { redirect: 'manual' });
}

async function code(client: Client): Promise<string> {
  const { headers } = await authorize(client);
  return new URL(headers.get('location') ?? '').searchParams.get('code') ?? '';
}

function token(body: Record<string, unknown>) {
  return post('/token', {
    grantType: 'authorization_code',
    redirectUri: redirect,
    codeVerifier: verifier,
    ...body,
  });
}

function post(path: string, body: unknown) {
  return fetch(`${aws.url}${path}`, { method: 'POST', body: JSON.stringify(body) });
}
