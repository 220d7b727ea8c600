// `--policy-from REF`: configuration, ignore files, baseline and comments as that commit has them, so that a pull request
// cannot allow itself what it brings.

import type { Document } from '../core/document.ts';
import type { Scanner } from '../detect/api.ts';
import { newLines } from '../git/lines.ts';
import { resolveCommit } from '../git/revisions.ts';
import { type Git, openGit } from '../git/run.ts';
import { commitTree, type PolicyTree } from '../policy/files.ts';
import type { Host } from './host.ts';

export interface PolicyAt {
  readonly tree: PolicyTree;
  /** Whether the line stood there before: it is in the commit's file of that name. */
  readonly trusts: (path: string, line: number) => boolean;
  /** Comments are looked at while a document is scanned, so somebody has to know which one that is. */
  readonly watch: (scanner: Scanner) => Scanner;
}

export function policyAt(ref: string, disk: PolicyTree, host: Host): PolicyAt {
  const git = openGit(host.cwd, host.env);
  const commit = resolveCommit(git, ref);
  const blobs = new Map<string, Uint8Array | undefined>();
  const blob = (path: string): Uint8Array | undefined => {
    if (!blobs.has(path)) {
      const { code, stdout } = git.attempt(['cat-file', 'blob', `${commit}:${path}`]);
      blobs.set(path, code === 0 ? stdout : undefined);
    }
    return blobs.get(path);
  };
  let current: { readonly document: Document; added?: ReadonlySet<number> | null } | undefined;
  return {
    tree: commitTree(disk, ref, (path) => followed(git, `${commit}:${path}`)),
    trusts: (path, line) => {
      if (current?.document.path !== path) return false;
      if (current.added === undefined) {
        const before = blob(path);
        current.added = before === undefined ? null : newLines(before, current.document.content);
      }
      return current.added?.has(line) === false;
    },
    watch: (scanner) => ({
      ...scanner,
      scan: (document) => {
        current = { document };
        return scanner.scan(document);
      },
    }),
  };
}

/** What a name leads to within its commit, also by way of links. */
function followed(git: Git, name: string): Uint8Array | undefined {
  const { code, stdout } = git.attempt(['cat-file', '--batch', '--follow-symlinks'], {
    input: `${name}\n`,
  });
  const end = stdout.indexOf('\n');
  const isBlob = code === 0 && /^[0-9a-f]+ blob \d+$/.test(stdout.toString('latin1', 0, end));
  return isBlob ? stdout.subarray(end + 1, -1) : undefined;
}
