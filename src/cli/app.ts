// Every command but the scan, each loaded when it runs.
import { realpathSync } from 'node:fs';

import { exitCodes } from '../commands/host.ts';
import type { Host } from '../commands/host.ts';
import { UserError } from '../core/errors.ts';
import { consent } from './consent.ts';
import type { CommandName } from './options.ts';
import type { CommandLine } from './parse.ts';
import { fixFlags } from './fix-flags.ts';
import { scanFlags } from './scan-flags.ts';

type Run = (line: CommandLine, host: Host) => Promise<number>;

export async function runCommand(line: CommandLine, host: Host): Promise<number> {
  const run = runs[line.command.name];
  if (run === undefined) throw new Error(`no way to run ${line.command.name}`);
  return run(line, host);
}

const runs: Partial<Record<CommandName, Run>> = {
  // The scan itself has a file of its own; this is what `--fix` makes of it.
  scan: async (line, host) => {
    const { fix } = await import('../commands/fix.ts');
    return fix(fixFlags(line), host);
  },
  baseline: async (line, host) => {
    const { mode, ...scan } = scanFlags(line);
    const file = line.values.text('import');
    if (file !== undefined) {
      if (mode.type !== 'audit') throw new UserError('--import takes no path and no mode');
      return (await import('../commands/import.ts')).importBaseline(file, scan, host);
    }
    const { baseline } = await import('../commands/baseline.ts');
    const here = mode.type === 'audit' ? ({ type: 'tree' } as const) : mode;
    const prune = line.values.on('prune');
    return baseline({ scan: { ...scan, mode: here }, prune, ask: consent(host) }, host);
  },
  ignore: async ({ words: [fingerprint = ''], values }, host) => {
    const { ignore } = await import('../commands/ignore.ts');
    const reason = values.text('reason');
    const until = values.text('until');
    const config = values.text('config');
    return ignore({ fingerprint, reason, until, config, baseline: values.text('baseline') }, host);
  },
  explain: async ({ words: [what = ''], values }, host) => {
    const { explain } = await import('../commands/explain.ts');
    return explain(
      { what, config: values.text('config'), baseline: values.text('baseline') },
      host,
    );
  },
  rules: async ({ words, values }, host) => {
    const { rules } = await import('../commands/rules.ts');
    return rules({ words, config: values.text('config'), format: values.text('format') }, host);
  },
  install: async ({ values }, host) => {
    const { install } = await import('../commands/install.ts');
    return install(installFlags(values, host), host);
  },
  uninstall: async ({ values }, host) => {
    const { uninstall } = await import('../commands/install.ts');
    return uninstall(installFlags(values, host), host);
  },
  doctor: async ({ values }, host) => {
    const { doctor } = await import('../commands/doctor.ts');
    return doctor(
      {
        ...installFlags(values, host),
        runHooks: values.on('run-hooks'),
        quiet: values.on('quiet'),
        verbose: values.on('verbose'),
      },
      host,
    );
  },
  keys: async ({ words: [action, key], values }, host) => {
    const { keyActions, keys } = await import('../commands/keys.ts');
    return keys(
      {
        action: keyActions.find((each) => each === action),
        key,
        yes: values.on('yes'),
        deviceCode: values.on('device-code'),
        noBrowser: values.on('no-browser'),
        quiet: values.on('quiet'),
      },
      host,
    );
  },
  undo: async ({ words: [id], values }, host) => {
    const { undo } = await import('../commands/undo.ts');
    const yes = values.on('yes');
    const passphraseFile = values.text('passphrase-file');
    return undo({ id, yes, passphraseFile }, host);
  },
  completion: async ({ words }, host) => {
    const { completion } = await import('./completion.ts');
    const [shell] = words;
    if (shell !== 'bash' && shell !== 'zsh' && shell !== 'fish') {
      throw new UserError('there is completion for bash, zsh and fish');
    }
    host.out(completion(shell));
    return exitCodes.clean;
  },
};

function installFlags(values: CommandLine['values'], host: Host) {
  return {
    global: values.on('global'),
    prePush: values.on('pre-push'),
    yes: values.on('yes'),
    program: realpathSync(process.argv[1] ?? ''),
    ask: consent(host),
  };
}
