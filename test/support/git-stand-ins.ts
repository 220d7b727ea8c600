// This computer's git in the clothes of another version: a program that stands before it on the PATH.

import { writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { temporaryFolder } from './run.ts';

export interface WithGit {
  readonly env: { readonly PATH: string };
}

/**
 * git as it is from 2.54 on, as far as hooks in the configuration go: it tells that version and runs them before a commit
 * is made. The real one is tried in test/git-global.test.ts, where it is there.
 */
export function newerGit(version: string): WithGit {
  return inFront(`case " $* " in *' --version '*) echo 'git version ${version}'; exit 0 ;; esac
if [ "$1" = commit ]; then
  for event in pre-commit; do
    command=$(git config "hook.keyscan-$event.command") &&
      [ "$(git config "hook.keyscan-$event.event")" = "$event" ] &&
      [ "$(git config "hook.keyscan-$event.enabled")" != false ] || continue
    (cd "$(git rev-parse --show-toplevel)" && sh -c "$command \\"\\$@\\"" "$command") || exit 1
  done
fi
exec git "$@"
`);
}

/** The oldest git that keyscan promises to work with, as far as it refuses, or repeats, options that came later. */
export function oldestGit(): WithGit {
  return inFront(`case " $* " in *' --version '*) echo 'git version 2.25.1'; exit 0 ;; esac
for option; do
  case $option in
    --show-object-format | --path-format=*) echo "$option"; exit 0 ;;
    --show-scope | --diff-merges=* | --remerge-diff | --batch-command | --fixed-value | --object-only | --since-as-filter=*)
      echo "error: unknown option $option" >&2
      exit 129 ;;
  esac
done
exec git "$@"
`);
}

function inFront(script: string): WithGit {
  const folder = temporaryFolder('git');
  const path = process.env['PATH'] ?? '';
  writeFileSync(join(folder, 'git'), `#!/bin/sh\nPATH='${path}'\n${script}`, { mode: 0o755 });
  return { env: { PATH: `${folder}${delimiter}${path}` } };
}
