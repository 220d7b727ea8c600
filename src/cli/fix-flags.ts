import type { FixFlags } from '../commands/fix-flags.ts';
import type { CommandLine } from './parse.ts';
import { UsageError } from './parse.ts';

/** What was typed with `--fix`, as the command takes it. */
export function fixFlags({ words, values }: CommandLine): FixFlags {
  const format = values.text('format') ?? 'pretty';
  if (format !== 'pretty' && format !== 'json') {
    throw new UsageError(`--fix has no format "${format}"`, 'it is pretty or json');
  }
  return {
    files: words,
    profiles: values.list('profile'),
    startUrl: values.text('start-url'),
    ssoRegion: values.text('sso-region'),
    ssoSession: values.text('sso-session'),
    account: values.text('account'),
    role: values.text('role'),
    map: values.text('map'),
    target: values.text('target') === 'login' ? 'login' : 'sso',
    envFiles: choice(values.text('env-files')),
    deactivate: choice(values.text('deactivate')),
    dryRun: values.on('dry-run'),
    yes: values.on('yes'),
    deviceCode: values.on('device-code'),
    noBrowser: values.on('no-browser'),
    noVerify: values.on('no-verify'),
    legacy: values.on('legacy'),
    passphraseFile: values.text('passphrase-file'),
    format,
    quiet: values.on('quiet'),
    verbose: values.on('verbose'),
  };
}

function choice(text: string | undefined): 'ask' | 'yes' | 'no' {
  return text === 'yes' || text === 'no' ? text : 'ask';
}
