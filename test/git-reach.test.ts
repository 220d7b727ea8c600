// Which refs reach a commit, against the plainest walk there is, and with more of everything than fits in a square.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { type CommitGraph, containing } from '../src/git/reach.ts';
import type { Tip } from '../src/git/tips.ts';
import { runs } from './support/effort.ts';

const nameOf = (place: number): string => `c${place}`;

/** Commits, parents first, each with some of those before it. */
const graphs = fc
  .array(fc.array(fc.nat(1000), { maxLength: 3 }), { minLength: 1, maxLength: 40 })
  .map((all): CommitGraph => {
    const parentsAt = (picks: readonly number[], place: number): string[] =>
      place === 0 ? [] : [...new Set(picks.map((pick) => nameOf(pick % place)))];
    return new Map(all.map((picks, place) => [nameOf(place), parentsAt(picks, place)]));
  });

function tip(name: string, target: string): Tip {
  return { name, id: target, type: 'commit', target, targetType: 'commit' };
}

function reaches(graph: CommitGraph, from: string, to: string): boolean {
  return from === to || (graph.get(from) ?? []).some((parent) => reaches(graph, parent, to));
}

describe('the refs that reach a commit', () => {
  it('are those from which a walk along the parents comes to it', () => {
    const places = fc.array(fc.nat(1000), { maxLength: 600, size: 'max' });
    fc.assert(
      fc.property(graphs, places, places, (graph, starts, wanted) => {
        const at = (pick: number): string => nameOf(pick % graph.size);
        const tips = starts.map((pick, index) => tip(`refs/tags/${index}`, at(pick)));
        const commits = new Set(wanted.map(at));
        const known = new Map<string, boolean>();
        const reached = (from: string, to: string): boolean => {
          const key = `${from} ${to}`;
          const answer = known.get(key) ?? reaches(graph, from, to);
          known.set(key, answer);
          return answer;
        };
        const expected = [...commits].map((commit) => [
          commit,
          tips
            .filter(({ target }) => reached(target, commit))
            .map(({ name }) => name)
            .sort(),
        ]);
        expect([...containing(graph, commits, tips)]).toEqual(expected);
      }),
      { numRuns: runs(50, 2000) },
    );
  });

  it('are found for twenty thousand leaks, one in each commit', () => {
    const size = 20_000;
    const graph = new Map(
      Array.from({ length: size }, (_, place) => [
        nameOf(place),
        place === 0 ? [] : [nameOf(place - 1)],
      ]),
    );
    const tips = [tip('refs/heads/main', nameOf(size - 1)), tip('refs/heads/old', nameOf(9))];
    const found = containing(graph, new Set(graph.keys()), tips);
    expect([found.size, found.get(nameOf(9)), found.get(nameOf(10))]).toEqual([
      size,
      ['refs/heads/main', 'refs/heads/old'],
      ['refs/heads/main'],
    ]);
  });
});
