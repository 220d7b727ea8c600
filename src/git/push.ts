// What a push would hand to a remote that it does not have yet, from what git tells its pre-push hook.

import { UserError } from '../core/errors.ts';
import { isId } from './objects.ts';
import { remotes, type Selection } from './revisions.ts';
import type { Git } from './run.ts';
import { type Tip, tips } from './tips.ts';

export interface Push {
  readonly selection: Selection;
  /** The pushed tags: their messages, and what they hold when it is no commit. */
  readonly tags: readonly Tip[];
}

/** Where to, as git tells the hook: a name, or for lack of one the address again. */
export interface Destination {
  readonly remote: string | undefined;
  readonly address: string | undefined;
}

/** Lines of `<local ref> <local id> <remote ref> <remote id>`; ids of zeros stand for nothing. */
export function pushed(git: Git, input: string, destination: Destination): Push {
  const updates = input.split('\n').filter(Boolean).map(parseUpdate);
  const sent = updates.filter(({ local }) => !zeros.test(local));
  const known = tips(git);
  const tags = sent.flatMap(({ local, localRef }) => tagOf(git, known, local, localRef));
  const here = new Set(
    present(
      git,
      updates.map(({ theirs }) => theirs),
    ),
  );
  return {
    selection: {
      revisions: [
        ...sent.map(({ local }) => local).filter((id) => tags.every((tag) => !isOther(tag, id))),
        ...[...here].map((id) => `^${id}`),
      ],
      // what was fetched from there, it has
      options: fetchedFrom(git, destination).flatMap((name) => [
        '--not',
        `--remotes=${name}`,
        '--not',
      ]),
    },
    tags: tags.filter(({ type, targetType }) => type === 'tag' || targetType !== 'commit'),
  };
}

/**
 * The pre-commit framework keeps standard input to itself and tells one pushed ref by variables
 * (https://pre-commit.com/#pre-push). Undefined where it is not the one who asks.
 */
export function pushOfFramework(
  git: Git,
  env: Readonly<Record<string, string | undefined>>,
): (Destination & { readonly input: string }) | undefined {
  const {
    PRE_COMMIT_LOCAL_BRANCH: localRef = '',
    PRE_COMMIT_REMOTE_BRANCH: remoteRef = '',
    PRE_COMMIT_REMOTE_NAME: remote = '',
    PRE_COMMIT_REMOTE_URL: address,
    PRE_COMMIT_FROM_REF: from = '',
    PRE_COMMIT_TO_REF: to = '',
  } = env;
  if (localRef === '' || remote === '') return undefined;
  const local = git.line(['rev-parse', '--verify', '--end-of-options', to || localRef]);
  const theirs = isId(from) ? from : '0'.repeat(local.length);
  return { input: `${localRef} ${local} ${remoteRef} ${theirs}\n`, remote, address };
}

interface Update {
  readonly localRef: string;
  readonly local: string;
  readonly theirs: string;
}

const zeros = /^0+$/;

/** The local ref stands as it was typed, so it may hold spaces: `:/the title of a commit`. */
function parseUpdate(line: string): Update {
  const match = /^(.*) ([0-9a-f]{40,64}) \S+ ([0-9a-f]{40,64})$/.exec(line);
  const [, localRef, local, theirs] = match ?? [];
  if (localRef === undefined || local === undefined || theirs === undefined) {
    throw new UserError('what is on standard input is not what git tells a pre-push hook', {
      hint: 'to look at what you would push, type: keyscan --range @{push}..HEAD',
    });
  }
  return { localRef, local, theirs };
}

function tagOf(git: Git, known: readonly Tip[], id: string, localRef: string): Tip[] {
  const tip = known.find((each) => each.id === id && each.type !== 'commit');
  if (tip !== undefined)
    return [{ ...tip, name: localRef.startsWith('refs/') ? localRef : tip.name }];
  const type = git.line(['cat-file', '-t', id]);
  if (type === 'commit') return [];
  const target = git.line(['rev-parse', '--verify', `${id}^{}`]);
  return [{ name: localRef, id, type, target, targetType: git.line(['cat-file', '-t', target]) }];
}

/** Such a tag leads to no commit, and rev-list has no use for it. */
function isOther(tag: Tip, id: string): boolean {
  return tag.id === id && tag.targetType !== 'commit';
}

/** Of what the remote has, what we have too. */
function present(git: Git, ids: readonly string[]): string[] {
  const asked = [...new Set(ids)].filter((id) => !zeros.test(id));
  if (asked.length === 0) return [];
  const input = asked.map((id) => `${id}^{commit}\n`).join('');
  const { stdout } = git.attempt(['cat-file', '--batch-check=%(objectname)'], { input });
  return stdout
    .toString('latin1')
    .split('\n')
    .filter((line) => /^[0-9a-f]+$/.test(line));
}

/** Remotes that are fetched from where the push goes: they may be pushed to elsewhere, and an address may be theirs. */
function fetchedFrom(git: Git, { remote, address = remote }: Destination): readonly string[] {
  const names = remotes(git).filter((name) => name === remote || address === remote);
  return names.filter((name) => {
    const { stdout } = git.attempt(['remote', 'get-url', '--all', '--', name]);
    const addresses = stdout.toString().split('\n').filter(Boolean);
    return address === name || addresses.some((each) => placeOf(each) === placeOf(address));
  });
}

/** The same for `https://host/path.git` and `git@host:path`. */
function placeOf(address = ''): string {
  return address
    .replace(/^[a-z+]+:\/\//i, '')
    .replace(/^[^@/]*@/, '')
    .replace(/^([^/:]+)(?::\d+(?=\/)|:)\/?/, '$1/')
    .replace(/\/*(?:\.git)?\/*$/, '');
}
