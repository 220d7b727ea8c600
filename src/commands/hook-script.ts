// The hooks that `keyscan install` writes: plain sh, so that a commit without any anchor in it costs git and grep and no
// start of Node. That step may only say "clean"; whatever it cannot tell for certain is Node's to say, and where Node
// cannot be found the hook stops the commit.

import type { HookAnchors } from './hook-anchors.ts';

export const hookNames = ['pre-commit', 'pre-merge-commit', 'commit-msg', 'pre-push'] as const;
export type HookName = (typeof hookNames)[number];

export interface HookParts {
  /** Absolute paths of Node and of the program, as they are when the hook is made. */
  readonly node: string;
  readonly program: string;
  readonly version: string;
  readonly anchors: HookAnchors;
}

/** A hook that was there before lies beside ours under its name with this ending. */
export const keptEnding = '.before-keyscan';

const mark = '# keyscan hook, written by `keyscan install`';

export function isOurs(script: string): boolean {
  return script.startsWith(`#!/bin/sh\n${mark}`);
}

export function versionOf(script: string): string | undefined {
  return /^# keyscan hook, written by `keyscan install`, version (\S+)\.$/m.exec(script)?.[1];
}

/** The paths a script names, for whoever checks that they are still there. */
export function pathsOf(script: string): { readonly node: string; readonly program: string } {
  const value = (name: string): string =>
    new RegExp(`^${name}='((?:[^']|'\\\\'')*)'$`, 'm')
      .exec(script)?.[1]
      ?.replaceAll(`'\\''`, "'") ?? '';
  return { node: value('node'), program: value('program') };
}

export function hookScript(name: HookName, parts: HookParts): string {
  return `#!/bin/sh
${mark}, version ${parts.version}.
# Take it out with: keyscan uninstall
node=${quote(slashes(parts.node))}
program=${quote(slashes(parts.program))}
unset NODE_EXTRA_CA_CERTS # never used here, and Node 20 reads the whole store at every start

slow() {
  if [ ! -x "$node" ]; then
    node=$(command -v node 2>/dev/null) || node=
    for candidate in "$NVM_BIN/node" "$HOME/.volta/bin/node" /opt/homebrew/bin/node /usr/local/bin/node /usr/bin/node; do
      [ -z "$node" ] && [ -x "$candidate" ] && node=$candidate
    done
  fi
  if [ -z "$node" ] || [ ! -f "$program" ]; then
    echo "keyscan: the ${name} hook cannot run: \${node:+$program is gone}\${node:-node was not found}" >&2
    echo "  It stops here rather than let a key through. Mend it: keyscan install (or: npx @keyscan/cli install)" >&2
    exit 2
  fi
  "$node" "$program" "$@"
}

${bodies[name](parts)}
[ -n "$KEYSCAN_HOOK_ALONE" ] && exit 0
kept="$0${keptEnding}"
${name === 'pre-push' ? chainedWithInput : chained}`;
}

const chained = `[ -x "$kept" ] && exec "$kept" "$@"
exit 0
`;

const chainedWithInput = `[ -x "$kept" ] && { printf '%s' "$input" | "$kept" "$@"; exit $?; }
exit 0
`;

const bodies: Readonly<Record<HookName, (parts: HookParts) => string>> = {
  'pre-commit': stagedBody,
  'pre-merge-commit': stagedBody,
  'commit-msg': messageBody,
  // $(…) takes the last line end away
  'pre-push': () => `input=$(cat; echo .)
input=\${input%.}
printf '%s' "$input" | slow --pre-push "$@" || exit $?`,
};

/**
 * Rules of the repository and own keys of this computer are none of the anchors, so where there are any, Node is asked.
 */
function looking({ anchors }: HookParts): string {
  return `words=${quote([...anchors.words, broken].join('\n'))}
anchors=${quote(`${anchors.expression}|^[0-9a-f]+ missing$`)}
anchors_suffice() {
  [ -z "$KEYSCAN_HOOK_SLOW$AWS_ACCESS_KEY_ID$AWS_SECRET_ACCESS_KEY$AWS_SESSION_TOKEN" ] || return 1
  for policy in keyscan.config.json .keyscanrc .keyscanrc.json; do
    [ -e "$policy" ] && return 1
  done
  [ -e package.json ] && { LC_ALL=C grep -q '"keyscan"' package.json; [ $? -eq 1 ] || return 1; }
  for own in "\${AWS_SHARED_CREDENTIALS_FILE:-$HOME/.aws/credentials}" "\${AWS_CONFIG_FILE:-$HOME/.aws/config}"; do
    [ -e "$own" ] && { LC_ALL=C grep -qi 'aws_[as]' "$own"; [ $? -eq 1 ] || return 1; }
  done
  return 0
}
lacks() { # what is looked for, in what comes; 0 only if all of it was read
  { LC_ALL=C tr -d '\\000' || echo ${broken}; } | LC_ALL=C grep -q "$@" -e ${broken}
  [ $? -eq 1 ]
}`;
}

/** What a step of a pipe says when it fails, which a shell would not notice. */
const broken = 'keyscan-broken';

/** Every changed blob is searched whole, and for what the rules need at least. */
function stagedBody(parts: HookParts): string {
  return `${looking(parts)}
git() { # as in src/git/run.ts: nothing that the repository configures runs
  GIT_NO_LAZY_FETCH=1 GIT_ALLOW_PROTOCOL=none GIT_OPTIONAL_LOCKS=0 GIT_TERMINAL_PROMPT=0 GIT_NO_REPLACE_OBJECTS=1 \\
    command git --no-pager -c core.fsmonitor= -c core.hooksPath=/dev/null "$@" 2>/dev/null
}
clean() {
  anchors_suffice || return 1
  changes=$(git diff-index --cached --raw --no-abbrev --no-renames --ita-invisible-in-index HEAD --) || return 1
  [ -n "$changes" ] || return 0
  blobs=$(printf '%s\\n' "$changes" | while read -r _ mode _ blob status _; do
    case $status in A | M | T) [ "$mode" = 160000 ] || echo "$blob" ;; D) ;; *) echo unknown ;; esac
  done) || return 1
  [ -n "$blobs" ] || return 0
  contents | lacks -F -e "$words" && contents | lacks -E -e "$anchors"
}
contents() {
  printf '%s\\n' "$blobs" | { git cat-file --batch || echo ${broken}; }
}
clean || slow --staged || exit $?`;
}

function messageBody(parts: HookParts): string {
  return `${looking(parts)}
clean() {
  anchors_suffice && [ -r "$1" ] && lacks -F -e "$words" < "$1" && lacks -E -e "$anchors" < "$1"
}
clean "$1" || slow --commit-msg "$1" || exit $?`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Git for Windows runs hooks in a shell that wants / in paths. */
function slashes(path: string): string {
  return process.platform === 'win32' ? path.replaceAll('\\', '/') : path;
}
