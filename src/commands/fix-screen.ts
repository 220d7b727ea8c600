// What the screens of `keyscan --fix` are made from: rows, plan and what was found, without a secret.
import type { SsoSession } from '../aws/change.ts';
import { reported, type Row } from '../fix/rows.ts';
import { type PlanScreen, planScreen } from '../report/fix.ts';
import { wrap } from '../report/width.ts';
import { count } from '../report/words.ts';
import type { FixContext } from './fix-context.ts';
import { type FixPlan, shownPath } from './fix-plan.ts';
import type { Host } from './host.ts';

export function screenOf(
  rows: readonly Row[],
  plan: FixPlan | undefined,
  session: SsoSession | undefined,
  { found }: FixContext,
  accounts: ReadonlyMap<string, string> = new Map(),
): PlanScreen {
  const { config, credentials } = found.places;
  const files = [credentials, config].flatMap((file) =>
    file === undefined ? [] : [shownPath(file, { found })],
  );
  return {
    files,
    profiles: rows.map(reported),
    accounts,
    session,
    users: new Map(rows.map((row) => [row.profile.name, usersOf(row)])),
    advice: new Map(
      rows.filter(({ advice }) => advice.length > 0).map((row) => [row.profile.name, row.advice]),
    ),
    winners: plan?.winners ?? [],
    diffs: plan?.diffs ?? [],
    warnings: plan?.warnings ?? [],
  };
}

/** Beyond this many, files that only name a profile are counted; the JSON report has them all. */
const shownNamers = 8;

function usersOf({ profile, users }: Row): readonly string[] {
  const namers = users.filter(({ holds }) => holds === 'name').map(({ path }) => path);
  const more = namers.length - shownNamers;
  const key = profile.key === undefined ? 'its old key' : 'the key';
  return [
    ...profile.dependants.map((name) => `profile ${name} (source_profile)`),
    ...users
      .filter(({ holds }) => holds === 'key')
      .map(({ path, line }) => `${path}${line === null ? '' : `:${line}`} holds ${key}`),
    ...namers.slice(0, shownNamers).map((path) => `${path} names it`),
    ...(more > 0 ? [`${count(more, 'more file')} ${more === 1 ? 'names' : 'name'} it`] : []),
  ];
}

export function showPlan(
  plan: FixPlan,
  accounts: ReadonlyMap<string, string>,
  session: SsoSession | undefined,
  context: FixContext,
): void {
  context.say(planScreen(screenOf(plan.rows, plan, session, context, accounts), context.pen));
}

/** The host of somebody at a terminal: what is said to them is broken between words, where a terminal would break it anywhere. */
export function breakingLines(host: Host): Host {
  const width = host.columns() - 2;
  const broken = (line: string): string =>
    line.startsWith('keyscan: ') ? wrap(line, width).join('\n  ') : line;
  return {
    ...host,
    err: (text) => {
      host.err(text.split('\n').map(broken).join('\n'));
    },
  };
}
