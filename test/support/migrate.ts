// Moves the home of twelve-classes.ts to SSO. The one place that says how: everything else only looks at what was there
// before and what is there afterwards.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { AwsTexts, ProfileChange } from '../../src/aws/change.ts';
import { planEdits, textsAfter } from '../../src/aws/edit.ts';
import { signIn } from './token-cache.ts';
import { sessionName, type TwelveClasses } from './twelve-classes.ts';

export async function migrate(world: TwelveClasses): Promise<void> {
  const { home, aws } = world;
  const before = readAwsFiles(home);
  const plan = planEdits(before, changesOf(world));
  if (plan.refusals.length > 0) throw new Error(JSON.stringify(plan.refusals));
  const after = textsAfter(before, plan);
  writeFileSync(join(home, '.aws/config'), after.config!);
  writeFileSync(join(home, '.aws/credentials'), after.credentials!);
  signIn(home, aws, sessionName);
  forgetAssumedRoles(home);
  return Promise.resolve();
}

export function readAwsFiles(home: string): AwsTexts {
  const read = (name: string) => readFileSync(join(home, '.aws', name));
  return { config: read('config'), credentials: read('credentials'), same: false };
}

function changesOf({ profiles, aws }: TwelveClasses): readonly ProfileChange[] {
  const session = {
    name: sessionName,
    startUrl: aws.world.startUrl,
    region: aws.world.region,
    scopes: ['sso:account:access'],
  };
  return profiles.flatMap(({ name, after, becomes, target }): readonly ProfileChange[] => {
    switch (becomes) {
      case 'migrated':
        return [
          ...(after === name ? [] : [{ type: 'rename', profile: name, to: after } as const]),
          { type: 'sso', profile: after, session, legacy: false, ...target! },
        ];
      case 'without its key':
        return [{ type: 'remove-key', profile: name }];
      case 'changed':
        return [
          {
            type: 'settings',
            profile: name,
            set: new Map(),
            remove: ['mfa_serial', 'duration_seconds'],
          },
        ];
      case 'as before':
        return [];
    }
  });
}

/** The AWS CLI would go on for an hour with what the old key began. */
function forgetAssumedRoles(home: string): void {
  const folder = join(home, '.aws/cli/cache');
  for (const name of readdirSync(folder, { withFileTypes: true })) {
    const text = readFileSync(join(folder, name.name), 'utf8');
    if (text.includes('AssumedRoleUser')) rmSync(join(folder, name.name));
  }
}
