// How requests leave this computer: straight, or through the proxy that HTTPS_PROXY names, with the certificates of
// AWS_CA_BUNDLE, as in the AWS CLI.
//
// The tunnel is our own: a proxy for the whole process (Node 24's) would obey variables that the AWS CLI does not know, and
// https-proxy-agent brings a chain of packages for what is one CONNECT.
import {
  type ClientRequestArgs,
  type IncomingMessage,
  Agent as PlainAgent,
  request,
} from 'node:http';
import { Agent, type RequestOptions, request as secureRequest } from 'node:https';
import { isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect } from 'node:tls';

import { UserError } from '../core/errors.ts';
import type { SsoWorld } from './api.ts';

export interface Agents {
  /** For http endpoints, which are on this computer: never through a proxy. */
  readonly httpAgent: PlainAgent;
  readonly httpsAgent: Agent;
}

const known = new WeakMap<SsoWorld, Agents>();

/** One pair for each world, so that a list of a hundred accounts needs one connection. */
export function agentsOf(world: SsoWorld): Agents {
  const made = known.get(world) ?? {
    httpAgent: new PlainAgent({ keepAlive: true }),
    httpsAgent: new TunnelAgent(world),
  };
  known.set(world, made);
  return made;
}

/** The proxy for an https request to this host, as the AWS CLI finds it; undefined for none. */
export function proxyFor(
  hostname: string,
  port: number,
  env: Readonly<Record<string, string | undefined>>,
): URL | undefined {
  const text = lowerFirst(env, 'HTTPS_PROXY');
  if (text === '' || isExempt(hostname.toLowerCase(), port, lowerFirst(env, 'NO_PROXY'))) {
    return undefined;
  }
  const full = /^https?:/i.test(text) ? text : `http://${text.replace(/^\/\//, '')}`;
  if (!/:\/\//.test(text) || /^https?:\/\//i.test(text)) {
    if (URL.canParse(full)) return new URL(full);
  }
  throw new UserError('HTTPS_PROXY is no address of a proxy', {
    hint: 'It looks like http://HOST:PORT, as the AWS CLI reads it; SOCKS proxies are not supported.',
  });
}

/** Lower case wins, even when it is empty, as in Python and curl. */
function lowerFirst(env: Readonly<Record<string, string | undefined>>, name: string): string {
  return (env[name.toLowerCase()] ?? env[name] ?? '').trim();
}

/** Names in NO_PROXY stand for themselves and everything below them, with or without a port; `*` for all. */
function isExempt(hostname: string, port: number, list: string): boolean {
  if (list === '*') return true;
  return list
    .split(',')
    .map((entry) => entry.trim().toLowerCase().replace(/^\.+/, ''))
    .filter((entry) => entry !== '')
    .some((entry) =>
      [hostname, `${hostname}:${port}`].some(
        (host) => host === entry || host.endsWith(`.${entry}`),
      ),
    );
}

type Connected = (error: Error | null, stream: Duplex) => void;

class TunnelAgent extends Agent {
  readonly #world: SsoWorld;

  constructor(world: SsoWorld) {
    super({
      keepAlive: true,
      // NODE_TLS_REJECT_UNAUTHORIZED=0 is for other programs: here it would give keys away
      rejectUnauthorized: true,
      ...(world.ca === undefined ? {} : { ca: world.ca }),
    });
    this.#world = world;
  }

  override createConnection(
    options: RequestOptions,
    connected?: Connected,
  ): Duplex | null | undefined {
    const host = options.host ?? options.hostname ?? '';
    const port = Number(options.port ?? 443);
    const proxy = proxyFor(host, port, this.#world.env);
    if (proxy === undefined || connected === undefined) {
      return super.createConnection(options, connected);
    }
    this.#tunnel(proxy, host, port, connected);
    return undefined;
  }

  #tunnel(proxy: URL, host: string, port: number, connected: Connected): void {
    const target = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
    const failed = (error: Error): void => {
      // the type knows no failure without a stream; Node does
      Reflect.apply(connected, undefined, [error]);
    };
    const asking = (proxy.protocol === 'https:' ? secureRequest : request)({
      ...this.#toProxy(proxy),
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...authorization(proxy) },
    });
    asking
      .once('connect', (answer: IncomingMessage, socket: Socket) => {
        if (answer.statusCode === 200) {
          this.#secure(socket, host, connected, failed);
        } else {
          socket.destroy();
          failed(proxyError(answer.statusCode));
        }
      })
      // what is no proxy answers CONNECT like any other request
      .once('response', (answer: IncomingMessage) => {
        answer.destroy();
        failed(proxyError(answer.statusCode));
      })
      .once('error', failed)
      .end();
  }

  #secure(
    socket: Socket,
    host: string,
    connected: Connected,
    failed: (error: Error) => void,
  ): void {
    const secured = connect({
      socket,
      host,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      rejectUnauthorized: true,
      ...(this.#world.ca === undefined ? {} : { ca: this.#world.ca }),
    });
    secured.once('error', failed).once('secureConnect', () => {
      secured.removeListener('error', failed);
      connected(null, secured);
    });
  }

  #toProxy(proxy: URL): ClientRequestArgs & RequestOptions {
    const { signal, timeout = 30_000, ca } = this.#world;
    const secure = proxy.protocol === 'https:';
    return {
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: proxy.port === '' ? (secure ? 443 : 80) : Number(proxy.port),
      agent: false,
      signal,
      timeout,
      ...(secure ? { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) } : {}),
    };
  }
}

function authorization(proxy: URL): Readonly<Record<string, string>> {
  if (proxy.username === '' && proxy.password === '') return {};
  const pair = `${decoded(proxy.username)}:${decoded(proxy.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** As it is written where a % starts no character, as others read it. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function proxyError(status: number | undefined): Error {
  const code = status === 407 ? 'PROXY_AUTHENTICATION' : 'PROXY_REFUSED';
  return Object.assign(new Error('the proxy refused'), { code }); // transport.ts reads the code
}
