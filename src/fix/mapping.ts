// Which account and role an old profile becomes. Never chosen silently: one role is proposed, several are ranked with the
// reason, and a script says which.

export interface RoleChoice {
  readonly role: string;
  /** Higher fits better. Of equal ones the weaker comes first; what may do everything is never put first by a hint. */
  readonly rank: number;
  /** Why it stands where it stands; '' when nothing speaks for it. */
  readonly reason: string;
}

export interface RoleHints {
  /** The name of the old profile. */
  readonly profile: string;
  /** Roles that other profiles of the same account use already. */
  readonly usedInAccount: readonly string[];
  /** Names of the policies the old user has, when they are known. */
  readonly policies: readonly string[];
}

/** What a permission set is usually called that grants what a managed policy grants. */
const rolesForPolicy: Readonly<Record<string, RegExp>> = {
  AdministratorAccess: /^(?:AWS)?Admin(?:istrator)?(?:Access)?$/i,
  PowerUserAccess: /^(?:AWS)?PowerUser(?:Access)?$/i,
  ReadOnlyAccess: /^(?:AWS)?(?:ReadOnly|ViewOnly)(?:Access)?$/i,
  ViewOnlyAccess: /^(?:AWS)?(?:ReadOnly|ViewOnly)(?:Access)?$/i,
  Billing: /^(?:AWS)?Billing(?:Access)?$/i,
};

/** Least to most: of two that fit equally, the weaker comes first. */
const strength = [/view|read|audit/i, /billing/i, /dev|power|deploy/i, /admin|root|full/i] as const;
const strongest = strength.length - 1;

export function rankRoles(roles: readonly string[], hints: RoleHints): readonly RoleChoice[] {
  return roles
    .map((role) => {
      const { rank, reason } = reasonFor(role, hints);
      return { role, rank: strengthOf(role) === strongest ? 0 : rank, reason };
    })
    .sort(
      (a, b) =>
        b.rank - a.rank ||
        strengthOf(a.role) - strengthOf(b.role) ||
        (a.role < b.role ? -1 : a.role > b.role ? 1 : 0),
    );
}

function reasonFor(
  role: string,
  { profile, usedInAccount, policies }: RoleHints,
): { readonly rank: number; readonly reason: string } {
  const policy = policies.find((name) => rolesForPolicy[name]?.test(role));
  if (policy !== undefined) return { rank: 3, reason: `the old user has ${policy}` };
  if (usedInAccount.includes(role)) {
    return { rank: 2, reason: 'another profile of this account uses it' };
  }
  const shared = wordsOf(profile).find((word) => wordsOf(role).includes(word));
  if (shared !== undefined) return { rank: 1, reason: `the profile's name says ${shared}` };
  return { rank: 0, reason: '' };
}

/** `acme-ReadOnly` → acme, readonly, read, only. */
function wordsOf(name: string): readonly string[] {
  const parts = name.split(/[^A-Za-z0-9]+/).filter((part) => part !== '');
  const humps = parts.flatMap((part) => part.split(/(?<=[a-z0-9])(?=[A-Z])/));
  return [...parts, ...humps]
    .map((word) => word.toLowerCase())
    .filter((word) => word.length >= 4 && !['access', 'role', 'profile'].includes(word));
}

function strengthOf(role: string): number {
  const found = strength.findLastIndex((pattern) => pattern.test(role));
  return found < 0 ? strength.length : found;
}
