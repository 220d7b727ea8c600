// The commands that take a leak out of commits that nobody else has yet, for the very case.

import type { Finding } from '../core/finding.ts';
import { quoted } from '../git/run.ts';

export interface Situation {
  /** The commit HEAD stands on, and the branch it is on; null when detached. */
  readonly head: string | null;
  readonly branch: string | null;
  /** The commit has no parent. */
  readonly isRoot: boolean;
  /** Merges between the commit and HEAD. */
  readonly merges: boolean;
  /** Where HEAD holds the value now; undefined when it does not. */
  readonly pathAtHead: string | undefined;
  /** What a note with the value belongs to. */
  readonly noted: string | undefined;
}

/** A line to put among what to do next; undefined where there is nothing exact to say. */
export function rewriteOf(finding: Finding, at: Situation): string | undefined {
  const { commit, path, stage, refs = [] } = finding;
  if (commit === null || stage !== 'committed') return undefined;
  const tag = /^<tag-message>\/(.+)$/.exec(path)?.[1];
  if (tag !== undefined) return `Make the tag anew: git tag --delete ${quoted(tag)}`;
  if (path === '<note>') return withoutNote(refs, at.noted);
  const stash = refs.find((name) => name === 'refs/stash' || name.startsWith('stash@'));
  const branches = refs.filter((name) => name.startsWith('refs/heads/'));
  const here = at.branch ?? 'HEAD';
  if (!refs.includes(here)) {
    const [branch] = branches;
    if (branch !== undefined) {
      const name = quoted(branch.replace('refs/heads/', ''));
      return `It is on another branch; there keyscan --history gives the commands: git switch ${name}`;
    }
    if (stash === undefined) return undefined;
    const entry = stash === 'refs/stash' ? 'stash@{0}' : stash;
    return `Drop the stash entry that holds it: git stash drop ${quoted(entry)}`;
  }
  const others = [...branches, ...refs.filter((name) => name.startsWith('refs/tags/'))]
    .filter((name) => name !== here)
    .map((name) => name.replace(/^refs\/(?:heads|tags)\//, ''));
  const also = others.length === 0 ? '' : ` (others hold it too: ${others.join(', ')})`;
  const rewrite =
    path === '<commit-message>' ? newMessage(commit, at) : newContent(commit, path, at);
  return rewrite.replace(': ', `${also}: `);
}

function newMessage(commit: string, at: Situation): string {
  if (commit === at.head) return 'Write the message anew: git commit --amend';
  const editor = `git -c sequence.editor="sed -i.bak '1s/^p[a-z]*/reword/'"`;
  if (at.merges) {
    return `Write the message anew, changing "pick" to "reword" before ${commit.slice(0, 7)}: git rebase --interactive --rebase-merges ${baseOf(commit, at)}`;
  }
  return `Write the message anew: ${editor} rebase --interactive ${baseOf(commit, at)}`;
}

function newContent(commit: string, path: string, at: Situation): string {
  const { pathAtHead } = at;
  if (pathAtHead === path) {
    const add = `git add -- ${quoted(path)}`;
    if (commit === at.head) return `Take it out, then: ${add} && git commit --amend --no-edit`;
    // what merges themselves brought has to be resolved again, and git says so
    const merges = at.merges ? ' --rebase-merges' : '';
    return `Take it out, then: ${add} && git commit --fixup=${commit} && git -c sequence.editor=true rebase --interactive --autosquash${merges} ${baseOf(commit, at)}`;
  }
  if (at.merges) {
    const paths = [path, ...(pathAtHead === undefined ? [] : [pathAtHead])];
    const flags = paths.map((each) => `--path ${quoted(each)}`).join(' ');
    return `Take the file out of every commit, having saved it, with git-filter-repo: git filter-repo --force --invert-paths ${flags}`;
  }
  const [said, add] =
    pathAtHead === undefined
      ? ['It is gone at HEAD but not from the commits; make those since then one: ', '']
      : [
          `It has moved; take it out of ${quoted(pathAtHead)} and make the commits since then one: `,
          `git add -- ${quoted(pathAtHead)} && `,
        ];
  return at.isRoot
    ? `${said}${add}git reset --soft ${commit} && git commit --amend`
    : `${said}${add}git reset --soft ${commit}~1 && git commit --allow-empty --reedit-message=${commit}`;
}

/** The notes before it hold the note too, so they become one commit. */
function withoutNote(refs: readonly string[], noted: string | undefined): string | undefined {
  const ref = refs.find((name) => name.startsWith('refs/notes/'));
  if (ref === undefined || noted === undefined) return undefined;
  const name = quoted(ref);
  const tree = quoted(`${ref}^{tree}`);
  return `Take the note out, and with it the history of these notes: git notes --ref=${name} remove ${noted} && git update-ref ${name} "$(git commit-tree -m Notes ${tree})"`;
}

function baseOf(commit: string, { isRoot }: Situation): string {
  return isRoot ? '--root' : `${commit}~1`;
}
