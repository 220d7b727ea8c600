// The program is ended (-9) at each call that it makes of the system during a cut-over, on real files: what it leaves works,
// holds secrets only where they were or in 0600 beside it, and the next run goes on.
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { carryOut } from '../src/write/carry-out.ts';
import { readJournal } from '../src/write/journal.ts';
import { openState } from '../src/write/state.ts';
import { bundle } from './support/bundle.ts';
import { thorough } from './support/effort.ts';
import { projectRoot, temporaryFolder } from './support/run.ts';

const posix = process.platform === 'win32' ? it.skip : it;

const old = { config: 'old config with a secret\n', credentials: 'old secret\n' };
const next = { config: 'new config\n', credentials: 'nothing\n' };
const names = ['config', 'credentials'] as const;

/** What is on the disk is the same before and after these. */
const onlyLooks = new Set(['realpath', 'readlink', 'lstat', 'fstat', 'readdir', 'read', 'close']);

const source = `
  import { readFileSync } from 'node:fs';
  import { carryOut } from '${projectRoot}src/write/carry-out.ts';
  import { disk } from '${projectRoot}src/write/file-system.ts';
  import { openState } from '${projectRoot}src/write/state.ts';
  import { faulty } from '${projectRoot}test/support/faults.ts';

  const [home, number, half] = process.argv.slice(2);
  const { fs, calls } = faulty(disk, (now, call, args) => {
    if (now !== Number(number)) return;
    if (half !== undefined && call === 'write') disk.write(args[0], args[1].subarray(0, 4));
    process.kill(process.pid, 'SIGKILL');
  });
  const plans = ${JSON.stringify(names)}.map((name) => ({
    path: home + '/.aws/' + name,
    before: readFileSync(home + '/.aws/' + name),
    after: Buffer.from(${JSON.stringify(next)}[name]),
    secret: name === 'credentials',
  }));
  const state = openState(home + '/state', fs);
  const { done } = carryOut({ plans, inspect: () => [], profiles: ['work'], undo: null }, state, fs);
  state.close();
  console.log(JSON.stringify({ done, calls }));
`;

describe('a cut-over that is killed', () => {
  posix(
    'at any call leaves old files or new ones, config first, and is finished by the next',
    () => {
      const program = bundle(source);
      const home = temporaryFolder('home');
      const folder = join(home, '.aws');
      const start = (...args: string[]) => {
        for (const name of ['.aws', 'state'])
          rmSync(join(home, name), { recursive: true, force: true });
        mkdirSync(folder, { mode: 0o700 });
        writeFileSync(join(folder, 'config'), old.config, { mode: 0o644 });
        writeFileSync(join(folder, 'credentials'), old.credentials, { mode: 0o640 });
        return spawnSync(process.execPath, [program, home, ...args], { encoding: 'utf8' });
      };
      const { calls } = JSON.parse(start('0').stdout) as { calls: readonly string[] };
      const cases = calls
        .flatMap((call, index) => [
          ...(onlyLooks.has(call) ? [] : [[String(index + 1)]]),
          ...(call === 'write' ? [[String(index + 1), 'half']] : []),
        ])
        // A process each: in one process, test/write-cut-over.test.ts tries them all
        .filter((_, index) => thorough || index % 4 === 0);
      const seen = new Set<string>();
      for (const args of cases) {
        const where = `${args.join(' ')} ${calls[Number(args[0]) - 1]}`;
        expect([where, start(...args).signal]).toEqual([where, 'SIGKILL']);
        seen.add(stateOf(folder).join(' '));
        const leftOver = readdirSync(folder).filter(
          (name) => !(names as readonly string[]).includes(name),
        );
        const open = leftOver.filter((name) => (statSync(join(folder, name)).mode & 0o077) !== 0);
        expect([
          where,
          open.filter((name) => readFileSync(join(folder, name), 'utf8').includes('secret')),
        ]).toEqual([where, []]);
        goOn(home);
        expect([where, stateOf(folder), readdirSync(folder)]).toEqual([
          where,
          ['new', 'new'],
          [...names],
        ]);
        const state = join(home, 'state');
        expect([where, readdirSync(state)]).toEqual([where, ['journal.jsonl']]);
        expect(readFileSync(join(state, 'journal.jsonl'), 'utf8')).not.toContain('secret');
      }
      expect([...seen]).toEqual(['old old', 'new old', 'new new']);
      expect(cases.length).toBeGreaterThan(10);
    },
    120_000,
  );
});

function stateOf(folder: string): readonly string[] {
  return names.map((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    return text === old[name] ? 'old' : text === next[name] ? 'new' : text;
  });
}

/** What the next start does: it takes the dead lock, removes what is left, and carries out what is still to do. */
function goOn(home: string): void {
  const state = openState(join(home, 'state'));
  expect(state.swept.left).toEqual([]);
  const plans = names.map((name) => ({
    path: join(home, '.aws', name),
    before: readFileSync(join(home, '.aws', name)),
    after: Buffer.from(next[name]),
    secret: name === 'credentials',
  }));
  const work = { plans, inspect: () => [], profiles: ['work'], undo: null };
  expect(carryOut(work, state).done).toBe(true);
  state.close();
  expect(readJournal(join(home, 'state')).temporaries).toEqual([]);
}
