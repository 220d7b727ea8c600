// "This is your profile `work`": the values of this computer's own AWS files, looked for anywhere, whatever stands around
// them. Of a value only its first four characters (an anchor) and a keyed hash are kept.

import { createHmac, randomBytes } from 'node:crypto';

import type { Role } from '../core/finding.ts';
import type { Rule, RulePart } from '../core/rule.ts';
import type { OwnKey } from './api.ts';

export interface Own {
  /** Profiles by value; the first that has it. */
  readonly profileOf: (value: string, role: Role) => string | undefined;
  /** A rule whose hits are candidates for own values; its part's index tells nothing, `profileOf` everything. */
  readonly rule: Rule | undefined;
}

export function ownKeys(keys: readonly OwnKey[]): Own {
  let secret: Buffer | undefined; // not before it is needed: without own keys no scan has to load node:crypto for it
  const hash = (value: string): string =>
    createHmac('sha256', (secret ??= randomBytes(32)))
      .update(value)
      .digest('base64');
  const known = new Map<string, { profile: string; role: Role }>();
  const parts: RulePart[] = [];
  for (const { profile, role, value } of keys) {
    if (value.length < 16 || known.has(hash(value))) continue;
    known.set(hash(value), { profile, role });
    parts.push({
      role,
      strong: true,
      shapes: [
        {
          type: 'token',
          pieces: [
            { text: value.slice(0, 4) },
            { set: 'A-Za-z0-9+/=_-', min: value.length - 4, max: value.length - 4 },
          ],
          notBefore: 'A-Za-z0-9+/',
          notAfter: 'A-Za-z0-9+/',
        },
      ],
    });
  }
  const rule: Rule | undefined =
    parts.length === 0
      ? undefined
      : {
          id: 'aws-access-key',
          provider: 'aws',
          title: '',
          why: '',
          advice: [],
          references: [],
          grades: {},
          parts,
          examples: [],
          negatives: [],
        };
  return {
    profileOf: (value, role) => {
      if (known.size === 0) return undefined;
      const entry = known.get(hash(value));
      return entry?.role === role ? entry.profile : undefined;
    },
    rule,
  };
}
