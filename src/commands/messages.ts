// Every line that keyscan says beside its reports, as text. Names and messages of the system pass through `visible`,
// because a file's name may hold what a terminal obeys.
import { visible } from '../report/visible.ts';

/** A note or a warning on standard error. */
export function said(text: string): string {
  return `keyscan: ${visible(text)}\n`;
}

/** What a person can mend: what went wrong and why, then what to do. */
export function problem(error: {
  readonly message: string;
  readonly hint?: string | undefined;
}): string {
  const [first = '', ...others] = error.message.split('\n');
  const more = [...others, ...(error.hint === undefined ? [] : [error.hint])];
  return `${said(first)}${more.map((line) => `  ${visible(line)}\n`).join('')}`;
}

/**
 * A bug. The message of an error nobody expected can quote what was being read (JSON.parse does), so only its kind and
 * the places in our own code are shown.
 */
export function bug(error: unknown): string {
  const name = error instanceof Error ? error.name : typeof error;
  const lines = [
    `internal error (${/^\w{1,40}$/.test(name) ? name : 'Error'}${systemCode(error)})`,
  ];
  return [
    ...lines.map(said),
    '  This is a bug in keyscan. Please report it with these lines; they hold nothing that was read.\n',
    ...frames(error).map((frame) => `  ${visible(frame)}\n`),
  ].join('');
}

function systemCode(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,40}$/.test(code) ? `, ${code}` : '';
}

/** Lines such as `at scan (/usr/lib/node_modules/keyscan/dist/scan.cjs:10:5)`, and nothing of the message before them. */
function frames(error: unknown): string[] {
  if (!(error instanceof Error) || error.stack === undefined) return [];
  const { stack, message } = error;
  const start = stack.indexOf(message);
  return stack
    .slice(start < 0 ? 0 : start + message.length)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^at (?:[\w$.<>[\] #]{1,80} \()?[^()"'`=]{1,300}:\d+:\d+\)?$/.test(line))
    .slice(0, 10);
}
