// The values in this computer's own AWS files, so that a scan can say whose key it found. They go to the scanner and
// nowhere else.

import { isPlaceholder, readProfiles } from '../aws/profiles.ts';
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
    const profiles = readProfiles(readAwsFiles(awsPlaces(environment)));
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
