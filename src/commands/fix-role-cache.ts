// Takes the sessions that old keys began out of the AWS CLI's cache of assumed roles.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ProfileChange } from '../aws/change.ts';
import { isSessionOf, rolesAssumedFrom } from '../aws/role-cache.ts';
import { disk } from '../write/file-system.ts';
import { discard } from '../write/replace.ts';
import type { FixContext } from './fix-context.ts';
import { said } from './messages.ts';

/** What the plan says of it; [] where there is nothing to take out. */
export function oldSessionNotes(
  changes: readonly ProfileChange[],
  context: Pick<FixContext, 'found'>,
): readonly string[] {
  const { length } = oldSessions(changes, context);
  if (length === 0) return [];
  const files = length === 1 ? 'one session' : `${length} sessions`;
  return [
    `${files} of assumed roles that the old keys began are removed from ~/.aws/cli/cache; the AWS CLI would go on with them`,
  ];
}

/** After the cut-over. What cannot be removed is told: it ends by itself within hours. */
export function forgetOldSessions(changes: readonly ProfileChange[], context: FixContext): void {
  for (const file of oldSessions(changes, context)) {
    if (discard(file, disk)) continue;
    context.host.err(said(`could not remove ${file}: the AWS CLI may use it until it expires`));
  }
}

function oldSessions(
  changes: readonly ProfileChange[],
  { found }: Pick<FixContext, 'found'>,
): readonly string[] {
  const moved = movedBy(changes);
  if (moved.size === 0) return [];
  const roles = rolesAssumedFrom(found.inventory.profiles, moved);
  const folder = join(found.places.home, '.aws', 'cli', 'cache');
  return roles.size === 0
    ? []
    : namesIn(folder)
        .filter((name) => name.endsWith('.json'))
        .map((name) => join(folder, name))
        .filter((file) => isSessionOf(roles, textOf(file)));
}

/** By the names that they had before. */
function movedBy(changes: readonly ProfileChange[]): ReadonlySet<string> {
  const oldNames = new Map(
    changes.flatMap((change) =>
      change.type === 'rename' ? [[change.to, change.profile] as const] : [],
    ),
  );
  return new Set(
    changes.flatMap((change) =>
      change.type === 'sso' || change.type === 'login'
        ? [oldNames.get(change.profile) ?? change.profile]
        : [],
    ),
  );
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
