// STS and IAM: form in, XML out, and every signature checked with the secret of the key that it names.
import type { IncomingMessage } from 'node:http';

import { accountOf } from '../../../src/aws/keyid.ts';
import { type Answer, escapeXml, xml, xmlError } from './answer.ts';
import { dateOf, isSignedWith, type Signature } from './signature.ts';
import type { FakeState, Principal } from './state.ts';
import { allowed, type FakeKey, type FakeUser, stableHex } from './world.ts';

export interface QueryRequest {
  readonly form: URLSearchParams;
  readonly signature: Signature | undefined;
  readonly request: IncomingMessage;
  readonly body: Buffer;
}

type Handler = (state: FakeState, form: URLSearchParams, who: Principal) => Answer;

const sts = 'https://sts.amazonaws.com/doc/2011-06-15/';
const iam = 'https://iam.amazonaws.com/doc/2010-05-08/';

const operations: Readonly<Record<string, Handler>> = {
  GetCallerIdentity: (_state, _form, { account, arn, userId }) =>
    xml('GetCallerIdentity', sts, tags({ Arn: arn, UserId: userId, Account: account })),
  GetAccessKeyInfo: accessKeyInfo,
  AssumeRole: assumeRole,
  GetAccessKeyLastUsed: lastUsed,
  ListAccessKeys: ofUser('ListAccessKeys', (state, { account, keys, name }, form) =>
    list(state, form, 'ListAccessKeys', 'AccessKeyMetadata', keys, ({ id, status }) =>
      tags({ UserName: name, AccessKeyId: id, Status: status, CreateDate: created, Arn: account }),
    ),
  ),
  UpdateAccessKey: ofUser('UpdateAccessKey', (_state, user, form) =>
    withKey(user, form, (key) => {
      const status = form.get('Status');
      if (status !== 'Active' && status !== 'Inactive') {
        return xmlError(400, 'ValidationError', 'Value at status failed to satisfy constraint');
      }
      key.status = status;
      return plain('UpdateAccessKey');
    }),
  ),
  DeleteAccessKey: ofUser('DeleteAccessKey', (_state, user, form) =>
    withKey(user, form, (key) => {
      user.keys.splice(user.keys.indexOf(key), 1);
      return plain('DeleteAccessKey');
    }),
  ),
  ListAttachedUserPolicies: ofUser('ListAttachedUserPolicies', (state, user, form) =>
    list(
      state,
      form,
      'ListAttachedUserPolicies',
      'AttachedPolicies',
      user.attachedPolicies,
      policyTags,
    ),
  ),
  ListUserPolicies: ofUser('ListUserPolicies', (state, user, form) =>
    list(state, form, 'ListUserPolicies', 'PolicyNames', user.inlinePolicies, escapeXml),
  ),
  ListGroupsForUser: ofUser('ListGroupsForUser', (state, user, form) =>
    list(state, form, 'ListGroupsForUser', 'Groups', user.groups, ({ name }) =>
      tags({
        Path: '/',
        GroupName: name,
        GroupId: `AGPA${stableHex(name, 17).toUpperCase()}`,
        Arn: `arn:${state.world.partition}:iam::${user.account}:group/${name}`,
        CreateDate: created,
      }),
    ),
  ),
  ListAttachedGroupPolicies: groupPolicies,
  ListGroupPolicies: (state, form) =>
    list(state, form, 'ListGroupPolicies', 'PolicyNames', [], escapeXml),
  GetUser: ofUser('GetUser', (state, user) =>
    xml('GetUser', iam, `<User>${tags({ ...userTags(state, user), CreateDate: created })}</User>`),
  ),
  GetLoginProfile: ofUser('GetLoginProfile', (_state, { name, hasPassword }) =>
    hasPassword
      ? xml(
          'GetLoginProfile',
          iam,
          `<LoginProfile>${tags({ UserName: name, CreateDate: created })}</LoginProfile>`,
        )
      : noSuchEntity(`Login Profile for User ${name}`),
  ),
};

const created = '2024-03-01T10:00:00Z';
const iamOperations = new Set(
  Object.keys(operations).filter(
    (name) => !['GetCallerIdentity', 'GetAccessKeyInfo', 'AssumeRole'].includes(name),
  ),
);

export interface QueryAnswer {
  readonly answer: Answer;
  /** The signature is right, whatever came of it. */
  readonly verified: boolean;
}

export function answerQuery(state: FakeState, asked: QueryRequest): QueryAnswer {
  const identified = identify(state, asked);
  if ('status' in identified) return { answer: identified, verified: false };
  const name = asked.form.get('Action') ?? '';
  const handler = operations[name];
  if (handler === undefined) {
    return { answer: xmlError(400, 'InvalidAction', `no operation ${name}`), verified: true };
  }
  if (iamOperations.has(name) && !allowed(identified.allows, `iam:${name}`)) {
    return { answer: denied(identified, `iam:${name}`), verified: true };
  }
  return { answer: handler(state, asked.form, identified), verified: true };
}

/** As AWS answers: an inactive key cannot be told from one that does not exist. */
function identify(
  state: FakeState,
  { signature, request, body }: QueryRequest,
): Principal | Answer {
  if (signature === undefined) {
    return xmlError(403, 'MissingAuthenticationToken', 'Request is missing Authentication Token');
  }
  const found = signerOf(state, signature.keyId);
  const token = request.headers['x-amz-security-token'];
  if (found === undefined || found.token !== token) {
    return xmlError(
      403,
      'InvalidClientTokenId',
      'The security token included in the request is invalid.',
    );
  }
  const date = dateOf(request);
  if (date === undefined || Math.abs(date.getTime() - state.now()) > 15 * 60_000) {
    return xmlError(403, 'SignatureDoesNotMatch', 'Signature expired: the time is too far off');
  }
  if (!isSignedWith(found.secret, signature, request, body)) {
    return xmlError(
      403,
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided.',
    );
  }
  if (found.expires !== undefined && state.now() > found.expires) {
    return xmlError(403, 'ExpiredToken', 'The security token included in the request is expired');
  }
  return found.principal;
}

function signerOf(state: FakeState, keyId: string) {
  const session = state.sessions.get(keyId);
  if (session !== undefined) return session;
  for (const user of state.world.users) {
    const key = user.keys.find(({ id, status }) => id === keyId && status === 'Active');
    if (key === undefined) continue;
    const { Arn, UserId } = userTags(state, user);
    const root = user.name === 'root';
    return {
      secret: key.secret,
      token: undefined,
      expires: undefined,
      principal: {
        keyId,
        account: user.account,
        arn: Arn,
        userId: UserId,
        allows: user.allows,
        user: root ? undefined : user.name,
      },
    };
  }
  return undefined;
}

function accessKeyInfo(state: FakeState, form: URLSearchParams): Answer {
  const id = form.get('AccessKeyId') ?? '';
  const owner = state.world.users.find(({ keys }) => keys.some((key) => key.id === id));
  const account = owner?.account ?? accountOf(id);
  if (!/^\d{12}$/.test(account)) {
    return xmlError(400, 'ValidationError', 'The access key id is not known');
  }
  return xml('GetAccessKeyInfo', sts, tags({ Account: account }));
}

function assumeRole(state: FakeState, form: URLSearchParams, who: Principal): Answer {
  const arn = form.get('RoleArn') ?? '';
  const name = form.get('RoleSessionName') ?? '';
  const seconds = Number(form.get('DurationSeconds') ?? '3600');
  const role = state.world.roles.find((candidate) => candidate.arn === arn);
  const trusted = role?.trusts.some(
    (principal) => principal === who.arn || principal.endsWith(`::${who.account}:root`),
  );
  if (role === undefined || trusted !== true) return denied(who, 'sts:AssumeRole', arn);
  if (role.needsMfa && (who.user === undefined || !form.has('TokenCode'))) {
    return denied(who, 'sts:AssumeRole', arn);
  }
  if (form.has('SerialNumber') && who.user === undefined) {
    return xmlError(403, 'AccessDenied', 'MultiFactorAuthentication failed with invalid MFA');
  }
  if (who.user === undefined && seconds > 3600) {
    return xmlError(
      400,
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    );
  }
  if (seconds > role.maxSession) {
    return xmlError(400, 'ValidationError', 'DurationSeconds exceeds the MaxSessionDuration');
  }
  const account = arn.split(':')[4] ?? '';
  const sessionArn = `arn:${state.world.partition}:sts::${account}:assumed-role/${arn.split('/').at(-1)!}/${name}`;
  const { keyId, secret, token, expires, principal } = state.session(
    account,
    sessionArn,
    ['*'],
    name,
    seconds,
  );
  const credentials = tags({
    AccessKeyId: keyId,
    SecretAccessKey: secret,
    SessionToken: token,
    Expiration: new Date(expires).toISOString(),
  });
  const assumed = tags({ Arn: sessionArn, AssumedRoleId: principal.userId });
  return xml(
    'AssumeRole',
    sts,
    `<Credentials>${credentials}</Credentials><AssumedRoleUser>${assumed}</AssumedRoleUser>`,
  );
}

function lastUsed(state: FakeState, form: URLSearchParams, who: Principal): Answer {
  const id = form.get('AccessKeyId') ?? '';
  const owner = state.world.users.find(({ keys }) => keys.some((key) => key.id === id));
  const key = owner?.keys.find((candidate) => candidate.id === id);
  if (owner === undefined || key === undefined || owner.account !== who.account) {
    return denied(who, 'iam:GetAccessKeyLastUsed');
  }
  const use = key.lastUse;
  const used = tags({
    ...(use === undefined ? {} : { LastUsedDate: new Date(use.date).toISOString() }),
    ServiceName: use?.service ?? 'N/A',
    Region: use?.region ?? 'N/A',
  });
  return xml(
    'GetAccessKeyLastUsed',
    iam,
    `${tags({ UserName: owner.name })}<AccessKeyLastUsed>${used}</AccessKeyLastUsed>`,
  );
}

function groupPolicies(state: FakeState, form: URLSearchParams, who: Principal): Answer {
  const name = form.get('GroupName') ?? '';
  const group = state.world.users
    .filter(({ account }) => account === who.account)
    .flatMap(({ groups }) => groups)
    .find((candidate) => candidate.name === name);
  if (group === undefined) return noSuchEntity(`The group with name ${name}`);
  return list(
    state,
    form,
    'ListAttachedGroupPolicies',
    'AttachedPolicies',
    group.attachedPolicies,
    policyTags,
  );
}

/** The user that is named, or the one who signed; only those of the signer's account exist for it. */
function ofUser(
  operation: string,
  handle: (state: FakeState, user: FakeUser, form: URLSearchParams) => Answer,
): Handler {
  return (state, form, who) => {
    const name = form.get('UserName') ?? who.user;
    if (name === undefined) {
      return xmlError(
        400,
        'ValidationError',
        `Must specify userName when calling ${operation} with non-User credentials`,
      );
    }
    const user = state.world.users.find(
      (candidate) => candidate.name === name && candidate.account === who.account,
    );
    return user === undefined
      ? noSuchEntity(`The user with name ${name}`)
      : handle(state, user, form);
  };
}

function withKey(user: FakeUser, form: URLSearchParams, change: (key: FakeKey) => Answer): Answer {
  const id = form.get('AccessKeyId') ?? '';
  const key = user.keys.find((candidate) => candidate.id === id);
  return key === undefined ? noSuchEntity(`The Access Key with id ${id}`) : change(key);
}

function list<Item>(
  state: FakeState,
  form: URLSearchParams,
  operation: string,
  field: string,
  all: readonly Item[],
  show: (item: Item) => string,
): Answer {
  const from = Number(form.get('Marker') ?? '0');
  const to = from + state.world.pageSize;
  const members = all
    .slice(from, to)
    .map((item) => `<member>${show(item)}</member>`)
    .join('');
  const more = to < all.length;
  const rest = tags({ IsTruncated: String(more), ...(more ? { Marker: String(to) } : {}) });
  return xml(operation, iam, `<${field}>${members}</${field}>${rest}`);
}

function userTags({ world }: FakeState, { name, account }: FakeUser) {
  const root = name === 'root';
  const id = `AIDA${stableHex(`${account}/${name}`, 17).toUpperCase()}`;
  const place = `arn:${world.partition}:iam::${account}`;
  return {
    Path: '/',
    UserName: name,
    UserId: root ? account : id,
    Arn: root ? `${place}:root` : `${place}:user/${name}`,
  };
}

function policyTags(name: string): string {
  return tags({ PolicyName: name, PolicyArn: `arn:aws:iam::aws:policy/${name}` });
}

function plain(operation: string): Answer {
  return { ...xml(operation, iam, '') };
}

function noSuchEntity(what: string): Answer {
  return xmlError(404, 'NoSuchEntity', `${what} cannot be found.`);
}

function denied({ arn }: Principal, action: string, resource = '*'): Answer {
  return xmlError(
    403,
    'AccessDenied',
    `User: ${arn} is not authorized to perform: ${action} on resource: ${resource}`,
  );
}

function tags(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`)
    .join('');
}
