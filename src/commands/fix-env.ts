// Env files of the current tree that hold a migrated key: which they are, and what they become.
import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

import { UserError } from '../core/errors.ts';
import { editEnvFile, type MigratedKey } from '../fix/env-edit.ts';
import type { Row } from '../fix/rows.ts';
import { isEnvFile } from '../sources/env-files.ts';
import type { FilePlan } from '../write/api.ts';
import type { FixContext } from './fix-context.ts';

export interface EnvPlans {
  readonly files: readonly FilePlan[];
  /** Absolute paths. */
  readonly fixed: ReadonlySet<string>;
  readonly notes: readonly string[];
  /** What the files say once they are written, in sentences. */
  readonly results: readonly string[];
  readonly next: readonly string[];
}

/** `rows` are those that move; what has moved before is in the survey. */
export async function envFilePlans(rows: readonly Row[], context: FixContext): Promise<EnvPlans> {
  const { flags, ask, found, host } = context;
  const named = flags.files.map((file) => resolve(host.cwd, file));
  const holders = holdersIn([...rows, ...found.past], found.base);
  const wanted = named.length > 0 ? named : [...holders];
  const nothing = { files: [], fixed: new Set<string>(), notes: [], results: [], next: [] };
  if (wanted.length === 0 || flags.envFiles === 'no') return nothing;
  // Where nothing else is to be written, the plan is the question
  const isAsked = rows.length === 0 && ask !== undefined && !flags.yes;
  if (named.length === 0 && flags.envFiles === 'ask' && !flags.dryRun && !isAsked) {
    const names = wanted.map((file) => basename(file)).join(', ');
    const question = `Put AWS_PROFILE in place of the keys in ${names}?`;
    if ((await ask?.confirm(question)) !== true) return nothing;
  }
  const keys = [...keysOf(rows), ...pastKeysOf(found)];
  const edited = wanted.map((path) => {
    const before = read(path);
    return { path, before, ...editEnvFile(basename(path), before, keys) };
  });
  const changed = edited.filter(({ edits }) => edits.length > 0);
  const strangers = edited.filter(({ edits, left }) => edits.length === 0 && left.length === 0);
  return {
    files: changed.map(({ path, before, after }) => ({ path, before, after, secret: false })),
    fixed: new Set(changed.filter(({ left }) => left.length === 0).map(({ path }) => path)),
    notes: [
      ...edited.flatMap(({ path, left }) =>
        left.map(({ line, reason }) => `${basename(path)}:${line} stays: ${reason}`),
      ),
      ...strangers.map(
        ({ path }) => `${basename(path)} holds no key of a profile that moves or has moved`,
      ),
    ],
    results: changed.map(({ path, profiles }) => {
      const names = `profile${profiles.length === 1 ? '' : 's'} ${profiles.join(', ')}`;
      return `${basename(path)} names ${names} now`;
    }),
    next: [...new Set(changed.flatMap(({ notes }) => notes))],
  };
}

function keysOf(rows: readonly Row[]): readonly MigratedKey[] {
  return rows.flatMap(({ profile: { name, key }, rename }) =>
    key?.id === undefined || key.secret === undefined
      ? []
      : [{ profile: rename ?? name, id: key.id, secret: key.secret }],
  );
}

function pastKeysOf({ past }: FixContext['found']): readonly MigratedKey[] {
  return past.map(({ profile, key: { id } }) => ({ profile, id, secret: undefined }));
}

/** What was named has to be there, before anybody signs in. */
export function refuseMissing({ flags, host }: Pick<FixContext, 'flags' | 'host'>): void {
  for (const file of flags.files) read(resolve(host.cwd, file), file);
}

/** Only those of the tree: what stands in the home folder is listed, not rewritten. */
function holdersIn(rows: readonly Pick<Row, 'users'>[], base: string): ReadonlySet<string> {
  const paths = rows.flatMap(({ users }) =>
    users.filter(({ holds }) => holds === 'key').map(({ path }) => path),
  );
  const inTree = paths.filter((path) => !/^[~<]/.test(path) && isEnvFile(basename(path)));
  return new Set(inTree.map((path) => join(base, path)));
}

function read(path: string, shown = path): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new UserError(`cannot read ${shown}`, {
      hint: 'FILE names an env file to be fixed',
      cause,
    });
  }
}
