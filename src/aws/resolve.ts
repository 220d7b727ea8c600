// Which credentials each SDK takes for a profile, from both files alone: no environment, no network, the profile named
// explicitly. The orders differ, and that is the danger of a half-done migration: with keys beside SSO settings the AWS
// CLI signs with SSO and Terraform with the key. botocore, JavaScript, Go and Java follow their sources and are
// held to them by differential tests (test/aws-resolve.test.ts); Rust, Ruby and .NET follow their sources as read.

import type { AwsTexts, Resolution, Sdk } from './change.ts';
import type { Dialect } from './dialects.ts';
import { type Both, readBoth } from './read-both.ts';
import { botocore } from './resolve-botocore.ts';
import { go } from './resolve-go.ts';
import { javascript } from './resolve-js.ts';
import { dotnet, java, ruby } from './resolve-lists.ts';
import { type Order, refused } from './resolve-parts.ts';
import { rust } from './resolve-rust.ts';

export function resolve(texts: AwsTexts, profile: string, sdk: Sdk): Resolution {
  return resolver(texts)(profile, sdk);
}

/** The same for many profiles: reads the files once for each dialect. */
export function resolver(texts: AwsTexts): (profile: string, sdk: Sdk) => Resolution {
  const readings = new Map<Dialect, Both>();
  return (profile, sdk) => {
    const { dialect, order } = families[sdk];
    const both = readings.get(dialect) ?? readBoth(texts, dialect);
    readings.set(dialect, both);
    if (both.files.some(([, { error }]) => error !== undefined)) return refused(profile);
    return order(both, profile, []);
  };
}

interface Family {
  /** Ruby and .NET have parsers of their own, which agree most with Go's. */
  readonly dialect: Dialect;
  readonly order: Order;
}

const families: Readonly<Record<Sdk, Family>> = {
  'aws-cli': { dialect: 'botocore', order: botocore },
  boto3: { dialect: 'botocore', order: botocore },
  js: { dialect: 'js', order: javascript },
  go: { dialect: 'go', order: go },
  rust: { dialect: 'rust', order: rust },
  java: { dialect: 'java', order: java },
  ruby: { dialect: 'go', order: ruby },
  dotnet: { dialect: 'go', order: dotnet },
};
