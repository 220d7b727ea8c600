// What is to become of the AWS files, in their own terms. edit.ts turns changes into edits of bytes, verify.ts holds the
// result against them, and the journal remembers them.

/** An `[sso-session NAME]`; in the legacy form its address and region stand in the profile itself. */
export interface SsoSession {
  readonly name: string;
  readonly startUrl: string;
  readonly region: string;
  /** Default `sso:account:access`: without a scope the service hands out no refresh token. */
  readonly scopes: readonly string[];
}

export type ProfileChange =
  /** The profile signs in with SSO from now on; its static key is taken out of both files. */
  | {
      readonly type: 'sso';
      readonly profile: string;
      readonly session: SsoSession;
      /** 12 digits. */
      readonly account: string;
      readonly role: string;
      /** Without an sso-session, for readers older than those. Never both forms in one profile. */
      readonly legacy: boolean;
    }
  /** The profile signs in with `aws login`; `arn` is the console identity, when it is known. `region` is set where it is given. */
  | {
      readonly type: 'login';
      readonly profile: string;
      readonly arn: string | undefined;
      readonly region?: string | undefined;
    }
  /** Already signs in some other way, or the key is dead: only its lines go, and the section if it is empty then. */
  | { readonly type: 'remove-key'; readonly profile: string }
  /** Settings of a profile without a key of its own: `mfa_serial` of a chain goes, a source is renamed. */
  | {
      readonly type: 'settings';
      readonly profile: string;
      readonly set: ReadonlyMap<string, string>;
      readonly remove: readonly string[];
    }
  /** A name that some SDK cannot read gets one that all can; `source_profile` of others follows. */
  | { readonly type: 'rename'; readonly profile: string; readonly to: string }
  /** Files that the AWS CLI refuses already: a byte order mark, a section or a setting that is there twice. */
  | { readonly type: 'repair'; readonly what: 'bom' | 'duplicates' };

/** Both files as they lie there; undefined for one that does not exist. `same`: both names lead to one file. */
export interface AwsTexts {
  readonly config: Uint8Array | undefined;
  readonly credentials: Uint8Array | undefined;
  readonly same: boolean;
}

/** The SDKs whose order of credentials is known. */
export const sdks = ['aws-cli', 'boto3', 'js', 'go', 'rust', 'java', 'ruby', 'dotnet'] as const;
export type Sdk = (typeof sdks)[number];

/** Which credentials an SDK uses for a profile. `refused`: it cannot read the file, or the profile is unusable in it. */
export type Winner =
  | 'sso'
  | 'static'
  | 'temporary'
  | 'assume-role'
  | 'web-identity'
  | 'process'
  | 'login'
  | 'other'
  | 'nothing'
  | 'refused';

export interface Resolution {
  readonly winner: Winner;
  /** The profile whose credentials sign in the end: another one for a chain. */
  readonly signedBy: string;
  /** What signs there: for `assume-role` the winner of the profile at the end of the chain. */
  readonly base: Winner;
}
