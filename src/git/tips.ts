// Every name that leads to commits, also by way of tags: refs, HEAD of every work tree, entries of the stash.

import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';

import type { Git } from './run.ts';

export interface Tip {
  /** Full name of a ref, or HEAD, or stash@{1}. */
  readonly name: string;
  readonly id: string;
  readonly type: string;
  /** Of an annotated tag: what it finally points at. */
  readonly target: string;
  readonly targetType: string;
}

/** Every ref, HEAD of every work tree, and every entry of the stash. */
export function tips(git: Git): readonly Tip[] {
  const args = ['for-each-ref', '--format=%(refname)%00%(objectname)'];
  const outcome = git.attempt(args);
  if (outcome.code !== 0) throw git.failure(args, outcome);
  const refs = outcome.stdout
    .toString()
    .split('\n')
    .filter(Boolean)
    .map((line): Named => {
      const [name = '', id = ''] = line.split('\0');
      return { name, id };
    });
  // a file without an id, as a crash may leave it
  const broken = [...outcome.stderr.matchAll(/^warning: ignoring broken ref (.*)$/gm)];
  const symbolic = git.attempt(['symbolic-ref', '--quiet', 'HEAD']).code === 0;
  const head = git.attempt(['rev-parse', '--quiet', '--verify', 'HEAD']);
  const heads =
    head.code === 0 && !symbolic
      ? [{ name: 'HEAD', id: head.stdout.toString('latin1').trim() }]
      : [];
  return [
    ...led(git, [...refs, ...heads, ...detachedElsewhere(git), ...stash(git, refs)]),
    ...broken.map(([, name = '']) => ({ name, id: '', type: gone, target: '', targetType: gone })),
  ];
}

interface Named {
  readonly name: string;
  readonly id: string;
}

/** The type of what is not here. */
const gone = 'missing';

/** Whether it names a commit, not a file or a folder. */
export function isCommit({ targetType }: Tip): boolean {
  return targetType === 'commit';
}

export function isGone({ targetType }: Tip): boolean {
  return targetType === gone;
}

/** With what they lead to, tags of tags to their end. */
function led(git: Git, named: readonly Named[]): readonly Tip[] {
  const ends = objects(
    git,
    named.flatMap(({ id }) => [id, `${id}^{}`]),
  );
  return named.map(({ name, id }) => {
    const [, type] = ends.get(id) ?? [id, gone];
    const [target, targetType] = ends.get(`${id}^{}`) ?? [type === gone ? id : '', gone];
    return { name, id, type, target, targetType };
  });
}

/** Id and type of each that is here. git stops at one that was promised, and that it may not fetch. */
function objects(
  git: Git,
  names: readonly string[],
): ReadonlyMap<string, readonly [id: string, type: string]> {
  const { code, stdout } = git.attempt(['cat-file', '--batch-check=%(objectname) %(objecttype)'], {
    input: names.map((name) => `${name}\n`).join(''),
  });
  if (code !== 0 && names.length > 1) {
    const half = Math.ceil(names.length / 2);
    return new Map([...objects(git, names.slice(0, half)), ...objects(git, names.slice(half))]);
  }
  const answers = stdout.toString('latin1').split('\n');
  return new Map(
    names.flatMap((name, index) => {
      const [id = '', type = gone] = answers[index]?.split(' ') ?? [];
      return type === gone ? [] : [[name, [id, type]]];
    }),
  );
}

/** HEAD of the other work trees that are on no branch, `main-worktree/HEAD` and `worktrees/ID/HEAD` as git names them. */
function detachedElsewhere(git: Git): Named[] {
  const { code, stdout } = git.attempt(['worktree', 'list', '--porcelain']);
  const blocks = code === 0 ? stdout.toString().split('\n\n') : [];
  if (!blocks.some((block) => /^detached$/m.test(block))) return [];
  const common = realpathSync(resolve(git.cwd, git.line(['rev-parse', '--git-common-dir'])));
  const names = workTreeNames(common);
  const own = realpathSync(git.line(['rev-parse', '--absolute-git-dir']));
  return blocks.flatMap((block, index) => {
    const [, folder = ''] = /^worktree (.*)$/m.exec(block) ?? [];
    const [, id = ''] = /^HEAD ([0-9a-f]+)$/m.exec(block) ?? [];
    const name = index === 0 ? 'main-worktree' : names.get(folder);
    const isOwn = own === (index === 0 ? common : resolve(common, name ?? ''));
    if (name === undefined || isOwn || !/^detached$/m.test(block) || /^0*$/.test(id)) return [];
    return [{ name: `${name}/HEAD`, id }];
  });
}

/** `worktrees/ID` by the folder of each linked work tree. */
function workTreeNames(common: string): ReadonlyMap<string, string> {
  const list = resolve(common, 'worktrees');
  if (!existsSync(list)) return new Map();
  return new Map(
    readdirSync(list).flatMap((id) => {
      const link = resolve(list, id, 'gitdir');
      if (!existsSync(link)) return [];
      const file = resolve(list, id, readFileSync(link, 'utf8').trimEnd());
      return [[dirname(file).replaceAll(sep, '/'), `worktrees/${id}`]];
    }),
  );
}

/** refs/stash names the latest entry; the others are only in its log, whose list would end at one that is not here. */
function stash(git: Git, refs: readonly Named[]): Named[] {
  if (!refs.some(({ name }) => name === 'refs/stash')) return [];
  const found: Named[] = [];
  for (;;) {
    const names = Array.from({ length: 64 }, (_, index) => `stash@{${found.length + index + 1}}`);
    const { stdout } = git.attempt(['rev-parse', ...names.map((name) => `refs/${name}`)]);
    // behind the last some versions of git name what was before it: nothing
    const ids = stdout.toString('latin1').match(/^(?!0+$)[0-9a-f]{40,64}$/gm) ?? [];
    found.push(...ids.map((id, index) => ({ name: names[index] ?? '', id })));
    if (ids.length < names.length) return found;
  }
}
