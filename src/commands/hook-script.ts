// The hooks that `keyscan install` writes: plain sh, so that a commit without any anchor in it costs git and grep and no
// start of Node. That step may only say "clean"; whatever it cannot tell for certain is Node's to say, and where Node
// cannot be found the hook stops the commit.

import { createHash } from 'node:crypto';

export const hookNames = ['pre-commit', 'pre-merge-commit', 'commit-msg', 'pre-push'] as const;
export type HookName = (typeof hookNames)[number];

export interface HookParts {
  /** Absolute paths of Node and of the program, as they are when the hook is made. */
  readonly node: string;
  readonly program: string;
  readonly version: string;
  /** What the first step looks for: an expression for `grep -E`. */
  readonly anchors: string;
  /** Absolute path of one that tells binary data; undefined when there is none. */
  readonly grep: string | undefined;
}

/** A hook that was there before lies beside ours under its name with this ending. */
export const keptEnding = '.before-keyscan';
/** And so does one of ours that somebody has edited, when it is replaced or taken out. */
export const editedEnding = '.edited';

const mark = '# keyscan hook, written by `keyscan install`';

export function isOurs(script: string): boolean {
  return script.startsWith(`#!/bin/sh\n${mark}`);
}

/** Whether somebody has written into it since, whichever version made it. */
export function isEdited(script: string): boolean {
  const [, sum, body = ''] = /^# SHA-256 of what follows: (\w+)\n([^]*)/m.exec(script) ?? [];
  return sum !== sumOf(body);
}

function sumOf(body: string): string {
  return createHash('sha256').update(body).digest('hex');
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
  const body = scriptBody(name, parts);
  return `#!/bin/sh
${mark}, version ${parts.version}.
# Take it out with: keyscan uninstall
# SHA-256 of what follows: ${sumOf(body)}
${body}`;
}

function scriptBody(name: HookName, parts: HookParts): string {
  return `node=${quote(slashes(parts.node))}
program=${quote(slashes(parts.program))}

slow() {
  if [ ! -x "$node" ]; then
    node=
    for candidate in "$(command -v node 2>/dev/null)" ${nodePlaces}; do
      [ -z "$node" ] && [ -x "$candidate" ] && "$candidate" -e '${isNewEnough}' 2>/dev/null && node=$candidate
    done
  fi
  problem= first=
  [ -n "$node" ] || problem="node was not found" first="put Node.js 20 or later on the PATH, then: "
  [ -f "$program" ] || problem="$program is gone"
  if [ -n "$problem" ]; then
    echo "keyscan: the ${name} hook cannot run: $problem" >&2
    echo "  It stops here rather than let a key through. Mend it: \${first}keyscan install (or: npx @keyscan/cli install)" >&2
    exit 2
  fi
  # Never used here, and Node 20 reads the whole store at every start; a hook that runs after this one may need it
  (unset NODE_EXTRA_CA_CERTS; exec "$node" "$program" "$@")
}

${bodies[name](parts)}
[ -n "$KEYSCAN_HOOK_ALONE" ] && exit 0
kept="\${0%/*}/${name}${keptEnding}"
# Many a hook goes by its own name, so where a shell reads it, it keeps the name it had
chain() {
  [ -x "$kept" ] || exit 0
  [ -h "$kept" ] || IFS= read -r line < "$kept"
  case $line in
    '#!'*[/\\ ]sh | '#!'*[/\\ ]bash | '#!'*[/\\ ]sh\\ -[a-z]* | '#!'*[/\\ ]bash\\ -[a-z]*)
      exec \${line#??} -c 'kept=$1; shift; . "$kept"' "$0" "$kept" "$@" ;;
  esac
  exec "$kept" "$@"
}
${name === 'pre-push' ? `printf '%s' "$input" | ` : ''}chain "$@"
`;
}

const isNewEnough = 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)';

/** Where managers of Node versions put it, which are not on the PATH of a graphical client. */
const nodePlaces = [
  '"$NVM_BIN/node"',
  '"$HOME"/.nvm/versions/node/*/bin/node',
  '"$HOME/.volta/bin/node"',
  '"$HOME/.asdf/shims/node"',
  '"$HOME/.local/share/mise/shims/node"',
  '/opt/homebrew/bin/node',
  '/usr/local/bin/node',
  '/usr/bin/node',
].join(' ');

const bodies: Readonly<Record<HookName, (parts: HookParts) => string>> = {
  'pre-commit': stagedBody,
  'pre-merge-commit': stagedBody,
  'commit-msg': messageBody,
  // $(…) takes the last line end away
  'pre-push': () => `input=$(cat; echo .)
input=\${input%.}
printf '%s' "$input" | slow --pre-push "$@" || exit $?`,
};

/** grep before 3.6 takes options from a variable, and with -a there it would call nothing binary. */
const plainly = 'GREP_OPTIONS= LC_ALL=C';

/**
 * Rules of the repository and own keys of this computer are none of the anchors, so where there may be any, Node is
 * asked. Builtins wherever they will do: each program that is started costs a twentieth of a start of Node, and a fork
 * without one a fifth of that.
 */
const looking = `anchors_suffice() {
  [ -z "$KEYSCAN_HOOK_SLOW$AWS_ACCESS_KEY_ID$AWS_SECRET_ACCESS_KEY$AWS_SESSION_TOKEN" ] || return 1
  [ ! -e keyscan.config.json ] && [ ! -e .keyscanrc ] && [ ! -e .keyscanrc.json ] || return 1
  # Node finds the home folder, and these files in it, in more ways than a shell
  case \${HOME:-.}:$AWS_SHARED_CREDENTIALS_FILE:$AWS_CONFIG_FILE in
    [!/]* | *[~$]*) return 1 ;;
  esac
  set -- package.json "\${AWS_SHARED_CREDENTIALS_FILE:-$HOME/.aws/credentials}" "\${AWS_CONFIG_FILE:-$HOME/.aws/config}"
  for file in "$@"; do
    shift
    [ ! -p "$file" ] || return 1
    [ ! -e "$file" ] || set -- "$@" "$file"
  done
  [ $# -gt 0 ] || return 0
  ${plainly} grep -qi -e '"keyscan"' -e '\\\\u00' -e 'aws_[as]' -- "$@"
  [ $? -eq 1 ]
}`;

/** As in src/git/run.ts: nothing that the repository configures runs. A function would cost another fork. */
const git = `GIT_NO_LAZY_FETCH=1 GIT_ALLOW_PROTOCOL=none GIT_OPTIONAL_LOCKS=0 GIT_TERMINAL_PROMPT=0 GIT_NO_REPLACE_OBJECTS=1 LC_ALL=C \\
    git --no-pager -c core.fsmonitor= -c core.hooksPath=/dev/null`;

/** What starts Node costs little beside reading so many, and the line that ends them stays short. */
const mostFiles = 100;

/**
 * Every changed blob is searched whole, and for what the rules need at least, by a pipe whose programs start side by side.
 * A shell does not notice when a part of a pipe fails, so git's list of blobs ends with a word of ours, and the last
 * thing asked of git is an object that there cannot be: only when its answer is the first line that grep finds, everything
 * was read and nothing was in it. It is named after all blobs, so none of them can hold that line: it would hold its own
 * hash. The shell's own word for it comes past git and grep, before their answer.
 */
function stagedBody({ anchors, grep }: HookParts): string {
  const [search, binary] =
    grep === undefined
      ? [`LC_ALL=C tr '\\000' '\\001' | ${plainly} grep`, '|\u0001']
      : [`${plainly} ${quote(slashes(grep))}`, ''];
  return `anchors=${quote(`${anchors}|^(keyscan-end)?[0-9a-f-]* missing$${binary}`)}
${looking}
requests() {
  blobs= end=keyscan-end files=0
  while read -r old mode _ blob status _; do
    case $status$mode$old in
      D* | [AMT]160000*) ;;
      [AMT]1*)
        files=$((files + 1))
        [ $files -le ${mostFiles} ] || return
        end=$end-$blob
        blobs="$blobs$blob
" ;;
      listed)
        echo "$end" >&3
        echo "$blobs$end" ;;
      *) return ;;
    esac
  done
}
clean() {
  anchors_suffice || return 1
  found=$(
    exec 3>&1
    { ${git} \\
      -c core.quotePath=true diff-index -r --cached --raw --no-abbrev --no-renames --ita-invisible-in-index HEAD -- &&
      echo listed; } 2>/dev/null |
      requests 2>/dev/null |
      ${git} \\
      cat-file --batch 2>/dev/null |
      ${search} -m1 -E -e "$anchors" 2>/dev/null
  )
  end=\${found%%
*}
  [ "$found" = "$end
$end missing" ]
}
clean || slow --staged || exit $?`;
}

/** git takes no message with a NUL byte, so this needs no care for UTF-16. */
function messageBody({ anchors }: HookParts): string {
  return `anchors=${quote(anchors)}
${looking}
clean() {
  anchors_suffice || return 1
  ${plainly} grep -qE -e "$anchors" -- "$1"
  [ $? -eq 1 ]
}
clean "$1" || slow --commit-msg "$1" || exit $?`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Git for Windows runs hooks in a shell that wants / in paths. */
export function slashes(path: string): string {
  return process.platform === 'win32' ? path.replaceAll('\\', '/') : path;
}
