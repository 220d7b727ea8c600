// Random sequences of what people do with git, with the installed hooks. What must be stopped is read from the trees: a
// commit whose tree holds a key that HEAD's does not. Nothing else may be stopped.
import { copyFileSync, cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { numbers } from './numbers.ts';
import { key, repository, type Repository } from './repository.ts';
import { temporaryFolder } from './run.ts';

/** Does so many things one after the other and says what went wrong, with what led there. */
export function liveThrough(seed: number, steps: number): readonly string[] {
  const world = new World(seed);
  for (let step = 0; step < steps; step += 1) {
    const problem = world.step();
    if (problem !== undefined) return [...world.log, problem];
  }
  world.end();
  return [];
}

/** Made once and copied: setting up takes longer than what is tried. */
let template: Repository | undefined;

function freshRepository(): Repository {
  if (template === undefined) {
    template = repository();
    const lines = (name: string): string =>
      Array.from({ length: 6 }, (_, index) => `${name}_${index} = ${index}\n`).join('');
    template.commit({ 'a.ini': lines('a'), 'b.ini': lines('b') });
    template.git('branch', 'side');
    template.keyscan('install');
  }
  const folder = join(temporaryFolder('world'), 'repo');
  cpSync(template.folder, folder, { recursive: true });
  return template.beside(folder);
}

class World {
  readonly log: string[] = [];
  private readonly repo: Repository;
  /** Every id and every secret. */
  private readonly keys = new Set<string>();
  private readonly trees = new Map<string, ReadonlySet<string>>();
  private readonly seed: number;
  private readonly random: (below: number) => number;
  private count = 0;

  constructor(seed: number) {
    this.seed = seed;
    this.random = numbers(seed);
    this.repo = freshRepository();
  }

  /** Nothing else needs it. */
  end(): void {
    rmSync(join(this.repo.folder, '..'), { recursive: true, force: true });
  }

  /** Does something and commits; says what was wrong with the outcome. */
  step(): string | undefined {
    const changes = 1 + this.random(3);
    for (let each = 0; each < changes; each += 1) this.pick(this.changes)();
    const { name, args, tree } = this.pick(this.commits)();
    const [before, now] = this.head();
    const held = this.keysIn(now);
    const leaks = [...this.keysIn(tree)].filter((id) => !held.has(id));
    const { stderr } = this.repo.try(...args);
    const [after] = this.head();
    const moved = after !== before;
    this.log.push(`${name}: ${leaks.length} new keys, ${moved ? 'committed' : 'not committed'}`);
    if (leaks.length > 0 && moved) return `${name} committed ${leaks.length} keys`;
    if (leaks.length === 0 && !moved && stderr.includes('keyscan'))
      return `${name} was stopped: ${stderr}`;
    if (!moved) this.recover();
    return undefined;
  }

  private readonly changes: readonly (() => void)[] = [
    () => {
      this.edit((lines) => lines.splice(this.random(lines.length + 1), 0, this.line()));
    },
    () => {
      this.edit((lines) => lines.splice(this.random(lines.length + 1), 0, this.keyLines()));
    },
    () => {
      this.edit((lines) => lines.splice(this.random(lines.length), 1));
    },
    () => {
      this.edit((lines) => {
        const at = lines.findIndex((line) => this.holdsKey(line));
        if (at >= 0) lines.splice(at, 1);
      });
    },
    () => {
      const name = this.file();
      if (name !== undefined) this.repo.try('mv', name, `${this.next('moved')}.ini`);
    },
    () => {
      this.repo.write({
        [`${this.next('new')}.ini`]: this.plain(2) + (this.random(2) ? this.keyLines() : ''),
      });
    },
    () => {
      this.repo.try('add', '--all');
    },
    () => {
      const name = this.file();
      if (name !== undefined) this.repo.try('add', '--', name);
    },
    () => {
      // some hunks and not others, as a person answers
      const answers = Array.from({ length: 12 }, () => (this.random(2) ? 'y' : 'n'));
      try {
        this.repo.input(`${answers.join('\n')}\nq\n`, 'add', '--patch');
      } catch {
        // nothing was to be added
      }
    },
    () => {
      // a part of a file: staged with a line that the work tree then lacks
      const name = this.file();
      if (name === undefined) return;
      const text = this.read(name);
      this.repo.write({ [name]: text + (this.random(2) ? this.line() : this.keyLines()) });
      this.repo.try('add', '--', name);
      this.repo.write({ [name]: text });
    },
  ];

  private readonly commits: readonly (() => { name: string; args: string[]; tree: string })[] = [
    () => this.attempt('commit', ['commit', '--quiet', '-m', 'x'], []),
    () =>
      this.attempt('commit --all', ['commit', '--quiet', '--all', '-m', 'x'], ['add', '--update']),
    () => this.attempt('amend', ['commit', '--quiet', '--amend', '--no-edit'], []),
    () => {
      this.repo.try('add', '--all');
      return this.attempt('add and commit', ['commit', '--quiet', '-m', 'x'], []);
    },
    () => {
      // a branch that somebody committed to past the hook, merged
      this.repo.try('stash', '--include-untracked');
      this.repo.try('switch', '--quiet', 'side');
      this.repo.commit({
        [`${this.next('side')}.ini`]: this.random(2) ? this.keyLines() : this.plain(1),
      });
      this.repo.try('switch', '--quiet', 'main');
      const merged = this.repo.try('merge-tree', '--write-tree', 'main', 'side').stdout.trim();
      return {
        name: 'merge',
        args: ['merge', '--quiet', '--no-edit', '--no-ff', 'side'],
        tree: merged,
      };
    },
  ];

  /** What it would commit: the tree of a copy of the index. */
  private attempt(name: string, args: string[], first: readonly string[]) {
    const index = join(this.repo.folder, '.git/index');
    const copy = `${index}-copy`;
    copyFileSync(index, copy);
    const env = { GIT_INDEX_FILE: copy };
    if (first.length > 0) this.repo.with(env, ...first);
    const tree = this.repo.with(env, 'write-tree').stdout.trim();
    rmSync(copy, { force: true });
    return { name, args, tree };
  }

  /** Of HEAD, the commit and its tree. */
  private head(): readonly [commit: string, tree: string] {
    const [commit = '', tree = ''] = this.repo.git('rev-parse', 'HEAD', 'HEAD^{tree}').split('\n');
    return [commit, tree];
  }

  private recover(): void {
    this.repo.try('merge', '--abort');
    if (this.random(2)) this.repo.try('reset', '--quiet', '--hard');
  }

  private keysIn(tree: string): ReadonlySet<string> {
    const known = this.trees.get(tree);
    if (known !== undefined) return known;
    const all = this.repo.try('grep', '--text', '-h', '-e', 'aws_', tree).stdout;
    const found = new Set([...this.keys].filter((value) => all.includes(value)));
    this.trees.set(tree, found);
    return found;
  }

  private edit(change: (lines: string[]) => void): void {
    const name = this.file();
    if (name === undefined) return;
    const lines = this.read(name).split(/(?<=\n)/);
    change(lines);
    this.repo.write({ [name]: lines.join('') });
  }

  private read(name: string): string {
    try {
      return readFileSync(join(this.repo.folder, name), 'utf8');
    } catch {
      return '';
    }
  }

  private file(): string | undefined {
    const names = this.repo.try('ls-files').stdout.split('\n').filter(Boolean);
    return names.length === 0 ? undefined : names[this.random(names.length)];
  }

  private holdsKey(line: string): boolean {
    return [...this.keys].some((value) => line.includes(value));
  }

  private keyLines(): string {
    const name = this.next('key');
    const { lines, secret, id } = key(`${this.seed} ${name}`);
    this.keys.add(id).add(secret);
    return lines;
  }

  private plain(lines: number): string {
    return Array.from({ length: lines }, () => this.line()).join('');
  }

  private line(): string {
    return `setting_${this.next('s')} = ${this.random(1000)}\n`;
  }

  private next(what: string): string {
    this.count += 1;
    return `${what}${this.count}`;
  }

  private pick<T>(from: readonly T[]): T {
    const picked = from[this.random(from.length)];
    if (picked === undefined) throw new Error('nothing to pick');
    return picked;
  }
}
