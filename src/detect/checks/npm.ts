import type { Checks } from '../check.ts';
import { hasBase62Checksum } from './base62-checksum.ts';

export const npmChecks: Checks = {
  'npm-checksum': (value) => hasBase62Checksum(value.slice('npm_'.length)),

  /** A setting without a registry before it counts in npm's own file and as a key of JSON; elsewhere it is anybody's. */
  'npm-registry-setting': (value, { path, before }) => {
    if (invented.test(Buffer.from(value, 'base64').toString('latin1'))) return false;
    return (
      /\/\/[^\s"'/]+(?:\/[^\s"']*)?:_[A-Za-z]+["']?[ \t]{0,3}[=: \t][ \t]{0,3}["']?$/.test(
        before.slice(-300),
      ) ||
      /["']_auth(?:Token)?["'][ \t]{0,3}:[ \t]{0,3}["']$/.test(before.slice(-40)) ||
      /(?:^|\/)\.?npmrc$/.test(path)
    );
  },
};

/** user:password as manuals write it, once it is decoded. */
const invented = /^[ -~]*(?:password|secret|example)[ -~]*$/i;
