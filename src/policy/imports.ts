import { UserError } from '../core/errors.ts';
import type { Finding } from '../core/finding.ts';
import { isRecord } from '../core/json-fields.ts';
import { baselineEntry } from './baseline.ts';
import type { Baseline, BaselineEntry } from './baseline.ts';
import { parseJson, quote } from './json.ts';

// What other scanners were told to leave alone, as entries of our baseline. Their files name places (file, line, rule,
// commit), ours name values; so an entry is imported when today's findings hold something at that place, and is listed
// when they do not. Hashes of detect-secrets cannot be compared: a finding does not hold the value.

export type ImportFormat = 'gitleaksignore' | 'gitleaks-report' | 'detect-secrets';

export interface ImportOptions {
  /** All of today's findings, suppressed ones as well; with `commit` where they come from the history. */
  readonly findings: readonly Finding[];
  readonly baseline: Baseline;
  /** Providers that rules exist for: a foreign rule named after another one does not cover a finding. */
  readonly providers: ReadonlySet<string>;
  /** Our fingerprint of a value: reports of gitleaks may hold it, and then neither moves nor renames matter. */
  readonly fingerprint?: (provider: string, value: string) => string;
}

export interface ImportResult {
  readonly format: ImportFormat;
  readonly baseline: Baseline;
  /** Fingerprints that were not in the baseline. */
  readonly added: readonly string[];
  /** Entries of the file whose leak was in the baseline already. */
  readonly known: number;
  /** Entries of the file without a finding today, as the file names them, secrets left out. */
  readonly unmapped: readonly string[];
}

/** `name` is the file's, for messages and for the reason of each entry. */
export function importKnown(text: string, name: string, options: ImportOptions): ImportResult {
  const { format, entries } = foreignEntries(text, name);
  const baseline = new Map(options.baseline);
  const places = new Places(options);
  const added: string[] = [];
  const unmapped: string[] = [];
  let known = 0;
  for (const foreign of entries) {
    const found = places.of(foreign);
    if (found.length === 0) unmapped.push(foreign.label);
    else if (found.every(({ fingerprint }) => options.baseline.has(fingerprint))) known += 1;
    for (const finding of found) {
      if (baseline.has(finding.fingerprint)) continue;
      baseline.set(finding.fingerprint, entryFor(finding, foreign, name));
      added.push(finding.fingerprint);
    }
  }
  return { format, baseline, added, known, unmapped };
}

interface Foreign {
  readonly label: string;
  readonly path: string;
  /** A rule of gitleaks or a type of detect-secrets. */
  readonly rule: string;
  readonly line: number | null;
  readonly commit: string | null;
  readonly value: string | null;
  /** A person looked at it and said that it is no secret. */
  readonly harmless: boolean;
}

function foreignEntries(
  text: string,
  name: string,
): { readonly format: ImportFormat; readonly entries: readonly Foreign[] } {
  if (!/^\s*[{[]/.test(text)) return { format: 'gitleaksignore', entries: ignoreLines(text, name) };
  const { value } = parseJson(text, name, true).root;
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value;
    return { format: 'gitleaks-report', entries: list.map((each) => reportEntry(each, name)) };
  }
  const results = record(record(value)?.['results']);
  if (results !== undefined) {
    return { format: 'detect-secrets', entries: Object.entries(results).flatMap(secretsOf) };
  }
  throw new UserError(`${name} is of no known kind`, {
    hint: 'keyscan imports .gitleaksignore, JSON reports of gitleaks, and .secrets.baseline.',
  });
}

/** `file:rule:line` or `commit:file:rule:line`; names of files may hold colons, rules may not. */
function ignoreLines(text: string, name: string): Foreign[] {
  return text.split('\n').flatMap((raw, index) => {
    const label = raw.trim();
    if (label === '' || label.startsWith('#')) return [];
    const match = /^(?:([0-9a-f]{40}|[0-9a-f]{64}):)?(.+):([^:\s]+):(\d{1,9})$/.exec(label);
    const [, commit = null, path, rule, line] = match ?? [];
    if (path === undefined || rule === undefined) {
      throw new UserError(`${name}:${index + 1}:1: ${quote(label)} is not file:rule:line`, {
        hint: 'Remove the line, or mend it: [commit:]file:rule:line.',
      });
    }
    return [
      {
        label,
        path: slashed(path),
        rule,
        line: Number(line),
        commit,
        value: null,
        harmless: false,
      },
    ];
  });
}

function reportEntry(each: unknown, name: string): Foreign {
  const fields = record(each);
  const path = fields?.['File'];
  const rule = fields?.['RuleID'];
  const line = fields?.['StartLine'];
  if (typeof path !== 'string' || typeof rule !== 'string' || typeof line !== 'number') {
    throw new UserError(`${name} is not a report of gitleaks`, {
      hint: 'Each entry must have File, RuleID and StartLine; write it with gitleaks --report-format json.',
    });
  }
  const commit = textOf(fields?.['Commit']);
  const value = textOf(fields?.['Secret']);
  return {
    label: [commit, path, rule, line].filter((part) => part !== null).join(':'),
    ...{ path: slashed(path), rule, line, commit, harmless: false },
    value: value === 'REDACTED' ? null : value,
  };
}

function secretsOf([path, list]: readonly [string, unknown]): Foreign[] {
  const entries: readonly unknown[] = Array.isArray(list) ? list : [];
  return entries.map((each) => {
    const fields = record(each);
    const rule = textOf(fields?.['type']) ?? 'secret';
    const number = fields?.['line_number'];
    const line = typeof number === 'number' ? number : null;
    return {
      label: line === null ? `${path}: ${rule} (no line)` : `${path}:${line}: ${rule}`,
      ...{ path: slashed(path), rule, line, commit: null, value: null },
      harmless: fields?.['is_secret'] === false,
    };
  });
}

/** Today's findings by where they are and what they are: reports have tens of thousands of entries. */
class Places {
  private readonly byPath = new Map<string, Finding[]>();
  private readonly byFingerprint = new Map<string, Finding[]>();
  /** Also those that only findings name: the store of an S3-compatible pair. */
  private readonly providers: ReadonlySet<string>;
  private readonly options: ImportOptions;

  constructor(options: ImportOptions) {
    this.options = options;
    this.providers = new Set([
      ...options.providers,
      ...options.findings.map(({ provider }) => provider),
    ]);
    for (const finding of options.findings) {
      for (const path of new Set(finding.parts.map((part) => part.path))) {
        append(this.byPath, path, finding);
      }
      append(this.byFingerprint, finding.fingerprint, finding);
    }
  }

  of(foreign: Foreign): readonly Finding[] {
    const there = this.byPath.get(foreign.path) ?? [];
    return [
      ...new Set([
        ...this.withValue(foreign.value),
        ...there.filter((finding) => isAt(foreign, finding, this.options.providers)),
      ]),
    ];
  }

  private withValue(value: string | null): readonly Finding[] {
    const { fingerprint } = this.options;
    if (value === null || fingerprint === undefined) return [];
    return [...this.providers].flatMap(
      (provider) => this.byFingerprint.get(fingerprint(provider, value)) ?? [],
    );
  }
}

function append(map: Map<string, Finding[]>, key: string, finding: Finding): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [finding]);
  else list.push(finding);
}

function isAt(foreign: Foreign, finding: Finding, providers: ReadonlySet<string>): boolean {
  const provider = providerOf(foreign.rule, providers);
  if (provider !== undefined && provider !== finding.provider) return false;
  if (foreign.commit !== null && foreign.commit !== finding.commit) {
    // The line may have moved since that commit, so the place alone says too little without the provider.
    if (finding.commit !== null || provider === undefined) return false;
  }
  const { line, path } = foreign;
  return finding.parts.some(
    (part) => part.path === path && line !== null && part.line <= line && line <= part.endLine,
  );
}

/** Theirs by ours, where the first word of a rule is not the provider. */
const aliases: ReadonlyMap<string, string> = new Map([
  ['gcp', 'google'],
  ['generic', ''],
  ['private', 'private-key'],
]);

/** The provider that a foreign rule is about; undefined for rules about anything. */
function providerOf(rule: string, providers: ReadonlySet<string>): string | undefined {
  const words = rule.toLowerCase().split(/[^a-z0-9]+/);
  const [first = ''] = words;
  const alias = aliases.get(first);
  return [alias, words.slice(0, 2).join('-'), first].find(
    (candidate) => candidate !== undefined && providers.has(candidate),
  );
}

function entryFor(finding: Finding, foreign: Foreign, name: string): BaselineEntry {
  const from = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
  const entry = baselineEntry(finding, `imported from ${from}`);
  return foreign.harmless
    ? { ...entry, by: 'ignored', reason: `audited as no secret in ${from}` }
    : entry;
}

function slashed(path: string): string {
  return path.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '');
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return isRecord(value) ? value : undefined;
}
