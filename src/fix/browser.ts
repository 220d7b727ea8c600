// Opens the sign-in page in the person's browser, the way they set it (BROWSER) or the system's. The address is always
// printed as well, so nothing depends on this.
import { spawn } from 'node:child_process';
import { win32 } from 'node:path';

import { isSafe } from '../sso/endpoints.ts';

export interface BrowserCommand {
  readonly file: string;
  readonly args: readonly string[];
}

/**
 * Starts the browser by itself: without a shell, without AWS variables in its environment, outliving us. False when there is
 * none to start (a remote shell, a container) or the address is neither https nor this computer's.
 */
export function openBrowser(
  url: string,
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): boolean {
  const command = browserCommand(url, env, platform);
  if (command === undefined) return false;
  const browser = spawn(command.file, command.args, {
    detached: true,
    stdio: 'ignore',
    shell: false,
    windowsHide: true,
    env: withoutAws(env),
  });
  browser.on('error', () => undefined); // not installed: the address stands on the screen
  browser.unref();
  return true;
}

/** Whether `openBrowser` has something to start. */
export function hasBrowser(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): boolean {
  return browserCommand('https://awsapps.com/', env, platform) !== undefined;
}

/** What `openBrowser` starts. */
export function browserCommand(
  url: string,
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): BrowserCommand | undefined {
  const address = safeAddress(url);
  if (address === undefined) return undefined;
  const own = (env['BROWSER'] ?? '').trim();
  if (own.toLowerCase() === 'none') return undefined;
  return own === '' ? systemBrowser(address, env, platform) : ownBrowser(own, address, platform);
}

/** https, or http to this computer; as a browser writes it, so that it cannot be taken for an option. */
function safeAddress(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && isSafe(url) ? url.href : undefined;
}

/** `firefox --new-window %s`; without `%s` the address comes last. */
function ownBrowser(
  text: string,
  address: string,
  platform: NodeJS.Platform,
): BrowserCommand | undefined {
  const words = wordsOf(text, platform);
  const [file, ...args] = words.map((word) => word.replaceAll('%s', () => address));
  if (file === undefined || file === '') return undefined;
  return { file, args: words.some((word) => word.includes('%s')) ? args : [...args, address] };
}

/** Split at blanks outside quotes. A backslash takes the next character literally, except on Windows, where it is in paths. */
function wordsOf(text: string, platform: NodeJS.Platform): readonly string[] {
  const piece =
    platform === 'win32'
      ? /"([^"]*)"|([^\s"]+)|(\s+)/gy
      : /"((?:[^"\\]|\\.)*)"|'([^']*)'|((?:[^\s"'\\]|\\.)+)|(\s+)/gy;
  const words: string[] = [];
  let word: string | undefined;
  for (const match of text.matchAll(piece)) {
    if (/^\s/.test(match[0])) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + literal(match, platform);
    }
  }
  return word === undefined ? words : [...words, word];
}

function literal(match: RegExpExecArray, platform: NodeJS.Platform): string {
  const text = match.slice(1).join('');
  const isRaw = platform === 'win32' || match[0].startsWith("'");
  return isRaw ? text : text.replace(/\\(.)/gs, '$1');
}

function systemBrowser(
  address: string,
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): BrowserCommand | undefined {
  const has = (...names: readonly string[]): boolean =>
    names.some((name) => (env[name] ?? '') !== '');
  // the browser would open at the other end of the line
  if (has('SSH_CONNECTION', 'SSH_CLIENT', 'SSH_TTY')) return undefined;
  switch (platform) {
    case 'darwin':
      return { file: '/usr/bin/open', args: [address] };
    case 'win32': {
      // by its full path: Windows looks in the current folder first, which may be a stranger's repository
      const root = env['SystemRoot'] ?? env['windir'] ?? 'C:\\Windows';
      const file = win32.join(root, 'System32', 'rundll32.exe');
      return { file, args: ['url.dll,FileProtocolHandler', address] };
    }
    default:
      return has('DISPLAY', 'WAYLAND_DISPLAY') ? { file: 'xdg-open', args: [address] } : undefined;
  }
}

function withoutAws(env: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/AWS|AMAZON/i.test(name)));
}
