// `keyscan ignore`: one leak may stay, with the reason and, if wanted, until a day.
import { UserError } from '../core/errors.ts';
import { ignoreLeak, wholeFingerprint } from '../policy/baseline.ts';
import { saveBaseline } from './baseline.ts';
import { exitCodes } from './host.ts';
import type { ExitCode, Host } from './host.ts';
import { said } from './messages.ts';
import { perform } from './scan.ts';

export interface IgnoreFlags {
  readonly fingerprint: string;
  readonly reason: string | undefined;
  readonly until: string | undefined;
  readonly config: string | undefined;
  readonly baseline: string | undefined;
}

export async function ignore(flags: IgnoreFlags, host: Host): Promise<ExitCode> {
  const { reason, until, config } = flags;
  if (reason === undefined) {
    throw new UserError('a reason is needed', {
      hint: 'say why it may stay: keyscan ignore FINGERPRINT --reason "revoked test key"',
    });
  }
  // looked for, so that the entry can tell a reviewer the rule and the place
  const scan = {
    mode: { type: 'audit' },
    config,
    baseline: flags.baseline,
    showSuppressed: true,
  } as const;
  const { report, settings } = await perform(scan, host, { mayWrite: true });
  const file = settings.baseline;
  const known = [...report.findings.map(({ fingerprint }) => fingerprint), ...file.baseline.keys()];
  const fingerprint = wholeFingerprint(flags.fingerprint, known);
  const finding = report.findings.find((each) => each.fingerprint === fingerprint);
  const next = ignoreLeak(file.baseline, fingerprint, {
    reason,
    until,
    finding,
    today: settings.today,
  });
  saveBaseline(file, next, host);
  const where =
    finding === undefined ? 'nothing here has it now' : `${finding.path}:${finding.line}`;
  host.err(
    said(
      `${file.name}: ${fingerprint} ignored${until === undefined ? '' : ` until ${until}`} (${where})`,
    ),
  );
  return exitCodes.clean;
}
