// What the rest of keyscan knows of IAM Identity Center, STS and IAM. Everything behind it talks to the network, and nothing
// else in keyscan does. Nothing here writes a file or a line on the screen.
import type { SsoSession } from '../aws/change.ts';

/** What calls need of the world around them. */
export interface SsoWorld {
  /** Endpoints (AWS_ENDPOINT_URL_SSO_OIDC, _SSO, _STS, _IAM), HTTPS_PROXY and NO_PROXY. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The certificates of the file that AWS_CA_BUNDLE names; undefined for Node's own. */
  readonly ca: string | undefined;
  readonly now: () => Date;
  /** Ctrl-C: every call and every wait ends at once. */
  readonly signal: AbortSignal;
  /** Milliseconds. Rejects when the signal fires. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Told before each wait for another try, so that the person sees why nothing happens. */
  readonly onRetry?: (retry: Retry) => void;
  /** Milliseconds that one request may take; default 30,000. */
  readonly timeout?: number;
}

export interface Retry {
  readonly why: 'throttled' | 'unavailable' | 'unreachable';
  /** As in AWS's names: `oidc.us-east-1.amazonaws.com`. */
  readonly host: string;
  /** Milliseconds until the next try. */
  readonly wait: number;
}

/** How the person is told where to go. Called before anything is opened. */
export interface SignInScreen {
  readonly show: (page: {
    readonly url: string;
    /** What the page must show (device code), else undefined. */
    readonly code: string | undefined;
    readonly expiresAt: Date;
  }) => void;
  /** Opens the page, or does nothing where there is no browser. */
  readonly open: (url: string) => void;
}

export interface SignInRequest {
  readonly session: SsoSession;
  /** `browser`: PKCE with a callback on 127.0.0.1; `device`: a code typed in elsewhere. */
  readonly flow: 'browser' | 'device';
}

/** Secret; lives in memory until the person has consented to the plan. */
export interface Token {
  readonly session: SsoSession;
  readonly accessToken: string;
  readonly expiresAt: Date;
  readonly refreshToken: string | undefined;
  readonly registration: Registration;
}

export interface Registration {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly expiresAt: Date;
  readonly scopes: readonly string[];
  readonly grantTypes: readonly string[] | undefined;
}

export interface Account {
  /** 12 digits. */
  readonly id: string;
  /** May be '' */
  readonly name: string;
  readonly email: string;
}

/** Credentials of a call; the only place where the old key is handled is here and in the writer. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
}

export interface Portal {
  /** All pages, sorted by name, then id. */
  readonly accounts: () => Promise<readonly Account[]>;
  /** All pages, sorted. */
  readonly roles: (account: string) => Promise<readonly string[]>;
  readonly credentials: (account: string, role: string) => Promise<Credentials>;
}

/** What STS says of credentials. */
export type Identity =
  | {
      readonly ok: true;
      readonly account: string;
      readonly arn: string;
      readonly userId: string;
    }
  /** `invalid`: unknown, deleted or inactive; AWS does not tell these apart. */
  | { readonly ok: false; readonly why: 'invalid' | 'expired' | 'wrong-secret' | 'denied' };

export interface LastUse {
  /** Null: never used, as far as AWS remembers. */
  readonly date: Date | null;
  readonly service: string | null;
  readonly region: string | null;
  readonly userName: string | null;
}

/** A key in IAM; without a user's name it is looked for among those of the user who signs. */
export interface UserKey {
  readonly keyId: string;
  readonly userName: string | undefined;
}

/**
 * Why something about a key in IAM could not be done. `invalid`: the credentials that signed are not accepted, or no
 * longer. `detail` is one sentence without secrets.
 */
export interface IamRefusal {
  readonly ok: false;
  readonly why: 'denied' | 'invalid' | 'gone';
  readonly detail: string;
}

export type IamAnswer = { readonly ok: true } | IamRefusal;

export type LastUseAnswer = { readonly ok: true; readonly use: LastUse } | IamRefusal;

/** A call that did not come to an answer: said to the person as a UserError is (problem.ts); `kind` is for the flow. */
export type CallProblem =
  | 'denied' // the person, or the organisation, said no
  | 'expired' // the code, or the session at the portal
  | 'throttled'
  | 'unavailable'
  | 'unreachable' // no network, proxy, certificate
  | 'wrong-region'
  | 'no-assignment' // this account and role are not the person's
  | 'interrupted'
  | 'refused'; // anything else the service did not accept
