// The AWS tools' own files of this computer, where those tools look for them.

import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { UserError } from '../core/errors.ts';
import type { AwsFile, AwsFileKind } from '../aws/profiles.ts';
import type { Environment } from './home-places.ts';
import { FileReader, isDocument } from './read-file.ts';

export interface AwsPlaces {
  readonly home: string | undefined;
  /** Absolute; set by AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE. */
  readonly config: string | undefined;
  readonly credentials: string | undefined;
  /** The folder that holds both unless those say otherwise. */
  readonly folder: string | undefined;
}

/** Nothing above a few hundred profiles is this big, and it is read for its names only. */
const inventoryBytes = 4 * 1024 * 1024;

export function awsPlaces(environment: Environment): AwsPlaces {
  const home = homeFolder(environment);
  const folder = home === undefined ? undefined : path.join(home, '.aws');
  const place = (variable: string, name: string): string | undefined => {
    const value = environment[variable];
    if (value === undefined || value === '') return folder && path.join(folder, name);
    return path.resolve(expandUser(expandVariables(value, environment), home));
  };
  return {
    home,
    folder,
    config: place('AWS_CONFIG_FILE', 'config'),
    credentials: place('AWS_SHARED_CREDENTIALS_FILE', 'credentials'),
  };
}

/** `HOME`, on Windows `USERPROFILE`, else what the system knows of the user. */
export function homeFolder(environment: Environment): string | undefined {
  const set = environment[process.platform === 'win32' ? 'USERPROFILE' : 'HOME'];
  if (set !== undefined && path.isAbsolute(set)) return path.normalize(set);
  try {
    const { homedir } = os.userInfo();
    return path.isAbsolute(homedir) ? homedir : undefined;
  } catch {
    return undefined;
  }
}

export function noHome(): UserError {
  const variable = process.platform === 'win32' ? 'USERPROFILE' : 'HOME';
  return new UserError('this user has no home folder', {
    hint: `set ${variable} to the folder that holds .aws`,
  });
}

/** Both files as far as they are there and can be read. Never throws: whoever must know why reads them as documents. */
export function readAwsFiles({ config, credentials }: AwsPlaces): readonly AwsFile[] {
  const reader = new FileReader(inventoryBytes);
  const read = (kind: AwsFileKind, file: string | undefined): AwsFile[] => {
    // Mostly there is none, and an exception would cost ten times the question.
    const bytes = file === undefined || !existsSync(file) ? undefined : bytesOf(reader, file);
    return bytes === undefined ? [] : [{ kind, bytes }];
  };
  return [...read('config', config), ...read('credentials', credentials)];
}

/** A copy of all of it, or nothing. */
export function bytesOf(reader: FileReader, file: string): Uint8Array | undefined {
  const item = reader.read({ raw: file, path: file, stage: 'local', followLink: true });
  const held = item !== 'gone' && isDocument(item) && item.content instanceof Uint8Array;
  return held ? Uint8Array.prototype.slice.call(item.content) : undefined;
}

/** As botocore does: `$NAME` and `${NAME}`; what is not set stays as it stands. */
function expandVariables(text: string, environment: Environment): string {
  return text.replaceAll(
    /\$(?:(\w+)|\{([^}]*)\})/g,
    (whole, plain: string | undefined, braced: string | undefined) =>
      environment[plain ?? braced ?? ''] ?? whole,
  );
}

function expandUser(text: string, home: string | undefined): string {
  const own = text === '~' || /^~[/\\]/.test(text);
  return own && home !== undefined ? path.join(home, text.slice(1)) : text;
}
