// `keyscan explain`: a rule, or the findings of one fingerprint in full.
import { UserError } from '../core/errors.ts';
import type { ScanReport } from '../core/finding.ts';
import { wholeFingerprint } from '../policy/baseline.ts';
import { closest } from '../core/closest.ts';
import { loadFormat } from '../report/index.ts';
import { exitCodes } from './host.ts';
import type { ExitCode, Host } from './host.ts';
import { said } from './messages.ts';
import { contextOf } from './publish.ts';
import { ruleText } from './rule-text.ts';
import { knownRules } from './rules.ts';
import { perform } from './scan.ts';

export interface ExplainFlags {
  readonly what: string;
  readonly config: string | undefined;
  readonly baseline: string | undefined;
}

export async function explain(flags: ExplainFlags, host: Host): Promise<ExitCode> {
  const known = await knownRules(flags.config, host);
  const rule = known.find(({ id }) => id === flags.what);
  if (rule !== undefined) {
    host.out(ruleText(rule, host.columns()));
    return exitCodes.clean;
  }
  if (/^(?:ks1:[0-9a-f]*|[0-9a-f]{8,32})…?$/i.test(flags.what)) return explainFinding(flags, host);
  const meant = closest(
    flags.what,
    known.map(({ id }) => id),
  );
  const ofProvider = known.filter(({ provider }) => provider === flags.what).map(({ id }) => id);
  throw new UserError(`there is no rule "${flags.what}"`, {
    hint:
      ofProvider.length > 0
        ? `${flags.what} has ${ofProvider.join(', ')}`
        : meant === undefined
          ? 'keyscan rules lists them'
          : `did you mean ${meant}?`,
  });
}

async function explainFinding(
  { what, config, baseline }: ExplainFlags,
  host: Host,
): Promise<ExitCode> {
  const scan = { mode: { type: 'audit' }, config, baseline, showSuppressed: true } as const;
  const performed = await perform(scan, host);
  const { report, settings } = performed;
  const known = report.findings.map(({ fingerprint }) => fingerprint);
  const fingerprint = wholeFingerprint(what, [...known, ...settings.baseline.baseline.keys()]);
  const findings = report.findings.filter((finding) => finding.fingerprint === fingerprint);
  const entry = settings.baseline.baseline.get(fingerprint);
  if (findings.length === 0 && entry === undefined) {
    throw new UserError(`nothing here has the fingerprint ${fingerprint}`, {
      hint: 'it may stand in another folder, or only in the history',
    });
  }
  if (findings.length > 0) {
    const { profiles: _, ...rest } = report;
    const only: ScanReport = { ...rest, findings, skipped: [] };
    const context = contextOf(performed, host, false);
    host.out((await loadFormat('pretty', context.color))(only, context));
  }
  if (entry !== undefined) {
    const { by, rule, path, reason, until } = entry;
    const facts = [rule, path, reason, until === null ? null : `until ${until}`];
    const told = facts.filter((fact) => fact !== null).join(', ');
    host.err(
      said(
        `${settings.baseline.name}: ${by === 'ignored' ? 'ignored' : 'known'}${told === '' ? '' : ` (${told})`}`,
      ),
    );
  }
  return exitCodes.clean;
}
