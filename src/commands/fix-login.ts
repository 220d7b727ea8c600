// `--target login`: for people without IAM Identity Center. `aws login` signs in with the console's own credentials, but
// refuses a profile that holds static keys, so it is run on a config file of its own; what it wrote there is the proof
// that the new way works, and becomes the plan for the real file.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { parseIni } from '../aws/ini.ts';
import { UserError } from '../core/errors.ts';
import { isPlanned, left, type Row } from '../fix/rows.ts';
import { hasRegion } from '../fix/surroundings.ts';
import { askAws, identityIn, runAws } from './aws-cli.ts';
import type { FixContext } from './fix-context.ts';

/** The first version that has `aws login` and says so when a profile is in its way. */
const needed = [2, 32, 32] as const;

/** What `aws login` proposes where nothing says a region, and then writes into the profile. */
const fallbackRegion = 'us-east-1';

export async function logIn(rows: readonly Row[], context: FixContext): Promise<readonly Row[]> {
  await refuseOldCli(context);
  const folder = mkdtempSync(join(tmpdir(), 'keyscan-login-'));
  const byAccount = new Map<string, string>();
  const done: Row[] = [];
  try {
    for (const row of rows) {
      const isMove = isPlanned(row) && row.action === 'migrate';
      done.push(isMove ? await moved(row, folder, byAccount, context) : row);
    }
    return done;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One sign-in for each account: profiles of the same one share its session. */
async function moved(
  row: Row,
  folder: string,
  byAccount: Map<string, string>,
  context: FixContext,
): Promise<Row> {
  const known = row.account === null ? undefined : byAccount.get(row.account);
  const { flags, host, world } = context;
  const missing = hasRegion(row.profile, host.env) ? undefined : fallbackRegion;
  const target = (arn: string) => ({ arn, region: missing });
  if (known !== undefined) return { ...row, login: target(known) };
  const config = join(folder, 'config');
  const region = row.profile.settings.get('region') ?? fallbackRegion;
  writeFileSync(config, `[profile keyscan]\nregion = ${region}\n`, { mode: 0o600 });
  const env = {
    ...host.env,
    AWS_CONFIG_FILE: config,
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
  };
  const remote = flags.deviceCode || flags.noBrowser ? ['--remote'] : [];
  const signedIn = await runAws(['login', '--profile', 'keyscan', ...remote], env, world.signal);
  const arn = signedIn ? sessionIn(config) : undefined;
  if (arn === undefined) return failed(row, 'aws login did not come to an end');
  const args = ['sts', 'get-caller-identity', '--output', 'json', '--profile', 'keyscan'];
  const answer = await askAws(args, env, world.signal);
  const identity = answer.type === 'ok' ? identityIn(answer.stdout) : undefined;
  if (identity === undefined) return failed(row, 'the new sign-in does not work yet');
  if (row.account !== null && identity.account !== row.account) {
    return left(row, `signed in to account ${identity.account}, but the key is of ${row.account}`, [
      'sign out of the console, or into the right account, and start again',
    ]);
  }
  byAccount.set(identity.account, arn);
  return { ...row, account: identity.account, login: target(arn) };
}

function failed(row: Row, reason: string): Row {
  return { ...row, state: 'failed', reason };
}

function sessionIn(config: string): string | undefined {
  const { sections } = parseIni(readFileSync(config));
  return sections
    .flatMap(({ settings }) => settings)
    .findLast(({ name, value }) => name === 'login_session' && value !== '')?.value;
}

async function refuseOldCli({ host, world }: FixContext): Promise<void> {
  const answer = await askAws(['--version'], host.env, world.signal);
  const hint = `install AWS CLI ${needed.join('.')} or later: --target login signs in with aws login`;
  if (answer.type !== 'ok') throw new UserError('the AWS CLI is not installed here', { hint });
  const found = /aws-cli\/(\d+)\.(\d+)\.(\d+)/.exec(answer.stdout)?.slice(1).map(Number) ?? [];
  const isOld = needed.reduce(
    (sign, part, index) => (sign === 0 ? (found[index] ?? 0) - part : sign),
    0,
  );
  if (isOld < 0) {
    throw new UserError(`AWS CLI ${found.join('.')} has no aws login that keyscan can use`, {
      hint,
    });
  }
}
