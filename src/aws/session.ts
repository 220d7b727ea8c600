// Which [sso-session] a profile gets: one that says the same already, else a new one under a name nobody has.
// The SDKs keep sign-ins by that name alone, so a name never gets a second meaning.

import type { AwsTexts, SsoSession } from './change.ts';
import { dialects, readDialect, type Settings } from './dialects.ts';
import { sameStartUrl } from './start-url.ts';
import { newName } from './headers.ts';
import { Refused } from './refusal.ts';

export interface ChosenSession {
  readonly session: SsoSession;
  /** It stands in the config file already and is left as it is. */
  readonly exists: boolean;
}

/** The wanted one, under the name it has or gets. Sign in under this name: it is the key of the token cache. */
export function chooseSession(texts: AwsTexts, wanted: SsoSession): ChosenSession {
  const known = sessionsOf(texts);
  const same = [...known].filter(([, readings]) => saysTheSame(readings, wanted));
  const found = same.find(([name]) => name === wanted.name) ?? same[0];
  if (found !== undefined) return { session: { ...wanted, name: found[0] }, exists: true };
  if (!newName.test(wanted.name)) {
    throw new Refused(
      'some SDK cannot read the name of the session',
      'choose a name of letters, digits, - and _ that begins with a letter or digit',
    );
  }
  let name = wanted.name;
  for (let count = 2; known.has(name); count++) name = `${wanted.name}-${count}`;
  return { session: { ...wanted, name }, exists: false };
}

/** By name, what each dialect reads there; undefined where it does not. */
function sessionsOf(texts: AwsTexts): Map<string, (Settings | undefined)[]> {
  const known = new Map<string, (Settings | undefined)[]>();
  const files = [
    ['config', texts.config],
    // Go finds sessions in the credentials file as well; a name taken there is taken.
    ['credentials', texts.same ? undefined : texts.credentials],
  ] as const;
  for (const [kind, bytes] of files) {
    if (bytes === undefined || !Buffer.from(bytes).includes('sso-session')) continue;
    dialects.forEach((dialect, index) => {
      for (const [name, settings] of readDialect(dialect, bytes, kind).sessions) {
        const readings = known.get(name) ?? dialects.map(() => undefined);
        // What the config file says is what two of the three read.
        readings[index] ??= settings;
        known.set(name, readings);
      }
    });
  }
  return known;
}

function saysTheSame(readings: readonly (Settings | undefined)[], wanted: SsoSession): boolean {
  return readings.every((settings) => {
    const url = settings?.get('sso_start_url');
    return (
      typeof url === 'string' &&
      sameStartUrl(url, wanted.startUrl) &&
      settings?.get('sso_region') === wanted.region
    );
  });
}
