// From proven rows to the whole of what would be written, and what it would mean: edits of both AWS files and of env
// files, who signs before and after, what stops working, what goes on holding the key. Nothing is written here.
import { isAbsolute, join, relative, resolve, sep } from 'node:path';

import { type ProfileChange, type Resolution, type Sdk, sdks } from '../aws/change.ts';
import { breakages, sentencesOf, withMends } from '../aws/dependants.ts';
import { planEdits, textsAfter } from '../aws/edit.ts';
import { resolver } from '../aws/resolve.ts';
import { verifyEdits } from '../aws/verify.ts';
import { UserError } from '../core/errors.ts';
import { type KnownValue, maskedDiff } from '../fix/diff.ts';
import { isPlanned, left, type Row } from '../fix/rows.ts';
import { homePath } from '../sources/home-path.ts';
import { shortestKey } from '../sources/inventory.ts';
import { otherHomesHolding } from '../sources/other-homes.ts';
import type { AwsTexts } from '../aws/change.ts';
import type { FixFile } from '../core/migration.ts';
import type { WinnerLine } from '../report/fix.ts';
import type { FilePlan } from '../write/api.ts';
import { rememberUndo, type Undo, type UndoSecrets } from '../aws/undo.ts';
import { askAws } from './aws-cli.ts';
import { botoWarnings } from './fix-boto.ts';
import { envFilePlans } from './fix-env.ts';
import type { FixContext } from './fix-context.ts';
import { isInUse, pastSteps } from './fix-past.ts';
import { filesAhead } from './fix-places.ts';
import { oldSessionNotes } from './fix-role-cache.ts';

export interface FixPlan {
  readonly rows: readonly Row[];
  readonly changes: readonly ProfileChange[];
  /** How it is taken back: without a secret, and what only a sealed file may hold. */
  readonly way: { readonly undo: Undo; readonly secrets: UndoSecrets };
  /** Config, credentials, then env files: the order of writing. */
  readonly files: readonly FilePlan[];
  readonly after: AwsTexts;
  readonly diffs: readonly FixFile[];
  readonly winners: readonly WinnerLine[];
  readonly warnings: readonly string[];
  /** What env files say once they are written, in sentences. */
  readonly results: readonly string[];
  /** What to do afterwards because of these edits. */
  readonly next: readonly string[];
}

export async function planOf(rows: readonly Row[], context: FixContext): Promise<FixPlan> {
  const { found } = context;
  const own = rows.flatMap((row) => changesOf(row, context));
  const broken = breakages(found.inventory.profiles, own, {
    cliVersions: own.length === 0 ? [] : await cliVersions(context),
  });
  const edits = planEdits(found.texts, withMends(own, broken));
  const refused = new Map(
    edits.refusals.flatMap((refusal) =>
      refusal.profile === undefined ? [] : [[refusal.profile, refusal] as const],
    ),
  );
  const whole = edits.refusals.find(({ profile }) => profile === undefined);
  const planned = rows.map((row): Row => {
    const refusal = refused.get(row.profile.name) ?? refused.get(row.rename ?? '') ?? whole;
    if (!isPlanned(row) || refusal === undefined) return named(row, edits.sessions);
    return { ...left(row, refusal.reason, [refusal.hint]), state: 'failed' };
  });
  const after = textsAfter(found.texts, edits);
  const problems = verifyEdits(found.texts, after, edits.accepted);
  if (problems.length > 0) {
    throw new UserError(`the planned files would not read as planned: ${problems[0] ?? ''}`, {
      hint: 'nothing was written; this is a bug in keyscan, or a file stranger than any it knows',
    });
  }
  const aws = awsPlans(edits, context);
  const env = await envFilePlans(planned.filter(isPlanned), context);
  const files = [...aws, ...env.files];
  const past = pastSteps(found.past, env.fixed, found.base);
  return {
    rows: planned,
    changes: edits.accepted,
    way: rememberUndo(edits, edits.accepted),
    files,
    after,
    diffs: await Promise.all(
      files.map((file) => maskedDiff(shownPath(file.path, context), file, valuesOf(context))),
    ),
    winners: winnersOf(planned.filter(isPlanned), found.texts, after),
    warnings: [
      ...filesAhead(planned, context).flatMap(
        ({ problem, note }) => problem?.message ?? note ?? [],
      ),
      ...edits.notes,
      ...sentencesOf(broken),
      ...oldSessionNotes(edits.accepted, context),
      ...newNameNotes(planned),
      ...env.notes,
      ...stillHolding(planned, env.fixed, context),
      ...past.warnings,
      ...inCommits(planned, context),
      ...(planned.some(isPlanned) ? await botoWarnings(context) : []),
    ],
    results: env.results,
    next: [...env.next, ...past.next],
  };
}

/** Of the AWS CLI that is installed here; old ones cannot do everything. */
async function cliVersions({ flags, host, world, found }: FixContext): Promise<readonly string[]> {
  const isChained = found.inventory.profiles.some(({ settings }) => settings.has('source_profile'));
  if (flags.noVerify || flags.dryRun || !isChained) return [];
  const answer = await askAws(['--version'], host.env, world.signal);
  const version = answer.type === 'ok' ? /aws-cli\/([\d.]+)/.exec(answer.stdout)?.[1] : undefined;
  return version === undefined ? [] : [version];
}

/** The plan of a row in the terms of the AWS files. */
function changesOf(row: Row, { flags }: FixContext): readonly ProfileChange[] {
  const { name } = row.profile;
  if (!isPlanned(row)) return [];
  if (row.action === 'remove-key') return [{ type: 'remove-key', profile: name }];
  const { session, account, role, rename, login } = row;
  if (login !== undefined) return [{ type: 'login', profile: name, ...login }];
  if (session === undefined || account === null || role === null) return [];
  const profile = rename ?? name;
  return [
    ...(rename === undefined ? [] : [{ type: 'rename' as const, profile: name, to: rename }]),
    { type: 'sso', profile, session, account, role, legacy: flags.legacy },
  ];
}

/** A session may end up under another name: one that says the same, or a free one. */
function named(row: Row, sessions: ReadonlyMap<string, string>): Row {
  const name = sessions.get(row.rename ?? row.profile.name);
  if (name === undefined || row.session === undefined) return row;
  return { ...row, session: { ...row.session, name } };
}

export function awsPlans(
  edits: ReturnType<typeof planEdits>,
  { found: { places, texts } }: FixContext,
): readonly FilePlan[] {
  const plan = (
    edit: (typeof edits)['config'],
    path: string | undefined,
    secret: boolean,
  ): FilePlan[] =>
    edit === undefined || path === undefined
      ? []
      : [{ path, before: edit.before, after: edit.after, secret }];
  return [
    ...plan(edits.config, places.config, texts.same),
    ...plan(edits.credentials, places.credentials, true),
  ];
}

/** Files of the current tree as reports name them, others as those of the home folder. */
export function shownPath(path: string, { found }: Pick<FixContext, 'found'>): string {
  const { home, config, credentials } = found.places;
  const inTree = relative(found.base, path);
  const isOutside = inTree.startsWith('..') || isAbsolute(inTree);
  return isOutside || path === config || path === credentials
    ? homePath(home, path)
    : inTree.replaceAll(sep, '/');
}

export function valuesOf({ found }: FixContext): readonly KnownValue[] {
  return found.inventory.profiles.flatMap(({ places }) => places);
}

// ---- who signs

const sdkNames: Readonly<Record<Sdk, string>> = {
  'aws-cli': 'AWS CLI',
  boto3: 'boto3',
  js: 'JavaScript',
  go: 'Go, Terraform',
  rust: 'Rust',
  java: 'Java',
  ruby: 'Ruby',
  dotnet: '.NET',
};

/** SDKs that do the same are one line, and so are profiles. */
function winnersOf(rows: readonly Row[], before: AwsTexts, after: AwsTexts): WinnerLine[] {
  const was = resolver(before);
  const is = resolver(after);
  const lines = new Map<string, WinnerLine & { readonly names: string[] }>();
  for (const row of rows) {
    const { name } = row.profile;
    const now = row.rename ?? name;
    const bySdk = sdks.map((sdk) => ({
      sdk,
      before: signs(was(name, sdk), name),
      after: signs(is(now, sdk), now),
    }));
    for (const first of bySdk) {
      const same = bySdk.filter(
        (other) => other.before === first.before && other.after === first.after,
      );
      if (same[0] !== first) continue;
      const group =
        same.length === sdks.length ? 'every SDK' : same.map(({ sdk }) => sdkNames[sdk]).join(', ');
      const key = JSON.stringify([group, first.before, first.after]);
      const line = lines.get(key);
      if (line === undefined) {
        const signing = { before: first.before, after: first.after };
        lines.set(key, { names: [name], profiles: '', sdks: group, ...signing });
      } else line.names.push(name);
    }
  }
  return [...lines.values()].map(({ names, ...line }) => ({ ...line, profiles: someOf(names) }));
}

function someOf(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}

const winnerWords: Readonly<Record<Resolution['winner'], string>> = {
  sso: 'SSO',
  static: 'the static key',
  temporary: 'temporary credentials',
  'assume-role': 'a role',
  'web-identity': 'a web identity',
  process: 'a credential process',
  login: 'aws login',
  other: 'something else',
  nothing: 'nobody',
  refused: 'nobody: it cannot read the file',
};

function signs({ winner, base, signedBy }: Resolution, profile: string): string {
  if (winner !== 'assume-role') return winnerWords[winner];
  return signedBy === profile
    ? `a role, by ${winnerWords[base]}`
    : `a role, by ${winnerWords[base]} of ${signedBy}`;
}

// ---- what names a profile that gets another name

function newNameNotes(rows: readonly Row[]): readonly string[] {
  return rows.flatMap(({ profile, rename, state, users }) => {
    const namers = users.filter(({ holds }) => holds === 'name').map(({ path }) => path);
    if (state !== 'planned' || rename === undefined || namers.length === 0) return [];
    return [`"${profile.name}" becomes ${rename}: change it in ${namers.join(', ')} as well`];
  });
}

// ---- what goes on holding the key

function stillHolding(
  rows: readonly Row[],
  fixed: ReadonlySet<string>,
  { found }: FixContext,
): readonly string[] {
  const holders = new Map<string, number>();
  for (const row of rows.filter(isPlanned)) {
    for (const { path, holds } of row.users) {
      const absolute = path.startsWith('~/')
        ? join(found.places.home, path.slice(2))
        : resolve(found.base, path);
      if (holds === 'key' && !fixed.has(absolute)) holders.set(path, (holders.get(path) ?? 0) + 1);
    }
  }
  const values = rows
    .filter(isPlanned)
    .flatMap(({ profile: { key } }) => key?.secret ?? key?.id ?? [])
    .filter((value) => value.length >= shortestKey);
  const elsewhere = values.length === 0 ? [] : otherHomesHolding(found.places.home, values);
  return [
    ...[...holders.keys()].map((path) => `${path} goes on holding the key`),
    ...elsewhere.map((path) => `${path}, in another home, goes on holding the key`),
  ];
}

function inCommits(rows: readonly Row[], { found }: FixContext): readonly string[] {
  const users = [...rows.filter(isPlanned), ...found.past.filter(({ key }) => isInUse(key))];
  const leaked = users.flatMap((one) => one.users).filter((user) => user.leaked !== null);
  const inGit = [...new Set(leaked.map(({ path }) => path))];
  return inGit.length === 0
    ? []
    : [
        `in commits already: ${inGit.join(', ')}. Make that key inactive first; rewriting history does not un-leak it`,
      ];
}
