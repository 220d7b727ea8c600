// JSON Web Tokens: what they say about themselves decides how much they matter.

import { isRecord } from '../../core/json-fields.ts';
import type { Checks, CheckVerdict } from '../check.ts';

export interface Token {
  readonly algorithm: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly expires: Date | undefined;
}

export const jwtChecks: Checks = {
  jwt: (value, { today }) => {
    const token = readToken(value);
    if (token === undefined || /^none$/i.test(token.algorithm) || isSample(token)) return false;
    return token.expires !== undefined && token.expires < today
      ? { severity: 'low', title: 'Expired JSON Web Token' }
      : verdictByIssuer(token);
  },
};

/** Undefined for whatever only looks like one: both parts must be JSON objects, the first with an algorithm. */
export function readToken(text: string): Token | undefined {
  const [header, payload, signature] = text.split('.');
  if (header === undefined || payload === undefined || !signature) return undefined;
  const algorithm = parseObject(header)?.['alg'];
  const claims = parseObject(payload);
  if (typeof algorithm !== 'string' || claims === undefined) return undefined;
  return { algorithm, claims, expires: dateOf(claims['exp']) };
}

function parseObject(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(part, 'base64url'));
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Seconds since 1970; some write them as text, some in milliseconds. */
function dateOf(claim: unknown): Date | undefined {
  const seconds = typeof claim === 'string' && claim !== '' ? Number(claim) : claim;
  if (typeof seconds !== 'number' || !Number.isFinite(seconds)) return undefined;
  const date = new Date(seconds > 1e11 ? seconds : seconds * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** jwt.io's demonstration, in all its variants, and the keys that every local Supabase starts with. */
function isSample({ claims }: Token): boolean {
  return (
    claims['sub'] === '1234567890' ||
    /^(?:john|jane) doe$/i.test(String(claims['name'])) ||
    claims['iss'] === 'supabase-demo'
  );
}

const registeredClaims = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'azp', 'scope'] as const;

function verdictByIssuer({ claims, expires }: Token): CheckVerdict | true {
  const issuer = String(claims['iss']);
  if (issuer === 'supabase' && claims['role'] === 'anon')
    return { severity: 'low', title: 'Supabase anonymous key (public by design)' };
  if (issuer === 'supabase' && claims['role'] === 'service_role')
    return { kind: 'secret', severity: 'high', title: 'Supabase service role key' };
  if (issuer === 'kubernetes/serviceaccount' && expires === undefined)
    return { kind: 'secret', severity: 'high', title: 'Kubernetes service account token' };
  // nobody's, for nobody, without a date: an example, or signed data
  return registeredClaims.some((name) => claims[name] !== undefined) ? true : { severity: 'low' };
}
