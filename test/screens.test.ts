// What a person sees in a terminal of 80 × 24: the built program in tmux, screens kept in fixtures/screens.
import { describe, expect, it } from '@jest/globals';

import { key } from './support/repository.ts';
import { keptScreen, spellEscapes, stable } from './support/screens.ts';
import { hasTmux, openTerminal } from './support/terminal.ts';
import { makeFolder } from './support/tree.ts';

const bakery = () =>
  makeFolder({
    'deploy/.env': `NAME=moonbakery\nAWS_ACCESS_KEY_ID=${key('ovens').id}\nAWS_SECRET_ACCESS_KEY=${key('ovens').secret}\n`,
  });

(hasTmux ? describe : describe.skip)('a scan in a terminal', () => {
  it('fits, and is coloured where the terminal has colours', async () => {
    const terminal = await openTerminal(['.'], { cwd: bakery() });
    const { code, screen } = await terminal.end();
    expect(code).toBe(1);
    expect(stable(screen)).toBe(keptScreen('terminal-scan', stable(screen)));
    expect(spellEscapes(terminal.screen({ colour: true }))).toContain('\\e[31m✖');
  });

  it('is the same without colours when NO_COLOR says so', async () => {
    const terminal = await openTerminal(['.'], { cwd: bakery(), env: { NO_COLOR: '1' } });
    const { screen } = await terminal.end();
    expect(stable(screen)).toBe(keptScreen('terminal-scan', stable(screen)));
    expect(terminal.screen({ colour: true })).toBe(screen);
  });

  it('ends with 130 at Ctrl-C', async () => {
    const preload = makeFolder({
      'reading.cjs': `const fs = require('node:fs');
        const { readSync } = fs;
        fs.readSync = (...given) => {
          if (given[0] === 0) process._rawDebug('reading');
          return readSync(...given);
        };`,
    });
    const terminal = await openTerminal(['--stdin'], {
      env: { NODE_OPTIONS: `--require ${preload}/reading.cjs` },
    });
    await terminal.waitFor('reading');
    terminal.press('C-c');
    expect((await terminal.end()).code).toBe(130);
  });
});
