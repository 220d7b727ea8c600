// After the cut-over: what the real AWS CLI says of each migrated profile, and what still stands before the profiles.
import { isPlanned, type Row } from '../fix/rows.ts';
import { hasRegion, masksIn, shellOf, unsetLine } from '../fix/surroundings.ts';
import { askAws, identityIn } from './aws-cli.ts';
import type { FixContext } from './fix-context.ts';

export interface Check {
  readonly ok: boolean;
  readonly text: string;
}

const atOnce = 4;

/** Asks the AWS CLI who it is under every migrated profile; [] where there is no AWS CLI. */
export async function askAwsCli(
  rows: readonly Row[],
  context: FixContext,
): Promise<readonly Check[]> {
  const moved = rows.filter((row) => isPlanned(row) && row.account !== null);
  const queue = [...moved];
  const answers = new Map<string, string>();
  const isEnded = (): boolean => context.world.signal.aborted;
  const work = async (): Promise<void> => {
    for (let row = queue.shift(); row !== undefined && !isEnded(); row = queue.shift()) {
      const answer = await identityOf(row, context);
      // there is no AWS CLI, or Ctrl-C has ended it
      if (answer === undefined || isEnded()) return;
      answers.set(row.profile.name, answer);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const good = moved.filter((row) => answers.get(row.profile.name) === 'ok');
  const bad = moved.flatMap((row) => {
    const answer = answers.get(row.profile.name);
    return answer === undefined || answer === 'ok'
      ? []
      : [{ ok: false, text: `aws sts get-caller-identity --profile ${nameOf(row)}: ${answer}` }];
  });
  if (good.length === 0) return bad;
  const names = good.map(nameOf).join(', ');
  return [{ ok: true, text: `checked: aws sts get-caller-identity works for ${names}` }, ...bad];
}

function nameOf({ profile, rename }: Row): string {
  return rename ?? profile.name;
}

/** 'ok', what went wrong, or undefined when there is no AWS CLI. */
async function identityOf(row: Row, { host, world }: FixContext): Promise<string | undefined> {
  const args = ['sts', 'get-caller-identity', '--output', 'json', '--profile', nameOf(row)];
  // Newer ones ask for a region where nothing says one; that has nothing to do with the migration
  if (!hasRegion(row.profile, host.env) && row.session !== undefined)
    args.push('--region', row.session.region);
  const answer = await askAws(args, host.env, world.signal);
  if (answer.type === 'no-cli') return undefined;
  if (answer.type === 'failed') return answer.why;
  const identity = identityIn(answer.stdout);
  // What takes a role with the profile ends as that role
  if (row.profile.settings.has('role_arn')) return identity === undefined ? 'no answer' : 'ok';
  // The console knows a person as a user, as a role or as the account itself
  if (row.login !== undefined && identity?.account === row.account) return 'ok';
  const expected = row.role === null ? ':user/' : `:assumed-role/AWSReservedSSO_${row.role}_`;
  const same = identity?.account === row.account && identity.arn.includes(expected);
  return same ? 'ok' : 'it answers with another identity';
}

/** Variables of this environment that stand before the profiles, each group with the line that takes it away. */
export function maskWarnings({ host }: FixContext): readonly Check[] {
  const masks = masksIn(host.env);
  if (masks.length === 0) return [];
  const effects = new Map<string, string[]>();
  for (const { variable, effect } of masks) {
    effects.set(effect, [...(effects.get(effect) ?? []), variable]);
  }
  const line = unsetLine(
    shellOf(host.env, process.platform),
    masks.map(({ variable }) => variable),
  );
  return [...effects].map(([effect, variables], index) => ({
    ok: false,
    text: `${variables.join(', ')} is set here and ${effect}${index === effects.size - 1 ? `\n${line}` : ''}`,
  }));
}
