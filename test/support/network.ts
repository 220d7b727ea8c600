// What stands between us and AWS in a test: a company's own certificate authority, TLS in front of the fake, and a proxy that
// speaks CONNECT. All of it on 127.0.0.1.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';

import { temporaryFolder, writeTree } from './run.ts';

export interface Authority {
  /** PEM, for AWS_CA_BUNDLE. */
  readonly ca: string;
  readonly key: string;
  readonly cert: string;
}

/** Undefined where openssl is not installed: Node can use certificates, but not make any. */
export function makeAuthority(): Authority | undefined {
  const folder = temporaryFolder('authority');
  writeTree(folder, {
    'names.cnf':
      'subjectAltName=DNS:localhost,IP:127.0.0.1,DNS:*.amazonaws.com,DNS:*.us-east-1.amazonaws.com,DNS:portal.sso.us-east-1.amazonaws.com\n',
  });
  const openssl = (...args: readonly string[]) =>
    spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const days = ['-days', '2'];
  openssl(
    'req',
    '-x509',
    ...key,
    ...days,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-subj',
    '/CN=Moonbakery CA',
  );
  openssl('req', ...key, '-keyout', 'key.pem', '-out', 'request.pem', '-subj', '/CN=localhost');
  const signed = openssl(
    ...['x509', '-req', '-in', 'request.pem', '-CA', 'ca.pem', '-CAkey', 'ca.key'],
    ...['-CAcreateserial', ...days, '-extfile', 'names.cnf', '-out', 'cert.pem'],
  );
  if (signed.status !== 0) return undefined;
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  return { ca: read('ca.pem'), key: read('key.pem'), cert: read('cert.pem') };
}

export interface Listening {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** TLS that is opened here and passed on in the clear. */
export function tlsInFrontOf(port: number, { key, cert }: Authority): Promise<Listening> {
  return listen(
    createTlsServer({ key, cert }, (socket) => tie(socket, connect(port, '127.0.0.1'))),
  );
}

export interface Proxy extends Listening {
  /** `host:port` and the Proxy-Authorization of each CONNECT. */
  readonly asked: { readonly target: string; readonly authorization: string | undefined }[];
}

/** Sends every tunnel to `port`, whatever host was asked for: so the hosts of AWS can be asked for. */
export async function startProxy(
  port: number,
  options: {
    /** `user:password` that it wants. */
    readonly wants?: string;
    /** What it answers, if not by connecting. */
    readonly refuses?: number;
    readonly hangs?: boolean;
    readonly tls?: Authority;
  } = {},
): Promise<Proxy> {
  const asked: { target: string; authorization: string | undefined }[] = [];
  const proxy = createServer((_request, response) => {
    response.writeHead(400).end('this is a proxy');
  });
  proxy.on('connect', (request, socket: Socket) => {
    const authorization = request.headers['proxy-authorization'];
    asked.push({ target: request.url ?? '', authorization });
    socket.on('error', () => undefined);
    if (options.hangs === true) return;
    const wanted = `Basic ${Buffer.from(options.wants ?? '').toString('base64')}`;
    if (options.refuses !== undefined) {
      socket.end(`HTTP/1.1 ${options.refuses} No\r\ncontent-length: 0\r\n\r\n`);
    } else if (options.wants !== undefined && authorization !== wanted) {
      socket.end('HTTP/1.1 407 Who are you\r\ncontent-length: 0\r\n\r\n');
    } else {
      socket.write('HTTP/1.1 200 Connected\r\n\r\n');
      tie(socket, connect(port, '127.0.0.1'));
    }
  });
  const plain = await listen(proxy);
  if (options.tls === undefined) return { ...plain, asked };
  const secure = await tlsInFrontOf(plain.port, options.tls);
  return {
    port: secure.port,
    asked,
    close: async () => {
      await secure.close();
      await plain.close();
    },
  };
}

/** Something that must not be reached: remembers every connection. */
export async function startTrap(): Promise<Listening & { readonly caught: number[] }> {
  const caught: number[] = [];
  const trap = await listen(
    createServer((_request, response) => response.end()).on('connection', () => {
      caught.push(Date.now());
    }),
  );
  return { ...trap, caught };
}

async function listen(server: Server): Promise<Listening> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function tie(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from
      .on('error', () => to.destroy())
      .on('close', () => to.destroy())
      .pipe(to);
  }
}
