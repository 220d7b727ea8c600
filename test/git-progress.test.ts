// How far a long scan of commits is, as a person before a terminal sees it, and what Ctrl-C leaves. git is the real one;
// only what it prints comes slowly.
import { describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { sampled } from './support/effort.ts';
import { key, repository, type Repository } from './support/repository.ts';
import { run, temporaryFolder } from './support/run.ts';
import { hasTmux, openTerminal } from './support/terminal.ts';

const bakery = key('moonbakery');
const commits = 120;

/** The first commit holds a key; those after it hold enough for git to let go of what it buffers. */
function longHistory(): Repository {
  const repo = repository();
  const leak = repo.commit({ 'a.ini': bakery.lines });
  const message = `${'x'.repeat(2000)}\n`;
  const many = Array.from({ length: commits - 1 }, (_, index) => {
    const from = index === 0 ? `from ${leak}\n` : '';
    return `commit refs/heads/main\ncommitter A <a@b.c> ${1_800_000_000 + index} +0000\ndata ${message.length}\n${message}${from}M 644 inline ${index}.txt\ndata 2\ny\n`;
  });
  repo.input(many.join(''), 'fast-import', '--quiet');
  return repo;
}

/** A PATH on which git takes `seconds` to print what commits changed. */
function slowGit(seconds: number): string {
  const folder = temporaryFolder('slow');
  const real = join(run(['--exec-path'], { command: 'git' }).stdout.trim(), 'git');
  const pieces = 40;
  writeFileSync(
    join(folder, 'slowly.mjs'),
    `import { readFileSync, writeSync } from 'node:fs';
const text = readFileSync(0);
const size = Math.ceil(text.length / ${pieces});
for (let at = 0; at < text.length; at += size) {
  writeSync(1, text.subarray(at, at + size));
  await new Promise((resolve) => setTimeout(resolve, ${(seconds * 1000) / pieces}));
}
`,
  );
  writeFileSync(
    join(folder, 'git'),
    `#!/bin/sh\ncase " $* " in *" diff-tree --stdin "*) "${real}" "$@" | "${process.execPath}" "${folder}/slowly.mjs"; exit;; esac\nexec "${real}" "$@"\n`,
    { mode: 0o755 },
  );
  return `${folder}${delimiter}${process.env['PATH'] ?? ''}`;
}

const line = (seen: string): RegExp =>
  new RegExp(`scanning: ${seen} commits of ${commits} \\(\\d+/s, \\d+ (?:s|min) left\\), 1 leak`);

(hasTmux ? describe : describe.skip)('a long scan of commits in a terminal', () => {
  it.each(sampled([['--history'], ['--range HEAD~100..HEAD']], 1))(
    'tells how far it is, how fast and how long yet, and takes the line away: %s',
    async (mode) => {
      const repo = longHistory();
      const terminal = await openTerminal(mode.split(' '), {
        cwd: repo.folder,
        home: repo.home,
        env: { PATH: slowGit(3) },
      });
      await terminal.waitFor(/scanning: \d+ commits of \d+ \(\d+\/s, \d+ (?:s|min) left\)/);
      const { code, screen } = await terminal.end();
      expect([code, screen.includes('scanning')]).toEqual([mode === '--history' ? 1 : 0, false]);
    },
    60_000,
  );

  it('reports at Ctrl-C what was found until then, with exit code 130', async () => {
    const repo = longHistory();
    const terminal = await openTerminal(['--history'], {
      cwd: repo.folder,
      home: repo.home,
      env: { PATH: slowGit(15) },
    });
    await terminal.waitFor(line('\\d+'));
    terminal.press('C-c');
    const { code } = await terminal.end(10);
    const shown = terminal.everything();
    const [, read] = /interrupted after (\d+) commits: this is what was found/.exec(shown) ?? [];
    expect({
      code,
      some: Number(read) > 0 && Number(read) < commits,
      found: shown.includes(bakery.id.slice(0, 4)) && shown.includes('a.ini'),
      line: shown.includes('scanning'),
    }).toEqual({ code: 130, some: true, found: true, line: false });
  }, 60_000);
});
