// The Node API: `import { scan } from '@keyscan/cli'`. It scans as the command does and returns what `--format json`
// prints. It prints nothing, writes nothing, and leaves exit codes and signals alone.
export { scan } from './commands/api.ts';
export type { ScanOptions } from './commands/api.ts';
export { version } from './commands/version.ts';
export { UserError } from './core/errors.ts';
export type {
  Confidence,
  Decoding,
  Finding,
  Kind,
  Part,
  ProfileClass,
  ProfileRow,
  Role,
  ScanReport,
  Severity,
  Skipped,
  SkipReason,
  Stage,
  Suppression,
} from './core/finding.ts';
