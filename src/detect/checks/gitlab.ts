import { crc32 } from 'node:zlib';

import type { Checks } from '../check.ts';

export const gitlabChecks: Checks = {
  /** The last seven characters are the CRC-32 of all before them, in base36. */
  'gitlab-checksum': (value) => {
    const checked = value.slice(0, -7);
    return value.slice(-7) === crc32(checked).toString(36).padStart(7, '0');
  },

  /** The older form, without a checksum: random characters, not the words of a CSS class or a file name. */
  'gitlab-plain': (value, { after }) => {
    const body = value.replace(/^(?:gl[a-z]+-|GR1348941)/, '');
    // what goes on with a dot is a routable token that has failed its checksum
    if (/^\.[0-9a-z]{2}[.0-9a-z]/.test(after)) return false;
    return !/^(?:[a-z]+|[A-Z]+)(?:[-_](?:[a-z]+|[A-Z]+|[0-9]+))*$/.test(body);
  },
};
