import type { Mode, ScanFlags } from '../commands/flags.ts';
import { formatChoices, severityChoices } from './options.ts';
import type { CommandLine } from './parse.ts';

/** What was typed, as the commands take it. An option that is absent stays so: the configuration may have it. */
export function scanFlags({ words, values }: CommandLine): ScanFlags {
  const on = (name: Parameters<typeof values.on>[0]): true | undefined =>
    values.on(name) || undefined;
  return {
    mode: modeOf({ words, values }),
    config: values.text('config'),
    baseline: values.text('baseline'),
    policyFrom: values.text('policy-from'),
    rules: values.list('rule'),
    exclude: values.list('exclude'),
    noIgnore: on('no-ignore'),
    noInlineIgnore: on('no-inline-ignore'),
    showSuppressed: on('show-suppressed'),
    maxFileSize: values.size('max-file-size'),
    failOn: severityChoices.find((each) => each === values.text('fail-on')),
    format: formatChoices.find((each) => each === values.text('format')),
    output: values.text('output'),
    quiet: on('quiet'),
    verbose: on('verbose'),
  };
}

function modeOf({ words, values }: Pick<CommandLine, 'words' | 'values'>): Mode {
  if (values.on('stdin')) return { type: 'stdin', name: values.text('stdin-filename') };
  if (values.on('home')) return { type: 'home' };
  if (values.on('staged')) return { type: 'staged' };
  const range = values.text('range');
  if (range !== undefined) return { type: 'range', range };
  if (values.on('pre-push')) {
    const [remote, address] = words;
    return { type: 'pre-push', remote, address };
  }
  const file = values.text('commit-msg');
  if (file !== undefined) return { type: 'commit-msg', file };
  const revision = values.text('since');
  if (revision !== undefined) return { type: 'since', revision };
  if (values.on('history')) {
    return {
      type: 'history',
      reflog: values.on('reflog'),
      unreachable: values.on('unreachable'),
      cache: values.on('cache'),
    };
  }
  return words.length > 0 ? { type: 'paths', paths: words } : { type: 'audit' };
}
