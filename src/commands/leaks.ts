// Each leak once, at the commit that brought it in, and beside it every other commit that did: branches may have it by
// different ones.

import type { Finding } from '../core/finding.ts';
import type { Maker } from '../git/walk.ts';
import type { Bringing } from './rewriter.ts';

export class Leaks {
  /** Commits that only a reflog leads to, or nothing. */
  forgotten: ReadonlySet<string> = new Set();
  /** By fingerprint, in the order they were brought in. */
  private readonly kept = new Map<string, Finding>();
  private readonly bringings = new Map<string, Bringing[]>();

  get size(): number {
    return this.kept.size;
  }

  all(): readonly Finding[] {
    return [...this.kept.values()];
  }

  /** Every commit that brought it, in the order of the walk; none where no commit leads to it. */
  bringingsOf({ fingerprint }: Finding): readonly Bringing[] {
    return this.bringings.get(fingerprint) ?? [];
  }

  /** `commit` is null for what none brought; the maker is asked for only where it is told. */
  keep(
    findings: readonly Finding[],
    commit: string | null,
    maker: () => Maker,
    place: Omit<Bringing, 'finding' | 'commit'> = {},
  ): void {
    for (const finding of findings) {
      if (commit !== null) this.bring({ ...place, finding, commit });
      if (!this.isNews(finding, commit)) continue;
      const known = this.kept.get(finding.fingerprint);
      const { stage, next } = known?.stage === 'pushed' ? known : finding;
      this.kept.set(finding.fingerprint, { ...finding, stage, next, commit, ...maker() });
    }
  }

  /**
   * A leak that somebody allowed where it was first seen is news where the permission is missing, and one that was
   * amended or reset where a ref leads to it.
   */
  isNews({ fingerprint, suppressed }: Finding, commit: string | null): boolean {
    const known = this.kept.get(fingerprint);
    if (known === undefined || (known.suppressed !== null && suppressed === null)) return true;
    return (
      commit !== null &&
      this.forgotten.has(known.commit ?? '') &&
      !this.forgotten.has(commit) &&
      (known.suppressed === null) === (suppressed === null)
    );
  }

  /** What is pushed in one of the commits that brought it is pushed. */
  private bring(bringing: Bringing): void {
    const { fingerprint, stage, next } = bringing.finding;
    const before = this.bringings.get(fingerprint);
    if (before === undefined) this.bringings.set(fingerprint, [bringing]);
    else before.push(bringing);
    const known = this.kept.get(fingerprint);
    if (known?.stage === 'committed' && stage === 'pushed') {
      this.kept.set(fingerprint, { ...known, stage, next });
    }
  }
}
