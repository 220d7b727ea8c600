// What the fake of fake-aws.ts knows and how it behaves: one object that a test builds, turns the knobs of, and looks at.
// Every key and token in it is made when it runs.
import { createHash, randomUUID } from 'node:crypto';

import { generate } from '../examples.ts';

/** Mutable on purpose: tests change it between calls. */
export interface FakeWorld {
  startUrl: string;
  /** Where Identity Center lives. */
  region: string;
  partition: string;
  /** Who sits in front of the browser, and what they do on the page. */
  person: { name: string; does: 'approves' | 'denies' | 'wanders-off' };
  /** Whom the console knows the person as, for `aws login`. */
  consoleArn: string;
  /** How often the device code is answered with authorization_pending first. */
  pendingPolls: number;
  /** Seconds between polls; undefined leaves it out of the answer. */
  interval: number | undefined;
  /** Where a code is typed in; undefined for the fake's own page. */
  verificationUri: string | undefined;
  /** Seconds until a device code expires. */
  codeLifetime: number;
  /** Seconds. */
  tokenLifetime: number;
  /** What the person may use, as the portal lists it. Its roles are the names of permission sets. */
  accounts: FakeAccount[];
  users: FakeUser[];
  /** IAM roles, for AssumeRole. */
  roles: FakeRole[];
  /** Looked through from the first on; one that is used up is passed over. */
  faults: Fault[];
  /** Milliseconds that AWS's clock is ahead of this computer's. */
  clockOffset: number;
  /** Whether answers tell the time, as AWS's do. */
  tellsTime: boolean;
  /** Entries in a page of any list. */
  pageSize: number;
}

export interface FakeAccount {
  id: string;
  /** Undefined: the portal leaves it out. */
  name: string | undefined;
  email: string | undefined;
  roles: FakePermissionSet[];
}

export interface FakePermissionSet {
  name: string;
  /** Actions: '*', 'iam:*', 'iam:UpdateAccessKey'. */
  allows: string[];
}

export interface FakeUser {
  /** 'root' is the account itself. */
  name: string;
  account: string;
  allows: string[];
  keys: FakeKey[];
  attachedPolicies: string[];
  inlinePolicies: string[];
  groups: { name: string; attachedPolicies: string[] }[];
  hasPassword: boolean;
}

export interface FakeKey {
  id: string;
  secret: string;
  status: 'Active' | 'Inactive';
  lastUse: { date: Date; service: string; region: string } | undefined;
}

export interface FakeRole {
  arn: string;
  /** ARNs; an account's `:root` trusts everyone in it. */
  trusts: string[];
  needsMfa: boolean;
  /** Seconds. */
  maxSession: number;
}

/** What goes wrong. Everything but `on` and `does` has a default. */
export interface Fault {
  /** An operation (CreateToken, ListAccounts, GetCallerIdentity, …), or '*'. */
  on: string;
  does: FaultKind;
  /** How many are answered well before; default: none. */
  after?: number;
  /** How often; default: for ever. */
  times?: number;
  /** Seconds, as a Retry-After header. */
  retryAfter?: number;
}

export type FaultKind =
  | 'authorization_pending'
  | 'slow_down'
  | 'expired_token'
  | 'access_denied'
  | 'invalid_grant'
  | 'invalid_client'
  | 'invalid_scope'
  | 'invalid_request'
  | 'invalid_region'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'throttled'
  | 'internal'
  | 'unavailable'
  /** 200 with half a JSON or XML text. */
  | 'broken'
  /** 200 with a whole JSON or XML text that has none of the fields. */
  | 'empty'
  /** 502 with a page, as a proxy in between answers. */
  | 'page'
  /** A redirect to another host. */
  | 'redirect'
  /** The connection is reset before an answer. */
  | 'reset'
  /** No answer, ever. */
  | 'hang';

/** A company with two accounts in reach, a user with a key in each, one chained role, and nothing wrong. */
export function moonbakery(changes: Partial<FakeWorld> = {}): FakeWorld {
  const dev = '111122223333';
  const prod = '444455556666';
  const everything = { name: 'AdministratorAccess', allows: ['*'] };
  const reading = { name: 'ReadOnlyAccess', allows: ['iam:Get*', 'iam:List*', 'sts:*'] };
  return {
    startUrl: 'https://d-1234567890.awsapps.com/start',
    region: 'us-east-1',
    partition: 'aws',
    person: { name: 'dana', does: 'approves' },
    consoleArn: `arn:aws:iam::${dev}:user/alice`,
    pendingPolls: 1,
    interval: 1,
    verificationUri: undefined,
    codeLifetime: 600,
    tokenLifetime: 8 * 3600,
    accounts: [
      { id: prod, name: 'prod', email: 'prod@moonbakery.example', roles: [reading] },
      {
        id: dev,
        name: 'dev',
        email: 'dev@moonbakery.example',
        roles: [everything, reading, { name: 'Billing', allows: [] }],
      },
      { id: '777788889999', name: 'archive', email: undefined, roles: [reading] },
    ],
    users: [
      user({ name: 'alice', account: dev, attachedPolicies: ['AdministratorAccess'] }),
      user({ name: 'deploy', account: prod, allows: [] }),
    ],
    roles: [
      {
        arn: `arn:aws:iam::${prod}:role/deployer`,
        trusts: [`arn:aws:iam::${dev}:root`],
        needsMfa: false,
        maxSession: 12 * 3600,
      },
    ],
    faults: [],
    clockOffset: 0,
    tellsTime: true,
    pageSize: 2,
    ...changes,
  };
}

/** A user with one active key, who may do everything. */
export function user(facts: Partial<FakeUser> & { name: string; account: string }): FakeUser {
  return {
    allows: ['*'],
    keys: [key(facts.account)],
    attachedPolicies: [],
    inlinePolicies: [],
    groups: [],
    hasPassword: true,
    ...facts,
  };
}

/** A new key whose id names the account, as those since 2019 do; `old` names none. */
export function key(account: string, generation: 'new' | 'old' = 'new'): FakeKey {
  return {
    id: generate(generation === 'new' ? `aws-id@${account}` : 'aws-id:old', randomUUID()),
    secret: generate('aws-secret', randomUUID()),
    status: 'Active',
    lastUse: undefined,
  };
}

/** What a name is hashed to where AWS has an id that looks like chance: the same each time. */
export function stableHex(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}

export function allowed(allows: readonly string[], action: string): boolean {
  return allows.some((pattern) =>
    pattern.endsWith('*') ? action.startsWith(pattern.slice(0, -1)) : action === pattern,
  );
}
