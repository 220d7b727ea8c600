// Taking a migration back: exactly, by setting, and without the secrets.

import { describe, expect, it } from '@jest/globals';
import type { AwsTexts, ProfileChange } from '../src/aws/change.ts';
import { planEdits, textsAfter } from '../src/aws/edit.ts';
import { rememberUndo, undoChanges, undoExactly } from '../src/aws/undo.ts';
import {
  id,
  keys,
  removeKey,
  secret,
  sessionSection,
  sso,
  ssoLines,
  texts,
} from './support/aws-files.ts';

const region = 'region = eu-west-1\n';

function migrate(given: AwsTexts, ...changes: readonly ProfileChange[]) {
  const plan = planEdits(given, changes);
  expect(plan.refusals).toEqual([]);
  // The journal is JSON.
  const { undo, secrets } = rememberUndo(plan, changes);
  const after = textsAfter(given, plan);
  return { after, undo: copy(undo), secrets: copy(secrets) };
}

function copy<T>(value: T): T {
  return structuredClone(value);
}

const text = (bytes: Uint8Array | undefined) =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString();

/** Both files after the undo, and what it could not do. */
function undone(
  now: AwsTexts,
  { undo, secrets }: Pick<ReturnType<typeof migrate>, 'undo' | 'secrets'>,
  withSecrets = true,
) {
  const plan = undoChanges(now, undo, withSecrets ? secrets : undefined);
  const after = textsAfter(now, plan);
  return { config: text(after.config), credentials: text(after.credentials), notes: plan.notes };
}

const lost = 'The key of [shop] is not kept: make a new one, or sign in another way.';

describe('a migration', () => {
  const config = `# moonbakery\n[profile  shop]\n  ; old\n${region}\n[profile "till"]\nsso_start_url = x # y\nsso_region=z\n`;
  const credentials = `[shop]\n${keys}\n[till]\n# Kim's\n${keys}aws_session_token = a\n   b\n`;

  it('is taken back to the byte while nothing else changed', () => {
    const { after, secrets } = migrate(texts(config, credentials), sso('shop'), sso('till'));
    expect(text(after.config)).not.toBe(config);
    expect(text(undoExactly(after.config ?? new Uint8Array(), 'config', secrets))).toBe(config);
    expect(text(undoExactly(after.credentials ?? new Uint8Array(), 'credentials', secrets))).toBe(
      credentials,
    );
  });

  it('is taken back setting by setting, whatever was added since', () => {
    const given = texts(`[profile shop]\n${region}`, `[shop]\n${keys}`);
    const done = migrate(given, sso('shop'));
    const now = texts(
      `[profile shop]\n# mine\n${ssoLines}${region}output = json\n\n${sessionSection}\n[profile lab]\nx = y\n`,
      '[lab]\nx = y\n',
    );
    expect(undone(now, done)).toEqual({
      config: `[profile shop]\n# mine\n${region}output = json\n\n[profile lab]\nx = y\n`,
      credentials: `[lab]\nx = y\n\n[shop]\n${keys}`,
      notes: [],
    });
  });

  it('leaves what was changed since, and a session that is used since', () => {
    const done = migrate(
      texts(`[profile shop]\n${region}`, `[shop]\n${keys}${region}`),
      sso('shop'),
    );
    const now = texts(
      `[profile shop]\n${ssoLines.replace('ReadOnlyAccess', 'Admin')}${region}\n${sessionSection}\n[profile lab]\nsso_session = moonbakery\n`,
      `[shop]\naws_access_key_id = other\n${region}`,
    );
    expect(undone(now, done)).toEqual({
      config: `[profile shop]\nsso_role_name = Admin\n${region}\n${sessionSection}\n[profile lab]\nsso_session = moonbakery\n`,
      credentials: `[shop]\naws_access_key_id = other\n${region}`,
      notes: [
        'sso_role_name of [profile shop] was changed since and is left as it is.',
        '[sso-session moonbakery] is used since and stays.',
        'The key of [shop] was changed since and is left as it is.',
      ],
    });
  });

  it('is taken back but for the key when that was not kept', () => {
    const given = texts('', `[shop]\n${keys}`);
    const done = migrate(given, sso('shop'));
    expect(undone(done.after, done, false)).toEqual({ config: '', credentials: '', notes: [lost] });
    expect(undone(done.after, done)).toEqual({
      config: '',
      credentials: `[shop]\n${keys}`,
      notes: [],
    });
  });

  it('gives renamed profiles and changed settings back', () => {
    const chain = (source: string, more: string): string =>
      `[profile chain]\nrole_arn = x\nsource_profile = ${source}\n${more}`;
    const mfa = 'mfa_serial = arn:aws:iam::111122223333:mfa/kim\n';
    const done = migrate(
      texts(
        `${chain('moon bakery', mfa)}[profile "moon bakery"]\n${region}`,
        `[moon bakery]\n${keys}`,
      ),
      { type: 'rename', profile: 'moon bakery', to: 'shop' },
      {
        type: 'settings',
        profile: 'chain',
        set: new Map([['duration_seconds', '3600']]),
        remove: ['mfa_serial'],
      },
    );
    expect(text(done.after.config)).toBe(
      chain('shop', '').replace('[profile chain]\n', '[profile chain]\nduration_seconds = 3600\n') +
        `[profile shop]\n${region}`,
    );
    expect(undone(done.after, done, false)).toEqual({
      config: `[profile chain]\n${mfa}role_arn = x\nsource_profile = moon bakery\n[profile "moon bakery"]\n${region}`,
      credentials: `[moon bakery]\n${keys}`,
      notes: [],
    });
  });
});

describe('an undo', () => {
  it('touches nothing in a file that the AWS CLI cannot read', () => {
    const done = migrate(texts('', `[shop]\n${keys}`), sso('shop'));
    const now = texts(done.after.config, '[a]\n[a]\n');
    expect(undone(now, done)).toEqual({
      config: text(done.after.config),
      credentials: '[a]\n[a]\n',
      notes: [
        'the AWS CLI cannot read the credentials file: line 2: a section is there twice; let the two be joined first: it is offered as a repair of its own.',
      ],
    });
  });
});

describe('what is remembered', () => {
  it('holds no secret outside of the secrets', () => {
    const credentials = `[shop]\n${keys}aws_session_token = token-of-kim\nsso_role_name = x # note-of-kim\nsso_region=r\n`;
    const { undo, secrets } = migrate(texts('', credentials), sso('shop'));
    const journal = JSON.stringify(undo);
    for (const value of [id, secret, 'token-of-kim', 'note-of-kim']) {
      expect(journal).not.toContain(value);
      expect(JSON.stringify(secrets)).toContain(value);
    }
    expect(
      undo.sections.map(({ file, was, is, settings }) => [file, was, is, settings.length]),
    ).toEqual([
      ['config', null, 'profile shop', 3],
      ['config', null, 'sso-session moonbakery', 3],
      ['credentials', 'shop', null, 5],
    ]);
  });

  it('is nothing when nothing changed', () => {
    const { undo, secrets } = migrate(texts('', '[shop]\nregion = x\n'), removeKey('shop'));
    expect([undo.sections, secrets.lines, secrets.exact]).toEqual([[], [], []]);
  });
});
