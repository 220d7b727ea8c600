import { compareText } from '../core/finding.ts';
import type { Finding } from '../core/finding.ts';
import { UserError } from '../core/errors.ts';
import { closest } from '../core/closest.ts';
import { parseJson, quote } from './json.ts';
import type { JsonFile, JsonMember } from './json.ts';
import { holdsToken } from './reason.ts';

// .keyscan-baseline.json: leaks that are known (`keyscan baseline`) or allowed (`keyscan ignore`), by fingerprint.
// One file for both, so that there is one to review. It holds no secret and no line number, and its only date is the
// expiry a person wrote, so it changes only when what is known changes.
//
// The layout is made for git's line merge: one entry a line, sorted, every one with a comma, because `version` comes
// last. Two branches that add entries merge unless they add at the very same place; `.gitattributes` with `merge=union`,
// which `keyscan baseline` offers to write, merges those too. That is why repeated and unsorted lines are accepted here, and
// `keyscan baseline` joins both sides of a conflict.

export interface BaselineEntry {
  readonly by: 'baseline' | 'ignored';
  readonly rule: string | null;
  /** Where it was when it was written down. For people: it takes no part in matching. */
  readonly path: string | null;
  readonly reason: string | null;
  readonly owner: string | null;
  /** The last day (UTC, YYYY-MM-DD) on which it holds. */
  readonly until: string | null;
}

/** By fingerprint. */
export type Baseline = ReadonlyMap<string, BaselineEntry>;

export interface BaselineUpdate {
  readonly baseline: Baseline;
  /** Fingerprints, sorted. */
  readonly added: readonly string[];
  /** In the file, but not among the findings. Removed only when `prune` was asked for. */
  readonly stale: readonly string[];
  /** Found, in the file, and past its day: it stays as it is and counts; renewing is a person's decision. */
  readonly expired: readonly string[];
}

const textLimit = 500;
const fingerprintShape = /^ks1:[0-9a-f]{32}$/;
const fields = ['by', 'rule', 'path', 'reason', 'owner', 'until'] as const;
type Field = (typeof fields)[number];

/** `name` is for messages. */
export function parseBaseline(text: string, name: string): Baseline {
  const json = parseJson(text, name, true);
  const { members } = json.root;
  if (members === undefined) throw malformed(json.at(json.root.start), 'a baseline is an object');
  checkVersion(members, json);
  const baseline = new Map<string, BaselineEntry>();
  for (const member of members) {
    if (member.key === 'version' || member.key === '$schema') continue;
    const entry = entryOf(member, json);
    const known = baseline.get(member.key);
    baseline.set(member.key, known === undefined ? entry : stricter(known, entry));
  }
  return baseline;
}

export function formatBaseline(baseline: Baseline): string {
  const lines = [...baseline]
    .sort(([a], [b]) => compareText(a, b))
    .map(([fingerprint, entry]) => `  ${JSON.stringify(fingerprint)}: ${formatEntry(entry)},\n`);
  return `{\n${lines.join('')}  "version": 1\n}\n`;
}

/** Both sides of every conflict that git left in the text, without the marks and without the common ancestor. */
export function joinConflicts(text: string): string {
  let ancestor = false;
  return text
    .split('\n')
    .filter((line) => {
      if (line.startsWith('|||||||')) ancestor = true;
      if (line.startsWith('=======') || line.startsWith('>>>>>>>')) ancestor = false;
      return !ancestor && !/^(?:<{7}|={7}|>{7}|\|{7})/.test(line);
    })
    .join('\n');
}

/**
 * Adds what is found and not yet suppressed, and keeps every entry that is there as it is. Only `prune` removes
 * entries that are no longer found, because a scan of one folder says nothing about the others. `findings` must hold
 * the suppressed ones as well.
 */
export function updateBaseline(
  baseline: Baseline,
  findings: readonly Finding[],
  options: {
    readonly today: Date;
    readonly prune?: boolean;
    /** Whether what stood at the path when it was written down was looked at. */
    readonly covers?: (path: string | null) => boolean;
  },
): BaselineUpdate {
  const { covers = () => true } = options;
  const next = new Map(baseline);
  const found = new Set(findings.map(({ fingerprint }) => fingerprint));
  const added = new Set<string>();
  for (const finding of findings) {
    if (next.has(finding.fingerprint) || finding.suppressed !== null) continue;
    next.set(finding.fingerprint, baselineEntry(finding));
    added.add(finding.fingerprint);
  }
  const stale = [...baseline]
    .filter(([fingerprint, { path }]) => !found.has(fingerprint) && covers(path))
    .map(([fingerprint]) => fingerprint);
  if (options.prune) stale.forEach((fingerprint) => next.delete(fingerprint));
  const expired = [...baseline]
    .filter(([fingerprint, entry]) => found.has(fingerprint) && isExpired(entry, options.today))
    .map(([fingerprint]) => fingerprint);
  return {
    baseline: next,
    added: [...added].sort(compareText),
    stale: stale.sort(compareText),
    expired: expired.sort(compareText),
  };
}

/** What `keyscan ignore` does; it replaces an entry of the same leak. `fingerprint` is a whole one. */
export function ignoreLeak(
  baseline: Baseline,
  fingerprint: string,
  options: {
    readonly reason: string;
    readonly until?: string | undefined;
    readonly owner?: string | undefined;
    readonly finding?: Pick<Finding, 'rule' | 'path'> | undefined;
    readonly today: Date;
  },
): Baseline {
  const { reason, until = null, owner, finding, today } = options;
  const known = baseline.get(fingerprint);
  const entry: BaselineEntry = {
    by: 'ignored',
    rule: finding?.rule ?? known?.rule ?? null,
    path: finding?.path ?? known?.path ?? null,
    reason: typed(reason, '--reason'),
    owner: owner === undefined ? (known?.owner ?? null) : typed(owner, '--owner'),
    until,
  };
  if (until !== null && !isDay(until)) {
    throw new UserError(`--until ${quote(until)} is not a day`, {
      hint: 'Write it as 2027-01-31.',
    });
  }
  if (isExpired(entry, today)) {
    throw new UserError(`--until ${quote(until ?? '')} is already past`, {
      hint: `Name a day from today on, in UTC ${today.toISOString().slice(0, 10)}, or leave --until out.`,
    });
  }
  return new Map(baseline).set(fingerprint, entry);
}

/**
 * The whole fingerprint for what a person typed: all of it, or at least 8 hex digits that only one of `known` starts
 * with. A whole one need not be known.
 */
export function wholeFingerprint(typedText: string, known: Iterable<string>): string {
  const text = typedText.trim().toLowerCase().replace(/…$/, '');
  const wanted = text.startsWith('ks1:') ? text : `ks1:${text}`;
  if (fingerprintShape.test(wanted)) return wanted;
  if (!/^ks1:[0-9a-f]{8,31}$/.test(wanted)) {
    throw new UserError(`${quote(typedText)} is not a fingerprint`, {
      hint: 'It is ks1: and 32 hex digits; the first 8 are enough. keyscan --format json shows it.',
    });
  }
  const matches = [...new Set(known)].filter((each) => each.startsWith(wanted)).sort(compareText);
  const [only, ...others] = matches;
  if (only === undefined) {
    throw new UserError(`no finding has a fingerprint that starts with ${wanted}`, {
      hint: 'Give all 36 characters, or scan what holds it. keyscan --format json shows fingerprints.',
    });
  }
  if (others.length > 0) {
    throw new UserError(`${wanted} stands for ${matches.length} findings`, {
      hint: `Give more digits: ${matches.slice(0, 5).join(', ')}.`,
    });
  }
  return only;
}

export function baselineEntry(
  finding: Pick<Finding, 'rule' | 'path'>,
  reason: string | null = null,
): BaselineEntry {
  const { rule, path } = finding;
  return { by: 'baseline', rule, path, reason, owner: null, until: null };
}

/** An entry holds through its day in UTC, so that a laptop and a CI job agree. */
export function isExpired(entry: Pick<BaselineEntry, 'until'>, today: Date): boolean {
  return entry.until !== null && entry.until < today.toISOString().slice(0, 10);
}

function checkVersion(members: readonly JsonMember[], json: JsonFile): void {
  const versions = members.filter(({ key }) => key === 'version');
  if (versions.length === 0) {
    throw malformed(json.at(json.root.start), 'the line "version": 1 is missing');
  }
  for (const { node } of versions) {
    if (node.value !== 1) {
      throw new UserError(`${json.at(node.start)}: this version of the baseline is not known`, {
        hint: 'It must be 1; a newer keyscan may have written it.',
      });
    }
  }
}

function entryOf({ key, start, node }: JsonMember, json: JsonFile): BaselineEntry {
  if (!fingerprintShape.test(key)) {
    throw malformed(json.at(start), `${quote(key)} is not a fingerprint (ks1: and 32 hex digits)`);
  }
  if (node.members === undefined) {
    throw malformed(
      json.at(node.start),
      'an entry is an object such as { "rule": "aws-access-key" }',
    );
  }
  const texts = new Map<Field, string>();
  for (const member of node.members) {
    const field = fields.find((each) => each === member.key);
    if (field === undefined) {
      const meant = closest(member.key, fields);
      const guess =
        meant === undefined ? `allowed are ${fields.join(', ')}` : `did you mean ${quote(meant)}?`;
      throw malformed(json.at(member.start), `unknown key ${quote(member.key)}; ${guess}`);
    }
    if (texts.has(field)) throw malformed(json.at(member.start), `${quote(field)} is given twice`);
    texts.set(field, fieldText(field, member, json));
  }
  return {
    by: texts.get('by') === 'ignored' ? 'ignored' : 'baseline',
    rule: texts.get('rule') ?? null,
    path: texts.get('path') ?? null,
    reason: texts.get('reason') ?? null,
    owner: texts.get('owner') ?? null,
    until: texts.get('until') ?? null,
  };
}

function fieldText(field: Field, { node }: JsonMember, json: JsonFile): string {
  const { value } = node;
  if (typeof value !== 'string')
    throw malformed(json.at(node.start), `${quote(field)} must be a text`);
  if (field === 'by' && value !== 'baseline' && value !== 'ignored') {
    throw malformed(json.at(node.start), '"by" is "baseline" or "ignored"');
  }
  if (field === 'until' && !isDay(value)) {
    throw malformed(json.at(node.start), '"until" is a day such as "2027-01-31"');
  }
  return value;
}

/** Of two entries of one leak, left by a union merge, the one that allows less; then the first by its text. */
function stricter(a: BaselineEntry, b: BaselineEntry): BaselineEntry {
  const order =
    compareText(a.until ?? '9999', b.until ?? '9999') ||
    compareText(a.by, b.by) ||
    compareText(formatEntry(a), formatEntry(b));
  return order <= 0 ? a : b;
}

function formatEntry(entry: BaselineEntry): string {
  const members = fields.flatMap((field) => {
    const value = entry[field];
    if (value === null || (field === 'by' && value === 'baseline')) return [];
    return [`${JSON.stringify(field)}: ${visible(value)}`];
  });
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** JSON with everything escaped that a reviewer would not see: paths come from hostile trees. */
function visible(text: string): string {
  return JSON.stringify(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (characters) =>
    [...Array(characters.length).keys()]
      .map((index) => `\\u${characters.charCodeAt(index).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

function typed(text: string, option: string): string {
  const trimmed = text.trim();
  if (holdsToken(trimmed)) {
    throw new UserError(`${option} seems to hold a key; the baseline is committed`, {
      hint: 'Say it without the value.',
    });
  }
  if (trimmed !== '' && trimmed.length <= textLimit && !/\p{Cc}/u.test(trimmed)) return trimmed;
  throw new UserError(`${option} must be one line of 1 to ${textLimit} characters`, {
    hint: `For example ${option} 'key of the demo account, revoked'.`,
  });
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function malformed(place: string, message: string): UserError {
  return new UserError(`${place}: ${message}`, {
    hint: 'Mend the line, or remove it and run keyscan baseline.',
  });
}
