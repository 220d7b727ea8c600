// `keyscan doctor`: proves that each hook would run and stop a key. Where git looks and what stands there is read; our own
// part is tried with a canary that the repository never sees. Whole hooks are run only with consent.

import path from 'node:path';

import { UserError } from '../core/errors.ts';
import { bareRepository, type HookPlace, hookPlace } from '../git/hook-places.ts';
import { type Git, openGit } from '../git/run.ts';
import { type Checkup, checkupText, type Diagnosis } from '../report/doctor.ts';
import { loadPalette } from '../report/pen.ts';
import { type Canary, canaryName, trialOf, tryHook, withCanary } from './doctor-canary.ts';
import { checkGlobally, diagnoseConfigured } from './doctor-global.ts';
import { reach } from './doctor-hooks.ts';
import { configuredHooks, gitVersion, knowsConfiguredHooks } from './hook-config.ts';
import { type HookName, hookNames, type HookParts } from './hook-script.ts';
import { type ExitCode, exitCodes, type Host } from './host.ts';
import { hookParts, type InstallFlags } from './install.ts';
import { said } from './messages.ts';

export interface DoctorFlags extends Pick<InstallFlags, 'global' | 'yes' | 'program' | 'ask'> {
  readonly runHooks: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** 0: all fire and stop a key; 1: one does not; 2: that cannot be told, also where git is missing or refuses. */
export async function doctor(flags: DoctorFlags, host: Host): Promise<ExitCode> {
  const git = openGit(host.cwd, host.env);
  const checkup = flags.global
    ? checkGlobally(hookParts(flags.program, host), host)
    : checkHere(git, flags, host);
  const code = codeOf(checkup.hooks);
  if (code !== exitCodes.clean || !flags.quiet) {
    const color = host.color();
    const { unicode } = host;
    const context = { color, unicode, columns: host.columns(), verbose: flags.verbose };
    host.out(checkupText(checkup, context, await loadPalette(color > 0)));
  }
  return code;
}

function codeOf(hooks: readonly Diagnosis[]): ExitCode {
  if (hooks.some(({ state }) => state === 'fails')) return exitCodes.findings;
  return hooks.some(({ state }) => state === 'unknown') ? exitCodes.failed : exitCodes.clean;
}

function checkHere(git: Git, flags: DoctorFlags, host: Host): Checkup {
  const place = hookPlace(git);
  if (place.isBare) throw bareRepository(place);
  const parts = hookParts(flags.program, host);
  const hooks = flags.runHooks
    ? runWholeHooks(git, place, parts, flags, host)
    : withCanary(git, host.env, (canary) =>
        hookNames.map((name) => diagnose(name, place, parts, canary, host)),
      );
  return {
    subject: 'keyscan doctor: the hooks of this repository',
    hooks: flags.runHooks ? hooks : withConfigured(hooks, git, place, parts, host),
    facts: facts(git, place, parts),
  };
}

/** What this repository lacks, the user's configuration may add. */
function withConfigured(
  hooks: readonly Diagnosis[],
  git: Git,
  { top }: HookPlace,
  parts: HookParts,
  host: Host,
): readonly Diagnosis[] {
  const version = gitVersion(git);
  if (!knowsConfiguredHooks(version) || hooks.every(({ state }) => state === 'fires')) return hooks;
  const configured = configuredHooks(git);
  return withCanary(git, host.env, (canary) =>
    hookNames.flatMap((name, index) => {
      const here = hooks[index];
      const own = configured.get(name);
      if (here === undefined || own === undefined || here.state === 'fires') return here ?? [];
      const found = diagnoseConfigured(name, own, version, parts, canary, host, top);
      // an own hook that is not installed is not what the person relies on
      if (found.state !== 'fires') return here.what === 'not installed' ? { name, ...found } : here;
      return { name, ...found, what: `${found.what}, as in every repository` };
    }),
  );
}

function facts(
  git: Git,
  { folder, setting, manager }: HookPlace,
  parts: HookParts,
): readonly string[] {
  const set = setting === undefined ? 'the default' : `core.hooksPath, ${setting.scope}`;
  return [
    `git looks for hooks in ${folder} (${set})${manager === 'husky' ? ', which husky keeps' : ''}`,
    `keyscan ${parts.version}: ${parts.program}`,
    `${git.line(['--version'])}, node ${process.version}`,
  ];
}

function diagnose(
  name: HookName,
  place: HookPlace,
  parts: HookParts,
  canary: Canary,
  host: Host,
): Diagnosis {
  const reached = reach(name, place, parts, host);
  if ('found' in reached) return { name, ...reached.found };
  return { name, ...trialOf(name, reached.part, parts, canary, place.top), how: reached.how };
}

// ---------------------------------------------------------------------------------------------------------- whole hooks

function runWholeHooks(
  git: Git,
  place: HookPlace,
  parts: HookParts,
  flags: DoctorFlags,
  host: Host,
): readonly Diagnosis[] {
  const { folder, top, manager } = place;
  const shown = manager === 'husky' ? `${folder} and .husky` : folder;
  host.err(said(`runs every hook in ${shown}, with all that it does, as for a commit with a key`));
  if (!flags.yes && flags.ask?.('Run them?') !== true) {
    throw new UserError('nothing was run', { hint: 'type: keyscan doctor --run-hooks --yes' });
  }
  return withCanary(git, host.env, ({ withKey }) =>
    hookNames.map((name) => {
      const { code, output } = tryHook([path.join(folder, name)], name, withKey, top);
      const whole = wholeVerdict(name, code, output);
      const reached = whole.state === 'fails' ? reach(name, place, parts, host) : undefined;
      // where nobody asked for us, a key may pass
      const isAbsent =
        reached !== undefined && 'found' in reached && reached.found.state === 'absent';
      return { name, ...(isAbsent ? reached.found : whole) };
    }),
  );
}

function wholeVerdict(name: HookName, code: number, output: string): Omit<Diagnosis, 'name'> {
  const isOurs = /keyscan/.test(output) && (output.includes(canaryName) || name === 'commit-msg');
  if (code !== 0 && isOurs) return { state: 'fires', what: 'stops a key' };
  if (/ENOENT/.test(output) && code === 126) {
    return { state: 'fails', what: 'not installed', mend: 'keyscan install' };
  }
  if (code === 0) return { state: 'fails', what: 'lets a key through', mend: 'keyscan doctor' };
  const [why = ''] = output.trim().split('\n', 1);
  return { state: 'unknown', what: `something else stopped it first (exit ${code}): ${why}` };
}
