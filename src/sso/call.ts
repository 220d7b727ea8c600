// One call: tried again where that helps, ended at once by Ctrl-C, failing in words.
import type { Retry, SsoWorld } from './api.ts';
import { type Asked, field, interrupted, isPassing, problemOf, type SsoError } from './problem.ts';

/** Milliseconds before each further try: what AWS asks for gets four, a broken connection two. */
const waits: Readonly<Record<Retry['why'], readonly number[]>> = {
  throttled: [1000, 2000, 4000, 8000],
  unavailable: [1000, 2000, 4000, 8000],
  unreachable: [1000, 2000],
};

/** Longer than this nobody waits for a Retry-After. */
const longestWait = 30_000;

/** `send` gets a signal for the SDK. Throws an SsoError, whatever went wrong. */
export async function call<Answer>(
  world: SsoWorld,
  asked: Asked,
  send: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  let clockIsRight = true;
  for (let tries = 0; ; tries += 1) {
    try {
      return await attempt(world, send);
    } catch (error) {
      stopIfInterrupted(world);
      // the SDK has taken AWS's time from the answer, and signs with it from now on
      if (clockIsRight && field(field(error, '$metadata'), 'clockSkewCorrected') === true) {
        clockIsRight = false;
        continue;
      }
      const problem = problemOf(error, asked);
      if (problem === undefined) throw error;
      const wait = waitAfter(problem, tries, error);
      if (wait === undefined) throw problem;
      world.onRetry?.({ ...wait, host: asked.host });
      await pause(world, wait.wait);
    }
  }
}

/** Waits; Ctrl-C ends the wait. */
export async function pause(world: SsoWorld, milliseconds: number): Promise<void> {
  stopIfInterrupted(world);
  try {
    await world.sleep(milliseconds);
  } catch (error) {
    stopIfInterrupted(world);
    throw error;
  }
  stopIfInterrupted(world);
}

export function stopIfInterrupted({ signal }: SsoWorld): void {
  if (signal.aborted) throw interrupted();
}

/** A whole answer, body and all, or an end: the SDK's own limits stop at the headers. */
async function attempt<Answer>(
  world: SsoWorld,
  send: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  stopIfInterrupted(world);
  const ending = new AbortController();
  const { promise: ended, reject } = rejection();
  const stop = (reason: Error): void => {
    reject(reason);
    ending.abort();
  };
  const onInterrupt = (): void => {
    stop(interrupted());
  };
  world.signal.addEventListener('abort', onInterrupt, { once: true });
  const timer = setTimeout(() => {
    stop(Object.assign(new Error('no answer in time'), { name: 'TimeoutError' }));
  }, world.timeout ?? 30_000);
  try {
    return await Promise.race([send(ending.signal), ended]);
  } finally {
    clearTimeout(timer);
    world.signal.removeEventListener('abort', onInterrupt);
  }
}

function rejection() {
  let reject: (reason: Error) => void = () => undefined;
  const promise = new Promise<never>((_resolve, rejectPromise) => {
    reject = rejectPromise;
  });
  promise.catch(() => undefined); // nobody may be listening any more
  return { promise, reject };
}

function waitAfter(
  { kind, code }: SsoError,
  tries: number,
  error: unknown,
): Pick<Retry, 'why' | 'wait'> | undefined {
  if (kind !== 'throttled' && kind !== 'unavailable' && kind !== 'unreachable') return undefined;
  if (kind === 'unreachable' && !isPassing(code)) return undefined;
  const planned = waits[kind][tries];
  if (planned === undefined) return undefined;
  const asked = retryAfter(error);
  return { why: kind, wait: Math.min(Math.max(planned, asked), longestWait) };
}

/** Milliseconds; 0 when the answer does not say. */
function retryAfter(error: unknown): number {
  const header = field(field(field(error, '$response'), 'headers'), 'retry-after');
  return typeof header === 'string' && /^\d{1,4}$/.test(header) ? Number(header) * 1000 : 0;
}
