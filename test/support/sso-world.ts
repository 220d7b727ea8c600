// The world that src/sso is given in a test: the fake's addresses, a clock that sleeping moves on, and a Ctrl-C.
import type { Retry, SignInScreen, SsoWorld } from '../../src/sso/api.ts';
import type { SsoSession } from '../../src/aws/change.ts';
import type { FakeAws } from './fake-aws.ts';

export interface TestWorld extends SsoWorld {
  /** Milliseconds of every sleep so far. */
  readonly slept: number[];
  readonly retries: Retry[];
  /** Ctrl-C. */
  readonly interrupt: () => void;
}

export function ssoWorld(
  aws: Pick<FakeAws, 'env'>,
  changes: Partial<SsoWorld> & {
    /** Called instead of nothing in the n-th sleep. */
    readonly onSleep?: (sleeps: number) => void;
  } = {},
): TestWorld {
  const controller = new AbortController();
  const slept: number[] = [];
  const retries: Retry[] = [];
  const { onSleep, ...given } = changes;
  let ahead = 0;
  return {
    env: aws.env,
    ca: undefined,
    now: () => new Date(Date.now() + ahead),
    signal: controller.signal,
    sleep: (milliseconds) => {
      slept.push(milliseconds);
      ahead += milliseconds;
      onSleep?.(slept.length);
      return controller.signal.aborted
        ? Promise.reject(new Error('interrupted'))
        : Promise.resolve();
    },
    onRetry: (retry) => {
      retries.push(retry);
    },
    slept,
    retries,
    interrupt: () => {
      controller.abort();
    },
    ...given,
  };
}

export function sessionOf({ world }: Pick<FakeAws, 'world'>): SsoSession {
  return {
    name: 'moonbakery',
    startUrl: world.startUrl,
    region: world.region,
    scopes: ['sso:account:access'],
  };
}

export type Shown = Parameters<SignInScreen['show']>[0];

/** A person who does on the page what the fake's world says, in a browser that follows redirects. */
export function browser(): SignInScreen & { readonly shown: Shown[]; readonly pages: string[] } {
  const shown: Shown[] = [];
  const pages: string[] = [];
  return {
    shown,
    pages,
    show: (page) => {
      shown.push(page);
    },
    open: (url) => {
      void fetch(url)
        .then((response) => response.text())
        .then((text) => pages.push(text))
        .catch(() => undefined);
    },
  };
}
