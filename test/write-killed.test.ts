// The program is ended (-9) at each call that it makes of the system during a cut-over, on real files: what it leaves works,
// holds secrets only where they were or in 0600 beside it, and the next run goes on (issue 5: interrupted anywhere).
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { cutOver } from '../src/write/cut-over.ts';
import { sweep } from '../src/write/sweep.ts';
import { bundle } from './support/bundle.ts';
import { thorough } from './support/effort.ts';
import { projectRoot, temporaryFolder } from './support/run.ts';

const posix = process.platform === 'win32' ? it.skip : it;

const old = { config: 'old config with a key\n', credentials: 'old key\n' };
const next = { config: 'new config\n', credentials: 'no key\n' };
const names = ['config', 'credentials'] as const;

/** What is on the disk is the same before and after these. */
const onlyLooks = new Set(['realpath', 'readlink', 'lstat', 'fstat', 'readdir', 'read', 'close']);

const source = `
  import { appendFileSync, readFileSync } from 'node:fs';
  import { cutOver } from '${projectRoot}src/write/cut-over.ts';
  import { disk } from '${projectRoot}src/write/file-system.ts';
  import { faulty } from '${projectRoot}test/support/faults.ts';

  const [folder, number, half] = process.argv.slice(2);
  const { fs, calls } = faulty(disk, (now, call, args) => {
    if (now !== Number(number)) return;
    if (half !== undefined && call === 'write') disk.write(args[0], args[1].subarray(0, 4));
    process.kill(process.pid, 'SIGKILL');
  });
  const plans = ${JSON.stringify(names)}.map((name) => ({
    path: folder + '/' + name,
    before: readFileSync(folder + '/' + name),
    after: Buffer.from(${JSON.stringify(next)}[name]),
    secret: name === 'credentials',
  }));
  const announce = (paths) => appendFileSync(folder + '/../announced', paths.map((path) => path + '\\n').join(''));
  const { done } = cutOver(plans, { inspect: () => [], announce, fs });
  console.log(JSON.stringify({ done, calls }));
`;

describe('a cut-over that is killed', () => {
  posix(
    'at any call leaves old files or new ones, config first, and is finished by the next',
    () => {
      const program = bundle(source);
      const folder = join(temporaryFolder('home'), '.aws');
      const start = (...args: string[]) => {
        rmSync(folder, { recursive: true, force: true });
        rmSync(join(folder, '../announced'), { force: true });
        mkdirSync(folder, { mode: 0o700 });
        writeFileSync(join(folder, 'config'), old.config, { mode: 0o644 });
        writeFileSync(join(folder, 'credentials'), old.credentials, { mode: 0o640 });
        return spawnSync(process.execPath, [program, folder, ...args], { encoding: 'utf8' });
      };
      const { calls } = JSON.parse(start('0').stdout) as { calls: readonly string[] };
      const cases = calls
        .flatMap((call, index) => [
          ...(onlyLooks.has(call) ? [] : [[String(index + 1)]]),
          ...(call === 'write' ? [[String(index + 1), 'half']] : []),
        ])
        // a process each; test/write-cut-over.test.ts tries all of them in one
        .filter((_, index) => thorough || index % 3 === 0);
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
          open.filter((name) => readFileSync(join(folder, name), 'utf8').includes('key')),
        ]).toEqual([where, []]);
        goOn(folder);
        expect([where, stateOf(folder), readdirSync(folder)]).toEqual([
          where,
          ['new', 'new'],
          [...names],
        ]);
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

/** What the next start does: it removes what is left, and carries out what is still to do. */
function goOn(folder: string): void {
  const announced = join(folder, '../announced');
  const paths = existsSync(announced) ? readFileSync(announced, 'utf8').split('\n') : [];
  expect(sweep(paths.filter((path) => path !== '')).left).toEqual([]);
  const plans = names.map((name) => ({
    path: join(folder, name),
    before: readFileSync(join(folder, name)),
    after: Buffer.from(next[name]),
    secret: name === 'credentials',
  }));
  expect(cutOver(plans, { inspect: () => [], announce: () => undefined }).done).toBe(true);
}
