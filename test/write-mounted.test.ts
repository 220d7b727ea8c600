// Disks as they really are: full, read-only, a single file mounted as containers do, protected. Needs Linux and the right
// to mount in a namespace of its own; skipped, and said, without.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { bundle } from './support/bundle.ts';
import { projectRoot, temporaryFolder } from './support/run.ts';

const mayMount = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;
if (!mayMount) console.warn('SKIPPED: disks of any kind need the right to mount');

const source = `
  import { readdirSync, readFileSync, statSync } from 'node:fs';
  import { cutOver } from '${projectRoot}src/write/cut-over.ts';
  const [folder] = process.argv.slice(2);
  const size = 8000;
  const plans = ['config', 'credentials'].map((name) => ({
    path: folder + '/' + name,
    before: readFileSync(folder + '/' + name),
    after: Buffer.alloc(size, name),
    secret: true,
  }));
  const result = cutOver(plans, { inspect: () => [], announce: () => undefined });
  const texts = plans.map(({ path, before }) => (readFileSync(path).equals(before) ? 'old' : 'new'));
  console.log(JSON.stringify([result.problem?.message.replace(folder, '~'), texts, readdirSync(folder).sort()]));
`;

const protect = (how: '+i' | '-i', file: string): boolean =>
  spawnSync('chattr', [how, file]).status === 0;
const tried = join(temporaryFolder('protected'), 'file');
writeFileSync(tried, '');
const mayProtect = protect('+i', tried) && protect('-i', tried);
if (!mayProtect) console.warn('SKIPPED: protected files need the right to protect them (chattr)');

let made: string | undefined;
const program = (): string => (made ??= bundle(source));

describe('a disk', () => {
  (mayMount ? it : it.skip).each([
    ['that has room', '', undefined, 'new'],
    [
      'that is full',
      'head -c 200000 /dev/zero > $0/filler 2>/dev/null',
      '~/config: the disk is full',
      'old',
    ],
    // room for three of the four files that are written before the first rename
    [
      'that fills up in the middle',
      'head -c 12288 /dev/zero > $0/filler',
      '~/credentials: the disk is full',
      'old',
    ],
    [
      'that is read-only',
      'mount -o remount,ro $0',
      '~/config: it lies on a file system that is mounted read-only',
      'old',
    ],
    [
      'that holds one mounted file',
      'mount --bind $0/credentials $0/credentials',
      '~/credentials: it is in use, or mounted as a single file',
      'old',
    ],
  ])('%s', (_, prepare, problem, state) => {
    const folder = join(temporaryFolder(), '.aws');
    mkdirSync(folder);
    const script = `
      mount -t tmpfs -o size=40k none $0 &&
      head -c 4000 /dev/zero > $0/config && head -c 4000 /dev/zero > $0/credentials
      ${prepare}
      "$1" "$2" $0`;
    const args = ['-m', 'sh', '-c', script, folder, process.execPath, program()];
    const { stdout, stderr } = spawnSync('unshare', args, { encoding: 'utf8' });
    const names = ['config', 'credentials', ...(prepare.includes('filler') ? ['filler'] : [])];
    expect([stderr, JSON.parse(stdout)]).toEqual([
      '',
      [problem === undefined ? null : `cannot write ${problem}`, [state, state], names],
    ]);
  });

  (mayProtect ? it : it.skip)('with a protected file', () => {
    const folder = join(temporaryFolder(), '.aws');
    mkdirSync(folder);
    for (const file of ['config', 'credentials']) writeFileSync(join(folder, file), 'old');
    protect('+i', join(folder, 'credentials'));
    try {
      const { stdout } = spawnSync(process.execPath, [program(), folder], {
        encoding: 'utf8',
      });
      expect(JSON.parse(stdout)).toEqual([
        'cannot write ~/credentials: the system does not permit it',
        ['old', 'old'],
        ['config', 'credentials'],
      ]);
    } finally {
      protect('-i', join(folder, 'credentials'));
    }
  });
});
