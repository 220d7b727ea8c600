// How far a value found in a file of a work tree has got: HEAD or a remote-tracking branch may hold it under the same
// path already, and then taking it out of the file is not enough. Looked up only for files in which something was found.

import { isUserError } from '../core/errors.ts';
import type { Finding, Stage } from '../core/finding.ts';
import type { Scanner } from '../detect/api.ts';
import { isContent, readBlobs } from '../git/objects.ts';
import { type Git, openElsewhere } from '../git/run.ts';
import type { Host } from './host.ts';

/** Branches looked at, the latest first; more would make a scan of a big repository slow for little. */
const mostBranches = 100;

export function withStages(
  findings: readonly Finding[],
  top: string,
  scanner: Pick<Scanner, 'scan'>,
  host: Pick<Host, 'env'>,
): readonly Finding[] {
  const open = findings.filter(
    ({ stage, path }) => stage === 'working-tree' && !/[\n\r]/.test(path),
  );
  if (open.length === 0) return findings;
  const found = new Map<string, Finding>();
  const paths = [...new Set(open.map(({ path }) => path))];
  try {
    const git = openElsewhere(top, host.env);
    // what is pushed says more than that it is committed
    for (const stage of ['committed', 'pushed'] as const) {
      const refs = stage === 'committed' ? ['HEAD'] : remoteBranches(git);
      for (const finding of held(git, refs, paths, stage, scanner)) {
        found.set(keyOf(finding), finding);
      }
    }
  } catch (error) {
    if (!isUserError(error)) throw error;
    return findings; // without git nothing is known of it, and the scan said so already
  }
  return findings.map((finding) => {
    const earlier = finding.stage === 'working-tree' ? found.get(keyOf(finding)) : undefined;
    return earlier === undefined
      ? finding
      : { ...finding, stage: earlier.stage, next: earlier.next };
  });
}

function keyOf({ path, fingerprint }: Finding): string {
  return `${fingerprint} ${path}`;
}

function remoteBranches(git: Git): readonly string[] {
  const { stdout } = git.attempt([
    'for-each-ref',
    '--sort=-committerdate',
    `--count=${mostBranches}`,
    '--format=%(objectname)',
    'refs/remotes',
  ]);
  return [...new Set(stdout.toString('latin1').split('\n').filter(Boolean))];
}

function* held(
  git: Git,
  refs: readonly string[],
  paths: readonly string[],
  stage: Stage,
  scanner: Pick<Scanner, 'scan'>,
): Generator<Finding> {
  const asked = refs.flatMap((ref) => paths.map((path) => ({ path, name: `${ref}:${path}` })));
  if (asked.length === 0) return;
  const { stdout } = git.attempt(['cat-file', '--batch-check=%(objectname) %(objecttype)'], {
    input: asked.map(({ name }) => `${name}\n`).join(''),
  });
  const answers = stdout.toString().split('\n');
  const places = new Map<string, Set<string>>();
  asked.forEach(({ path }, index) => {
    const [, id] = /^([0-9a-f]{40,64}) blob$/.exec(answers[index] ?? '') ?? [];
    if (id !== undefined) places.set(id, (places.get(id) ?? new Set()).add(path));
  });
  for (const [id, content] of readBlobs(git, [...places.keys()])) {
    if (!isContent(content)) continue;
    for (const path of places.get(id) ?? []) yield* scanner.scan({ path, stage, content }).findings;
  }
}
