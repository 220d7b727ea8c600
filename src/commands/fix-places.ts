// Where the AWS files really lie, said before anybody signs in: whether they may be replaced at all, and whether a link
// leads to a file that the person may not think of.
import { isUserError, type UserError } from '../core/errors.ts';
import { isPlanned, type Row } from '../fix/rows.ts';
import { homePath } from '../sources/home-path.ts';
import { lookAt } from '../write/place.ts';
import type { FixContext } from './fix-context.ts';

interface FileAhead {
  readonly path: string;
  /** Why it cannot be replaced. */
  readonly problem: UserError | undefined;
  /** What is to be known before it is. */
  readonly note: string | undefined;
}

/** Both AWS files, as far as these rows change them. */
export function filesAhead(
  rows: readonly Row[],
  { found: { places, texts } }: Pick<FixContext, 'found'>,
): readonly FileAhead[] {
  const planned = rows.filter(isPlanned);
  const kinds = new Set(planned.flatMap(({ profile }) => profile.places.map(({ file }) => file)));
  if (planned.some(({ action }) => action === 'migrate')) kinds.add('config');
  if (texts.same && kinds.size > 1) kinds.delete('credentials');
  return [...kinds].flatMap((kind) => {
    const path = places[kind];
    return path === undefined ? [] : [fileAhead(path, places.home)];
  });
}

function fileAhead(path: string, home: string): FileAhead {
  try {
    const outside = lookAt(path, home);
    const note =
      outside === undefined
        ? undefined
        : `${homePath(home, path)} is a link that leads out of your home folder, to ${outside}: that file is changed`;
    return { path, problem: undefined, note };
  } catch (error) {
    if (!isUserError(error)) throw error;
    return { path, problem: error, note: undefined };
  }
}
