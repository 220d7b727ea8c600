// How the SDK's requests travel: whole answers or an error with a code, never half of one; no redirect is followed.
import { type IncomingMessage, request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { Readable } from 'node:stream';

import type { SsoWorld } from './api.ts';
import { agentsOf } from './proxy.ts';

/** The other side was not reached, or broke off. Everything that it answered is no such error. */
export class TransportError extends Error {
  /** Node's: `ECONNRESET`, `CERT_HAS_EXPIRED`, …; ours where the proxy refused, or the answer was too long. */
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.name = 'TransportError';
    this.code = code;
  }
}

/** Bytes. A hundred accounts are 20 KB. */
const longestAnswer = 8 * 1024 * 1024;

/** What we need of the SDK's request. */
interface Sent {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface HandlerOptions {
  readonly abortSignal?: unknown;
}

/** A request handler for the clients of the SDK. */
export function handlerOf(world: SsoWorld) {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: async (sent: Sent, { abortSignal }: HandlerOptions = {}) => ({
      response: await send(
        sent,
        world,
        abortSignal instanceof AbortSignal ? abortSignal : undefined,
      ),
    }),
    // the SDK may set and ask for settings; there are none
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
    destroy: () => undefined,
  };
}

async function send(sent: Sent, world: SsoWorld, signal: AbortSignal | undefined) {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const { httpAgent, httpsAgent } = agentsOf(world);
    const isSecure = sent.protocol === 'https:';
    (isSecure ? secureRequest : request)({
      host: sent.hostname.replace(/^\[|\]$/g, ''),
      ...(sent.port === undefined ? {} : { port: sent.port }),
      method: sent.method,
      path: `${sent.path}${queryOf(sent.query)}`,
      headers: sent.headers,
      agent: isSecure ? httpsAgent : httpAgent,
      ...(signal === undefined ? {} : { signal }),
    })
      .once('response', resolve)
      .once('error', (error) => reject(transportError(error)))
      .end(bodyOf(sent.body));
  });
  return {
    statusCode: answer.statusCode ?? 0,
    reason: answer.statusMessage ?? '',
    headers: headersOf(answer),
    body: Readable.from([await bytesOf(answer)]),
  };
}

function bytesOf(answer: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    answer
      .on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length > longestAnswer) {
          reject(new TransportError('ANSWER_TOO_LONG'));
          answer.destroy();
        }
      })
      .once('end', () => resolve(Buffer.concat(chunks)))
      .once('error', (error) => reject(transportError(error)));
  });
}

function transportError(error: NodeJS.ErrnoException): TransportError {
  return new TransportError(error.code ?? 'UNKNOWN');
}

function queryOf(query: Sent['query'] = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value ?? ''].flat().map((each) => `${encodeURIComponent(name)}=${encodeURIComponent(each)}`),
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
  );
}

function bodyOf(body: unknown): string | Uint8Array | undefined {
  if (typeof body === 'string' || body === undefined || body === null) return body ?? undefined;
  if (body instanceof Uint8Array) return body;
  throw new TypeError('a body of a kind that these services do not take');
}
