// The last word on a finding that a rule names in `refine`: what the text around says about whose key it is.

import { accountOf, isCanaryAccount, isMadeUpAccount } from '../aws/keyid.ts';
import type { Confidence, Kind, Severity } from '../core/finding.ts';
import { storeBeside } from './endpoints.ts';
import { storeById } from './stores.ts';
import type { CheckContext } from './check.ts';
import type { Piece } from './pieces.ts';

export interface Draft {
  kind: Kind;
  provider: string;
  severity: Severity | undefined;
  confidence: Confidence;
  title: string | undefined;
  account: string | null;
  canary: boolean;
}

/** Changes the draft, or answers false: it is no finding. `around` is the text around the first and the main piece. */
export type Refine = (draft: Draft, pieces: readonly Piece[], around: CheckContext) => boolean;

export const refinements: Readonly<Record<string, Refine>> = {
  'aws-access-key': refineAccessKey,
  's3-compatible': refineStore,
};

function refineAccessKey(draft: Draft, pieces: readonly Piece[], around: CheckContext): boolean {
  const id = pieces.find(({ role }) => role === 'id')?.value;
  const text = around.before.slice(-700) + '\n' + around.after.slice(0, 700);
  const store = draft.kind === 'id' ? undefined : storeBeside(pieces, true);
  if (store !== undefined) {
    draft.provider = store.provider;
    draft.title = `${store.name} access key${draft.kind === 'pair' ? ' with its secret' : ''}`;
    draft.account = null;
    if (draft.kind === 'pair' || draft.kind === 'secret') return true;
  }
  if (id !== undefined) {
    const account = accountOf(id);
    draft.account =
      account === 'old' || account === 'impossible' || store !== undefined ? null : account;
    if (draft.account !== null && isCanaryAccount(draft.account)) {
      draft.canary = true;
      draft.severity = 'low';
      draft.title = 'AWS canary key: planted to catch whoever uses it';
    }
    if (draft.account !== null && isMadeUpAccount(draft.account)) {
      if (draft.kind === 'id') return false;
      draft.severity = 'low';
      draft.title = 'AWS access key of an emulator or of documentation';
    }
    if (id.startsWith('ASIA') && draft.kind === 'pair') draft.kind = 'session';
    if (draft.kind === 'id' && isReference(around)) {
      draft.kind = 'reference';
      draft.confidence = 'high';
    }
  } else if (
    draft.kind === 'secret' &&
    !/aws|amazon|s3|ec2|access.?key|dynamo|lambda|boto|iam/i.test(
      around.before.slice(-500) + around.after.slice(0, 300) + around.path,
    )
  ) {
    draft.confidence = 'low';
    // Every application has a SECRET_KEY.
    if (pieces.every(({ name }) => name.endsWith('secretkey'))) draft.severity = 'low';
  }
  if (draft.kind === 'secret' && isBesideExample(around)) {
    draft.severity = 'low';
    draft.confidence = 'low';
    draft.title = 'AWS secret access key beside an example of an id';
  }
  if (draft.kind === 'session' && isSigned(pieces, around)) {
    draft.kind = 'reference';
    draft.confidence = 'high';
    draft.title = 'AWS session token of a signed request, useless without its secret';
  }
  if (draft.kind === 'session' && isExpired(text, around.today)) draft.severity = 'low';
  return true;
}

/** A signed URL, form or header, S3's answer to a wrong one, a CloudTrail record, a link to the console: the id stands there by its nature. */
function isReference({ before, after }: CheckContext): boolean {
  const line = before.slice(before.lastIndexOf('\n') + 1);
  const rest = after.split('\n', 1)[0] ?? '';
  return (
    /^(?:%2F|\/|\\\/)\d{8}(?:%2F|\/|\\\/)/i.test(rest) ||
    /X-Amz-Credential(?:=|%3D|"?\s*:\s*"?)$/i.test(line) ||
    /AWS4-HMAC-SHA256\s+Credential=$/.test(line) ||
    /Authorization["']?\s*[:=]\s*["']?AWS\s$/i.test(line) ||
    (/AWSAccessKeyId=$/i.test(line) && /[?&](?:amp;)?(?:Signature|Expires)=/i.test(line + rest)) ||
    (/<AWSAccessKeyId>$/.test(line) &&
      /<(?:StringToSign|SignatureProvided|Code)>/.test(before.slice(-700) + rest)) ||
    (/AWSAccessKeyId\W/i.test(line.slice(-60)) &&
      /name=["']?policy\b/i.test(before + after) &&
      /name=["']?signature\b/i.test(before + after)) ||
    /console\.(?:aws|amazonaws)[\w.-]*\/[^\s"']*$/.test(line) ||
    (/"?accessKeyId"?\s*[:=]\s*"?$/.test(line) &&
      /"(?:userIdentity|principalId|eventSource|eventName|sourceIPAddress|eventVersion)"/.test(
        before.slice(-900) + after.slice(0, 900),
      ))
  );
}

/** An id of a manual in the lines next to it: whoever writes `…EXAMPLE` there makes the secret up as well, but for a mistake. */
function isBesideExample({ before, after }: CheckContext): boolean {
  const close = before.split('\n').slice(-4).join('\n') + after.split('\n', 4).join('\n');
  return /\bA[A-Z]{3}[A-Z0-9]{5,20}EXAMPLE\b/.test(close);
}

/** A signed URL carries the token, and never the secret. */
function isSigned(pieces: readonly Piece[], around: CheckContext): boolean {
  return (
    pieces.every(({ role }) => role !== 'secret') &&
    (isReference(around) ||
      /(?:[?&;]|%3F|%26|\\u0026)X-Amz-Security-Token(?:=|%3D)$/i.test(around.before.slice(-40)))
  );
}

/** An expiry that is written beside temporary credentials and lies in the past. */
function isExpired(text: string, today: Date): boolean {
  const match =
    /expir\w*["']?\s*[:=]\s*["']?(\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?)/i.exec(
      text,
    );
  if (match?.[1] === undefined) return false;
  const time = Date.parse(match[1].replace(' ', 'T'));
  return Number.isFinite(time) && time < today.getTime();
}

function refineStore(draft: Draft, pieces: readonly Piece[], around: CheckContext): boolean {
  const id = pieces.find(({ role }) => role === 'id')?.value;
  if (id === undefined) return false;
  const text = around.before.slice(-700) + '\n' + around.after.slice(0, 700);
  const store = storeById(id) ?? storeBeside(pieces, false);
  // Access and secret keys of who knows what: without a sign of S3 they are not ours to name.
  if (
    store === undefined &&
    !/\bs3|minio|bucket|object.?storage|endpoint/i.test(text + around.path)
  )
    return false;
  draft.provider = store?.provider ?? 's3-compatible';
  draft.title = `${store?.name ?? 'S3-compatible'} access key with its secret`;
  draft.account = null;
  return true;
}
