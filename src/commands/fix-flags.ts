// What was asked of `keyscan --fix`: every answer it could ask for has a flag.
export interface FixFlags {
  /** Env files to be fixed, as typed. */
  readonly files: readonly string[];
  /** Empty: every profile. */
  readonly profiles: readonly string[];
  readonly startUrl: string | undefined;
  readonly ssoRegion: string | undefined;
  readonly ssoSession: string | undefined;
  readonly account: string | undefined;
  readonly role: string | undefined;
  readonly map: string | undefined;
  readonly target: 'sso' | 'login';
  readonly envFiles: 'ask' | 'yes' | 'no';
  readonly deactivate: 'ask' | 'yes' | 'no';
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly deviceCode: boolean;
  readonly noBrowser: boolean;
  readonly noVerify: boolean;
  readonly legacy: boolean;
  readonly passphraseFile: string | undefined;
  readonly format: 'pretty' | 'json';
  readonly quiet: boolean;
  readonly verbose: boolean;
}
