// The sessions of assumed roles that the AWS CLI keeps in ~/.aws/cli/cache. Neither their names nor their contents say whose
// key asked for them, so that the CLI goes on for up to twelve hours with what an old key began. They are told by the role:
// the CLI asks anew for one that is gone.
import type { Profile } from './profiles.ts';

/** `account role`, of every profile that ends up at one of `moved` by way of `source_profile`. */
export type AssumedRoles = ReadonlySet<string>;

export function rolesAssumedFrom(
  profiles: readonly Profile[],
  moved: ReadonlySet<string>,
): AssumedRoles {
  const reached = new Set(moved);
  // Each round follows one more step of a chain; circles end by themselves
  for (let before = -1; before < reached.size;) {
    before = reached.size;
    for (const { name, settings } of profiles) {
      if (reached.has(settings.get('source_profile') ?? '')) reached.add(name);
    }
  }
  return new Set(
    profiles
      .filter(({ name }) => reached.has(name))
      .flatMap(({ settings }) => {
        const [, account, role] =
          /^arn:[\w-]+:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(
            settings.get('role_arn') ?? '',
          ) ?? [];
        return account === undefined || role === undefined ? [] : [`${account} ${role}`];
      }),
  );
}

/** Whether a file of the cache is a session of one of these roles; false for whatever is none. */
export function isSessionOf(roles: AssumedRoles, content: string): boolean {
  const [, account, role] =
    /"Arn":\s*"arn:[\w-]+:sts::(\d{12}):assumed-role\/([^/"]+)\//.exec(content) ?? [];
  return account !== undefined && role !== undefined && roles.has(`${account} ${role}`);
}
