// A profile whose name some SDK cannot read is offered another one; what it is called is the person's to say.
import { renamed, type Row } from '../fix/rows.ts';
import { isSessionName } from '../fix/sessions.ts';
import type { FixContext } from './fix-context.ts';

export async function askNames(
  rows: readonly Row[],
  { ask, found, flags }: FixContext,
): Promise<readonly Row[]> {
  if (ask === undefined) return rows;
  const taken = new Set(found.rows.map(({ profile }) => profile.name));
  const done: Row[] = [];
  for (const row of rows) {
    if (row.class !== 'odd-name' || row.rename !== undefined) {
      done.push(row);
      continue;
    }
    const name = await ask.text(
      `Some SDKs cannot read the name "${row.profile.name}". A new one (empty: leave it)`,
      { proposal: proposalFor(row.profile.name, taken), check: (text) => problemOf(text, taken) },
    );
    if (name !== '') taken.add(name);
    done.push(name === '' ? row : renamed(row, name, flags.target));
  }
  return done;
}

function problemOf(name: string, taken: ReadonlySet<string>): string | undefined {
  if (name === '') return undefined;
  if (!isSessionName(name)) return 'letters, digits, - and _ are what every SDK reads';
  return taken.has(name) ? 'another profile is called so' : undefined;
}

/** `acme prod (eu)` → acme-prod-eu. */
function proposalFor(name: string, taken: ReadonlySet<string>): string {
  const plain = name.replaceAll(/[^A-Za-z0-9_]+/g, '-').replace(/^[-_]+|-+$/g, '');
  return isSessionName(plain) && !taken.has(plain) ? plain : '';
}
