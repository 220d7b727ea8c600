// The network's side of the world, as the AWS CLI would see it: the environment, the certificates it names, the clock.
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

import { UserError } from '../core/errors.ts';
import type { SsoWorld } from '../sso/api.ts';
import type { Host } from './host.ts';

export function worldOf(env: Host['env'], signal: AbortSignal): SsoWorld {
  return {
    env,
    ca: certificates(env['AWS_CA_BUNDLE']),
    now: () => new Date(),
    signal,
    sleep: (milliseconds) => setTimeout(milliseconds, undefined, { signal }),
  };
}

function certificates(file: string | undefined): string | undefined {
  if (file === undefined || file === '') return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new UserError(`cannot read ${file}, which AWS_CA_BUNDLE names`, {
      hint: 'set AWS_CA_BUNDLE to a file of certificates (PEM), or take it away',
      cause,
    });
  }
}
