import type { Checks } from '../check.ts';
import { readPrivateKey } from './private-key.ts';

export const googleChecks: Checks = {
  /** Keys of web pages and apps are published on purpose (and ought to be restricted by referrer or app). */
  'google-key-use': (_value, { path, before, after }) => {
    const near = before.slice(-400) + after.slice(0, 400);
    const inClient =
      /(?:^|\/)(?:google-services[^/]*\.json|GoogleService-Info[^/]*\.plist|AndroidManifest\.xml|[^/]+\.(?:html?|xhtml))$/i.test(
        path,
      ) ||
      /authDomain|messagingSenderId|storageBucket|maps\.googleapis\.com\/maps\/api\/js|com\.google\.android\.(?:geo|maps)/.test(
        near,
      );
    return inClient ? { severity: 'low', title: 'Google API key in web or app code' } : true;
  },

  /** Secrets of desktop and mobile programs lie on every customer's disk. */
  'google-client-use': (_value, { before }) =>
    /"installed"\s*:\s*\{[^{}]*$/.test(before)
      ? { severity: 'low', title: 'Google OAuth client secret of an installed app' }
      : true,

  /** The private key of a service account's JSON; the object around it says whose it is. */
  'google-service-account': (value, { before, after }) => {
    const key = readPrivateKey(value, '');
    if (key === undefined) return false;
    const object = objectAround(before, after);
    const account = /\b[a-z0-9][a-z0-9-]{0,62}@[a-z0-9.-]{1,80}\.gserviceaccount\.com\b/.exec(
      object,
    );
    if (account === null && !/\\?"type\\?"\s*:\s*\\?"service_account\\?"/.test(object))
      return false;
    return {
      canonical: key.body,
      ...(account === null ? {} : { title: `Google service account key of ${account[0]}` }),
    };
  },
};

/** Not beyond the braces of the object that holds the value. */
function objectAround(before: string, after: string): string {
  const start = before.lastIndexOf('{') + 1;
  const end = after.indexOf('}');
  return before.slice(start) + after.slice(0, end < 0 ? after.length : end);
}
