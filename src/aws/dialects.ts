// What five families of SDKs make of the same file: botocore (the AWS CLI, boto3), the JavaScript SDK v3, the Go
// SDK v2 (Terraform), the Rust and the Java SDK. They differ in what they refuse, merge, lose and trim; each is followed to the letter, since a
// file that one of them cannot read any more is a broken computer. Written from their behaviour, held to it by
// differential tests (test/aws-dialects.test.ts). Errors never quote the file.

import { readBotocore } from './dialect-botocore.ts';
import { readGo } from './dialect-go.ts';
import { readJava } from './dialect-java.ts';
import { readJs } from './dialect-js.ts';
import { decodeStrictly, Refusal } from './dialect-parts.ts';
import { readRust } from './dialect-rust.ts';

export type ConfigFileKind = 'config' | 'credentials';

/** A nested block is a map; the JavaScript SDK has none, it writes `s3.region`. */
export type SettingValue = string | ReadonlyMap<string, string>;
export type Settings = ReadonlyMap<string, SettingValue>;

export interface DialectReading {
  /** Why the SDK refuses the whole file; then everything else is empty. */
  readonly error: string | undefined;
  readonly profiles: ReadonlyMap<string, Settings>;
  readonly sessions: ReadonlyMap<string, Settings>;
  readonly services: ReadonlyMap<string, Settings>;
}

/** Those that a file has to be readable in before it is edited. */
export const dialects = ['botocore', 'js', 'go'] as const;
/** The Rust and the Java SDK refuse so much that many a file that works elsewhere is lost on them: see dialect-rust.ts. */
export const strictDialects = ['rust', 'java'] as const;
export type Dialect = (typeof dialects)[number] | (typeof strictDialects)[number];

export function readDialect(
  dialect: Dialect,
  bytes: Uint8Array,
  kind: ConfigFileKind,
): DialectReading {
  try {
    return readers[dialect](bytes, kind);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { error: error.message, profiles: new Map(), sessions: new Map(), services: new Map() };
  }
}

const readers: Readonly<
  Record<Dialect, (bytes: Uint8Array, kind: ConfigFileKind) => DialectReading>
> = {
  botocore: readBotocore,
  js: readJs,
  go: readGo,
  rust: (bytes, kind) => ({ error: undefined, ...readRust(decodeStrictly(bytes), kind) }),
  java: (bytes, kind) => ({
    error: undefined,
    ...readJava(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), kind),
  }),
};
