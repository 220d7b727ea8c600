// From an old profile to an account and a role, and the proof that they work: credentials of exactly that role, and what
// STS says of them. Nothing is chosen silently.
import type { SsoSession } from '../aws/change.ts';
import { accountIn } from '../aws/profiles.ts';
import { isUserError } from '../core/errors.ts';
import { rankRoles } from '../fix/mapping.ts';
import { isPlanned, left, maskedKey, type Row } from '../fix/rows.ts';
import { existingSessions } from '../fix/sessions.ts';
import type { Account, Credentials, Portal } from '../sso/api.ts';
import type { FixContext } from './fix-context.ts';
import { ownSession, type SignedIn } from './fix-sign-in.ts';

export interface Proven {
  readonly rows: readonly Row[];
  /** Credentials of the new role, by profile: they sign what becomes of the old key. */
  readonly credentials: ReadonlyMap<string, Credentials>;
  readonly signedIn: readonly SignedIn[];
  /** Names by id. */
  readonly accounts: ReadonlyMap<string, string>;
}

type SignIn = (session: SsoSession, legacy: boolean) => Promise<SignedIn>;

export async function mapAndProve(
  rows: readonly Row[],
  sessionForMoves: SsoSession | undefined,
  signIn: SignIn,
  context: FixContext,
): Promise<Proven> {
  const credentials = new Map<string, Credentials>();
  const signedIn = new Map<string, SignedIn>();
  const accounts = new Map<string, string>();
  const existing = existingSessions(context.found.texts);
  const done: Row[] = [];
  for (const row of rows) {
    const session = row.action === 'migrate' ? sessionForMoves : ownSession(row, existing);
    // a dead key with nothing to move to needs no proof: nobody can sign in with it
    if (!isPlanned(row) || row.class === 'dead' || row.login !== undefined) {
      done.push(row);
      continue;
    }
    if (session === undefined) {
      done.push(failed(row, 'its sso-session is not complete in the config file'));
      continue;
    }
    const legacy = session.name === '' || (row.action === 'migrate' && context.flags.legacy);
    const entered = await signIn(session, legacy);
    signedIn.set(JSON.stringify([session.name, session.startUrl]), entered);
    const known = await entered.portal.accounts();
    for (const { id, name } of known) accounts.set(id, name);
    const mapped = await withRole(row, session, entered.portal, known, rows, context);
    const proof = isPlanned(mapped) ? await prove(mapped, entered.portal, context) : undefined;
    if (proof?.credentials !== undefined) credentials.set(row.profile.name, proof.credentials);
    done.push(proof?.row ?? mapped);
  }
  return { rows: done, credentials, signedIn: [...signedIn.values()], accounts };
}

function failed(row: Row, reason: string): Row {
  return { ...row, state: 'failed', reason };
}

/** The row with its account and role, or left with the reason. */
async function withRole(
  row: Row,
  session: SsoSession,
  portal: Portal,
  accounts: readonly Account[],
  all: readonly Row[],
  context: FixContext,
): Promise<Row> {
  const { settings, name } = row.profile;
  if (row.action === 'remove-key') {
    const account = settings.get('sso_account_id') ?? null;
    const role = settings.get('sso_role_name') ?? null;
    return { ...row, account, role, session };
  }
  const wish = context.found.wishes.get(name);
  const account = wish?.account ?? (await accountFor(row, portal, accounts, context));
  if (account === undefined) {
    return left(row, 'its account is not known', [
      `say it: --account 12-digits --profile ${name}, or in a --map file`,
    ]);
  }
  if (!accounts.some(({ id }) => id === account)) return notAssigned(row, account);
  const roles = await portal.roles(account);
  if (roles.length === 0) return notAssigned(row, account);
  if (wish?.role !== undefined && !roles.includes(wish.role)) {
    return left({ ...row, account }, `no role ${wish.role} for you in ${account}`, [
      `yours there: ${roles.join(', ')}`,
    ]);
  }
  const role = wish?.role ?? (await roleFor(row, { portal, account, roles }, all, context));
  if (role === undefined) {
    return left({ ...row, account }, `${roles.length} roles fit, and none was chosen`, [
      `say which: --profile ${name} --role NAME, or in a --map file; yours there: ${roles.join(', ')}`,
    ]);
  }
  return { ...row, account, role, session, rename: wish?.rename ?? row.rename };
}

function notAssigned(row: Row, account: string): Row {
  const key = maskedKey(row) ?? 'an access key';
  const user = row.user === null ? '' : ` of the IAM user ${row.user}`;
  return left({ ...row, account }, `no role in SSO for you in account ${account}`, [
    'ask your administrator, for example:',
    `"Please assign me a permission set in account ${account}. I want to retire the access key ${key}${user}."`,
  ]);
}

/** The id tells it for keys of the new generation; else AWS is asked with SSO credentials, else the person. */
async function accountFor(
  row: Row,
  portal: Portal,
  accounts: readonly Account[],
  { world, ask }: FixContext,
): Promise<string | undefined> {
  const known = row.account ?? accountIn(row.profile.key?.id);
  if (known !== null) return known;
  const id = row.profile.key?.id;
  const first = accounts[0];
  if (id !== undefined && first !== undefined) {
    const [role] = await portal.roles(first.id);
    if (role !== undefined) {
      const { accountOfKey } = await import('../sso/index.ts');
      const told = await accountOfKey(id, await portal.credentials(first.id, role), world);
      if (told !== undefined) return told;
    }
  }
  if (ask === undefined || accounts.length === 0) return undefined;
  return ask.select(`Which account is profile ${row.profile.name} for?`, [
    ...accounts.map(({ id: account, name }) => ({ name: `${account}  ${name}`, value: account })),
    { name: 'none of these: leave it', value: undefined },
  ]);
}

interface Offer {
  readonly portal: Portal;
  readonly account: string;
  readonly roles: readonly string[];
}

async function roleFor(
  row: Row,
  offer: Offer,
  all: readonly Row[],
  { ask, world }: FixContext,
): Promise<string | undefined> {
  const { account, roles } = offer;
  const [only, ...others] = roles;
  if (only !== undefined && others.length === 0) return only;
  if (ask === undefined) return undefined;
  const usedInAccount = all
    .filter(({ profile }) => profile.settings.get('sso_account_id') === account)
    .flatMap(({ profile }) => profile.settings.get('sso_role_name') ?? []);
  const hints = { profile: row.profile.name, usedInAccount };
  const policies = row.user === null ? [] : await policiesOf(row.user, offer, world);
  const ranked = rankRoles(roles, { ...hints, policies });
  return ask.select(`Which role for profile ${row.profile.name} in account ${account}?`, [
    ...ranked.map(({ role, reason }) => ({
      name: reason === '' ? role : `${role}  (${reason})`,
      value: role,
    })),
    { name: 'none of these: leave it', value: undefined },
  ]);
}

/** Roles tried to read what the old user may do; the first that may read it tells. */
const readersTried = 3;

/** What the old user was allowed, as far as one of the person's own roles may read it: it ranks, and decides nothing. */
async function policiesOf(
  user: string,
  { portal, account, roles }: Offer,
  world: FixContext['world'],
): Promise<readonly string[]> {
  const { policiesOfUser } = await import('../sso/index.ts');
  for (const role of roles.slice(0, readersTried)) {
    try {
      const names = await policiesOfUser(user, await portal.credentials(account, role), world);
      if (names.length > 0) return names;
    } catch (error) {
      if (!isUserError(error) || world.signal.aborted) throw error;
    }
  }
  return [];
}

/** Credentials of the role, and STS asked with them: account and role must be the ones that were meant. */
async function prove(
  row: Row,
  portal: Portal,
  { world }: FixContext,
): Promise<{ readonly row: Row; readonly credentials?: Credentials }> {
  const { account, role } = row;
  if (account === null || role === null) throw new Error('a planned row has an account and a role');
  const { callerIdentity } = await import('../sso/index.ts');
  try {
    const credentials = await portal.credentials(account, role);
    const identity = await callerIdentity(credentials, world, row.session?.region);
    if (!identity.ok) return { row: failed(row, 'AWS refused the credentials of the new role') };
    if (identity.account !== account || !isRole(identity.arn, role)) {
      return { row: failed(row, `the new role came out as ${identity.arn}`) };
    }
    return { row, credentials };
  } catch (error) {
    if (!isUserError(error) || world.signal.aborted) throw error;
    return { row: failed(row, error.message) };
  }
}

/** `arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_ReadOnly_0123456789abcdef/ada` */
function isRole(arn: string, role: string): boolean {
  const name = /:assumed-role\/AWSReservedSSO_(.+)_[0-9a-f]{16}\//.exec(arn)?.[1];
  return name === role;
}
