// Random files and random changes: the plan holds in every dialect, touches nothing else, and the SDKs themselves read
// the files that come out as our readers say.

import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { ProfileChange } from '../src/aws/change.ts';
import { type ConfigFileKind, readDialect } from '../src/aws/dialects.ts';
import { type FileEdit, planEdits, textsAfter } from '../src/aws/edit.ts';
import { applyEdits, type IniEdit, parseIni } from '../src/aws/ini.ts';
import { editPieces, editsOf, joinPieces, wholeOf } from '../src/aws/pieces.ts';
import { readBoth } from '../src/aws/read-both.ts';
import { rememberUndo, undoExactly } from '../src/aws/undo.ts';
import { verifyEdits } from '../src/aws/verify.ts';
import { runs } from './support/effort.ts';
import { keys, objectOf, objects, oneFile, printIni, session, texts } from './support/aws-files.ts';
import { judged, pythonWithBoto3 } from './support/judges.ts';
import { fc } from './support/property.ts';
import { projectRoot } from './support/run.ts';

// ---- files as people and tools write them

const setting = fc.constantFrom(
  ...[
    'region = eu-west-1',
    'region=x',
    'output = json # c',
    'source_profile = shop',
    'role_arn = r',
  ],
  ...[
    'sso_session = moonbakery',
    'sso_session=old',
    'sso_region = us-east-1',
    'sso_role_name = Admin',
  ],
  ...['sso_start_url = https://d-1234567890.awsapps.com/start', 'sso_account_id = 111122223333'],
  ...[
    'login_session = x',
    's3 =\n  max = 20',
    's3 =\n  max = 20\n\n  # c\n  min = 1',
    'services = s',
  ],
  ...['# note', '  # indented', '\t; indented', '', 'mfa_serial = m', 'duration_seconds=7200'],
  ...['Region = z', 'endpoint_url: x', 'cli_pager =', 'more = a\n  b'],
);
const key = fc.constantFrom(
  ...['', '', keys.trimEnd(), keys.replaceAll(' = ', '=').trimEnd()],
  ...[`${keys}aws_session_token = x==`, keys.split('\n')[0] ?? ''],
  ...[keys.replace('\n', '\n# between\n').trimEnd(), keys.replaceAll(/^(?=.)/gm, '  ').trimEnd()],
  ...[
    'AWS_ACCESS_KEY_ID: x\naws_secret_access_key: y',
    'aws_session_token =\naws_access_key_id = x',
  ],
);
const body = fc
  .tuple(fc.array(setting, { maxLength: 3 }), key, fc.array(setting, { maxLength: 3 }))
  .map(([above, own, below]) => {
    const seen = new Set<string>();
    return [...above, own, ...below].filter((text) => {
      const names = namesIn(text);
      const isNew = names.every((name) => !seen.has(name));
      if (isNew) for (const name of names) seen.add(name);
      return isNew && (text !== '' || text !== own);
    });
  });

function namesIn(text: string): string[] {
  return text
    .split('\n')
    .flatMap((line) => /^\s*([\w-]+)\s*[=:]/.exec(line)?.[1]?.toLowerCase() ?? []);
}

const configHeaders = fc.uniqueArray(
  fc.constantFrom(
    ...['[default]', '[profile shop]', '[profile  lab]', '[profile "till"]', '[profile lab] # c'],
    ...['[profile lab]# c', '[sso-session moonbakery]', '[sso-session old]', '[services s]'],
    ...[
      '[profile moon bakery]',
      '[ profile till ]',
      '[shop]',
      ' [profile till]',
      '[profile default]',
    ],
  ),
  { maxLength: 5, selector: (header) => header.trim() },
);
const credentialsHeaders = fc.uniqueArray(
  fc.constantFrom('[default]', '[shop]', '[lab] # c', '[till]', '[moon bakery]', '[ lab ]'),
  { maxLength: 5 },
);

function file(headers: fc.Arbitrary<string[]>): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.constantFrom('', '# of Kim\n', '\n'),
      headers,
      fc.array(body, { minLength: 5, maxLength: 5 }),
      fc.constantFrom('', '\n', '\n\n'),
      fc.constantFrom('\n', '\n', '\r\n'),
    )
    .map(([top, names, bodies, end, eol]) => {
      const sections = names.map((header, index) => [header, ...(bodies[index] ?? [])].join('\n'));
      return (top + sections.join('\n') + end).replaceAll('\n', eol);
    });
}

const given = fc
  .tuple(file(configHeaders), file(credentialsHeaders), fc.integer({ max: 9, min: 0 }))
  .map(([config, credentials, one]) =>
    one === 0 ? oneFile(`${config}\n${credentials}`) : texts(config, credentials),
  );

// ---- changes

const profile = fc.constantFrom('default', 'shop', 'lab', 'till', 'new', 'moon bakery');
const change: fc.Arbitrary<ProfileChange> = fc.oneof(
  fc.record({
    type: fc.constant('sso'),
    profile,
    session: fc.constant(session),
    account: fc.constant('111122223333'),
    role: fc.constantFrom('Admin', 'ReadOnlyAccess'),
    legacy: fc.boolean(),
  }),
  fc.record({
    type: fc.constant('login'),
    profile,
    arn: fc.constant('arn:aws:iam::111122223333:user/kim'),
  }),
  fc.record({ type: fc.constant('remove-key'), profile }),
  fc.record({
    type: fc.constant('settings'),
    profile,
    set: fc.constant(new Map([['duration_seconds', '3600']])),
    remove: fc.constantFrom(['mfa_serial'], ['s3'], []),
  }),
  fc.record({
    type: fc.constant('rename'),
    profile,
    to: fc.constantFrom('bakery', 'shop', 'till'),
  }),
  fc.record({ type: fc.constant('repair'), what: fc.constantFrom('bom', 'duplicates') }),
);
const changes = fc.array(change, { minLength: 1, maxLength: 4 });

const worlds = fc.sample(fc.tuple(given, changes), { numRuns: runs(200, 600), seed: 3 });

const filesOf = (plan: { config: FileEdit | undefined; credentials: FileEdit | undefined }) =>
  [plan.config, plan.credentials].filter((edit) => edit !== undefined);

/** Names that no change is about, nor points at. */
function untouched(both: ReturnType<typeof readBoth>, about: readonly ProfileChange[]) {
  const names = new Set(
    about.flatMap((one) =>
      one.type === 'repair' ? [] : one.type === 'rename' ? [one.profile, one.to] : [one.profile],
    ),
  );
  const isRenamed = about.some(({ type }) => type === 'rename');
  return [...both.profiles]
    .filter(([name, settings]) => {
      const bare = name.replaceAll(/["'\\]/g, '').trim();
      return !names.has(bare) && !(isRenamed && settings.has('source_profile'));
    })
    .map(([name, settings]) => [name, objectOf(settings)]);
}

describe('whatever the files and the changes', () => {
  it('most plans go through, and every plan holds in every dialect', () => {
    let accepted = 0;
    for (const [before, planned] of worlds) {
      const plan = planEdits(before, planned);
      accepted += plan.accepted.length;
      expect([
        before,
        planned,
        verifyEdits(before, textsAfter(before, plan), plan.accepted),
      ]).toEqual([before, planned, []]);
    }
    expect(accepted).toBeGreaterThan(worlds.length / 2);
  });

  it('profiles that no change is about read the same in all dialects', () => {
    for (const [before, planned] of worlds) {
      const plan = planEdits(before, planned);
      const after = textsAfter(before, plan);
      for (const dialect of ['botocore', 'js', 'go', 'rust'] as const) {
        const [was, is] = [readBoth(before, dialect), readBoth(after, dialect)];
        if (was.files.some(([, { error }]) => error !== undefined)) continue;
        expect([before, planned, untouched(is, plan.accepted)]).toEqual([
          before,
          planned,
          untouched(was, plan.accepted),
        ]);
      }
    }
  });

  it('the edits make the new bytes, and undone make the old ones', () => {
    for (const [before, planned] of worlds) {
      const plan = planEdits(before, planned);
      const { secrets } = rememberUndo(plan, plan.accepted);
      for (const [kind, edit] of [
        ['config', plan.config],
        ['credentials', plan.credentials],
      ] as const) {
        if (edit === undefined) continue;
        const old = edit.before ?? new Uint8Array();
        expect(Buffer.compare(applyEdits(old, edit.edits), edit.after)).toBe(0);
        expect(Buffer.compare(undoExactly(edit.after, kind, secrets), old)).toBe(0);
      }
    }
  });

  it('a second time there is nothing to do', () => {
    for (const [before, planned] of worlds) {
      const plan = planEdits(before, planned);
      // What was set and then taken out again is not at rest.
      const about = plan.accepted.flatMap((one) => ('profile' in one ? [one.profile] : []));
      const again = plan.accepted.filter(
        (one) =>
          one.type !== 'rename' &&
          one.type !== 'repair' &&
          about.indexOf(one.profile) === about.lastIndexOf(one.profile),
      );
      if (plan.accepted.some(({ type }) => type === 'rename')) continue;
      const after = textsAfter(before, plan);
      expect([before, again, filesOf(planEdits(after, again)).length]).toEqual([before, again, 0]);
    }
  });
});

describe('edits', () => {
  const bytes = fc.uint8Array({ maxLength: 60 });
  const edits = (length: number): fc.Arbitrary<IniEdit[]> =>
    fc
      .tuple(
        fc.uniqueArray(fc.integer({ min: 0, max: length }), { maxLength: 6 }),
        fc.array(fc.uint8Array({ maxLength: 4 }), { minLength: 3, maxLength: 3 }),
      )
      .map(([places, inserts]) => {
        const cuts = [...places].sort((a, b) => a - b);
        return inserts.flatMap((insert, index) => {
          const [start, end] = [cuts[index * 2], cuts[index * 2 + 1]];
          return start === undefined || end === undefined ? [] : [{ start, end, insert }];
        });
      });

  it('of any bytes leave every byte outside of them where it was', () => {
    const worldsOfBytes = bytes.chain((old) => fc.tuple(fc.constant(old), edits(old.length)));
    fc.assert(
      fc.property(worldsOfBytes, ([old, some]) => {
        const made = applyEdits(old, some);
        const kept = (from: Uint8Array, spans: readonly { start: number; end: number }[]) => {
          const left = [...from];
          for (const { start, end } of [...spans].reverse()) left.splice(start, end - start);
          return left;
        };
        let shift = 0;
        const inserted = some.map(({ start, end, insert }) => {
          const at = start + shift;
          shift += insert.length - (end - start);
          return { start: at, end: at + insert.length };
        });
        expect(kept(made, inserted)).toEqual(kept(old, some));
        expect(Buffer.compare(printIni(parseIni(made)), made)).toBe(0);
      }),
      { numRuns: runs(150, 500) },
    );
  });

  it('of edits are edits of the original', () => {
    const twice = bytes.chain((old) =>
      fc
        .tuple(fc.constant(old), edits(old.length))
        .chain(([, first]) =>
          fc.tuple(fc.constant(old), fc.constant(first), edits(applyEdits(old, first).length)),
        ),
    );
    fc.assert(
      fc.property(twice, ([old, first, second]) => {
        const made = applyEdits(applyEdits(old, first), second);
        const pieces = editPieces(editPieces(wholeOf(old), first), second);
        expect(Buffer.compare(joinPieces(old, pieces), made)).toBe(0);
        expect(Buffer.compare(applyEdits(old, editsOf(old, pieces)), made)).toBe(0);
      }),
      { numRuns: runs(150, 500) },
    );
  });
});

describe('the files that come out, read by the SDKs themselves', () => {
  const made = worlds.flatMap(([before, planned]): [ConfigFileKind, string][] => {
    const { config, credentials } = planEdits(before, planned);
    return [
      ...(config === undefined ? [] : [['config', decode(config)] as [ConfigFileKind, string]]),
      ...(credentials === undefined
        ? []
        : [['credentials', decode(credentials)] as [ConfigFileKind, string]]),
    ];
  });

  function decode({ after }: FileEdit): string {
    return Buffer.from(after).toString();
  }

  const python = pythonWithBoto3();
  (python === undefined ? it.skip : it)('are the same to botocore', () => {
    const question = made.map(([kind, text]) => [kind, Buffer.from(text).toString('base64')]);
    const read = judged(python!, [script('read-with-botocore.py')], question) as unknown[];
    made.forEach(([kind, text], index) => {
      const { profiles, sessions, services } = readDialect('botocore', Buffer.from(text), kind);
      const ours = {
        profiles: objects(profiles),
        sessions: objects(sessions),
        services: objects(services),
      };
      expect([text, ours]).toEqual([text, read[index]]);
    });
  });

  it('are the same to the JavaScript SDK', () => {
    const read = judged(process.execPath, [script('read-with-js-sdk.mjs')], made) as unknown[];
    made.forEach(([kind, text], index) => {
      const { profiles } = readDialect('js', Buffer.from(text), kind);
      expect([text, objects(profiles)]).toEqual([text, read[index]]);
    });
  });

  function script(name: string): string {
    return path.join(projectRoot, 'test/support', name);
  }
});
