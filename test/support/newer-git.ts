// git as it is from 2.54 on, as far as hooks in the configuration go: it tells that version and runs them before a commit
// is made. Everything else is this computer's git. No such git is to be had where these tests were written.

import { writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { temporaryFolder } from './run.ts';

export function newerGit(version: string): { readonly env: { readonly PATH: string } } {
  const folder = temporaryFolder('git');
  const path = process.env['PATH'] ?? '';
  writeFileSync(
    join(folder, 'git'),
    `#!/bin/sh
PATH='${path}'
case " $* " in *' --version '*) echo 'git version ${version}'; exit 0 ;; esac
if [ "$1" = commit ]; then
  for event in pre-commit; do
    command=$(git config "hook.keyscan-$event.command") &&
      [ "$(git config "hook.keyscan-$event.event")" = "$event" ] &&
      [ "$(git config "hook.keyscan-$event.enabled")" != false ] || continue
    (cd "$(git rev-parse --show-toplevel)" && sh -c "$command \\"\\$@\\"" "$command") || exit 1
  done
fi
exec git "$@"
`,
    { mode: 0o755 },
  );
  return { env: { PATH: `${folder}${delimiter}${path}` } };
}
