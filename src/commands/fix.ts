// `keyscan --fix`: survey → sign in → account and role → proof → plan → consent → one cut-over → check → the old key.
// Nothing is removed before the new way is proven, and nothing is written before the person has seen and agreed.
import { isUserError, type UserError } from '../core/errors.ts';
import type { SsoSession } from '../aws/change.ts';
import type { FixFile, FixReport } from '../core/migration.ts';
import { isOpen, isPlanned, reported, type Row } from '../fix/rows.ts';
import { nextSteps, planScreen, resultScreen } from '../report/fix.ts';
import { printJson } from '../report/json.ts';
import { loadPalette, penFor } from '../report/pen.ts';
import { asking, InterruptedAtQuestion, mustBeSaid } from './ask.ts';
import { askAwsCli, type Check, maskWarnings } from './fix-check.ts';
import type { FixContext } from './fix-context.ts';
import type { FixFlags } from './fix-flags.ts';
import { refuseMissing } from './fix-env.ts';
import { logIn } from './fix-login.ts';
import { askOwners } from './fix-owners.ts';
import { type FixPlan, planOf } from './fix-plan.ts';
import { breakingLines, screenOf, showPlan } from './fix-screen.ts';
import { askNames } from './fix-names.ts';
import { filesAhead } from './fix-places.ts';
import { repairFirst } from './fix-repair.ts';
import { retire, type Retired } from './fix-retire.ts';
import { standInsNamed, withoutStandIns, withStandIns } from '../fix/stand-ins.ts';
import { mapAndProve, type Proven } from './fix-roles.ts';
import { knownSession, refuseOddSession, sessionFor, signIns } from './fix-sign-in.ts';
import { selectedRows, survey } from './fix-survey.ts';
import { cutOverTo, passphraseFor, remember, stateFor, tidyUp } from './fix-write.ts';
import { worldOf } from './fix-world.ts';
import { type ExitCode, exitCodes, type Host } from './host.ts';
import { said } from './messages.ts';
import { tool } from './version.ts';

export async function fix(flags: FixFlags, given: Host): Promise<ExitCode> {
  const host = given.canAsk() ? breakingLines(given) : given;
  const interruption = host.interruptible();
  let written = 'nothing was written';
  try {
    const context = await contextOf(flags, host, interruption.signal);
    refuseMissing(context);
    await refuseOddSession(context);
    if (!flags.dryRun) tidyUp(context);
    const { how, diffs, texts } = await repairFirst(context);
    if (how === 'declined') return unrepaired(diffs, context);
    if (how === 'repaired') written = 'the files are repaired, and nothing else was written';
    const next = how === 'repaired' ? await contextOf(flags, host, interruption.signal) : context;
    const code = await migrate({ ...next, found: { ...next.found, texts }, repairs: diffs });
    return interruption.code() ?? code;
  } catch (error) {
    if (error instanceof InterruptedAtQuestion || interruption.signal.aborted) {
      host.err(said(`interrupted; ${written}`));
      return interruption.code() ?? 130;
    }
    throw error;
  }
}

async function contextOf(flags: FixFlags, host: Host, signal: AbortSignal): Promise<FixContext> {
  const found = await survey(flags, host);
  const forPeople = flags.format === 'pretty';
  const color = forPeople ? host.color() : host.errColor();
  const palette = await loadPalette(color > 0);
  return {
    flags,
    host,
    found,
    world: worldOf(host.env, signal),
    ask: await asking(host, signal),
    say: forPeople ? host.out : host.err,
    pen: penFor({ color, unicode: host.unicode, columns: host.columns() }, palette),
    repairs: [],
  };
}

async function migrate(context: FixContext): Promise<ExitCode> {
  const { flags, host } = context;
  const rows = await askNames(selectedRows(context.found), context);
  if (!rows.some(isPlanned))
    return carryOutOrStop(await planOf(rows, context), nothingNew, context);
  if (flags.dryRun) return dryRun(rows, context);
  for (const { problem } of filesAhead(rows, context)) if (problem !== undefined) throw problem;

  if (context.ask !== undefined) {
    context.say(planScreen(screenOf(rows, undefined, undefined, context), context.pen));
  }
  const note = (await import('../sso/index.ts')).noteOnEndpointUrl(host.env);
  if (note !== undefined) host.err(said(note));
  const byLogin = flags.target === 'login';
  // Where nobody can answer, what was not said is missing before AWS is asked for anything
  const known =
    context.ask === undefined && !byLogin && rows.some(moves)
      ? await sessionFor(context)
      : undefined;
  if (context.ask === undefined && !flags.yes) throw noConsent();
  const asked = await askOwners(rows, context);
  const session =
    asked.some(moves) && !byLogin ? (known ?? (await sessionFor(context))) : undefined;
  const loggedIn = asked.some(moves) && byLogin ? await logIn(asked, context) : asked;
  const proven = await mapAndProve(loggedIn, session, signIns(context), context);
  return carryOutOrStop(await planOf(proven.rows, context), { ...proven, session }, context);
}

function moves(row: Row): boolean {
  return isPlanned(row) && row.action === 'migrate';
}

/** What is planned without anybody having signed in: nothing, or env files of profiles that have moved before. */
const nothingNew = {
  credentials: new Map(),
  signedIn: [],
  accounts: new Map(),
  session: undefined,
} as const;

async function carryOutOrStop(
  plan: FixPlan,
  proven: Omit<Proven, 'rows'> & { readonly session: SsoSession | undefined },
  context: FixContext,
): Promise<ExitCode> {
  const { accounts, session } = proven;
  if (plan.files.length === 0) return nothingToDo(plan, accounts, context);
  showPlan(plan, accounts, session, context);
  if (context.flags.dryRun) return dryRunEnds(plan, context);
  if (!(await consents(plan, context))) return declined(plan, context);
  return carryOut(plan, proven, context);
}

function unrepaired(diffs: readonly FixFile[], context: FixContext): ExitCode {
  const reason = 'the AWS CLI cannot read its file; that has to be repaired first';
  const rows = selectedRows(context.found).map((row): Row =>
    isPlanned(row) ? { ...row, state: 'declined', reason } : row,
  );
  context.host.err(said('nothing was written'));
  return finish({ rows, diffs, next: [] }, context);
}

function nothingToDo(
  plan: FixPlan,
  accounts: ReadonlyMap<string, string>,
  context: FixContext,
): ExitCode {
  const { found, flags } = context;
  const { rows, next } = plan;
  const open = rows.some(isOpen);
  const words =
    found.rows.length === 0
      ? 'no AWS profiles here'
      : open
        ? 'nothing that keyscan can do by itself'
        : 'nothing to do: no profile that can be moved holds a key';
  if (rows.length > 0 && !flags.quiet) {
    showPlan({ ...plan, winners: [] }, accounts, undefined, context);
    const steps = nextSteps(next, context.pen);
    if (steps.length > 0) context.say(`${steps.join('\n')}\n`);
  }
  if (rows.length === 0) for (const warning of plan.warnings) context.host.err(said(warning));
  context.host.err(said(words));
  return finish({ rows, diffs: [], next }, context);
}

/** Everything that can be known offline; signs in nowhere. What only the sign-in can tell has a stand-in in the diff. */
async function dryRun(rows: readonly Row[], context: FixContext): Promise<ExitCode> {
  const session = knownSession(context);
  const known = rows.map((row): Row => {
    if (!isPlanned(row) || row.action !== 'migrate') return row;
    const wish = context.found.wishes.get(row.profile.name);
    const account = wish?.account ?? row.account;
    return { ...row, account, role: wish?.role ?? null, session, rename: wish?.rename };
  });
  const plan = await planOf(known.map(withStandIns), context);
  const shown = {
    ...plan,
    rows: plan.rows.map((row) => withoutStandIns(row, known)),
    diffs: plan.diffs.map(({ path, diff }) => ({ path, diff: standInsNamed(diff) })),
    warnings: plan.warnings.map(standInsNamed),
    next: [],
  };
  showPlan(shown, new Map(), session, context);
  return dryRunEnds(shown, context);
}

function dryRunEnds(plan: FixPlan, context: FixContext): ExitCode {
  context.host.err(said('dry run: nobody was asked, nothing was written'));
  finish({ ...plan, next: [] }, context);
  return plan.files.length > 0 || plan.rows.some(isOpen) ? exitCodes.findings : exitCodes.clean;
}

async function consents(plan: FixPlan, { flags, ask }: FixContext): Promise<boolean> {
  if (flags.yes) return true;
  const files = plan.files.length;
  const question = `Write ${files === 1 ? 'this file' : `these ${files} files`}?`;
  if (ask === undefined) throw noConsent();
  return ask.confirm(question);
}

function noConsent(): UserError {
  return mustBeSaid('the plan needs your consent', '--yes, after --dry-run has shown the plan');
}

function declined(plan: FixPlan, context: FixContext): ExitCode {
  context.host.err(said('nothing was written'));
  const rows = plan.rows.map((row): Row => (isPlanned(row) ? { ...row, state: 'declined' } : row));
  finish({ rows, diffs: plan.diffs, next: [] }, context);
  return exitCodes.findings;
}

async function carryOut(
  plan: FixPlan,
  proven: Pick<Proven, 'credentials' | 'signedIn'>,
  context: FixContext,
): Promise<ExitCode> {
  const passphrase = await passphraseFor(plan, context);
  const state = stateFor(context);
  try {
    // What is in a repository may be in other hands: there the key goes first.
    const first = await retire(plan.rows.filter(isLeaked), proven.credentials, context);
    const rows = merged(plan.rows, first.rows);
    try {
      if (first.interrupted) throw new InterruptedAtQuestion();
      await cutOverTo({ plan, signedIn: proven.signedIn, passphrase }, context, state);
    } catch (error) {
      for (const { text } of first.checks) context.host.err(said(text));
      const gone = first.rows.filter(({ oldKey }) => oldKey === 'inactive');
      remember(
        gone.map((row): Row => ({ ...row, state: 'done' })),
        state,
        context.world.now(),
      );
      throw error;
    }
    const then = await afterwards(rows, proven, context);
    const done = then.rows.map((row): Row => (isPlanned(row) ? { ...row, state: 'done' } : row));
    remember(done, state, context.world.now());
    const mended = plan.results.map((text) => ({ ok: true, text }));
    const checks = [...mended, ...first.checks, ...then.checks, ...maskWarnings(context)];
    const next = [...first.next, ...then.next, ...plan.next];
    context.say(resultScreen({ profiles: done.map(reported), checks, next }, context.pen));
    const code = finish({ rows: done, diffs: plan.diffs, next }, context);
    return then.interrupted ? 130 : code;
  } finally {
    state.close();
  }
}

function isLeaked({ users }: Row): boolean {
  return users.some(({ leaked }) => leaked !== null);
}

/** From here on the files are written: what goes wrong now is told, and the report says what was done. */
async function afterwards(
  rows: readonly Row[],
  proven: Pick<Proven, 'credentials'>,
  context: FixContext,
): Promise<Retired> {
  const checks: Check[] = [];
  try {
    if (!context.flags.noVerify) checks.push(...(await askAwsCli(rows, context)));
    const open = rows.filter((row) => !isLeaked(row));
    const { rows: retired, interrupted, ...rest } = await retire(open, proven.credentials, context);
    if (interrupted) checks.push({ ok: false, text: 'interrupted; the files are written' });
    return {
      rows: merged(rows, retired),
      checks: [...checks, ...rest.checks],
      next: rest.next,
      interrupted,
    };
  } catch (error) {
    if (!isUserError(error)) throw error;
    return {
      rows,
      checks: [...checks, { ok: false, text: `the files are written; then: ${error.message}` }],
      next: ['keyscan keys lists the old keys that are still active'],
      interrupted: false,
    };
  }
}

function merged(rows: readonly Row[], newer: readonly Row[]): readonly Row[] {
  return rows.map((row) => newer.find(({ profile }) => profile === row.profile) ?? row);
}

/** The report for programs, and the code: 1 as long as something that can be moved still holds a key. */
function finish(
  { rows, diffs, next }: Pick<FixPlan, 'rows' | 'diffs' | 'next'>,
  { flags, host, repairs }: FixContext,
): ExitCode {
  if (flags.format === 'json') {
    const report: FixReport = {
      version: 1,
      tool,
      dryRun: flags.dryRun,
      profiles: rows.map(reported),
      files: [...repairs, ...diffs],
      next,
    };
    host.out(printJson(report));
  }
  return rows.some(isOpen) ? exitCodes.findings : exitCodes.clean;
}
