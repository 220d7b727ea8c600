// A file that the AWS CLI refuses already (a byte order mark, a section or a setting that is there twice) is repaired
// first, as a step of its own: shown, agreed to, written. Only then can a migration be planned in it.
import type { AwsTexts, ProfileChange } from '../aws/change.ts';
import { readDialect } from '../aws/dialects.ts';
import { isDuplicate } from '../aws/editable.ts';
import { planEdits, textsAfter } from '../aws/edit.ts';
import { parseIni } from '../aws/ini.ts';
import { verifyEdits } from '../aws/verify.ts';
import { UserError } from '../core/errors.ts';
import type { FixFile } from '../core/migration.ts';
import { maskedDiff } from '../fix/diff.ts';
import { diffLines } from '../report/fix.ts';
import { carryOut } from '../write/carry-out.ts';
import { mustBeSaid } from './ask.ts';
import type { FixContext } from './fix-context.ts';
import { awsPlans, shownPath, valuesOf } from './fix-plan.ts';
import { stateFor } from './fix-write.ts';
import { said } from './messages.ts';

export interface Repaired {
  /** `shown`: a dry run. */
  readonly how: 'nothing-to-repair' | 'repaired' | 'shown' | 'declined';
  readonly diffs: readonly FixFile[];
  /** The files as they are after it. */
  readonly texts: AwsTexts;
}

export async function repairFirst(context: FixContext): Promise<Repaired> {
  const { found, flags, ask, host, pen } = context;
  const changes = repairsFor(context);
  const nothing = { how: 'nothing-to-repair', diffs: [], texts: found.texts } as const;
  if (changes.length === 0) return nothing;
  const edits = planEdits(found.texts, changes);
  const plans = awsPlans(edits, context);
  if (plans.length === 0) return nothing;
  const diffs = await Promise.all(
    plans.map((plan) => maskedDiff(shownPath(plan.path, context), plan, valuesOf(context))),
  );
  const lines = diffs.flatMap((file) => diffLines(file, pen));
  host.err(said('the AWS CLI cannot read these files as they are; they have to be repaired first'));
  context.say(`${[...lines, ...edits.notes.map((note) => pen.safe(note))].join('\n')}\n`);
  const after = textsAfter(found.texts, edits);
  if (flags.dryRun) return { how: 'shown', diffs, texts: after };
  if (!flags.yes && ask === undefined) throw mustBeSaid('the repair needs your consent', '--yes');
  if (!flags.yes && (await ask?.confirm('Repair them?')) !== true) {
    return { how: 'declined', diffs, texts: found.texts };
  }
  const [problem] = verifyEdits(found.texts, after, changes);
  if (problem !== undefined) {
    throw new UserError(`the files cannot be repaired without changing what they say: ${problem}`, {
      hint: 'put it right by hand, then start again',
    });
  }
  const state = stateFor(context);
  try {
    const result = carryOut({ plans, inspect: () => [], profiles: [], undo: null }, state);
    if (!result.done) throw result.problem;
  } finally {
    state.close();
  }
  host.err(said('repaired'));
  return { how: 'repaired', diffs, texts: after };
}

function repairsFor({ found: { texts } }: FixContext): readonly ProfileChange[] {
  const files = [
    ['config', texts.config],
    ['credentials', texts.credentials],
  ] as const;
  const there = files.flatMap(([kind, bytes]) => (bytes === undefined ? [] : [{ kind, bytes }]));
  const hasMark = there.some(({ bytes }) => parseIni(bytes).bom);
  const hasTwins = there.some(({ kind, bytes }) => {
    const plain = parseIni(bytes).bom ? bytes.subarray(3) : bytes;
    const { error } = readDialect('botocore', plain, kind);
    return error !== undefined && isDuplicate(error);
  });
  return [
    ...(hasMark ? [{ type: 'repair', what: 'bom' } as const] : []),
    ...(hasTwins ? [{ type: 'repair', what: 'duplicates' } as const] : []),
  ];
}
