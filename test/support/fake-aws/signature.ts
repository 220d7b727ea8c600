// AWS Signature Version 4 as a service checks it, written from its public description: another implementation than the
// SDK's, which makes the signatures.
import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface Signature {
  readonly keyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** Undefined for a request that is not signed. */
export function signatureOf(authorization: string | undefined): Signature | undefined {
  const [, credential, headers, signature] =
    /^AWS4-HMAC-SHA256 Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/.exec(
      authorization ?? '',
    ) ?? [];
  const [keyId, date, region, service, end] = credential?.split('/') ?? [];
  if (end !== 'aws4_request') return undefined;
  return {
    keyId: keyId!,
    date: date!,
    region: region!,
    service: service!,
    signedHeaders: headers!.split(';'),
    signature: signature!,
  };
}

export function isSignedWith(
  secret: string,
  signature: Signature,
  request: IncomingMessage,
  body: Buffer,
): boolean {
  const url = new URL(request.url ?? '/', 'http://fake');
  const canonical = [
    request.method,
    // every service but S3 encodes the path a second time
    url.pathname.split('/').map(encode).join('/'),
    canonicalQuery(url),
    ...signature.signedHeaders.map((name) => `${name}:${headerOf(request, name)}`),
    '',
    signature.signedHeaders.join(';'),
    sha256(body),
  ].join('\n');
  const { date, region, service } = signature;
  const toSign = [
    'AWS4-HMAC-SHA256',
    headerOf(request, 'x-amz-date'),
    `${date}/${region}/${service}/aws4_request`,
    sha256(canonical),
  ].join('\n');
  const signingKey = [date, region, service, 'aws4_request'].reduce<Buffer>(
    (key, part) => createHmac('sha256', key).update(part).digest(),
    Buffer.from(`AWS4${secret}`),
  );
  return createHmac('sha256', signingKey).update(toSign).digest('hex') === signature.signature;
}

/** When the request says it was made; undefined without a date. */
export function dateOf(request: IncomingMessage): Date | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(headerOf(request, 'x-amz-date'));
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  return new Date(`${year!}-${month!}-${day!}T${hour!}:${minute!}:${second!}Z`);
}

function canonicalQuery(url: URL): string {
  return [...url.searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
}

function headerOf(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return (Array.isArray(value) ? value.join(',') : (value ?? '')).trim().replace(/ +/g, ' ');
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
