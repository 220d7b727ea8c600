// Changes of profiles → edits of bytes. Each change is planned on what the ones before it left, and the whole is
// handed out as edits of the files as they lie there. The rules are those of issue 5 and of the SDKs: what one of them
// would read differently than planned is refused, with the way out.

import type { AwsTexts, ProfileChange } from './change.ts';
import { planChange } from './plan-change.ts';
import { uneditable } from './editable.ts';
import { applyEdits, type IniEdit } from './ini.ts';
import { editPieces, editsOf, joinPieces, type Piece, wholeOf } from './pieces.ts';
import { type Refusal, Refused } from './refusal.ts';
import { verifyEdits } from './verify.ts';

export type { Refusal } from './refusal.ts';

export interface FileEdit {
  /** In order, of `before`. */
  readonly edits: readonly IniEdit[];
  /** Undefined for a file that is yet to be made. */
  readonly before: Uint8Array | undefined;
  readonly after: Uint8Array;
}

/** When both names lead to one file, its edits stand under `config`. A file that stays as it is is undefined. */
export interface EditPlan {
  readonly config: FileEdit | undefined;
  readonly credentials: FileEdit | undefined;
  readonly refusals: readonly Refusal[];
  readonly notes: readonly string[];
  /** The sso-session each migrated profile ends up with: another name than wanted where one says the same or is taken. */
  readonly sessions: ReadonlyMap<string, string>;
}

/** A refusal of one profile leaves the others alone; a file that cannot be edited stops all but its repair. */
export function planEdits(texts: AwsTexts, changes: readonly ProfileChange[]): EditPlan {
  const plan = planAll(texts, changes, false);
  const after = textsAfter(texts, plan);
  const planned = plan.accepted;
  if (verifyEdits(texts, after, planned).length === 0) return plan;
  // Something reads differently than planned: find out which change it is and leave that one.
  return planAll(texts, changes, true);
}

/** The files as they are after the plan. */
export function textsAfter(
  texts: AwsTexts,
  { config, credentials }: Pick<EditPlan, 'config' | 'credentials'>,
): AwsTexts {
  const one = config?.after ?? texts.config;
  return {
    config: texts.same && one === undefined ? (credentials?.after ?? texts.credentials) : one,
    credentials: texts.same ? one : (credentials?.after ?? texts.credentials),
    same: texts.same,
  };
}

interface FileState {
  readonly original: Uint8Array;
  readonly exists: boolean;
  pieces: readonly Piece[];
  now: Uint8Array | undefined;
}

interface FullPlan extends EditPlan {
  readonly accepted: readonly ProfileChange[];
}

function planAll(given: AwsTexts, changes: readonly ProfileChange[], careful: boolean): FullPlan {
  const texts = given.same ? { ...given, config: given.config ?? given.credentials } : given;
  const config = fileState(texts.config);
  const credentials = texts.same ? config : fileState(texts.credentials);
  const refusals: Refusal[] = [];
  const notes: string[] = [];
  const sessions = new Map<string, string>();
  const accepted: ProfileChange[] = [];
  const now = (): AwsTexts => ({
    config: config.now,
    credentials: credentials.now,
    same: texts.same,
  });

  const attempt = (change: ProfileChange): void => {
    try {
      const planned = planChange(now(), change);
      const after = {
        config: edited(config.now, planned.config),
        credentials: texts.same
          ? edited(config.now, planned.config)
          : edited(credentials.now, planned.credentials),
        same: texts.same,
      };
      if (careful && !isRepair(change)) {
        const [problem] = verifyEdits(now(), after, [change]);
        if (problem !== undefined) {
          throw new Refused(problem, 'change this profile by hand, then start again');
        }
      }
      advance(config, planned.config);
      if (!texts.same) advance(credentials, planned.credentials);
      notes.push(...planned.notes);
      if (planned.session !== undefined && 'profile' in change) {
        sessions.set(change.profile, planned.session);
      }
      accepted.push(change);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const profile = 'profile' in change ? change.profile : undefined;
      refusals.push({ profile, reason: error.message, hint: error.hint });
    }
  };

  // Repairs first: nothing else can be planned in a broken file, and half a repair is none.
  changes.filter(isRepair).forEach(attempt);
  const broken = uneditable(now());
  refusals.push(...broken);
  if (broken.length > 0) {
    return { ...unchanged, refusals, notes: [], sessions, accepted: [] };
  }
  changes.filter((change) => !isRepair(change)).forEach(attempt);
  return {
    config: fileEdit(config),
    credentials: texts.same ? undefined : fileEdit(credentials),
    refusals,
    notes: [...new Set(notes)],
    sessions,
    accepted,
  };
}

const isRepair = ({ type }: ProfileChange): boolean => type === 'repair';

const unchanged = { config: undefined, credentials: undefined };

function fileState(bytes: Uint8Array | undefined): FileState {
  const original = bytes ?? new Uint8Array();
  return { original, exists: bytes !== undefined, pieces: wholeOf(original), now: bytes };
}

function edited(bytes: Uint8Array | undefined, edits: readonly IniEdit[]): Uint8Array | undefined {
  return edits.length === 0 ? bytes : applyEdits(bytes ?? new Uint8Array(), edits);
}

function advance(file: FileState, edits: readonly IniEdit[]): void {
  if (edits.length === 0) return;
  file.pieces = editPieces(file.pieces, edits);
  file.now = joinPieces(file.original, file.pieces);
}

function fileEdit({ original, exists, pieces, now }: FileState): FileEdit | undefined {
  if (now === undefined || (exists && Buffer.compare(original, now) === 0)) return undefined;
  return { edits: editsOf(original, pieces), before: exists ? original : undefined, after: now };
}
