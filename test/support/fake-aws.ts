// A loopback fake of everything that `--fix` talks to: OIDC, the portal, STS and IAM, and the sign-in that `aws login` uses, behind one port. It
// verifies what AWS verifies (PKCE, secrets, signatures) and remembers which key signed what:
//
//   const aws = await startFakeAws(moonbakery());
//   … AWS_ENDPOINT_URL_STS=… from aws.env …
//   aws.log.filter(({ signer }) => signer?.startsWith('AKIA'))   // must be empty after a migration
//   aws.world.faults.push({ on: 'CreateToken', does: 'slow_down', times: 2 });
//
// Other programs start it with fake-aws-server.mjs and steer it at /fake/….
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

import { type Answer, faultAnswer, json, type Protocol } from './fake-aws/answer.ts';
import { answerQuery } from './fake-aws/query.ts';
import { signInRoutes } from './fake-aws/sign-in.ts';
import { signatureOf } from './fake-aws/signature.ts';
import { ssoRoutes } from './fake-aws/sso.ts';
import { FakeState } from './fake-aws/state.ts';
import { type FakeWorld, type Fault, moonbakery } from './fake-aws/world.ts';

export * from './fake-aws/world.ts';
export type { FakeState } from './fake-aws/state.ts';

export interface LoggedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** RegisterClient, CreateToken, GetCallerIdentity, …; 'unknown' for what the fake does not serve. */
  readonly operation: string;
  /** The key id that the signature names; null for a request that is not signed. */
  readonly signer: string | null;
  /** The signature was made with that key's secret, and the key is in use. */
  readonly verified: boolean;
  /** Region and service the signature is for: `us-east-1/sts`. */
  readonly scope: string | null;
  /** The token of the portal's session came along. */
  readonly bearer: boolean;
  readonly host: string;
  readonly userAgent: string;
  /** Null when the connection was reset or never answered. */
  status: number | null;
}

export interface FakeAws {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** AWS_ENDPOINT_URL_SSO, _SSO_OIDC, _STS and _IAM. */
  readonly env: Readonly<Record<string, string>>;
  readonly world: FakeWorld;
  readonly state: FakeState;
  /** In the order of arrival. */
  readonly log: LoggedRequest[];
  /** Files below AWS_DATA_PATH that send an AWS CLI here which does not know the variables (before 2.13). */
  readonly dataPath: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}

export async function startFakeAws(world: FakeWorld = moonbakery(), port = 0): Promise<FakeAws> {
  const state = new FakeState(world);
  const log: LoggedRequest[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    serve(state, log, request, response).catch((error: unknown) => {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error));
    });
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject).listen(port, '127.0.0.1', resolve);
  });
  const address = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${address.port}`;
  return {
    url,
    port: address.port,
    env: endpointVariables(url),
    world,
    state,
    log,
    dataPath: endpointRules(url),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

async function serve(
  state: FakeState,
  log: LoggedRequest[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await read(request);
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? '127.0.0.1'}`);
  if (url.pathname.startsWith('/fake/')) {
    send(response, steer(state, log, url.pathname, body));
    return;
  }
  const method = request.method ?? '';
  const path = `${method} ${url.pathname}`;
  const route = ssoRoutes[path] ?? signInRoutes[path];
  const form = new URLSearchParams(method === 'POST' ? body.toString() : url.search);
  const signature = signatureOf(request.headers.authorization);
  const operation = route?.operation ?? form.get('Action') ?? 'unknown';
  const isQuery = route === undefined && form.has('Action');
  const { 'x-amz-sso_bearer_token': bearer, dpop } = request.headers;
  const fault = takeFault(state.world.faults, operation);
  const queried = isQuery
    ? answerQuery(fault === undefined ? state : lookedAt(state), { form, signature, request, body })
    : undefined;
  const entry: LoggedRequest = {
    method,
    path: url.pathname,
    operation,
    signer: signature?.keyId ?? null,
    verified: queried?.verified ?? false,
    scope: signature === undefined ? null : `${signature.region}/${signature.service}`,
    bearer: bearer !== undefined,
    host: request.headers.host ?? '',
    userAgent: request.headers['user-agent'] ?? '',
    status: null,
  };
  log.push(entry);
  const answer =
    fault !== undefined
      ? faultAnswer(fault, protocolOf(isQuery, operation))
      : (queried?.answer ??
        route?.handle(state, {
          url,
          body: parse(body),
          bearer: typeof bearer === 'string' ? bearer : undefined,
          dpop: typeof dpop === 'string' ? dpop : undefined,
          base: `http://${request.headers.host ?? '127.0.0.1'}`,
        }) ??
        json({ message: 'the fake knows no such thing' }, 404));
  if (answer === 'hang') return;
  if (answer === 'reset') {
    request.socket.resetAndDestroy();
    return;
  }
  entry.status = answer.status;
  const time = state.world.tellsTime ? { date: new Date(state.now()).toUTCString() } : {};
  response.sendDate = false;
  send(response, { ...answer, headers: { ...time, ...answer.headers } });
}

function protocolOf(isQuery: boolean, operation: string): Protocol {
  if (isQuery) return 'xml';
  return operation === 'Authorize' || operation === 'VerifyDevice' || operation === 'SignIn'
    ? 'page'
    : 'json';
}

function takeFault(faults: readonly Fault[], operation: string): Fault | undefined {
  const fault = faults.find(
    ({ on, times }) => (on === operation || on === '*') && (times ?? 1) > 0,
  );
  if (fault?.after !== undefined && fault.after > 0) {
    fault.after -= 1;
    return undefined;
  }
  if (fault?.times !== undefined) fault.times -= 1;
  return fault;
}

/** A copy to check a signature in: a request that meets a fault changes nothing. */
function lookedAt(state: FakeState): FakeState {
  const copy = new FakeState(structuredClone(state.world));
  for (const [id, session] of state.sessions) copy.sessions.set(id, session);
  return copy;
}

/** GET /fake/log, GET /fake/world, POST /fake/world (fields to set), POST /fake/faults (one), POST /fake/clear (the log). */
function steer(state: FakeState, log: LoggedRequest[], path: string, body: Buffer): Answer {
  const sent = parse(body);
  switch (path) {
    case '/fake/log':
      return json(log);
    case '/fake/clear':
      log.length = 0;
      return json({});
    case '/fake/world':
      Object.assign(state.world, sent);
      return json(state.world);
    case '/fake/faults':
      state.world.faults.push(sent as unknown as Fault);
      return json(state.world.faults);
    default:
      return json({ message: 'no such page' }, 404);
  }
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response
    .writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(body)) })
    .end(body);
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function parse(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(body.toString()) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}

function endpointVariables(url: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    ['SSO', 'SSO_OIDC', 'STS', 'IAM'].map((service) => [`AWS_ENDPOINT_URL_${service}`, url]),
  );
}

function endpointRules(url: string): Readonly<Record<string, string>> {
  const rules = JSON.stringify({
    version: '1.0',
    parameters: {
      Region: { type: 'String', builtIn: 'AWS::Region', required: false },
      UseDualStack: {
        type: 'Boolean',
        builtIn: 'AWS::UseDualStack',
        required: true,
        default: false,
      },
      UseFIPS: { type: 'Boolean', builtIn: 'AWS::UseFIPS', required: true, default: false },
      Endpoint: { type: 'String', builtIn: 'SDK::Endpoint', required: false },
      UseGlobalEndpoint: {
        type: 'Boolean',
        builtIn: 'AWS::STS::UseGlobalEndpoint',
        required: true,
        default: false,
      },
    },
    rules: [
      {
        conditions: [],
        endpoint: { url, properties: {}, headers: {} },
        type: 'endpoint',
      },
    ],
  });
  const models = ['sso/2019-06-10', 'sso-oidc/2019-06-10', 'sts/2011-06-15', 'iam/2010-05-08'];
  return Object.fromEntries(models.map((model) => [`${model}/endpoint-rule-set-1.json`, rules]));
}
