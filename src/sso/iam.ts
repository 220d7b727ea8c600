// IAM: when a key was last used, taking it out of use, and what its user may do. Being refused is an answer here, and the
// usual one: few people may do this.
import type {
  Credentials,
  IamAnswer,
  IamRefusal,
  LastUseAnswer,
  SsoWorld,
  UserKey,
} from './api.ts';
import { call } from './call.ts';
import { iamClient } from './clients.ts';
import { regionOr } from './endpoints.ts';
import { notAnAnswer, SsoError, withoutControls } from './problem.ts';

type Iam = Awaited<ReturnType<typeof iamClient>>;

/** GetAccessKeyLastUsed. The region of the profile chooses the partition, here and below. */
export async function lastUse(
  keyId: string,
  credentials: Credentials,
  world: SsoWorld,
  region?: string,
): Promise<LastUseAnswer> {
  const { client, sdk, asked } = await iamClient(world, regionOr(region), credentials);
  const asking = asked('ask when the key was last used');
  const command = new sdk.GetAccessKeyLastUsedCommand({ AccessKeyId: keyId });
  try {
    const { UserName, AccessKeyLastUsed } = await call(world, asking, (abortSignal) =>
      client.send(command, { abortSignal }),
    );
    if (AccessKeyLastUsed === undefined) throw notAnAnswer(asking);
    const { LastUsedDate, ServiceName, Region } = AccessKeyLastUsed;
    return {
      ok: true,
      use: {
        date: LastUsedDate ?? null,
        service: known(ServiceName),
        region: known(Region),
        userName: known(UserName),
      },
    };
  } catch (error) {
    return refusalOf(error, 'iam:GetAccessKeyLastUsed');
  }
}

/** UpdateAccessKey. `Inactive` can be taken back, by anybody but the key itself. */
export async function setKeyStatus(
  key: UserKey,
  status: 'Active' | 'Inactive',
  credentials: Credentials,
  world: SsoWorld,
  region?: string,
): Promise<IamAnswer> {
  return change('iam:UpdateAccessKey', credentials, world, region, ({ client, sdk }, abortSignal) =>
    client.send(new sdk.UpdateAccessKeyCommand({ ...named(key), Status: status }), { abortSignal }),
  );
}

/** DeleteAccessKey: for ever. */
export async function deleteKey(
  key: UserKey,
  credentials: Credentials,
  world: SsoWorld,
  region?: string,
): Promise<IamAnswer> {
  return change('iam:DeleteAccessKey', credentials, world, region, ({ client, sdk }, abortSignal) =>
    client.send(new sdk.DeleteAccessKeyCommand(named(key)), { abortSignal }),
  );
}

/**
 * Names of the policies that a user has, attached, written in place, and of its groups; sorted, each once. What may not be
 * read is left out, so nothing at all is an answer, too: it ranks roles and decides nothing.
 */
export async function policiesOfUser(
  userName: string,
  credentials: Credentials,
  world: SsoWorld,
  region?: string,
): Promise<readonly string[]> {
  const iam = await iamClient(world, regionOr(region), credentials);
  const lists: Lister = (list) => allOf(iam, world, list);
  const { client, sdk } = iam;
  const UserName = userName;

  const attached = await lists(async (Marker, abortSignal) => {
    const command = new sdk.ListAttachedUserPoliciesCommand({ UserName, Marker });
    const answer = await client.send(command, { abortSignal });
    return { ...answer, names: answer.AttachedPolicies?.map(({ PolicyName }) => PolicyName) };
  });
  const inline = await lists(async (Marker, abortSignal) => {
    const answer = await client.send(new sdk.ListUserPoliciesCommand({ UserName, Marker }), {
      abortSignal,
    });
    return { ...answer, names: answer.PolicyNames };
  });
  const groups = await lists(async (Marker, abortSignal) => {
    const answer = await client.send(new sdk.ListGroupsForUserCommand({ UserName, Marker }), {
      abortSignal,
    });
    return { ...answer, names: answer.Groups?.map(({ GroupName }) => GroupName) };
  });
  const ofGroups: string[] = [];
  for (const GroupName of groups) {
    const names = await lists(async (Marker, abortSignal) => {
      const command = new sdk.ListAttachedGroupPoliciesCommand({ GroupName, Marker });
      const answer = await client.send(command, { abortSignal });
      return { ...answer, names: answer.AttachedPolicies?.map(({ PolicyName }) => PolicyName) };
    });
    ofGroups.push(...names);
  }
  return [...new Set([...attached, ...inline, ...ofGroups].map(withoutControls))].sort();
}

interface NamesPage {
  readonly names: readonly (string | undefined)[] | undefined;
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

type ListNames = (marker: string | undefined, signal: AbortSignal) => Promise<NamesPage>;
type Lister = (list: ListNames) => Promise<readonly string[]>;

/** All pages; nothing where reading is denied. */
async function allOf({ asked }: Iam, world: SsoWorld, list: ListNames): Promise<readonly string[]> {
  const all: string[] = [];
  const seen = new Set<string | undefined>();
  try {
    for (let marker: string | undefined; !seen.has(marker);) {
      seen.add(marker);
      const page = await call(world, asked('read the policies of the user'), (signal) =>
        list(marker, signal),
      );
      all.push(...(page.names ?? []).filter((name) => name !== undefined));
      if (page.IsTruncated === true) marker = page.Marker;
    }
    return all;
  } catch (error) {
    refusalOf(error, 'iam:List*');
    return all;
  }
}

async function change(
  action: string,
  credentials: Credentials,
  world: SsoWorld,
  region: string | undefined,
  send: (iam: Iam, signal: AbortSignal) => Promise<unknown>,
): Promise<IamAnswer> {
  const iam = await iamClient(world, regionOr(region), credentials);
  try {
    await call(world, iam.asked('change the key'), (signal) => send(iam, signal));
    return { ok: true };
  } catch (error) {
    return refusalOf(error, action);
  }
}

function named({ keyId, userName }: UserKey) {
  return { AccessKeyId: keyId, ...(userName === undefined ? {} : { UserName: userName }) };
}

const refusals: Readonly<Record<string, Pick<IamRefusal, 'why'> & { readonly says: string }>> = {
  AccessDenied: { why: 'denied', says: 'these credentials have no permission' },
  AccessDeniedException: { why: 'denied', says: 'these credentials have no permission' },
  // without a user's name, somebody who is no user has no keys
  ValidationError: { why: 'denied', says: 'the user that owns the key is not known' },
  NoSuchEntity: { why: 'gone', says: 'there is no such key or user in this account' },
  NoSuchEntityException: { why: 'gone', says: 'there is no such key or user in this account' },
  InvalidClientTokenId: { why: 'invalid', says: 'the credentials are not accepted any more' },
  ExpiredToken: { why: 'invalid', says: 'the credentials have expired' },
  SignatureDoesNotMatch: { why: 'invalid', says: 'the credentials are not accepted' },
};

/** AWS's own words are not repeated: they hold key ids, and tokens at times. */
function refusalOf(error: unknown, action: string): IamRefusal {
  const found = error instanceof SsoError ? refusals[error.code ?? ''] : undefined;
  if (found === undefined) throw error;
  return { ok: false, why: found.why, detail: `${action}: ${found.says}` };
}

/** `N/A` is AWS's word for never. */
function known(text: string | undefined): string | null {
  return text === undefined || text === 'N/A' ? null : withoutControls(text);
}
