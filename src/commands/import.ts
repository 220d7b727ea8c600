// `keyscan baseline --import`: what another scanner was told to leave alone, as entries of our baseline. Those files
// name places and commits, so what holds there is looked for: in the tree, then for what is left in the history.
import { realpathSync } from 'node:fs';

import { UserError } from '../core/errors.ts';
import { fingerprintOf } from '../detect/mask.ts';
import { workTreeTop } from '../git/work-tree.ts';
import { readGiven, utf8 } from '../policy/files.ts';
import { importKnown } from '../policy/imports.ts';
import type { ImportResult } from '../policy/imports.ts';
import { count } from '../report/words.ts';
import { saveBaseline } from './baseline.ts';
import type { ScanFlags } from './flags.ts';
import { exitCodes } from './host.ts';
import type { ExitCode, Host } from './host.ts';
import { said } from './messages.ts';
import { perform } from './scan.ts';

/** A report of gitleaks on a large history is some megabytes. */
const sizeLimit = 256 * 1024 * 1024;
const mostListed = 20;

export async function importBaseline(
  file: string,
  scan: Omit<ScanFlags, 'mode'>,
  host: Host,
): Promise<ExitCode> {
  const bytes = readGiven(file, host.cwd, sizeLimit);
  if (bytes === undefined) throw new UserError(`there is no file '${file}' to import`);
  const text = utf8(bytes, file);

  const tree = await perform({ ...scan, showSuppressed: true, mode: { type: 'tree' } }, host, {
    mayWrite: true,
  });
  const { settings } = tree;
  const options = {
    baseline: settings.baseline.baseline,
    providers: new Set(settings.rules().map(({ provider }) => provider)),
    fingerprint: fingerprintOf,
  };
  let result = importKnown(text, file, { ...options, findings: tree.report.findings });
  if (result.unmapped.length > 0 && workTreeTop(realpathSync(host.cwd)) !== undefined) {
    const mode = { type: 'history', reflog: false, unreachable: false, cache: false } as const;
    const history = await perform({ ...scan, showSuppressed: true, mode }, host, {
      mayWrite: true,
    });
    const findings = [...tree.report.findings, ...history.report.findings];
    result = importKnown(text, file, { ...options, findings });
  }
  saveBaseline(settings.baseline, result.baseline, host);
  for (const line of sentences(result, settings.baseline.name)) host.err(said(line));
  return exitCodes.clean;
}

function sentences({ added, known, unmapped, baseline }: ImportResult, name: string): string[] {
  const entries = (amount: number): string => count(amount, 'entry', 'entries');
  const rest = unmapped.length - mostListed;
  return [
    `${name}: ${count(added.length, 'finding')} imported, ${known} known before, ${entries(baseline.size)} in all`,
    ...(unmapped.length === 0
      ? []
      : [`${entries(unmapped.length)} left out, because keyscan finds nothing there:`]),
    ...unmapped.slice(0, mostListed).map((label) => `  ${label}`),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ];
}
