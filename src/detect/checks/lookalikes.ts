// Shapes that many harmless things share.

import type { Checks } from '../check.ts';

/** What goes on behind the commit in a line of .gitleaksignore: a path, a rule and a line number. */
const scannersLine = /^:[^\s:]{1,300}:[\w-]{1,80}:\d{1,9}\b/;

export const lookalikeChecks: Checks = {
  /** Digests and commit ids have the shape of many keys; what is called one is one. */
  'not-a-digest': (_value, { before, after }) =>
    !scannersLine.test(after) &&
    !/(?:md5|sha-?1|sha1sum|sha256|checksum|digest|commit|revision|etag|integrity)[\w."' :=-]{0,12}$/i.test(
      before.slice(-40),
    ),

  /** Small and capital letters and digits, as nearly every random value of some length has. */
  mixed: (value) => /[a-z]/.test(value) && /[A-Z]/.test(value) && /[0-9]/.test(value),

  uuid: (value) => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(value),
};
