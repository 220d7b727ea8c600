// A migration backwards: what both files become, and what has to be true of it before it is written.
import type { AwsTexts } from '../aws/change.ts';
import { type Dialect, dialects } from '../aws/dialects.ts';
import type { AwsFileKind } from '../aws/profiles.ts';
import { type Both, readBoth } from '../aws/read-both.ts';
import { type Undo, undoChanges, undoExactly, type UndoSecrets } from '../aws/undo.ts';

export interface TakenBack {
  readonly after: AwsTexts;
  /** What stays, and why, in sentences. */
  readonly notes: readonly string[];
}

/**
 * `isOurs` says whether a file is still byte for byte what the migration wrote; then, and with the secrets, it becomes
 * byte for byte what it was. Else it is taken back setting by setting.
 */
export function takeBack(
  texts: AwsTexts,
  undo: Undo,
  secrets: UndoSecrets | undefined,
  isOurs: (file: AwsFileKind) => boolean,
): TakenBack {
  const files = secrets?.exact.map(({ file }) => file) ?? [];
  if (secrets !== undefined && files.length > 0 && files.every(isOurs)) {
    const exactly = (file: AwsFileKind): Uint8Array | undefined => {
      const bytes = texts[file];
      return bytes !== undefined && files.includes(file)
        ? undoExactly(bytes, file, secrets)
        : bytes;
    };
    const after = { ...texts, config: exactly('config'), credentials: exactly('credentials') };
    return { after, notes: [] };
  }
  const { config, credentials, notes } = undoChanges(texts, undo, secrets);
  return {
    after: {
      ...texts,
      config: config?.after ?? texts.config,
      credentials: credentials?.after ?? texts.credentials,
    },
    notes,
  };
}

/** Each section in a line, without values: what goes, what comes back. For the person to consent to. */
export function sayUndo({ sections }: Undo, hasSecrets: boolean): readonly string[] {
  return sections.map(({ file, was, is, settings }) => {
    if (was === null) return `${file}: [${is ?? ''}] goes`;
    const named = (pick: (setting: (typeof settings)[number]) => boolean): string =>
      settings
        .filter(pick)
        .map(({ name }) => name)
        .join(', ');
    const isKept = (secret: number | null): boolean => secret === null || hasSecrets;
    const parts = [
      [named((each) => each.was === null && each.secret === null), 'go'],
      [named((each) => each.was !== null || (each.secret !== null && hasSecrets)), 'come back'],
      [named(({ secret }) => !isKept(secret)), 'cannot come back: they are not kept'],
    ] as const;
    const said = parts.filter(([names]) => names !== '').map(([names, what]) => `${names} ${what}`);
    const renamed = is !== null && is !== was ? [`it is called [${is}] now`] : [];
    return `${file}: [${was}] ${[...renamed, ...said].join('; ')}`.trimEnd();
  });
}

/** What would be wrong with the files afterwards: one that an SDK can no longer read, a profile that was not meant. */
export function problemsOf(before: AwsTexts, after: AwsTexts, undo: Undo): readonly string[] {
  const meant = new Set(undo.sections.flatMap(({ was, is }) => [nameOf(was), nameOf(is)]));
  return dialects.flatMap((dialect) => {
    const old = readBoth(before, dialect);
    const now = readBoth(after, dialect);
    if (isBroken(old)) return [];
    if (isBroken(now)) return [`${tools[dialect]} could not read the files any more`];
    return others(old, now, meant).map(
      (name) => `profile ${name} would change for ${tools[dialect]}`,
    );
  });
}

const tools: Readonly<Record<Dialect, string>> = {
  botocore: 'the AWS CLI',
  js: 'the JavaScript SDK',
  go: 'the Go SDK',
  rust: 'the Rust SDK',
  java: 'the Java SDK',
};

function isBroken({ files }: Both): boolean {
  return files.some(([, { error }]) => error !== undefined);
}

function others(old: Both, now: Both, meant: ReadonlySet<string>): readonly string[] {
  const names = new Set([...old.profiles.keys(), ...now.profiles.keys()]);
  return [...names].filter(
    (name) =>
      !meant.has(name) && comparable(old.profiles.get(name)) !== comparable(now.profiles.get(name)),
  );
}

function comparable(settings: ReadonlyMap<string, unknown> | undefined): string {
  const plain = (_: string, value: unknown): unknown =>
    value instanceof Map ? [...value].sort() : value;
  return JSON.stringify(settings ?? null, plain);
}

/** `profile "work"` → work. */
function nameOf(header: string | null): string {
  return (header ?? '')
    .trim()
    .replace(/^profile[ \t]+/, '')
    .replace(/^(["'])(.*)\1$/, '$2');
}
