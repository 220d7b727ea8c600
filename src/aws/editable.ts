// Whether a file may be edited at all: what one SDK refuses to read cannot be checked afterwards.

import type { AwsTexts } from './change.ts';
import { type ConfigFileKind, dialects, readDialect } from './dialects.ts';
import { parseIni } from './ini.ts';
import { keyRoles } from './profiles.ts';
import type { Refusal } from './refusal.ts';

/** Why nothing in these files may be edited; one for each file that is the reason. */
export function uneditable(texts: AwsTexts): Refusal[] {
  const files = [
    ['config', texts.config],
    ['credentials', texts.same ? texts.config : texts.credentials],
  ] as const;
  const refusals = files.flatMap(([kind, bytes]) => {
    const why = bytes === undefined ? undefined : whyNot(bytes, kind);
    return why === undefined ? [] : [{ profile: undefined, ...why }];
  });
  // One file read in two ways has one trouble.
  return texts.same ? refusals.slice(0, 1) : refusals;
}

type Why = Pick<Refusal, 'reason' | 'hint'>;

const byHand = 'open the file in an editor and put that right, then start again';

function whyNot(bytes: Uint8Array, kind: ConfigFileKind): Why | undefined {
  const ini = parseIni(bytes);
  if (bytes.includes(0)) {
    return {
      reason: `the ${kind} file holds NUL bytes`,
      hint: `save it as UTF-8 text, then start again`,
    };
  }
  if (ini.bom) {
    return {
      reason: `the ${kind} file begins with a byte order mark, so that the AWS CLI cannot read it`,
      hint: 'let the mark be removed first: it is offered as a repair of its own',
    };
  }
  if (ini.lines.some(({ eol }) => eol === '\r') || /\r[^\n]/.test(ini.latin1)) {
    return {
      reason: `lines of the ${kind} file end in a lone carriage return, which most SDKs do not take for an end`,
      hint: 'save it with LF or CRLF line ends, then start again',
    };
  }
  for (const dialect of dialects) {
    const { error } = readDialect(dialect, bytes, kind);
    if (error === undefined) continue;
    const reason = `${readers[dialect]} cannot read the ${kind} file: ${error}`;
    if (!isDuplicate(error)) return { reason, hint: byHand };
    return { reason, hint: 'let the two be joined first: it is offered as a repair of its own' };
  }
  if (ini.sections.some(({ name, settings }) => name === 'DEFAULT' && settings.some(holdsKey))) {
    return {
      reason: `[DEFAULT] of the ${kind} file gives its key to every profile in the AWS CLI`,
      hint: 'rename it to [default], or take its key out by hand, then start again',
    };
  }
  return undefined;
}

/** The words of dialects.ts for a section or a setting that is there twice. */
export function isDuplicate(error: string): boolean {
  return error.endsWith('is there twice');
}

const readers = {
  botocore: 'the AWS CLI',
  js: 'the JavaScript SDK',
  go: 'the Go SDK',
} as const;

function holdsKey({ name, value }: { readonly name: string; readonly value: string }): boolean {
  return keyRoles.has(name) && value !== '';
}
