// Where the browser comes back to after the sign-in (RFC 8252 7.3): a server on 127.0.0.1, at a port that chance picks, for
// one answer. Whatever else knocks (another page, another program of this computer, a second answer) learns nothing and
// ends nothing.
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export const callbackPath = '/oauth/callback';

export type CallbackAnswer =
  | { readonly ok: true; readonly code: string }
  /** `error` as OAuth names it: `access_denied`. */
  | { readonly ok: false; readonly error: string };

export interface Callback {
  /** `http://127.0.0.1:PORT/oauth/callback` */
  readonly redirectUri: string;
  /** Goes to the sign-in page and must come back. */
  readonly state: string;
  /** The first answer with the right state; undefined when the time (milliseconds) is up or the signal fires. */
  readonly answer: (patience: number, signal: AbortSignal) => Promise<CallbackAnswer | undefined>;
  /** Ends every connection. */
  readonly close: () => void;
}

export async function startCallback(): Promise<Callback> {
  const state = randomBytes(32).toString('base64url');
  const sockets = new Set<Socket>();
  let arrived: (answer: CallbackAnswer) => void = () => undefined;
  const answered = new Promise<CallbackAnswer>((resolve) => {
    arrived = resolve;
  });
  let isOpen = true;
  let port = 0;

  const server = createServer({ maxHeaderSize: 16_384 }, (request, response) => {
    const answer = isOpen ? answerIn(request, port, state) : undefined;
    if (answer === undefined) {
      page(response, 404, 'There is nothing here.');
      return;
    }
    isOpen = false; // one answer: a second one, even with the right state, comes too late
    page(
      response,
      200,
      answer.ok
        ? 'keyscan has received your sign-in. You can close this page and go back to the terminal.'
        : 'The sign-in was declined. You can close this page and go back to the terminal.',
    );
    response.once('close', () => arrived(answer));
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  port = await listen(server);

  return {
    redirectUri: `http://127.0.0.1:${port}${callbackPath}`,
    state,
    answer: (patience, signal) => first(answered, patience, signal),
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function listen(server: ReturnType<typeof createServer>): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

/** The answer a request carries; undefined unless it is the sign-in service's. */
function answerIn(
  { method, url, headers }: IncomingMessage,
  port: number,
  state: string,
): CallbackAnswer | undefined {
  // another host name that leads here is a page that had its name server point to this computer
  if (method !== 'GET' || headers.host !== `127.0.0.1:${port}`) return undefined;
  const asked = new URL(url ?? '/', 'http://127.0.0.1');
  const of = (name: string): string => asked.searchParams.get(name) ?? '';
  if (asked.pathname !== callbackPath || of('state') !== state) return undefined;
  if (of('error') !== '') return { ok: false, error: of('error') };
  return of('code') === '' ? undefined : { ok: true, code: of('code') };
}

function first(
  answered: Promise<CallbackAnswer>,
  patience: number,
  signal: AbortSignal,
): Promise<CallbackAnswer | undefined> {
  return new Promise((resolve) => {
    const end = (answer: CallbackAnswer | undefined): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      resolve(answer);
    };
    const onAbort = (): void => end(undefined);
    const timer = setTimeout(end, patience, undefined);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) end(undefined);
    void answered.then(end);
  });
}

/** Plain, without a script, and nothing of the request in it; the address with the code in it is passed on to nobody. */
function page(response: ServerResponse, status: number, text: string): void {
  response
    .writeHead(status, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      connection: 'close',
    })
    .end(`<!doctype html><html lang="en"><title>keyscan</title><p>${text}</p></html>\n`);
}
