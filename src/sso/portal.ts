// The AWS access portal: which accounts and roles are the person's, and credentials for one of them.
import type { Account, Credentials, Portal, SsoWorld, Token } from './api.ts';
import { call } from './call.ts';
import { portalClient } from './clients.ts';
import { type Asked, notAnAnswer, SsoError, withoutControls } from './problem.ts';

/** Nothing is asked before the first question. */
export function openPortal(token: Token, world: SsoWorld): Portal {
  const { accessToken } = token;
  let reached: ReturnType<typeof portalClient> | undefined;
  const reach = () => (reached ??= portalClient(world, token.session.region));

  return {
    accounts: onlyOnce(async () => {
      const { client, sdk, asked } = await reach();
      const asking = asked('list your accounts');
      const accounts = await allPages(asking, async (nextToken) => {
        const command = new sdk.ListAccountsCommand({ accessToken, maxResults: 100, nextToken });
        const answer = await call(world, asking, (abortSignal) =>
          client.send(command, { abortSignal }),
        );
        return { entries: answer.accountList, nextToken: answer.nextToken };
      });
      return accounts
        .map(({ accountId, accountName, emailAddress }) => ({
          id: accountId ?? '',
          name: withoutControls(accountName),
          email: withoutControls(emailAddress),
        }))
        .map((account) => checked(account, isAccountId(account.id), asking))
        .sort(byNameThenId);
    }),

    roles: onlyOnce(async (accountId) => {
      const { client, sdk, asked } = await reach();
      const asking = asked(`list your roles in account ${accountId}`);
      const roles = await allPages(asking, async (nextToken) => {
        const command = new sdk.ListAccountRolesCommand({
          accessToken,
          accountId,
          maxResults: 100,
          nextToken,
        });
        const answer = await call(world, asking, (abortSignal) =>
          client.send(command, { abortSignal }),
        );
        return { entries: answer.roleList, nextToken: answer.nextToken };
      });
      return roles
        .map(({ roleName = '' }) => checked(roleName, isRoleName(roleName), asking))
        .sort(byCodeUnits);
    }),

    credentials: async (accountId, roleName): Promise<Credentials> => {
      const { client, sdk, asked } = await reach();
      const asking = asked(`get credentials for role ${roleName} in account ${accountId}`);
      const command = new sdk.GetRoleCredentialsCommand({ accessToken, accountId, roleName });
      const { roleCredentials = {} } = await call(world, asking, (abortSignal) =>
        client.send(command, { abortSignal }),
      );
      const { accessKeyId, secretAccessKey, sessionToken } = roleCredentials;
      if (accessKeyId === undefined || secretAccessKey === undefined) throw notAnAnswer(asking);
      return { accessKeyId, secretAccessKey, sessionToken };
    },
  };
}

/** A list is asked for once for each of 200 profiles, and the portal answers 429 to much less. What failed is asked again. */
function onlyOnce<Answer>(
  ask: (about: string) => Promise<Answer>,
): (about?: string) => Promise<Answer> {
  const answers = new Map<string, Promise<Answer>>();
  return (about = '') => {
    const answer = answers.get(about) ?? ask(about);
    answers.set(about, answer);
    answer.catch(() => answers.delete(about));
    return answer;
  };
}

/**
 * Whether the portal still takes the token: an administrator can end a session long before its token says so. Throws an
 * SsoError when the portal cannot be asked.
 */
export async function isAlive({ accessToken, session }: Token, world: SsoWorld): Promise<boolean> {
  const { client, sdk, asked } = await portalClient(world, session.region);
  const command = new sdk.ListAccountsCommand({ accessToken, maxResults: 1 });
  try {
    await call(world, asked('ask whether you are signed in'), (abortSignal) =>
      client.send(command, { abortSignal }),
    );
    return true;
  } catch (error) {
    if (error instanceof SsoError && error.kind === 'expired') return false;
    throw error;
  }
}

export function isAccountId(text: string): boolean {
  return /^\d{12}$/.test(text);
}

interface Page<Entry> {
  readonly entries: readonly Entry[] | undefined;
  readonly nextToken: string | undefined;
}

async function allPages<Entry>(
  asked: Asked,
  page: (nextToken: string | undefined) => Promise<Page<Entry>>,
): Promise<readonly Entry[]> {
  const all: Entry[] = [];
  const seen = new Set<string>();
  for (let next: string | undefined; ;) {
    const { entries, nextToken } = await page(next);
    if (entries === undefined) throw notAnAnswer(asked);
    all.push(...entries);
    if (nextToken === undefined || nextToken === '') return all;
    // the same page again would go on for ever
    if (seen.has(nextToken)) throw notAnAnswer(asked);
    seen.add(nextToken);
    next = nextToken;
  }
}

/** What is listed ends in configuration files: a name that AWS could not give is not passed on. */
function checked<Value>(value: Value, isRight: boolean, asked: Asked): Value {
  if (!isRight) throw notAnAnswer(asked);
  return value;
}

/** Names of permission sets. */
function isRoleName(text: string): boolean {
  return /^[\w+=,.@-]{1,64}$/.test(text);
}

function byNameThenId(a: Account, b: Account): number {
  return byCodeUnits(a.name, b.name) || byCodeUnits(a.id, b.id);
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
