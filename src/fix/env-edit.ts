// The guided fix of an env file: a key pair that is exactly a migrated profile's becomes AWS_PROFILE, in the file's own
// style; region, comments and every other byte stay. Pure: bytes in, edits out.
import { applyEdits, type IniEdit, type Span } from '../aws/ini.ts';
import {
  commentAfter,
  dialectOf,
  type EnvDialect,
  type EnvLine,
  type EnvSetting,
  isComment,
  readEnvLines,
} from './env-lines.ts';

/** What the profile's key was; it must be gone from the AWS files already or go in the same run. */
export interface MigratedKey {
  readonly profile: string;
  readonly id: string;
  /** Undefined where an earlier run took it out of the AWS files: then the id tells whose the pair is. */
  readonly secret: string | undefined;
}

export interface EnvEdit {
  readonly edits: readonly IniEdit[];
  readonly after: Uint8Array;
  /** The profiles that the file names now, in order of place. */
  readonly profiles: readonly string[];
  /** What a person has to know or do, in sentences. */
  readonly notes: readonly string[];
  /** Where a migrated key still stands, and why. */
  readonly left: readonly LeftInEnv[];
}

export interface LeftInEnv {
  /** 1-based, of `after`. */
  readonly line: number;
  readonly reason: string;
}

/** `name` decides the dialect: `.envrc`, `*.yml` and `*.yaml`, all else dotenv. */
export function editEnvFile(
  name: string,
  bytes: Uint8Array,
  keys: readonly MigratedKey[],
): EnvEdit {
  const latin1 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const dialect = dialectOf(name);
  const lines = readEnvLines(latin1, dialect);
  const refusals = new Map<string, string>();
  const replaced = blocksOf(lines, dialect).flatMap((block) =>
    replacements(block, { dialect, lines, keys, refusals }),
  );
  const edits = editsFor(lines, replaced, dialect);
  const after = applyEdits(bytes, edits);
  return {
    edits,
    after,
    profiles: [...new Set(replaced.map(({ profile }) => profile))],
    notes: replaced.length === 0 ? [] : notesFor(lines, replaced, dialect),
    left: leftIn(after, dialect, keys, refusals),
  };
}

/** Settings that mean something together: of one `environment:`, or of the file. */
interface Block {
  /** Why nothing in it can be changed. */
  readonly refusal: string | undefined;
  readonly places: readonly Place[];
}

interface Place {
  readonly line: EnvLine;
  readonly setting: EnvSetting;
}

/** The pair gets out; AWS_PROFILE comes in for the id, unless it is there already. */
interface Replacement {
  readonly profile: string;
  readonly id: Place;
  readonly others: readonly Place[];
  readonly isThere: boolean;
}

interface Task {
  readonly dialect: EnvDialect;
  readonly lines: readonly EnvLine[];
  readonly keys: readonly MigratedKey[];
  /** Value → why it stays; added to. */
  readonly refusals: Map<string, string>;
}

const idName = 'AWS_ACCESS_KEY_ID';
const secretName = 'AWS_SECRET_ACCESS_KEY';
const tokenNames: ReadonlySet<string> = new Set(['AWS_SESSION_TOKEN', 'AWS_SECURITY_TOKEN']);

function replacements(block: Block, task: Task): readonly Replacement[] {
  const named = (name: string): Place[] =>
    block.places.filter(({ setting }) => setting.name === name);
  const ids = named(idName);
  const secrets = named(secretName);
  const pairs = ids.map((id, index) => {
    const secret = secrets[index];
    const key = task.keys.find(({ id: value }) => value === id.setting.value);
    const isPair =
      key !== undefined &&
      secret !== undefined &&
      (key.secret === undefined
        ? maybeSecretOf(secret.setting.value, task.keys)
        : key.secret === secret.setting.value);
    return { id, secret, key: isPair ? key : undefined };
  });
  const matched = pairs.flatMap(({ id, secret, key }) =>
    secret === undefined || key === undefined ? [] : [{ id, secret, key }],
  );
  const [first] = matched;
  if (first === undefined) return [];
  const reason =
    block.refusal ??
    (ids.length === secrets.length ? undefined : 'ids and secrets do not come in pairs here') ??
    whyNot(matched, block, task);
  if (reason !== undefined) {
    for (const { id, secret } of matched)
      for (const { setting } of [id, secret]) task.refusals.set(setting.value, reason);
    return [];
  }
  const tokens =
    matched.length === pairs.length
      ? block.places.filter(({ setting }) => tokenNames.has(setting.name))
      : [];
  return matched.map(({ id, secret, key }, index) => ({
    profile: key.profile,
    id,
    others: index === 0 ? [secret, ...tokens] : [secret],
    isThere: isProfileThere(key.profile, id, index, block, task.dialect),
  }));
}

/** It has the shape of a secret key, and is not the one of another id. */
function maybeSecretOf(value: string, keys: readonly MigratedKey[]): boolean {
  return /^[A-Za-z0-9/+]{40}$/.test(value) && keys.every(({ secret }) => secret !== value);
}

interface Match {
  readonly id: Place;
  readonly secret: Place;
  readonly key: MigratedKey;
}

function whyNot(
  matched: readonly Match[],
  block: Block,
  { dialect, lines }: Task,
): string | undefined {
  const profiles = new Set(matched.map(({ key }) => key.profile));
  const strange = [...profiles].find((profile) => !/^[A-Za-z0-9_\-/.%@:+]+$/.test(profile));
  if (strange !== undefined) {
    return 'the name of the profile cannot be written here safely; rename the profile first';
  }
  const other = block.places.find(
    ({ setting }) => setting.name === 'AWS_PROFILE' && !profiles.has(setting.value),
  );
  if (other !== undefined) return `line ${other.line.number} names another profile in AWS_PROFILE`;
  if (dialect !== 'shell' && profiles.size > 1)
    return 'the same names hold keys of several profiles';
  if (dialect === 'compose') return undefined;
  const apart = matched.find(
    ({ id, secret }) => dialect === 'shell' && hasCodeBetween(lines, id, secret),
  );
  if (apart !== undefined) return 'something else happens between the id and the secret';
  const user = lines.find((line) => usesNames(line));
  if (user !== undefined) return `line ${user.number} uses these variables`;
  return undefined;
}

function hasCodeBetween(lines: readonly EnvLine[], id: Place, secret: Place): boolean {
  const first = Math.min(id.line.number, secret.line.number);
  const last = Math.max(id.line.number, secret.line.number);
  return lines
    .slice(first, last - 1)
    .some(({ text, settings }) => settings.length === 0 && text.trim() !== '' && !isComment(text));
}

/** `$AWS_ACCESS_KEY_ID`, `export AWS_ACCESS_KEY_ID`: whatever names them without being a setting of them. */
function usesNames({ text, settings, start }: EnvLine): boolean {
  if (isComment(text)) return false;
  if (!text.includes('AWS_')) return false;
  const parts: string[] = [];
  let from = 0;
  for (const { nameSpan } of settings) {
    parts.push(text.slice(from, nameSpan.start - start));
    from = nameSpan.end - start;
  }
  const rest = [...parts, text.slice(from)].join('\0');
  return /(?<![A-Za-z0-9_])AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|SECURITY_TOKEN)(?![A-Za-z0-9_])/.test(
    rest,
  );
}

function isProfileThere(
  profile: string,
  id: Place,
  index: number,
  block: Block,
  dialect: EnvDialect,
): boolean {
  // In a script the place may be one branch of several
  if (dialect === 'shell' && id.line.indent !== '') return false;
  if (dialect !== 'shell' && index > 0) return true;
  return block.places.some(
    ({ setting, line }) =>
      setting.name === 'AWS_PROFILE' && setting.value === profile && line.indent === id.line.indent,
  );
}

// ---- blocks

function blocksOf(lines: readonly EnvLine[], dialect: EnvDialect): readonly Block[] {
  if (dialect !== 'compose') return [{ refusal: undefined, places: lines.flatMap(placesOf) }];
  const byParent = new Map<EnvLine | undefined, Place[]>();
  // The lines that can still be parents, each in the one before it
  const above: EnvLine[] = [];
  for (const line of lines) {
    if (line.text.trim() === '' || isComment(line.text)) continue;
    for (let last = above.at(-1); last !== undefined && !holds(last, line); last = above.at(-1)) {
      above.pop();
    }
    const parent = above.at(-1);
    const places = byParent.get(parent) ?? [];
    places.push(...placesOf(line));
    byParent.set(parent, places);
    above.push(line);
  }
  return [...byParent].map(([parent, places]) => ({ refusal: refusalOf(parent), places }));
}

/** The items of a list may stand as far left as what they belong to. */
function holds(parent: EnvLine, line: EnvLine): boolean {
  return isItem(line)
    ? parent.indent.length <= line.indent.length && !isItem(parent)
    : parent.indent.length < line.indent.length;
}

function placesOf(line: EnvLine): Place[] {
  return line.settings.map((setting) => ({ line, setting }));
}

function isItem({ text }: EnvLine): boolean {
  return /^[ \t]*-[ \t]/.test(text);
}

/** An extension (`x-env:`) and whatever carries an anchor is there to be used as an environment. */
function refusalOf(parent: EnvLine | undefined): string | undefined {
  const text = parent?.text ?? '';
  const name = /^[ \t]*["']?([\w.-]+)["']?[ \t]*:/.exec(text)?.[1] ?? '';
  if (name === 'environment' || name.startsWith('x-') || /:[ \t]+&/.test(text)) return undefined;
  if (name === 'args') return 'a build has no profiles; hand the key in as a build secret';
  return 'only what stands under environment: can be changed';
}

// ---- edits

function editsFor(
  lines: readonly EnvLine[],
  replaced: readonly Replacement[],
  dialect: EnvDialect,
): readonly IniEdit[] {
  const gone = new Set(
    replaced.flatMap(({ id, others, isThere }) =>
      [...(isThere ? [id] : []), ...others].map(({ setting }) => setting),
    ),
  );
  const renamed = replaced
    .filter(({ isThere }) => !isThere)
    .flatMap(({ id, profile }) => rename(id.setting, profile, dialect));
  return [...renamed, ...lines.flatMap((line) => removals(line, gone))].sort(
    (a, b) => a.start - b.start,
  );
}

function rename(
  { nameSpan, valueSpan, quote }: EnvSetting,
  profile: string,
  dialect: EnvDialect,
): readonly IniEdit[] {
  const isMap = dialect === 'compose' && quote === '' && valueSpan.start > nameSpan.end + 1;
  const value = isMap && isNoYamlString(profile) ? `"${profile}"` : profile;
  return [
    { ...nameSpan, insert: latin1('AWS_PROFILE') },
    { ...valueSpan, insert: latin1(value) },
  ];
}

/** YAML would take it for a number, a date, true, null or its own syntax. */
function isNoYamlString(text: string): boolean {
  return (
    !/^[A-Za-z_][A-Za-z0-9_\-/.@+]*$/.test(text) ||
    /^(?:true|false|yes|no|on|off|y|n|null)$/i.test(text)
  );
}

/** The whole line where nothing else stands on it; a comment behind a setting stays. */
function removals(line: EnvLine, gone: ReadonlySet<EnvSetting>): readonly IniEdit[] {
  const nothing = new Uint8Array();
  const { settings, start, next, indent } = line;
  if (settings.length > 0 && settings.every((setting) => gone.has(setting))) {
    const comment = commentAfter(line);
    const span =
      comment === undefined
        ? { start, end: next }
        : { start: start + indent.length, end: comment.start };
    return [{ ...span, insert: nothing }];
  }
  const spans: Span[] = [];
  for (const [index, setting] of settings.entries()) {
    if (!gone.has(setting)) continue;
    const kept = settings.slice(0, index).some((before) => !gone.has(before));
    const previous = settings[index - 1];
    const following = settings[index + 1];
    if (kept && previous !== undefined)
      spans.push({ start: previous.whole.end, end: setting.whole.end });
    else if (following !== undefined)
      spans.push({ start: setting.whole.start, end: following.whole.start });
  }
  return spans.map((span) => ({ ...span, insert: nothing }));
}

function latin1(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

// ---- what to say

function notesFor(
  lines: readonly EnvLine[],
  replaced: readonly Replacement[],
  dialect: EnvDialect,
): readonly string[] {
  const [profile = ''] = replaced.map((each) => each.profile);
  const exported = `aws configure export-credentials --profile ${profile} --format env`;
  const mount = `mount ~/.aws read-only and sign in on the host, or hand in short-lived credentials: ${exported}`;
  const notes = {
    dotenv: `If a container reads this file, it has no ~/.aws: ${mount}`,
    shell: 'direnv loads the file again after: direnv allow',
    compose: `A container has no ~/.aws: ${mount}`,
  } as const;
  const there = replaced.some(({ isThere }) => isThere) ? [`AWS_PROFILE was there already`] : [];
  const masks = lines
    .flatMap(placesOf)
    .filter(({ setting }) => setting.name === 'AWS_DEFAULT_PROFILE' && setting.value !== profile)
    .map(
      ({ line, setting }) =>
        `Line ${line.number}: boto3 and AWS CLI 1 prefer AWS_DEFAULT_PROFILE, which is ${setting.value}`,
    );
  return [...there, ...masks, notes[dialect]];
}

function leftIn(
  after: Uint8Array,
  dialect: EnvDialect,
  keys: readonly MigratedKey[],
  refusals: ReadonlyMap<string, string>,
): readonly LeftInEnv[] {
  const bytes = Buffer.from(after.buffer, after.byteOffset, after.byteLength);
  const values = keys.flatMap(({ id, secret }) => [id, ...(secret === undefined ? [] : [secret])]);
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    // Either half of each unit is zero, in either order of bytes
    const text = bytes.toString('latin1').replaceAll('\0', '');
    const holds = values.some((value) => text.includes(value));
    return holds ? [{ line: 1, reason: 'the file is UTF-16; save it as UTF-8 first' }] : [];
  }
  return readEnvLines(bytes.toString('latin1'), dialect).flatMap((line) => {
    const value = values.find((each) => line.text.includes(each));
    return value === undefined
      ? []
      : [{ line: line.number, reason: reasonFor(line, value, refusals) }];
  });
}

function reasonFor(line: EnvLine, value: string, refusals: ReadonlyMap<string, string>): string {
  if (isComment(line.text)) return 'it stands in a comment; comments are yours to change';
  const setting = line.settings.find((each) => each.value === value);
  if (setting === undefined) return 'it is not in a form that can be changed safely';
  const { name } = setting;
  if (name !== idName && name !== secretName) {
    return `only the program that reads ${name} knows what it is for; give it a profile instead`;
  }
  return refusals.get(value) ?? 'its other half is not here, or not of the same key';
}
