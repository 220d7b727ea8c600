// Signing in, against the fake: both flows, everything that can go wrong in them, and who else knocks at the callback.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { request } from 'node:http';
import { inspect } from 'node:util';

import { refresh, signIn, SsoError } from '../src/sso/index.ts';
import { type FakeAws, type Fault, startFakeAws } from './support/fake-aws.ts';
import { browser, sessionOf, ssoWorld } from './support/sso-world.ts';
import { until } from './support/until.ts';

let aws: FakeAws;
beforeEach(async () => {
  aws = await startFakeAws();
});
afterEach(() => aws.close());

const inBrowser = () => ({ session: sessionOf(aws), flow: 'browser' }) as const;
const withCode = () => ({ session: sessionOf(aws), flow: 'device' }) as const;

describe('signing in in the browser', () => {
  it('ends with a token that the portal takes and that can be refreshed', async () => {
    const screen = browser();
    const world = ssoWorld(aws);
    const token = await signIn(inBrowser(), screen, world);
    expect({
      operations: operations(),
      valid: aws.state.tokens.has(token.accessToken),
      refreshable: aws.state.refreshTokens.has(token.refreshToken ?? ''),
      registration: {
        scopes: token.registration.scopes,
        grantTypes: token.registration.grantTypes,
      },
      page: screen.pages,
      slept: world.slept,
    }).toEqual({
      operations: ['RegisterClient', 'Authorize', 'CreateToken'],
      valid: true,
      refreshable: true,
      registration: {
        scopes: ['sso:account:access'],
        grantTypes: ['authorization_code', 'refresh_token'],
      },
      page: [
        '<!doctype html><html lang="en"><title>keyscan</title><p>keyscan has received your sign-in. You can close this page and go back to the terminal.</p></html>\n',
      ],
      slept: [],
    });
  });

  it('shows the page before it opens it', async () => {
    const order: string[] = [];
    const screen = browser();
    await signIn(
      inBrowser(),
      {
        show: ({ url, code }) => order.push(`show ${new URL(url).pathname} ${String(code)}`),
        open: (url) => {
          order.push(`open ${new URL(url).pathname}`);
          screen.open(url);
        },
      },
      ssoWorld(aws),
    );
    expect(order).toEqual(['show /authorize undefined', 'open /authorize']);
  });

  it('asks for what RFC 7636 wants, and comes back to 127.0.0.1 at a port of chance', async () => {
    const screen = browser();
    await signIn(inBrowser(), screen, ssoWorld(aws));
    await signIn(inBrowser(), screen, ssoWorld(aws));
    const asked = screen.shown.map(({ url }) => Object.fromEntries(new URL(url).searchParams));
    expect(asked[0]).toEqual({
      response_type: 'code',
      client_id: expect.stringMatching(/^client-/),
      redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/oauth\/callback$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      scopes: 'sso:account:access',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(asked[0]?.['state']).not.toBe(asked[1]?.['state']);
    expect(asked[0]?.['code_challenge']).not.toBe(asked[1]?.['code_challenge']);
  });

  it('says that the person declined', async () => {
    aws.world.person.does = 'denies';
    expect(await failure(signIn(inBrowser(), browser(), ssoWorld(aws)))).toEqual([
      'denied',
      'the sign-in was declined in the browser',
      'Start again and choose "Allow access"; if the page does not let you, ask your administrator.',
    ]);
    expect(operations()).toEqual(['RegisterClient', 'Authorize']);
  });

  it('is ended at once by Ctrl-C while the page is open, and leaves no port open', async () => {
    aws.world.person.does = 'wanders-off';
    const world = ssoWorld(aws);
    const screen = browser();
    const signingIn = failure(signIn(inBrowser(), screen, world));
    await until(() => screen.pages.length > 0);
    world.interrupt();
    expect(await signingIn).toEqual(['interrupted', 'interrupted', undefined]);
    expect(await knock(callbackOf(screen.shown[0]?.url))).toBe('ECONNREFUSED');
  });

  it('does not open the page again for a code that the service does not take', async () => {
    aws.world.faults.push({ on: 'CreateToken', does: 'invalid_grant' });
    expect((await failure(signIn(inBrowser(), browser(), ssoWorld(aws))))[0]).toBe('refused');
    expect(operations()).toEqual(['RegisterClient', 'Authorize', 'CreateToken']);
  });
});

describe('whoever else knocks at the callback', () => {
  it.each<[string, (callback: URL) => Parameters<typeof knock>]>([
    ['with another state', (url) => [withQuery(url, { state: 'guessed', code: 'stolen' })]],
    ['without a state', (url) => [withQuery(url, { code: 'stolen' })]],
    ['without a code', (url) => [withQuery(url, { state: stateOf() })]],
    [
      'at another path',
      (url) => [withQuery(new URL('/', url), { state: stateOf(), code: 'stolen' })],
    ],
    [
      'with a form',
      (url) => [withQuery(url, { state: stateOf(), code: 'stolen' }), { method: 'POST' }],
    ],
    [
      'by another name of this computer',
      (url) => [
        withQuery(url, { state: stateOf(), code: 'stolen' }),
        { headers: { host: 'evil.example' } },
      ],
    ],
    [
      'at another address of this computer',
      (url) => [new URL(url.href.replace('127.0.0.1', '127.0.0.2'))],
    ],
    [
      'with an error and another state',
      (url) => [withQuery(url, { state: 'guessed', error: 'access_denied' })],
    ],
  ])('%s gets nothing and ends nothing', async (who, knocking) => {
    const screen = patientBrowser();
    lastScreen = screen;
    const signingIn = signIn(inBrowser(), screen, ssoWorld(aws));
    await until(() => screen.shown.length > 0);
    const heard = await knock(...knocking(callbackOf(screen.shown[0]?.url)));
    // other addresses of this computer are not listened at
    expect(heard).toEqual(who.includes('address') ? expect.any(String) : 404);
    screen.goOn();
    expect(aws.state.tokens.has((await signingIn).accessToken)).toBe(true);
  });

  it('a second time, even with the right state, comes too late', async () => {
    const screen = patientBrowser();
    aws.world.faults.push({ on: 'CreateToken', does: 'hang', times: 1 });
    const world = ssoWorld(aws);
    const signingIn = failure(signIn(inBrowser(), screen, world));
    await until(() => screen.shown.length > 0);
    const callback = withQuery(callbackOf(screen.shown[0]?.url), {
      state: stateOf(screen),
      code: 'first',
    });
    expect(await knock(callback)).toBe(200);
    expect(await knock(callback)).toBe(404);
    world.interrupt();
    expect((await signingIn)[0]).toBe('interrupted');
  });

  it('reads a page that runs nothing, tells no other site and is kept nowhere', async () => {
    const screen = patientBrowser();
    const signingIn = signIn(inBrowser(), screen, ssoWorld(aws));
    await until(() => screen.shown.length > 0);
    const answer = await fetch(screen.shown[0]?.url ?? '');
    await signingIn;
    const headers = [
      'content-security-policy',
      'referrer-policy',
      'cache-control',
      'access-control-allow-origin',
    ];
    expect(headers.map((name) => answer.headers.get(name))).toEqual([
      "default-src 'none'; frame-ancestors 'none'",
      'no-referrer',
      'no-store',
      null,
    ]);
    expect(await answer.text()).not.toMatch(/script|code=|http/i);
  });
});

describe('signing in with a code', () => {
  it('asks again as often as the service says, and no faster', async () => {
    aws.world.pendingPolls = 3;
    aws.world.interval = 7;
    const screen = browser();
    const world = ssoWorld(aws);
    const token = await signIn(withCode(), screen, world);
    expect({
      valid: aws.state.tokens.has(token.accessToken),
      refreshable: token.refreshToken !== undefined,
      slept: world.slept,
      code: screen.shown[0]?.code,
      url: screen.shown[0]?.url,
    }).toEqual({
      valid: true,
      refreshable: true,
      slept: [7000, 7000, 7000, 7000],
      code: expect.stringMatching(/^[\w-]{9}$/),
      url: `${aws.url}/device?user_code=${screen.shown[0]?.code ?? ''}`,
    });
  });

  it('waits five seconds where the service does not say, and five more each time it asks for it', async () => {
    aws.world.interval = undefined;
    aws.world.pendingPolls = 0;
    aws.world.faults.push({ on: 'CreateToken', does: 'slow_down', times: 2 });
    const world = ssoWorld(aws);
    await signIn(withCode(), browser(), world);
    expect(world.slept).toEqual([5000, 10_000, 15_000]);
  });

  it('says that the time is up, also when the service does not', async () => {
    aws.world.person.does = 'wanders-off';
    aws.world.interval = 200;
    const late = [
      'expired',
      'nobody signed in before the time was up',
      expect.stringMatching(/^Start again\. If the page said "invalid grant", the region is not/),
    ];
    const world = ssoWorld(aws);
    expect(await failure(signIn(withCode(), browser(), world))).toEqual(late);
    expect(world.slept).toEqual([200_000, 200_000, 200_000]);

    aws.world.faults.push({ on: 'CreateToken', does: 'expired_token' });
    expect(await failure(signIn(withCode(), browser(), ssoWorld(aws)))).toEqual(late);
  });

  it('says that the person declined', async () => {
    aws.world.person.does = 'denies';
    expect((await failure(signIn(withCode(), browser(), ssoWorld(aws))))[0]).toBe('denied');
  });

  it('is ended at once by Ctrl-C between two questions', async () => {
    aws.world.person.does = 'wanders-off';
    const world = ssoWorld(aws, {
      onSleep: (sleeps) => {
        if (sleeps === 3) world.interrupt();
      },
    });
    expect(await failure(signIn(withCode(), browser(), world))).toEqual([
      'interrupted',
      'interrupted',
      undefined,
    ]);
    expect(operations().filter((operation) => operation === 'CreateToken')).toHaveLength(2);
  });

  it.each(['file:///etc/passwd', 'http://elsewhere.example/', 'javascript:1', '--help'])(
    'does not show or open %s, whoever says it',
    async (verificationUri) => {
      aws.world.verificationUri = verificationUri;
      const seen: unknown[] = [];
      const screen = {
        show: (page: unknown) => seen.push(page),
        open: (url: string) => seen.push(url),
      };
      expect((await failure(signIn(withCode(), screen, ssoWorld(aws))))[0]).toBe('refused');
      expect(seen).toEqual([]);
    },
  );
});

describe('what goes wrong on the way', () => {
  it.each<[string, Omit<Fault, 'on'>, string, RegExp]>([
    ['HTTP 500', { does: 'internal' }, 'unavailable', /out of order at the moment \(500\)/],
    ['HTTP 503', { does: 'unavailable' }, 'unavailable', /out of order at the moment \(503\)/],
    ['a page of a proxy', { does: 'page' }, 'unavailable', /out of order at the moment \(502\)/],
    ['429', { does: 'throttled' }, 'throttled', /asks to slow down, still after several tries/],
    ['half an answer', { does: 'broken' }, 'refused', /did not answer as AWS does/],
    ['an empty answer', { does: 'empty' }, 'refused', /did not answer as AWS does/],
    ['a redirect', { does: 'redirect' }, 'refused', /did not accept it/],
    ['a broken connection', { does: 'reset' }, 'unreachable', /broke \(ECONNRESET\)/],
    ['no answer', { does: 'hang' }, 'unreachable', /does not answer/],
    ['an unknown client', { does: 'invalid_client' }, 'refused', /InvalidClientException/],
  ])('%s is said, in both flows and at each step', async (_what, fault, kind, words) => {
    for (const [request, on] of [
      [inBrowser(), 'RegisterClient'],
      [inBrowser(), 'CreateToken'],
      [withCode(), 'RegisterClient'],
      [withCode(), 'StartDeviceAuthorization'],
      [withCode(), 'CreateToken'],
    ] as const) {
      aws.world.faults.splice(0, Infinity, { on, ...fault });
      const found = await failure(signIn(request, browser(), ssoWorld(aws, { timeout: 150 })));
      expect([on, ...found]).toEqual([on, kind, expect.stringMatching(words), expect.any(String)]);
    }
  });

  it('is tried again with growing waits, each told, and as late as the service wants', async () => {
    aws.world.pendingPolls = 0;
    aws.world.faults.push(
      { on: 'RegisterClient', does: 'throttled', times: 2 },
      { on: 'StartDeviceAuthorization', does: 'unavailable', times: 1, retryAfter: 9 },
      { on: 'CreateToken', does: 'reset', times: 2 },
    );
    const world = ssoWorld(aws);
    await signIn(withCode(), browser(), world);
    expect(world.slept).toEqual([1000, 2000, 9000, 1000, 1000, 2000]);
    expect(world.retries.map(({ why, wait }) => [why, wait])).toEqual([
      ['throttled', 1000],
      ['throttled', 2000],
      ['unavailable', 9000],
      ['unreachable', 1000],
      ['unreachable', 2000],
    ]);
  });

  it('does not wait for ever because a service says so', async () => {
    aws.world.faults.push({ on: 'RegisterClient', does: 'throttled', retryAfter: 9999 });
    const world = ssoWorld(aws);
    await failure(signIn(withCode(), browser(), world));
    expect(world.slept).toEqual([30_000, 30_000, 30_000, 30_000]);
  });

  it('like a portal that this region does not know, is taken for the wrong region', async () => {
    const session = { ...sessionOf(aws), startUrl: 'https://d-0987654321.awsapps.com/start' };
    for (const flow of ['browser', 'device'] as const) {
      const found = await failure(signIn({ session, flow }, browser(), ssoWorld(aws)));
      expect(found.slice(0, 2)).toEqual([
        'wrong-region',
        'AWS knows no access portal with this start URL here',
      ]);
    }
  });

  it('like an address that refuses the connection or does not exist, is not tried again', async () => {
    const env = { AWS_ENDPOINT_URL_SSO_OIDC: 'http://127.0.0.1:9' };
    const world = ssoWorld({ env });
    expect((await failure(signIn(withCode(), browser(), world))).slice(0, 2)).toEqual([
      'unreachable',
      'cannot begin the sign-in: 127.0.0.1:9 refuses the connection',
    ]);
    expect(world.slept).toEqual([]);
  });

  it.each(['RegisterClient', 'StartDeviceAuthorization', 'CreateToken'])(
    'is ended at once by Ctrl-C while %s is not answered',
    async (on) => {
      aws.world.faults.push({ on, does: 'hang' });
      const world = ssoWorld(aws);
      const signingIn = failure(signIn(withCode(), browser(), world));
      await until(() => operations().includes(on));
      world.interrupt();
      expect((await signingIn)[0]).toBe('interrupted');
    },
  );

  it('asks nobody when it was interrupted before', async () => {
    const world = ssoWorld(aws);
    world.interrupt();
    expect((await failure(signIn(inBrowser(), browser(), world)))[0]).toBe('interrupted');
    expect(operations()).toEqual([]);
  });

  it.each([
    ['http://d-1234567890.awsapps.com/start', 'us-east-1'],
    ['https://d-1234567890.awsapps.com/start', 'evil.example/'],
    ['https://d-1234567890.awsapps.com/start', ''],
  ])(
    'start URL %s in region "%s" is refused before anything is asked',
    async (startUrl, region) => {
      const session = { ...sessionOf(aws), startUrl, region };
      await expect(
        signIn({ session, flow: 'device' }, browser(), ssoWorld(aws)),
      ).rejects.toMatchObject({ name: 'UserError', hint: expect.any(String) });
      expect(operations()).toEqual([]);
    },
  );
});

describe('a token', () => {
  it('is refreshed, and the new refresh token replaces the old one', async () => {
    const token = await signIn(withCode(), browser(), ssoWorld(aws));
    const fresh = await refresh(token, ssoWorld(aws));
    expect({
      valid: aws.state.tokens.has(fresh.accessToken),
      other: fresh.accessToken !== token.accessToken && fresh.refreshToken !== token.refreshToken,
      rest: [fresh.session, fresh.registration],
    }).toEqual({ valid: true, other: true, rest: [token.session, token.registration] });
  });

  it('that cannot be refreshed asks for a new sign-in', async () => {
    const token = await signIn(withCode(), browser(), ssoWorld(aws));
    const before = aws.log.length;
    const ended = ['expired', 'the SSO session has ended', 'Sign in again.'];
    const old = { ...token.registration, expiresAt: new Date(0) };
    for (const useless of [
      { ...token, refreshToken: undefined },
      { ...token, registration: old },
    ]) {
      expect(await failure(refresh(useless, ssoWorld(aws)))).toEqual(ended);
    }
    expect(aws.log.length).toBe(before);
    for (const does of [
      'invalid_grant',
      'expired_token',
      'access_denied',
      'invalid_client',
    ] as const) {
      aws.world.faults.splice(0, Infinity, { on: 'CreateToken', does });
      expect(await failure(refresh(token, ssoWorld(aws)))).toEqual(ended);
    }
  });

  it('is kept when the service is only out of order', async () => {
    const token = await signIn(withCode(), browser(), ssoWorld(aws));
    aws.world.faults.push({ on: 'CreateToken', does: 'unavailable' });
    expect((await failure(refresh(token, ssoWorld(aws))))[0]).toBe('unavailable');
  });
});

it('no failure tells a secret, however closely one looks at it', async () => {
  const token = await signIn(withCode(), browser(), ssoWorld(aws));
  const seen: string[] = [];
  for (const does of [
    'invalid_grant',
    'throttled',
    'internal',
    'broken',
    'page',
    'reset',
    'empty',
  ] as const) {
    aws.world.faults.splice(0, Infinity, { on: '*', does });
    for (const failing of [
      () => refresh(token, ssoWorld(aws)),
      () => signIn(inBrowser(), browser(), ssoWorld(aws)),
      () => signIn(withCode(), browser(), ssoWorld(aws)),
    ]) {
      const error: unknown = await failing().catch((reason: unknown) => reason);
      seen.push(inspect(error, { depth: 20, showHidden: true }));
    }
  }
  const secrets = [
    ...aws.state.tokens.keys(),
    ...aws.state.refreshTokens.keys(),
    ...[...aws.state.registrations.values()].map(({ secret }) => secret),
  ];
  expect(seen.join('\n')).toMatch(/SsoError|UserError/);
  expect(secrets.filter((secret) => seen.some((text) => text.includes(secret)))).toEqual([]);
});

// ---------------------------------------------------------------------------------------------------------------------------

function operations(): readonly string[] {
  return aws.log.map(({ operation }) => operation);
}

/** Kind, message and hint of the failure that must come. */
async function failure(promise: Promise<unknown>): Promise<readonly unknown[]> {
  const error: unknown = await promise.then(
    () => 'it succeeded',
    (reason: unknown) => reason,
  );
  return error instanceof SsoError ? [error.kind, error.message, error.hint] : [error];
}

let lastScreen: ReturnType<typeof patientBrowser>;

/** Opens the page when it is told to. */
function patientBrowser() {
  const screen = browser();
  return {
    ...screen,
    open: () => undefined,
    goOn: () => screen.open(screen.shown[0]?.url ?? ''),
  };
}

function callbackOf(url: string | undefined): URL {
  return new URL(new URL(url ?? '').searchParams.get('redirect_uri') ?? '');
}

function stateOf(screen = lastScreen): string {
  return new URL(screen.shown[0]?.url ?? '').searchParams.get('state') ?? '';
}

function withQuery(url: URL, query: Readonly<Record<string, string>>): URL {
  return new URL(`?${new URLSearchParams(query).toString()}`, url);
}

/** The status, or why there is none. */
function knock(
  url: URL,
  options: { readonly method?: string; readonly headers?: Record<string, string> } = {},
): Promise<number | string | undefined> {
  return new Promise((resolve) => {
    request(url, options, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', (error: NodeJS.ErrnoException) => resolve(error.code))
      .end();
  });
}
