// What the streams can show.
import { describe, expect, it } from '@jest/globals';

import { colorLevel, showsUnicode } from '../src/cli/terminal.ts';

describe('colour', () => {
  it('is used on a terminal, as far as it goes', () => {
    const shown = (env: Record<string, string>) => colorLevel('auto', env, true);
    expect(shown({ TERM: 'xterm' })).toBe(1);
    expect(shown({ TERM: 'xterm-256color' })).toBe(2);
    expect(shown({ TERM: 'xterm-256color', COLORTERM: 'truecolor' })).toBe(3);
    expect(shown({ TERM: 'xterm', COLORTERM: '24bit' })).toBe(3);
    expect(shown({ WT_SESSION: 'x' })).toBe(3);
    expect(shown({ TERM: 'dumb', COLORTERM: 'truecolor' })).toBe(0);
  });

  it('is not used in a pipe, not even in CI', () => {
    expect(colorLevel('auto', { TERM: 'xterm-256color', CI: 'true' }, false)).toBe(0);
  });

  it('obeys NO_COLOR with any value but the empty one, before FORCE_COLOR', () => {
    expect(colorLevel('auto', { TERM: 'xterm', NO_COLOR: '0' }, true)).toBe(0);
    expect(colorLevel('auto', { TERM: 'xterm', NO_COLOR: '' }, true)).toBe(1);
    expect(colorLevel('auto', { NO_COLOR: '1', FORCE_COLOR: '3' }, true)).toBe(0);
  });

  it('obeys FORCE_COLOR in a pipe and on a dumb terminal', () => {
    const forced = (value: string) =>
      colorLevel('auto', { FORCE_COLOR: value, TERM: 'dumb' }, false);
    expect(['', 'true', '1', '2', '3', '0', 'false'].map(forced)).toEqual([1, 1, 1, 2, 3, 0, 0]);
  });

  it('obeys --color before everything', () => {
    expect(colorLevel('never', { FORCE_COLOR: '3' }, true)).toBe(0);
    expect(colorLevel('always', { NO_COLOR: '1' }, false)).toBe(1);
    expect(colorLevel('always', { TERM: 'dumb' }, false)).toBe(1);
    expect(colorLevel('always', { TERM: 'xterm-256color' }, false)).toBe(2);
    expect(colorLevel('always', { FORCE_COLOR: '3' }, false)).toBe(3);
  });
});

describe('marks beyond ASCII', () => {
  it('need a UTF-8 locale; the first of LC_ALL, LC_CTYPE and LANG that is set decides', () => {
    const shown = (env: Record<string, string>) => showsUnicode(env, 'linux');
    expect(shown({ LANG: 'de_DE.UTF-8' })).toBe(true);
    expect(shown({ LANG: 'de_DE.utf8' })).toBe(true);
    expect(shown({})).toBe(false);
    expect(shown({ LANG: 'en_US.UTF-8', LC_ALL: 'C' })).toBe(false);
    expect(shown({ LANG: 'en_US.UTF-8', LC_ALL: '' })).toBe(true);
    expect(shown({ LANG: 'C', LC_CTYPE: 'C.UTF-8' })).toBe(true);
    expect(shown({ LANG: 'en_US.ISO-8859-1' })).toBe(false);
  });

  it('are left out on the Linux console and on dumb terminals', () => {
    expect(showsUnicode({ LANG: 'C.UTF-8', TERM: 'linux' }, 'linux')).toBe(false);
    expect(showsUnicode({ LANG: 'C.UTF-8', TERM: 'dumb' }, 'linux')).toBe(false);
  });

  it('are shown on Windows only by newer terminals', () => {
    expect(showsUnicode({}, 'win32')).toBe(false);
    expect(showsUnicode({ WT_SESSION: 'x' }, 'win32')).toBe(true);
    expect(showsUnicode({ TERM_PROGRAM: 'vscode' }, 'win32')).toBe(true);
  });
});
