// `keyscan doctor --global`: the hooks that the configuration of this user adds to every repository. They are tried in a
// repository made for it.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { UserError } from '../core/errors.ts';
import { openElsewhere } from '../git/run.ts';
import type { Checkup, Diagnosis } from '../report/doctor.ts';
import { type Canary, trialOf, withCanary } from './doctor-canary.ts';
import { reachScript } from './doctor-hooks.ts';
import {
  commandFor,
  type ConfiguredHook,
  configuredHooks,
  gitVersion,
  globalFolder,
  knowsConfiguredHooks,
} from './hook-config.ts';
import { type HookName, hookNames, type HookParts } from './hook-script.ts';
import type { Host } from './host.ts';

export function checkGlobally(parts: HookParts, host: Host): Checkup {
  const outside = openElsewhere(host.cwd, host.env);
  const version = gitVersion(outside);
  const configured = configuredHooks(outside);
  if (!knowsConfiguredHooks(version) && configured.size === 0) {
    throw new UserError(`git ${version.join('.')} has no hooks for every repository`, {
      hint: 'git 2.54 has. Until then, in each repository: keyscan install, keyscan doctor',
    });
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'keyscan-doctor-'));
  try {
    const git = openElsewhere(folder, host.env);
    git.run(['init', '--quiet', '--template=', folder]);
    const env = git.environment;
    const hooks = withCanary(git, env, (canary) =>
      hookNames.map((name) => {
        const own = configured.get(name);
        return own === undefined
          ? { name, ...notConfigured(name) }
          : { name, ...diagnoseConfigured(name, own, version, parts, canary, host, folder) };
      }),
    );
    return {
      subject: 'keyscan doctor: the hooks of this user, for every repository',
      hooks,
      facts: [`git ${version.join('.')}; the scripts lie in ${globalFolder(host)}`],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function notConfigured(name: HookName): Omit<Diagnosis, 'name'> {
  const what = 'not installed';
  if (name !== 'pre-push') return { state: 'fails', what, mend: again };
  return { state: 'absent', what, mend: `${again} --pre-push` };
}

const again = 'keyscan install --global';

/** A hook of the configuration, tried in the work tree `cwd`. */
export function diagnoseConfigured(
  name: HookName,
  configured: ConfiguredHook,
  version: readonly [number, number],
  parts: HookParts,
  canary: Canary,
  host: Host,
  cwd: string,
): Omit<Diagnosis, 'name'> {
  if (!knowsConfiguredHooks(version)) {
    const what = `git ${version.join('.')} does not run hooks of the configuration; 2.54 does`;
    return { state: 'fails', what, mend: 'keyscan install' };
  }
  if (configured.off !== undefined) {
    const { key, scope } = configured.off;
    const what = `it is turned off in the configuration (${key}, ${scope})`;
    return { state: 'fails', what, mend: `git config --${scope} --unset-all ${key}` };
  }
  const file = path.join(globalFolder(host), name);
  if (configured.command !== commandFor(file)) {
    const what = `the configuration runs something else: ${configured.command}`;
    return { state: 'fails', what, mend: again };
  }
  const reached = reachScript(name, file, file, parts, again);
  if ('found' in reached) return reached.found;
  return { ...trialOf(name, reached.part, parts, canary, cwd), how: reached.how };
}
