// Which program opens the sign-in page, and what it is given.
import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { browserCommand, openBrowser } from '../src/fix/browser.ts';
import { bundle } from './support/bundle.ts';
import { projectRoot, run, temporaryFolder, writeTree } from './support/run.ts';
import { until } from './support/until.ts';

const url = 'https://oidc.us-east-1.amazonaws.com/authorize?state=a&scopes=b%20c';

describe('the command that opens a page', () => {
  it.each<[string, NodeJS.Platform, Record<string, string>, readonly string[] | undefined]>([
    ['Linux with a screen', 'linux', { DISPLAY: ':0' }, ['xdg-open', url]],
    ['Linux with Wayland', 'linux', { WAYLAND_DISPLAY: 'wayland-0' }, ['xdg-open', url]],
    ['Linux without a screen', 'linux', {}, undefined],
    ['FreeBSD with a screen', 'freebsd', { DISPLAY: ':0' }, ['xdg-open', url]],
    ['a remote shell', 'linux', { DISPLAY: ':10', SSH_CONNECTION: 'a b c d' }, undefined],
    ['a remote shell on macOS', 'darwin', { SSH_TTY: '/dev/ttys1' }, undefined],
    ['macOS', 'darwin', {}, ['/usr/bin/open', url]],
    [
      'Windows',
      'win32',
      { SystemRoot: 'D:\\Win' },
      ['D:\\Win\\System32\\rundll32.exe', 'url.dll,FileProtocolHandler', url],
    ],
    ['BROWSER', 'linux', { BROWSER: 'firefox' }, ['firefox', url]],
    ['BROWSER, also in a remote shell', 'linux', { BROWSER: 'w3m', SSH_TTY: 'x' }, ['w3m', url]],
    [
      'BROWSER with arguments',
      'linux',
      { BROWSER: 'chrome --incognito' },
      ['chrome', '--incognito', url],
    ],
    ['BROWSER with a place', 'linux', { BROWSER: 'a --url=%s -x' }, ['a', `--url=${url}`, '-x']],
    [
      'BROWSER in quotes',
      'linux',
      { BROWSER: `"/opt/my browser/b" 'two words' a\\ b ""` },
      ['/opt/my browser/b', 'two words', 'a b', '', url],
    ],
    [
      'BROWSER on Windows',
      'win32',
      { BROWSER: '"C:\\Program Files\\b.exe" -new' },
      ['C:\\Program Files\\b.exe', '-new', url],
    ],
    [
      'BROWSER that would be a shell',
      'linux',
      { BROWSER: 'a; rm -rf /' },
      ['a;', 'rm', '-rf', '/', url],
    ],
    ['BROWSER that is a lone quote', 'linux', { BROWSER: '"' }, undefined],
    ['BROWSER=none', 'linux', { BROWSER: 'none', DISPLAY: ':0' }, undefined],
    ['an empty BROWSER', 'linux', { BROWSER: ' ', DISPLAY: ':0' }, ['xdg-open', url]],
  ])('%s', (_what, platform, env, expected) => {
    const command = browserCommand(url, env, platform);
    expect(command && [command.file, ...command.args]).toEqual(expected);
  });

  it.each([
    'http://elsewhere.example/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://name@evil.example/',
    'http://127.0.0.1.evil.example/',
    '--help',
    '',
  ])('is none for %s', (address) => {
    expect(browserCommand(address, { BROWSER: 'firefox' }, 'linux')).toBeUndefined();
  });

  it.each(['http://127.0.0.1:8080/device', 'http://localhost/', 'http://[::1]:1/'])(
    'opens %s, which is on this computer',
    (address) => {
      expect(browserCommand(address, { BROWSER: 'b' }, 'linux')).toEqual({
        file: 'b',
        args: [address],
      });
    },
  );
});

(process.platform === 'win32' ? describe.skip : describe)('the browser', () => {
  it('is started with the page and without AWS variables', async () => {
    const folder = temporaryFolder('browser');
    const seen = join(folder, 'seen');
    writeTree(folder, {
      'browser.cjs': `const { renameSync, writeFileSync } = require('node:fs');
        writeFileSync(process.argv[2] + '.part', JSON.stringify([process.argv.slice(3), Object.keys(process.env).sort()]));
        renameSync(process.argv[2] + '.part', process.argv[2]);`,
    });
    const env = {
      BROWSER: `"${process.execPath}" "${join(folder, 'browser.cjs')}" "${seen}"`,
      HOME: folder,
      AWS_SECRET_ACCESS_KEY: 'x',
      AWS_PROFILE: 'x',
      TF_VAR_aws_secret: 'x',
    };
    expect(openBrowser(url, env, process.platform)).toBe(true);
    await until(() => existsSync(seen));
    const [args, names] = JSON.parse(readFileSync(seen, 'utf8')) as [unknown, readonly string[]];
    expect([args, names.filter((name) => !name.startsWith('__'))]).toEqual([
      [url],
      ['BROWSER', 'HOME'],
    ]);
  });

  it('that is not installed ends no program that wants it', () => {
    const file = bundle(`import { openBrowser } from '${join(projectRoot, 'src/fix/browser.ts')}';
      console.log(openBrowser('${url}', { BROWSER: '/nowhere/browser' }, process.platform));`);
    expect(run([file], { command: process.execPath })).toMatchObject({
      code: 0,
      stdout: 'true\n',
      stderr: '',
    });
  });
});
