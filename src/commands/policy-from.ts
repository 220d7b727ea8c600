// `--policy-from REF`: configuration, ignore files, baseline and comments as that commit has them, so that a pull request
// cannot allow itself what it brings.

import type { Document } from '../core/document.ts';
import type { Scanner } from '../detect/api.ts';
import { newLines } from '../git/lines.ts';
import { resolveCommit } from '../git/revisions.ts';
import { openGit } from '../git/run.ts';
import { commitTree, type PolicyTree } from '../policy/files.ts';
import type { Host } from './host.ts';

export interface PolicyAt {
  readonly tree: PolicyTree;
  /** Whether a comment stood there before: its line is in the commit's file of that name. */
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
    tree: commitTree(disk, ref, blob),
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
