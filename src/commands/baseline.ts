// `keyscan baseline`: what is found today is known from now on, and counts no more.
import { realpathSync } from 'node:fs';
import path from 'node:path';

import { UserError } from '../core/errors.ts';
import { formatBaseline, updateBaseline } from '../policy/baseline.ts';
import type { Baseline, BaselineUpdate } from '../policy/baseline.ts';
import type { BaselineFile } from '../policy/baseline-file.ts';
import { writeWhole } from '../policy/write.ts';
import { count } from '../report/words.ts';
import { type Ask, joinOnMerge } from './baseline-merge.ts';
import type { ScanFlags } from './flags.ts';
import { exitCodes } from './host.ts';
import type { ExitCode, Host } from './host.ts';
import { said } from './messages.ts';
import { perform } from './scan.ts';

export interface BaselineFlags {
  readonly scan: ScanFlags;
  /** Entries that are no longer found go. */
  readonly prune: boolean;
  /** Asks somebody at a terminal; undefined where nobody can answer. */
  readonly ask: Ask;
}

export async function baseline({ scan, prune, ask }: BaselineFlags, host: Host): Promise<ExitCode> {
  if (prune) refuseParts(scan);
  const flags = { ...scan, showSuppressed: true, failOn: 'never' } as const;
  const { report, outcome, settings, notes } = await perform(flags, host, { mayWrite: true });
  if (outcome.reason !== undefined) {
    throw new UserError(`the baseline was not written: ${outcome.reason}`);
  }
  if (prune && !report.complete) {
    throw new UserError('the baseline was not written: not everything could be read', {
      hint: 'what was not read may hold what --prune would remove; leave --prune out, or mend that first',
    });
  }
  const file = settings.baseline;
  const covers = coverOf(scan, settings.tree.file('') ?? host.cwd, host);
  const update = updateBaseline(file.baseline, report.findings, {
    today: settings.today,
    prune,
    covers,
  });
  const isWritten = saveBaseline(file, update.baseline, host);
  if (!settings.quiet) {
    for (const note of notes) host.err(said(note));
    for (const line of sentences(file, update, { prune, isWritten })) host.err(said(line));
  }
  if (isWritten && !file.exists && file.file !== undefined) {
    const sentence = joinOnMerge(path.resolve(host.cwd, file.file), host, ask);
    if (sentence !== undefined && !settings.quiet) host.err(said(sentence));
  }
  return exitCodes.clean;
}

/** From a part of the commits or of the rules nothing follows for the other entries. */
function refuseParts({ mode, rules = [] }: ScanFlags): void {
  const isWhole = mode.type === 'tree' || mode.type === 'paths' || mode.type === 'history';
  if (isWhole && rules.length === 0) return;
  throw new UserError('--prune removes what a whole scan no longer finds, and this is a part', {
    hint: 'type: keyscan baseline --prune, with --history where the baseline is for the history too',
  });
}

/** Whether a path lies in what was named; without names everything was looked at. */
function coverOf(
  { mode }: ScanFlags,
  top: string,
  { cwd }: Host,
): (name: string | null) => boolean {
  if (mode.type !== 'paths') return () => true;
  const named = mode.paths.map((each) => realpathSync(path.resolve(cwd, each)));
  return (name) => {
    const full = path.resolve(top, name ?? '');
    return named.some((each) => full === each || full.startsWith(path.join(each, path.sep)));
  };
}

/** False when it stands there already, or when there is nothing to write down. */
export function saveBaseline(file: BaselineFile, next: Baseline, host: Host): boolean {
  if (file.file === undefined) {
    throw new UserError(`${file.name} comes from a commit and cannot be written`);
  }
  if (!file.exists && next.size === 0) return false;
  if (file.tidy && formatBaseline(next) === formatBaseline(file.baseline)) return false;
  writeWhole(path.resolve(host.cwd, file.file), formatBaseline(next));
  return true;
}

function sentences(
  { name }: BaselineFile,
  { baseline: next, added, stale, expired }: BaselineUpdate,
  { prune, isWritten }: { readonly prune: boolean; readonly isWritten: boolean },
): string[] {
  const entries = (amount: number): string => count(amount, 'entry', 'entries');
  const first =
    next.size === 0 && !isWritten
      ? 'nothing found, so there is no baseline to write'
      : `${name}: ${isWritten ? `${count(added.length, 'finding')} added` : 'nothing new'}, ${entries(next.size)} in all`;
  return [
    first,
    ...(stale.length === 0
      ? []
      : [
          prune
            ? `${entries(stale.length)} removed that ${stale.length === 1 ? 'is' : 'are'} no longer found`
            : `${entries(stale.length)} not found by this scan; --prune removes ${stale.length === 1 ? 'it' : 'them'}`,
        ]),
    ...(expired.length === 0
      ? []
      : [
          `${entries(expired.length)} past the date, which ${expired.length === 1 ? 'counts' : 'count'} again; keyscan ignore sets a new one`,
        ]),
  ];
}
