// What src/index.ts offers to programs: the scan without a terminal.
import { UserError } from '../core/errors.ts';
import type { ScanReport } from '../core/finding.ts';
import { toJson } from '../report/json.ts';
import type { Mode, ScanFlags } from './flags.ts';
import type { Host } from './host.ts';
import { perform } from './scan.ts';

export interface ScanOptions {
  /** Files and folders, relative to `cwd`; never globbed. Without any of these four: the audit of a bare `keyscan`. */
  readonly paths?: readonly string[];
  /** Only this computer: AWS files, environment, shell start-up files and history, tool configurations. */
  readonly home?: boolean;
  /** What the next commit would add. */
  readonly staged?: boolean;
  /** A text, or bytes in any encoding, instead of files. */
  readonly content?: string | Uint8Array;
  /** The name that `content` is reported under; its ending also says how to read it. */
  readonly filename?: string;

  /** Rule ids and `provider/*`; default: all that the configuration does not turn off. */
  readonly rules?: readonly string[];
  /** Patterns as in .gitignore. */
  readonly exclude?: readonly string[];
  /** Read everything in a folder, also what git or .keyscanignore leave out. */
  readonly noIgnore?: boolean;
  /** Comments such as keyscan:ignore do not count. */
  readonly noInlineIgnore?: boolean;
  /** Findings that a baseline or a comment allows are returned too, with `suppressed` set. */
  readonly showSuppressed?: boolean;
  /** Bytes. */
  readonly maxFileSize?: number;
  /** A configuration and a baseline to use instead of those that are found from `cwd` up. */
  readonly config?: string;
  readonly baseline?: string;
  /** Default: those of the process. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Rejects with a UserError for what a person can mend: a path that does not exist, a mistake in the configuration, git
 * refusing. What could not be read is in `skipped` and makes `complete` false; look at both before calling it clean.
 */
export async function scan(options: ScanOptions = {}): Promise<ScanReport> {
  const { cwd, env, rules, exclude, noIgnore, noInlineIgnore } = options;
  const { showSuppressed, maxFileSize, config, baseline } = options;
  const flags: ScanFlags = {
    mode: modeOf(options),
    rules,
    exclude,
    noIgnore,
    noInlineIgnore,
    showSuppressed,
    maxFileSize,
    config,
    baseline,
  };
  const { report } = await perform(flags, silentHost(cwd, env));
  return toJson(report);
}

function modeOf({ paths, home, staged, content, filename }: ScanOptions): Mode {
  const modes: Mode[] = [];
  if (paths !== undefined) modes.push({ type: 'paths', paths });
  if (home) modes.push({ type: 'home' });
  if (staged) modes.push({ type: 'staged' });
  if (content !== undefined)
    modes.push({ type: 'content', content: Buffer.from(content), name: filename });
  const [mode = { type: 'audit' }, ...others] = modes;
  if (others.length > 0) {
    throw new UserError('paths, home, staged and content cannot be used together', {
      hint: 'scan one after the other',
    });
  }
  return mode;
}

function silentHost(cwd = process.cwd(), env: Host['env'] = process.env): Host {
  return {
    cwd,
    env,
    out: () => {},
    err: () => {},
    color: () => 0,
    errColor: () => 0,
    unicode: true,
    columns: () => 80,
    outIsTerminal: () => false,
    canAsk: () => false,
    tick: () => undefined,
    interruptible: () => ({ signal: new AbortController().signal, code: () => undefined }),
  };
}
