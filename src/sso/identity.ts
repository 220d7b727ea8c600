// STS: whose credentials are these, whose key is that.
import type { Credentials, Identity, SsoWorld } from './api.ts';
import { call } from './call.ts';
import { stsClient } from './clients.ts';
import { regionOr } from './endpoints.ts';
import { isAccountId } from './portal.ts';
import { notAnAnswer, SsoError, withoutControls } from './problem.ts';

/** What STS calls the reasons; all of them are answers about the credentials, not failures. */
const reasons: Readonly<Record<string, Extract<Identity, { readonly ok: false }>['why']>> = {
  InvalidClientTokenId: 'invalid',
  UnrecognizedClientException: 'invalid',
  ExpiredToken: 'expired',
  ExpiredTokenException: 'expired',
  SignatureDoesNotMatch: 'wrong-secret',
  IncompleteSignature: 'wrong-secret',
  AccessDenied: 'denied',
  AccessDeniedException: 'denied',
};

/**
 * GetCallerIdentity, signed with exactly these credentials; it needs no permission and leaves one event in CloudTrail. The
 * region of the profile chooses the partition, no more. Throws an SsoError when there is no answer.
 */
export async function callerIdentity(
  credentials: Credentials,
  world: SsoWorld,
  region?: string,
): Promise<Identity> {
  const { client, sdk, asked } = await stsClient(world, regionOr(region), credentials);
  const asking = asked('ask whose credentials these are');
  try {
    const answer = await call(world, asking, (abortSignal) =>
      client.send(new sdk.GetCallerIdentityCommand({}), { abortSignal }),
    );
    const { Account: account = '', Arn: arn = '', UserId: userId = '' } = answer;
    if (!isAccountId(account) || !isArn(arn)) throw notAnAnswer(asking);
    return { ok: true, account, arn, userId: withoutControls(userId) };
  } catch (error) {
    const why = error instanceof SsoError ? reasons[error.code ?? ''] : undefined;
    if (why === undefined) throw error;
    return { ok: false, why };
  }
}

/**
 * GetAccessKeyInfo: the account of any key id, also of one that is too old to name it. Undefined when the credentials may
 * not ask or AWS does not know the key.
 */
export async function accountOfKey(
  keyId: string,
  credentials: Credentials,
  world: SsoWorld,
  region?: string,
): Promise<string | undefined> {
  const { client, sdk, asked } = await stsClient(world, regionOr(region), credentials);
  const asking = asked('ask for the account of a key');
  try {
    const { Account: account = '' } = await call(world, asking, (abortSignal) =>
      client.send(new sdk.GetAccessKeyInfoCommand({ AccessKeyId: keyId }), { abortSignal }),
    );
    return isAccountId(account) ? account : undefined;
  } catch (error) {
    const isAnswer =
      error instanceof SsoError &&
      (error.kind === 'denied' || ['ValidationError', 'InvalidInput'].includes(error.code ?? ''));
    if (isAnswer) return undefined;
    throw error;
  }
}

/** Of a user, the root or a session; paths hold any printable ASCII. */
function isArn(text: string): boolean {
  return /^arn:aws[\w-]*:(?:iam|sts)::\d{12}:[\x21-\x7e]+$/.test(text);
}
