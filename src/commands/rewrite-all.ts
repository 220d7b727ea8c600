// The command that replaces the values in all commits that hold them and leaves everything else as it is: merges, names,
// dates, other files. Values stand in no argument and no file: git prints them, from where they were found.

import { quoted } from '../git/run.ts';

/** A value in the object that holds it; positions in bytes, 0-based. */
export interface Written {
  readonly type: 'blob' | 'commit';
  readonly id: string;
  readonly start: number;
  readonly length: number;
  /** git-filter-repo takes it as it is: one line, and nothing that has a meaning there. */
  readonly isPlain: boolean;
}

export interface Limits {
  readonly isBare: boolean;
  /** It also stands in the header of a merge, which git's stream leaves out. */
  readonly isInHeader: boolean;
  /** Commits which reach all that must stay as they are. */
  readonly outside: readonly string[];
}

/**
 * What to say, and the command. It is given the commits that must change and no others: signed ones would be written anew
 * too. At its end the work tree is reset, so nothing may be uncommitted.
 */
export function rewriteAll(
  values: readonly Written[],
  refs: readonly string[],
  { isBare, isInHeader, outside }: Limits,
): readonly [said: string, command: string] {
  const names = [...refs.map(quoted), ...outside.map((id) => `'^${id}'`)].join(' ');
  const types = new Set(values.map(({ type }) => type));
  const where = types.has('blob') ? 'in every commit that holds it' : 'in the message';
  const said =
    values.length === 0
      ? 'Write the merge anew without the header that holds it, and change nothing else'
      : `Replace it ${where}, and nothing else`;
  const first = isBare ? [] : ['git diff --stat --exit-code HEAD'];
  // it cannot read SHA-256, and reads one list from a pipe: for files or for messages
  if (
    !isInHeader &&
    types.size === 1 &&
    values.every(({ id, isPlain }) => isPlain && id.length === 40)
  ) {
    return [`${said}, with git-filter-repo`, [...first, ...filterRepo(values, names)].join(' && ')];
  }
  const last = isBare ? [] : ['git reset --quiet --hard'];
  return [said, [...first, throughStream(values, names), ...last].join(' && ')];
}

/** A run that is older than a day makes it ask a question where it reads the values. */
function filterRepo(values: readonly Written[], names: string): readonly string[] {
  const printed = values.map(
    ({ type, id, start, length }) =>
      `git cat-file ${type} ${id} | tail -c +${start + 1} | head -c ${length}; echo`,
  );
  const option = values[0]?.type === 'commit' ? '--replace-message' : '--replace-text';
  return [
    'rm -f "$(git rev-parse --git-path filter-repo/already_ran)"',
    `{ ${printed.join('; ')}; } | git filter-repo --force ${option} /dev/stdin --refs ${names}`,
  ];
}

/** As many bytes as there were, so that no length in git's stream changes. */
function throughStream(values: readonly Written[], names: string): string {
  const from =
    'git --no-replace-objects fast-export --use-done-feature --reference-excluded-parents --reencode=no --mark-tags --signed-tags=strip --tag-of-filtered-object=rewrite';
  const places = values.map(({ type, id, start, length }) => `${type} ${id} ${start} ${length}`);
  const into = 'git fast-import --force --quiet --done --date-format=raw-permissive';
  const through = places.length === 0 ? [] : [`perl -C0 -e '${replace}' ${places.join(' ')}`];
  return [`${from} ${names}`, ...through, into].join(' | ');
}

const replace = [
  'while(@ARGV){($t,$o,$a,$n)=splice@ARGV,0,4;push@v,substr`git cat-file $t $o`,$a,$n}',
  '$v=join"|",map quotemeta,sort{length$b<=>length$a}@v;',
  'while(<STDIN>){print;/^data (\\d+)$/||next;read STDIN,$_,$1;s/$v/$&=~tr{\\0\\r\\n}{*}cr/ge;print}',
].join('');
