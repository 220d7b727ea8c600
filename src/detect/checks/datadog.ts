import type { Checks } from '../check.ts';

export const datadogChecks: Checks = {
  /** Digests have the same shape; what is called one is one. */
  'not-a-digest': (_value, { before }) =>
    !/(?:md5|sha-?1|sha1sum|checksum|digest|commit|revision|etag|integrity)[\w."' :=-]{0,12}$/i.test(
      before.slice(-40),
    ),
};
