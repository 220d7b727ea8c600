// The values in this computer's own AWS files, so that a scan can say whose key it found. They go to the scanner and
// nowhere else.

import { type AwsFile, isPlaceholder, readProfiles } from '../aws/profiles.ts';
import { awsPlaces, readAwsFiles } from './aws-files.ts';
import type { Environment } from './home-places.ts';

/** The scanner's `OwnKey` (src/detect/api.ts), which this layer does not know. */
export interface OwnValue {
  readonly profile: string;
  readonly role: 'id' | 'secret' | 'token';
  readonly value: string;
}

/** Shorter values (`test`, `minioadmin`) would be found everywhere. */
const shortest = 16;

/** Never throws: other scans read these files only to name profiles. */
export function ownKeys(environment: Environment = process.env): readonly OwnValue[] {
  try {
    const files = readAwsFiles(awsPlaces(environment));
    if (!files.some(mayHoldKey)) return [];
    const profiles = readProfiles(files);
    const values = profiles.flatMap(({ name, places }) =>
      places
        .filter(({ value }) => value.length >= shortest && !isPlaceholder(value))
        .map(({ role, value }): OwnValue => ({ profile: name, role, value })),
    );
    // The first profile that holds a value names it.
    const first = new Map<string, OwnValue>();
    for (const own of values) if (!first.has(own.value)) first.set(own.value, own);
    return [...first.values()];
  } catch {
    return [];
  }
}

/** Every name of a part of a key begins so; whoever signs in through SSO has none, and then no profile need be read. */
function mayHoldKey({ bytes }: AwsFile): boolean {
  return Buffer.from(bytes).toString('latin1').toLowerCase().includes('aws_');
}
