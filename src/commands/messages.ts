// Every line that keyscan says beside its reports, as text. Names and messages of the system pass through `visible`,
// because a file's name may hold what a terminal obeys.
import { codeOf } from '../core/errors.ts';
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
  const known = name === typeof error || /^[A-Z][A-Za-z]{0,30}Error$/.test(name);
  const lines = [`internal error (${known ? name : 'Error'}${systemCode(error)})`];
  return [
    ...lines.map(said),
    '  This is a bug in keyscan. Please report it with these lines; they hold nothing that was read.\n',
    ...frames(error).map((frame) => `  ${visible(frame)}\n`),
  ].join('');
}

/** As the system and Node write them, ENOENT and ERR_INVALID_ARG_TYPE; a token would look otherwise. */
const codes = /^(?:E[A-Z0-9]{1,12}|[A-Z]{2,12}(?:_[A-Z0-9]{1,12}){1,6})$/;

function systemCode(error: unknown): string {
  const code = codeOf(error);
  return code !== undefined && codes.test(code) ? `, ${code}` : '';
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
