// AWS files as text, for tests of what happens to them: keys are made at run time.

import type { IniFile } from '../../src/aws/ini.ts';
import { expect } from '@jest/globals';
import type { AwsTexts, ProfileChange, SsoSession } from '../../src/aws/change.ts';
import type { Settings } from '../../src/aws/dialects.ts';
import { type ChangeOrGroup, planEdits, textsAfter } from '../../src/aws/edit.ts';
import { applyEdits } from '../../src/aws/ini.ts';
import { verifyEdits } from '../../src/aws/verify.ts';
import { generate } from './examples.ts';

export const id = generate('aws-id@111122223333', 'moonbakery');
export const secret = generate('aws-secret', 'moonbakery');
export const keys = `aws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`;

export const session: SsoSession = {
  name: 'moonbakery',
  startUrl: 'https://d-1234567890.awsapps.com/start',
  region: 'us-east-1',
  scopes: ['sso:account:access'],
};

export const sessionSection = `[sso-session moonbakery]
sso_start_url = https://d-1234567890.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access
`;

export const ssoLines = `sso_session = moonbakery
sso_account_id = 111122223333
sso_role_name = ReadOnlyAccess
`;

export function sso(
  profile: string,
  more: Partial<ProfileChange & { readonly type: 'sso' }> = {},
): ProfileChange {
  return {
    type: 'sso',
    profile,
    session,
    account: '111122223333',
    role: 'ReadOnlyAccess',
    legacy: false,
    ...more,
  };
}

export function removeKey(profile: string): ProfileChange {
  return { type: 'remove-key', profile };
}

export function texts(config?: string | Uint8Array, credentials?: string | Uint8Array): AwsTexts {
  return { config: bytes(config), credentials: bytes(credentials), same: false };
}

export function oneFile(text: string | Uint8Array): AwsTexts {
  return { config: bytes(text), credentials: bytes(text), same: true };
}

function bytes(text: string | Uint8Array | undefined): Uint8Array | undefined {
  return typeof text === 'string' ? new Uint8Array(Buffer.from(text)) : text;
}

export interface Result {
  readonly config: string | undefined;
  readonly credentials: string | undefined;
  readonly refused: readonly string[];
  readonly notes: readonly string[];
}

/** Both files after the plan as text; the plan has to hold in every dialect, and its edits to make its bytes. */
export function after(given: AwsTexts, ...changes: readonly ChangeOrGroup[]): Result {
  const plan = planEdits(given, changes);
  for (const edit of [plan.config, plan.credentials]) {
    if (edit === undefined) continue;
    const made = applyEdits(edit.before ?? new Uint8Array(), edit.edits);
    expect(Buffer.from(made).toString()).toBe(Buffer.from(edit.after).toString());
  }
  const result = textsAfter(given, plan);
  expect(verifyEdits(given, result, plan.accepted)).toEqual([]);
  return {
    config: text(result.config),
    credentials: text(result.credentials),
    refused: plan.refusals.map(({ profile, reason }) =>
      profile === undefined ? reason : `${profile}: ${reason}`,
    ),
    notes: plan.notes,
  };
}

function text(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : Buffer.from(bytes).toString();
}

/** Both files and nothing to say. */
export function quietly(config: string | undefined, credentials: string | undefined): Result {
  return { config, credentials, refused: [], notes: [] };
}

/** The bytes that `parseIni` read. */
export function printIni({ latin1, bom, lines }: IniFile): Uint8Array {
  const parts = lines.map(({ start, end, eol }) => latin1.slice(start, end) + eol);
  return Buffer.from((bom ? '\xEF\xBB\xBF' : '') + parts.join(''), 'latin1');
}

export type Plain = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Sections as a dialect reads them, for comparing. */
export function objects(sections: ReadonlyMap<string, Settings>): Plain {
  return Object.fromEntries([...sections].map(([name, settings]) => [name, objectOf(settings)]));
}

export function objectOf(settings: Settings): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    [...settings].map(([name, value]) => [
      name,
      typeof value === 'string' ? value : Object.fromEntries(value),
    ]),
  );
}
