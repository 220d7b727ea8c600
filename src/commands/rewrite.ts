// The commands that take a leak out of commits that nobody else has yet, for the very case.

import type { Finding } from '../core/finding.ts';
import { quoted } from '../git/run.ts';

export interface Situation {
  /** The commit HEAD stands on, and the branch it is on; null when detached. */
  readonly head: string | null;
  readonly branch: string | null;
  /** Commits without a parent. */
  readonly isRoot: boolean;
  /** Merges between the commit and HEAD, which a rebase would flatten. */
  readonly merges: boolean;
}

/** A line to put among what to do next; undefined where there is nothing exact to say. */
export function rewriteOf(finding: Finding, at: Situation): string | undefined {
  const { commit, path, stage, refs = [], atHead = false } = finding;
  if (commit === null || stage !== 'committed') return undefined;
  const tag = /^<tag-message>\/(.+)$/.exec(path)?.[1];
  if (tag !== undefined) return `Make the tag anew: git tag --delete ${quoted(tag)}`;
  if (path === '<note>') return 'Remove the note: git notes remove OBJECT, then git gc --prune=now';
  const stash = refs.find((name) => name === 'refs/stash' || name.startsWith('stash@'));
  if (stash !== undefined && !refs.some((name) => name.startsWith('refs/heads/'))) {
    const entry = stash === 'refs/stash' ? 'stash@{0}' : stash;
    return `Drop the stash entry that holds it: git stash drop ${quoted(entry)}`;
  }
  const branch = refs.find((name) => name.startsWith('refs/heads/'));
  const elsewhere = at.branch === null || !refs.includes(at.branch);
  const first =
    elsewhere && branch !== undefined
      ? `git switch ${quoted(branch.replace('refs/heads/', ''))} && `
      : '';
  const base = at.isRoot ? '--root' : `${commit}~1`;
  if (path === '<commit-message>') {
    return commit === at.head
      ? 'Write the message anew: git commit --amend'
      : `Write the message anew (change "pick" to "reword"): ${first}git rebase --interactive ${base}`;
  }
  if (at.merges) {
    return `Take it out of every commit (git-filter-repo): git filter-repo --invert-paths --path ${quoted(path)}, after saving the file`;
  }
  if (!atHead && !elsewhere) {
    return at.isRoot
      ? `It is gone at HEAD but not from the commits; make them one: git reset --soft ${commit} && git commit --amend`
      : `It is gone at HEAD but not from the commits; make those since then one: git reset --soft ${base} && git commit --allow-empty --reedit-message=${commit}`;
  }
  const add = `git add -- ${quoted(path)}`;
  return commit === at.head
    ? `Take it out, then: ${add} && git commit --amend --no-edit`
    : `Take it out, then: ${first}${add} && git commit --fixup=${commit} && git -c sequence.editor=true rebase --interactive --autosquash ${base}`;
}
