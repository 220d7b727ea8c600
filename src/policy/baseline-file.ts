import { UserError } from '../core/errors.ts';
import type { Baseline } from './baseline.ts';
import { formatBaseline, joinConflicts, parseBaseline } from './baseline.ts';
import { foldersUp, inFolder, readGiven, utf8 } from './files.ts';
import type { PolicyTree } from './files.ts';

// Where the baseline lies. Every scan looks; what reads one (baseline.ts) is loaded where there is one.

export interface BaselineFile {
  /** As messages show it. */
  readonly name: string;
  /** Where to write it; undefined when it comes from a commit. */
  readonly file: string | undefined;
  readonly exists: boolean;
  readonly baseline: Baseline;
  /** It stands on disk as we would write it; not so after a merge that left it unsorted or in conflict. */
  readonly tidy: boolean;
}

export const baselineName = '.keyscan-baseline.json';

/** Some 300,000 entries. */
const sizeLimit = 64 * 1024 * 1024;

/**
 * The baseline in force: `given` by --baseline (from the current folder), else `configured` (from the top; both must
 * exist unless `create`), else the nearest one from the current folder up. `mend` joins the sides of a merge conflict.
 */
export function loadBaseline(
  tree: PolicyTree,
  options: {
    readonly cwd: string;
    readonly given?: string | undefined;
    readonly configured?: string | undefined;
    readonly create?: boolean;
    readonly mend?: boolean;
  },
): BaselineFile {
  const { given, configured, cwd } = options;
  if (given !== undefined) {
    return opened(readGiven(given, cwd, sizeLimit), { name: given, file: given }, true, options);
  }
  const paths =
    configured === undefined
      ? foldersUp(tree.folder).map((folder) => inFolder(folder, baselineName))
      : [configured];
  for (const path of paths) {
    const bytes = tree.read(path, sizeLimit);
    if (bytes !== undefined) {
      return opened(bytes, { name: tree.name(path), file: tree.file(path) }, true, options);
    }
  }
  // A new one goes to the top, because reports show paths from there.
  const path = configured ?? baselineName;
  const place = { name: tree.name(path), file: tree.file(path) };
  return opened(undefined, place, configured !== undefined, options);
}

function opened(
  bytes: Uint8Array | undefined,
  place: { readonly name: string; readonly file: string | undefined },
  named: boolean,
  options: { readonly create?: boolean; readonly mend?: boolean },
): BaselineFile {
  if (bytes === undefined) {
    if (named && options.create !== true) {
      throw new UserError(`there is no baseline ${place.name}`, {
        hint: 'Check the name, or write it with keyscan baseline.',
      });
    }
    return { ...place, exists: false, baseline: new Map(), tidy: false };
  }
  const text = utf8(bytes, place.name);
  const baseline = parseBaseline(options.mend ? joinConflicts(text) : text, place.name);
  const tidy = text.replaceAll('\r\n', '\n') === formatBaseline(baseline);
  return { ...place, exists: true, baseline, tidy };
}
