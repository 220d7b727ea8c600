// Changes of profiles → edits of bytes. Each change is planned on what the ones before it left, and the whole is
// handed out as edits of the files as they lie there. The rules are those of the SDKs: what one of them
// would read differently than planned is refused, with the way out.

import type { AwsTexts, ProfileChange, SsoSession } from './change.ts';
import { managersOf, planChange } from './plan-change.ts';
import { uneditable } from './editable.ts';
import { type IniEdit, type IniFile, parseIni } from './ini.ts';
import { editPieces, editsOf, joinPieces, type Piece, wholeOf } from './pieces.ts';
import { open } from './plan-work.ts';
import { strictDialects } from './dialects.ts';
import { readBoth } from './read-both.ts';
import { type Refusal, Refused } from './refusal.ts';
import { verifyEdits, verifyRepair } from './verify.ts';

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
  /** The changes that are in the edits, in their order: what `verifyEdits` is to be asked about. */
  readonly accepted: readonly ProfileChange[];
}

export interface ChangeGroup {
  /** All of them, or none. */
  readonly together: readonly ProfileChange[];
  /** Each by itself, when the others went in. */
  readonly after: readonly ProfileChange[];
}

export type ChangeOrGroup = ProfileChange | ChangeGroup;

/**
 * A refusal of one change leaves the others alone, but for those of its group; a new name and what is planned under it
 * always are together. A file that cannot be edited stops all but its repair.
 */
export function planEdits(texts: AwsTexts, changes: readonly ChangeOrGroup[]): EditPlan {
  const groups = groupsOf(changes);
  const plan = planAll(texts, groups, false);
  if (verifyEdits(texts, textsAfter(texts, plan), plan.accepted).length === 0) return plan;
  // Something reads differently than planned: find out which change it is and leave that one.
  return planAll(texts, groups, true);
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

function groupsOf(changes: readonly ChangeOrGroup[]): readonly ChangeGroup[] {
  const groups: ChangeGroup[] = [];
  for (const item of changes) {
    const group = 'together' in item ? item : { together: [item], after: [] };
    const first = group.together.find((change) => !isRepair(change));
    const renaming = groups.findIndex(({ together }) =>
      together.some((one) => one.type === 'rename' && one.to === first?.profile),
    );
    const renamed = groups[renaming];
    if (renamed === undefined) groups.push(group);
    else {
      groups[renaming] = {
        together: [...renamed.together, ...group.together],
        after: [...renamed.after, ...group.after],
      };
    }
  }
  return groups;
}

/** Both files on the way, and what is to be said about them. */
interface State {
  readonly config: FileState;
  /** The same object when both names lead to one file. */
  readonly credentials: FileState;
  readonly notes: readonly string[];
  readonly sessions: readonly (readonly [profile: string, session: string])[];
  /** What the sessions that changes ask for are called in the config file. */
  readonly chosen: ReadonlyMap<SsoSession, string>;
  readonly accepted: readonly ProfileChange[];
  readonly managers: ReadonlyMap<string, string>;
}

interface FileState {
  readonly original: Uint8Array;
  readonly exists: boolean;
  readonly pieces: readonly Piece[];
  readonly now: Uint8Array | undefined;
  /** Of `now`. */
  readonly ini: IniFile;
}

function planAll(given: AwsTexts, groups: readonly ChangeGroup[], careful: boolean): EditPlan {
  const { same } = given;
  const config = fileState(same ? (given.config ?? given.credentials) : given.config);
  const credentials = same ? config : fileState(given.credentials);
  let state: State = {
    ...{ config, credentials, notes: [], sessions: [], chosen: new Map(), accepted: [] },
    managers: managersOf(
      given.same ? { ...given, config: given.config ?? given.credentials } : given,
    ),
  };
  const refusals: Refusal[] = [];

  const attempt = ({ together, after }: ChangeGroup): void => {
    try {
      state = together.reduce((before, change) => advance(before, change, same, careful), state);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const [profile] = together.flatMap((change) => (isRepair(change) ? [] : [change.profile]));
      refusals.push({ profile, reason: error.message, hint: error.hint });
      return;
    }
    for (const change of after) attempt({ together: [change], after: [] });
  };

  // Repairs first: nothing else can be planned in a broken file, and half a repair is none.
  groups.filter(({ together }) => together.some(isRepair)).forEach(attempt);
  const broken = uneditable(textsOf(state, same));
  if (broken.length > 0) return { ...nothing, refusals: [...refusals, ...broken] };
  groups.filter(({ together }) => !together.some(isRepair)).forEach(attempt);
  return {
    config: fileEdit(state.config),
    credentials: same ? undefined : fileEdit(state.credentials),
    refusals,
    notes: [...new Set([...state.notes, ...lostOnStrict(textsOf(state, same), state.accepted)])],
    sessions: new Map(state.sessions),
    accepted: state.accepted,
  };
}

/** Throws `Refused`. */
function advance(state: State, change: ProfileChange, same: boolean, careful: boolean): State {
  const before = textsOf(state, same);
  const work = open(before, state.config.ini, state.credentials.ini, state.chosen);
  const planned = planChange(work, change, state.managers);
  const config = edited(state.config, planned.config);
  const credentials = same ? config : edited(state.credentials, planned.credentials);
  const after = { ...state, config, credentials };
  const [problem] = isRepair(change)
    ? verifyRepair(before, textsOf(after, same), change)
    : careful
      ? verifyEdits(before, textsOf(after, same), [change])
      : [];
  if (problem !== undefined) throw new Refused(problem, 'change that by hand, then start again');
  const { session: name } = planned;
  const isNamed = name !== undefined && change.type === 'sso';
  return {
    ...after,
    notes: [...state.notes, ...planned.notes],
    sessions: isNamed ? [...state.sessions, [change.profile, name]] : state.sessions,
    chosen: isNamed ? new Map(state.chosen).set(change.session, name) : state.chosen,
    accepted: [...state.accepted, change],
  };
}

function textsOf({ config, credentials }: State, same: boolean): AwsTexts {
  return { config: config.now, credentials: credentials.now, same };
}

/** Files that the Rust or the Java SDK could not read before and cannot now: its sign-in with SSO waits for the person. */
function lostOnStrict(texts: AwsTexts, accepted: readonly ProfileChange[]): string[] {
  if (!accepted.some(({ type }) => type === 'sso' || type === 'login')) return [];
  const [rust, java] = strictDialects.map((dialect) =>
    readBoth(texts, dialect).files.flatMap(([kind, { error }]) =>
      error === undefined ? [] : [`cannot read the ${kind} file: ${error}.`],
    ),
  );
  const both = rust?.filter((problem) => java?.includes(problem)) ?? [];
  const onlyOne = (problems: readonly string[] = []): readonly string[] =>
    problems.filter((problem) => !both.includes(problem));
  return [
    ...both.map((problem) => `The Rust and Java SDKs ${problem}`),
    ...onlyOne(rust).map((problem) => `The Rust SDK ${problem}`),
    ...onlyOne(java).map((problem) => `The Java SDK ${problem}`),
  ];
}

function isRepair(change: ProfileChange): change is ProfileChange & { readonly type: 'repair' } {
  return change.type === 'repair';
}

const nothing = {
  config: undefined,
  credentials: undefined,
  notes: [],
  sessions: new Map<string, string>(),
  accepted: [],
};

function fileState(bytes: Uint8Array | undefined): FileState {
  const original = bytes ?? new Uint8Array();
  return {
    original,
    exists: bytes !== undefined,
    pieces: wholeOf(original),
    now: bytes,
    ini: parseIni(original),
  };
}

function edited(file: FileState, edits: readonly IniEdit[]): FileState {
  if (edits.length === 0) return file;
  const pieces = editPieces(file.pieces, edits);
  const now = joinPieces(file.original, pieces);
  return { ...file, pieces, now, ini: parseIni(now, file.ini) };
}

function fileEdit({ original, exists, pieces, now }: FileState): FileEdit | undefined {
  if (now === undefined || (exists && Buffer.compare(original, now) === 0)) return undefined;
  return { edits: editsOf(original, pieces), before: exists ? original : undefined, after: now };
}
