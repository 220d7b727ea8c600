// The README shows what the program prints: the commands that a newcomer types are run, and the screen is compared.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { projectRoot, run } from './support/run.ts';
import { makeFolder } from './support/tree.ts';

const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');

describe('the README', () => {
  it('shows the screen of its demo as it is today', () => {
    const [, shown = ''] = /\n```text\n([^]*?)```\n/.exec(readme) ?? [];
    const demo = spawnSync(process.execPath, ['scripts/demo-leak.js'], { cwd: projectRoot });
    const folder = makeFolder({ '.env': demo.stdout });
    const { code, stdout } = run([folder], { cwd: projectRoot });
    // The headline is as wide as the screen, whatever the folder is called.
    const plain = (screen: string): string =>
      screen.replace(/─+/, '─').replace(/ in <?\d+\.\d s$/m, ' in 0.2 s');
    expect(plain(stdout.replace(folder, '/tmp/demo'))).toBe(plain(shown));
    expect(code).toBe(1);
  });
});
