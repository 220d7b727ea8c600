// The commands that take a leak out of commits that nobody else has yet, for the very case. Where a rebase could stop
// halfway, or lose what a merge brought, every commit is written anew (rewrite-all.ts).

import { quoted } from '../git/run.ts';
import { rewriteAll, type Written } from './rewrite-all.ts';

export interface Situation {
  /** Where the commands begin. */
  readonly commit: string | null;
  readonly path: string;
  /** What leads to the leak, by this or another commit. */
  readonly refs: readonly string[];
  /** The commit HEAD stands on, and the branch it is on, or HEAD when detached. */
  readonly head: string | null;
  readonly here: string;
  /** Branches that other work trees stand on. */
  readonly taken: ReadonlySet<string>;
  /** What may be written anew from here. */
  readonly rewritten: readonly string[];
  /** Nothing but this commit, and this place in it, brought it to them. */
  readonly isOne: boolean;
  /** HEAD is its child. */
  readonly isLastButOne: boolean;
  /** There is no work tree. */
  readonly isBare: boolean;
  /** The commit has no parent. */
  readonly isRoot: boolean;
  /** The commit is a merge, or there are merges between it and HEAD. */
  readonly merges: boolean;
  /** git finds a fixup of the commit by its title; it cannot find that of a fixup. */
  readonly canFixUp: () => boolean;
  /** Where HEAD holds the value now; undefined when it does not. */
  readonly pathAtHead: string | undefined;
  /** The file at HEAD is the one that the commit brought, byte for byte. */
  readonly isUntouched: boolean;
  /** What a note with the value belongs to. */
  readonly noted: string | undefined;
  /** A header holds it, which git leaves out of what it writes anew. */
  readonly isInHeader: boolean;
  /** Where its values are written; none where that is unknown. */
  readonly values: () => readonly Written[];
  /** Commits beside and before all that brought it, which reach all that must stay as they are. */
  readonly outside: () => readonly string[];
}

/** A line to put among what to do next; undefined where there is nothing exact to say. */
export function rewriteOf(at: Situation): string | undefined {
  const { commit, path, refs, here, rewritten } = at;
  const tag = /^<tag-message>\/(.+)$/.exec(path)?.[1];
  if (tag !== undefined) {
    const name = quoted(tag);
    return `Write its message anew: git tag --force --annotate ${name} ${quoted(`${tag}^{}`)}`;
  }
  if (commit === null) return withoutCommit(path);
  if (path === '<note>') return withoutNote(refs, at.noted);
  if (!refs.includes(here)) return elsewhere(at);
  const how = path === '<commit-message>' ? newMessage(commit, at) : newContent(commit, path, at);
  if (at.isOne && !at.isInHeader && how !== everywhere)
    return how.replace(': ', `${alsoIn(refs, [here])}: `);
  const values = at.values();
  if (values.length === 0 && !at.isInHeader) return undefined;
  const { isBare, isInHeader } = at;
  const limits = { isBare, isInHeader, outside: at.outside() };
  const [said, command] = rewriteAll(values, rewritten, limits);
  return `${said}${alsoIn(refs, rewritten)}: ${command}`;
}

/** Only writing all of them anew is safe. */
const everywhere = Symbol('everywhere');

// --------------------------------------------------------------------------------------------------- git's own commands

function newMessage(commit: string, at: Situation): string | typeof everywhere {
  if (at.isBare || (at.merges && commit !== at.head)) return everywhere;
  if (commit === at.head) return 'Write the message anew: git commit --amend --only';
  const editor = `-c sequence.editor="sed -i.bak '1s/^p[a-z]*/reword/'"`;
  return `Write the message anew: git -c rebase.rebaseMerges=false ${editor} rebase --interactive --autostash ${baseOf(commit, at)}`;
}

function newContent(commit: string, path: string, at: Situation): string | typeof everywhere {
  const { pathAtHead, merges } = at;
  const isThere = pathAtHead === path;
  if (!at.isBare && isThere && commit === at.head) {
    return `Take it out, then: git commit --amend --no-edit -- ${quoted(path)}`;
  }
  // later changes beside it would not fit any more, and merges would be made anew
  if (!at.isBare && isThere && at.isUntouched && !merges && at.canFixUp()) {
    return `Take it out, then: git commit --fixup=${commit} -- ${quoted(path)} && git -c rebase.rebaseMerges=false -c sequence.editor=true rebase --interactive --autosquash --autostash ${baseOf(commit, at)}`;
  }
  if (at.isBare || merges || isThere || !at.isLastButOne) return everywhere;
  const [said, add] = beforeJoining(pathAtHead);
  return at.isRoot
    ? `${said}${add}git reset --soft ${commit} && git commit --amend`
    : `${said}${add}git reset --soft ${commit}~1 && git commit --allow-empty --reedit-message=${commit}`;
}

/** What to say and what to stage before the last two become one. */
function beforeJoining(pathAtHead: string | undefined): readonly [string, string] {
  if (pathAtHead === undefined)
    return ['It is gone at HEAD but not from the commits; make the last two one: ', ''];
  const file = quoted(pathAtHead);
  return [
    `It has moved; take it out of ${file} and make the last two one: `,
    `git add -- ${file} && `,
  ];
}

function baseOf(commit: string, { isRoot }: Situation): string {
  return isRoot ? '--root' : `${commit}~1`;
}

/** The notes before it hold the note too, so they become one commit. */
function withoutNote(refs: readonly string[], noted: string | undefined): string | undefined {
  const ref = refs.find((name) => name.startsWith('refs/notes/'));
  if (ref === undefined || noted === undefined) return undefined;
  const name = quoted(ref);
  const tree = quoted(`${ref}^{tree}`);
  return `Take the note out, and with it the history of these notes: git notes --ref=${name} remove ${noted} && git update-ref ${name} "$(git commit-tree -m Notes ${tree})"`;
}

// ----------------------------------------------------------------------------------------------------------- elsewhere

/** Also other branches and tags, unless another work tree stands on one of them. */
export function rewritable(
  refs: readonly string[],
  here: string,
  taken: ReadonlySet<string>,
): readonly string[] {
  if (!refs.includes(here)) return [];
  if (refs.some(isWorkTree)) return [here];
  const others = refs.filter((name) => /^refs\/(?:heads|tags)\//.test(name) && name !== here);
  return [here, ...others.filter((name) => !taken.has(name))];
}

/** HEAD of one that is on no branch. */
function isWorkTree(name: string): boolean {
  return /^(?:main-worktree|worktrees\/.*)\/HEAD$/.test(name);
}

/** A repository may have thousands. */
const mostOthers = 3;

function alsoIn(refs: readonly string[], done: readonly string[]): string {
  const others = refs
    .filter((name) => !done.includes(name) && !name.startsWith('refs/remotes/'))
    .map((name) => name.replace(/^refs\/(?:heads\/|tags\/|(?=stash$))/, ''));
  const more = others.length - mostOthers;
  const named = others.slice(0, mostOthers).join(', ') + (more > 0 ? ` and ${more} more` : '');
  return others.length === 0 ? '' : ` (others hold it too: ${named})`;
}

function elsewhere({ refs, taken }: Situation): string | undefined {
  const short = (prefix: string): string[] =>
    refs
      .filter((name) => name.startsWith(prefix) && !taken.has(name))
      .map((name) => quoted(name.slice(prefix.length)));
  const [branch] = short('refs/heads/');
  if (branch !== undefined) {
    return `It is on another branch; there keyscan --history gives the commands: git switch ${branch}`;
  }
  const stash = refs.find((name) => name === 'refs/stash' || name.startsWith('stash@'));
  if (stash !== undefined) {
    const entry = stash === 'refs/stash' ? 'stash@{0}' : stash;
    return `Drop the stash entry that holds it: git stash drop ${quoted(entry)}`;
  }
  const tags = short('refs/tags/');
  if (tags.length > 0) {
    return `Only a tag holds it; delete it, or see there what keyscan --history says: git tag --delete ${tags.join(' ')}`;
  }
  if (refs.some((name) => isWorkTree(name) || taken.has(name))) {
    return 'Another work tree stands on it; there keyscan --history gives the commands: git worktree list';
  }
  const [other] = refs;
  return other === undefined
    ? forgotten
    : `Only a ref of another kind holds it; delete it: git update-ref -d ${quoted(other)}`;
}

function withoutCommit(path: string): string | undefined {
  const tag = /^refs\/tags\/(.+)$/.exec(path)?.[1];
  if (tag !== undefined) return `Delete the tag that holds it: git tag --delete ${quoted(tag)}`;
  return path.startsWith('<unreachable>/') ? forgotten : undefined;
}

const forgotten =
  'No branch or tag leads to it, so no push takes it along. To forget it, and all else that only the reflog leads to: git reflog expire --expire=now --all && git gc --prune=now';
