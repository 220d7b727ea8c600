// Flags and configuration → one checked value, which is all that the rest of a scan asks.
import { realpathSync } from 'node:fs';

import { rules as builtIn } from '../../rules/index.ts';
import { UserError } from '../core/errors.ts';
import type { InlinePolicy } from '../core/inline.ts';
import type { Rule } from '../core/rule.ts';
import type { Scanner, ScannerOptions } from '../detect/api.ts';
import { workTreeTop } from '../git/work-tree.ts';
import { loadBaseline } from '../policy/baseline-file.ts';
import type { BaselineFile } from '../policy/baseline-file.ts';
import { loadConfig } from '../policy/config.ts';
import type { Config } from '../policy/config.ts';
import { diskTree } from '../policy/files.ts';
import type { PolicyTree } from '../policy/files.ts';
import { ignoredPaths } from '../policy/ignore-files.ts';
import { inlinePolicy } from '../policy/inline.ts';
import type { InlineOptions } from '../policy/inline.ts';
import { checkCustomRules, selectRules } from '../policy/selection.ts';
import { formatNames } from '../report/index.ts';
import type { FormatName } from '../report/index.ts';
import { ownKeys } from '../sources/own-keys.ts';
import type { FailOn, ScanFlags } from './flags.ts';
import type { Host } from './host.ts';

export interface Settings {
  readonly scanner: ScannerOptions;
  readonly tree: PolicyTree;
  /** To be put around the scanner, for policy that depends on the document. */
  readonly watch: (scanner: Scanner) => Scanner;
  readonly baseline: BaselineFile;
  /** Takes an absolute path. */
  readonly exclude: (absolute: string, isFolder: boolean) => boolean;
  readonly failOn: FailOn;
  readonly format: FormatName;
  readonly noIgnore: boolean;
  /** Bytes. */
  readonly maxFileSize: number;
  readonly showSuppressed: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly today: Date;
  /** Our own and those of the configuration. A function, because only what was found has to know them. */
  readonly rules: () => readonly Rule[];
}

const defaultFileSize = 100 * 1024 ** 2;

/** What the settings are for, where it is not just a scan. */
export interface Purpose {
  /** The baseline will be written: it need not exist, and a merge conflict in it is mended. */
  readonly mayWrite?: boolean;
}

export async function settle(
  flags: ScanFlags,
  host: Host,
  { mayWrite = false }: Purpose = {},
): Promise<Settings> {
  const disk = policyTree(host.cwd);
  const at =
    flags.policyFrom === undefined
      ? undefined
      : (await import('./policy-from.ts')).policyAt(flags.policyFrom, disk, host);
  const tree = at?.tree ?? disk;
  const config = await loadConfig(tree, { cwd: host.cwd, given: flags.config });
  const { settings } = config;
  const today = new Date();
  const custom = await customRules(config);
  const rules = (): readonly Rule[] => [...builtIn, ...custom];
  return {
    rules,
    scanner: {
      ...(custom.length === 0 ? {} : { rules: rules() }),
      ...selectRules(rules, flags.rules ?? [], config),
      ...(flags.noInlineIgnore || settings.noInlineIgnore ? {} : { inline: inlineOnce(at) }),
      own: ownKeys(host.env),
      today,
    },
    tree,
    watch: at?.watch ?? ((scanner) => scanner),
    baseline: loadBaseline(tree, {
      cwd: host.cwd,
      given: flags.baseline,
      configured: settings.baseline,
      create: mayWrite,
      mend: mayWrite,
    }),
    exclude: excluded(tree, config, flags),
    failOn: flags.failOn ?? settings.failOn ?? 'medium',
    format: flags.format ?? configuredFormat(config) ?? 'pretty',
    maxFileSize: flags.maxFileSize ?? settings.maxFileSize ?? defaultFileSize,
    noIgnore: flags.noIgnore ?? settings.noIgnore ?? false,
    showSuppressed: flags.showSuppressed ?? settings.showSuppressed ?? false,
    quiet: flags.quiet ?? settings.quiet ?? false,
    verbose: flags.verbose ?? settings.verbose ?? false,
    today,
  };
}

/** Our own rules and those of a configuration. */
export async function rulesOf(config: Config): Promise<readonly Rule[]> {
  return [...builtIn, ...(await customRules(config))];
}

async function customRules(config: Config): Promise<readonly Rule[]> {
  const { customRules: custom = [] } = config.settings;
  if (custom.length === 0) return custom;
  checkCustomRules(builtIn, config);
  const { refuseUnusable } = await import('./custom-rules.ts');
  refuseUnusable(config);
  return custom;
}

export function policyTree(cwd: string): PolicyTree {
  const folder = realFolder(cwd);
  return diskTree(folder, workTreeTop(folder) ?? null);
}

function realFolder(cwd: string): string {
  try {
    return realpathSync.native(cwd);
  } catch (cause) {
    throw new UserError(`the current folder cannot be looked at: ${cwd}`, {
      hint: 'go to another one',
      cause,
    });
  }
}

/** Made for the first finding. */
function inlineOnce(options: InlineOptions | undefined): InlinePolicy {
  let policy: InlinePolicy | undefined;
  return (...asked) => (policy ??= inlinePolicy(options))(...asked);
}

function excluded(
  tree: PolicyTree,
  { folder, settings }: Config,
  flags: ScanFlags,
): Settings['exclude'] {
  const ignores = ignoredPaths(tree, {
    noIgnore: flags.noIgnore ?? settings.noIgnore ?? false,
    excludes: [
      { folder, patterns: settings.exclude ?? [] },
      { folder: tree.folder, patterns: flags.exclude ?? [], typed: true },
    ],
  });
  return (absolute, isFolder) => {
    const path = tree.inside(absolute);
    return path !== undefined && ignores(path, isFolder);
  };
}

function configuredFormat(config: Config): FormatName | undefined {
  const { format } = config.settings;
  const known = formatNames.find((name) => name === format);
  if (format !== undefined && known === undefined) {
    throw config.problem(['format'], `must be one of: ${formatNames.join(', ')}`);
  }
  return known;
}
