// Hits in one document → findings. The one place where secrets are known: what leaves it is masked, hashed and located.
// Nothing of it is loaded for a document without hits.

import { rules as builtinRules } from '../../rules/index.ts';
import type { Document } from '../core/document.ts';
import {
  compareFindings,
  type Finding,
  type Kind,
  type Part,
  type Severity,
  type Suppression,
} from '../core/finding.ts';
import type { Rule, RulePart } from '../core/rule.ts';
import type { Engine } from '../engine/scan.ts';
import type { Hits } from '../engine/state.ts';
import { nextSteps } from './advice.ts';
import type { ScannerOptions } from './api.ts';
import { addBeside } from './beside.ts';
import { excerptOf, type Mask } from './excerpt.ts';
import { gapBetween, type Group, join } from './join.ts';
import { fileLayer } from './layer.ts';
import { fingerprintOf, maskOf } from './mask.ts';
import type { Own } from './own.ts';
import { collect, type Collector, contextOf, type Found, type Piece } from './pieces.ts';
import { Positions } from './position.ts';
import { firstAbove } from '../core/search.ts';
import { type Draft, refinements } from './refine.ts';
import type { Window } from './windows.ts';

export interface Judged {
  readonly findings: readonly Finding[];
  /** Not everything was checked to its end. */
  readonly exhausted: boolean;
}

/** Made once a scan; `hits` are those of the whole window. */
export type Judge = (document: Document, window: Window, hits: Hits) => Judged;

/** Bytes that may be decoded out of containers, per document, beside its own size. */
const freeDecodable = 1 << 22;

export function createJudge(engine: Engine, own: Own | undefined, options: ScannerOptions): Judge {
  const given = options.rules ?? builtinRules;
  const rules = own?.rule === undefined ? given : [...given, own.rule];
  const active = rules.map((rule) => options.select?.(rule) ?? true);
  const today = options.today ?? new Date();
  return (document, window, hits) => {
    const collector: Collector = {
      engine,
      rules,
      active,
      path: document.path,
      today,
      binary: window.binary,
      decodable: window.bytes.length * 2 + freeDecodable,
      unfit: new Map(),
      exhausted: false,
    };
    const found = collect(fileLayer(window.bytes), collector, hits);
    const findings = hasPieces(found)
      ? new Findings(document, window, found, collector, own, options).all()
      : [];
    return { findings, exhausted: collector.exhausted };
  };
}

function hasPieces(found: Found): boolean {
  return found.pieces.length > 0 || found.inner.length > 0;
}

/** A group of pieces on its way to a finding. */
interface Entry {
  readonly rule: Rule;
  readonly group: Group;
  readonly draft: Draft;
  /** Bytes of the file, one a piece. */
  readonly spans: readonly (readonly [number, number])[];
  /** More specific entries win where two claim the same text. */
  readonly rank: number;
}

class Findings {
  private readonly document: Document;
  private readonly window: Window;
  private readonly found: Found;
  private readonly by: Collector;
  private readonly own: Own | undefined;
  private readonly options: ScannerOptions;
  private readonly positions: Positions;
  private readonly suppressions = new Map<string, Suppression | null>();

  constructor(
    document: Document,
    window: Window,
    found: Found,
    by: Collector,
    own: Own | undefined,
    options: ScannerOptions,
  ) {
    this.document = document;
    this.window = window;
    this.found = found;
    this.by = by;
    this.own = own;
    this.options = options;
    this.positions = new Positions(window.bytes, window.mark, window.line, window.column);
  }

  all(): readonly Finding[] {
    this.claimOwn(this.found);
    const entries: Entry[] = [];
    for (const index of rulesIn(this.found)) entries.push(...this.entriesOf(index));
    const kept = withoutRivals(entries);
    const masksOf = kept.map((entry) =>
      entry.group.pieces
        .map((piece, i) => {
          const [start, end] = entry.spans[i] ?? [0, 0];
          return { start, end, text: maskText(piece) };
        })
        .sort(byPlace),
    );
    const masks = masksOf.flat().sort(byPlace);
    return kept
      .map((entry, index) => ({ entry, own: masksOf[index] ?? [] }))
      .filter(({ entry }) => this.isInCore(entry))
      .sort((a, b) => (a.own[0]?.start ?? 0) - (b.own[0]?.start ?? 0))
      .map(({ entry, own }) => this.finding(entry, masks, own))
      .sort(compareFindings);
  }

  /** Hits for own values become pieces of the AWS rule when they are own values, and go when they are not. */
  private claimOwn(found: Found): void {
    if (this.own?.rule === undefined) return;
    const ownRule = this.by.rules.indexOf(this.own.rule);
    const aws = this.by.rules.findIndex(({ id }) => id === 'aws-access-key');
    const keep = found.pieces.filter((piece) => piece.rule !== ownRule);
    const placeOf = ({ start, role }: Piece): string => `${start} ${role}`;
    const taken = new Set(keep.map(placeOf));
    for (const piece of found.pieces) {
      if (piece.rule !== ownRule || this.own.profileOf(piece.value, piece.role) === undefined)
        continue;
      const part = this.by.rules[aws]?.parts.find(({ role }) => role === piece.role);
      if (part === undefined || taken.has(placeOf(piece))) continue;
      taken.add(placeOf(piece));
      keep.push({ ...piece, rule: aws, part });
    }
    found.pieces.splice(0, found.pieces.length, ...keep);
    for (const inner of found.inner) this.claimOwn(inner);
  }

  private entriesOf(index: number): Entry[] {
    const rule = this.by.rules[index];
    if (rule === undefined) return [];
    const besides = new Set<Piece>();
    // What stands in an id's own line is closer than any name further off.
    for (const part of rule.parts) {
      const lone = part.beside === undefined ? [] : aloneInLine(this.found, index, part);
      for (const piece of addBeside(this.found, new Set(lone), part, index, this.by, 'line'))
        besides.add(piece);
    }
    let groups = join(this.found, index);
    for (const part of rule.parts) {
      const { beside } = part;
      if (beside === undefined) continue;
      const lone = new Set(
        groups
          .filter(({ pieces }) => pieces.every(({ role }) => role !== part.role))
          .flatMap(({ pieces }) => pieces.filter(({ role }) => role === beside.role)),
      );
      if (lone.size === 0) continue;
      for (const piece of addBeside(this.found, lone, part, index, this.by, 'around'))
        besides.add(piece);
      if (besides.size > 0) groups = join(this.found, index);
    }
    const entries: Entry[] = [];
    for (const group of groups) {
      if (
        group.pieces.length === 1 &&
        group.pieces.some((piece) => besides.has(piece) || piece.part.onlyJoined === true)
      ) {
        continue;
      }
      const draft = this.draftOf(rule, group, besides);
      if (draft === undefined) continue;
      const told = this.ruleOf(rule, draft);
      if (told === undefined) continue;
      entries.push({
        rule: told,
        group,
        draft,
        spans: group.pieces.map(spanInFile),
        rank:
          group.pieces.length * 4 + (group.pieces.some(({ part }) => part.strong === true) ? 2 : 0),
      });
    }
    return entries;
  }

  /** A key with the form of AWS's that turned out to be of another store is told as one; undefined when nobody asked for those. */
  private ruleOf(rule: Rule, { provider }: Draft): Rule | undefined {
    if (rule.provider !== 'aws' || provider === 'aws') return rule;
    const index = this.by.rules.findIndex(({ id }) => id === 's3-compatible-key');
    if (index < 0) return rule;
    return this.by.active[index] === true ? this.by.rules[index] : undefined;
  }

  private draftOf(rule: Rule, group: Group, besides: ReadonlySet<Piece>): Draft | undefined {
    const { pieces } = group;
    const verdict = pieces.reduce<Piece['verdict']>(
      (all, piece) => ({ ...all, ...piece.verdict }),
      {},
    );
    const draft: Draft = {
      kind: verdict.kind ?? kindOf(rule, pieces),
      provider: rule.provider,
      severity: verdict.severity,
      confidence:
        verdict.confidence ??
        (group.loose
          ? 'medium'
          : pieces.length > 1 || pieces.some(({ part }) => part.strong === true)
            ? 'high'
            : 'medium'),
      title: verdict.title,
      account: null,
      canary: false,
    };
    if (group.loose && besides.size > 0 && pieces.some((piece) => besides.has(piece)))
      draft.confidence = 'low';
    const refine = rule.refine === undefined ? undefined : refinements[rule.refine];
    if (rule.refine !== undefined && refine === undefined) {
      throw new RangeError(`rule ${rule.id}: there is no refinement named "${rule.refine}"`);
    }
    if (refine !== undefined) {
      const first = pieces[0];
      const last = pieces.at(-1);
      if (first === undefined || last === undefined) return undefined;
      const around = contextOf(
        first.layer,
        first.start,
        last.layer === first.layer ? last.end : first.end,
        this.by,
      );
      if (!refine(draft, pieces, around)) return undefined;
    }
    return draft;
  }

  private isInCore(entry: Entry): boolean {
    const start = entry.spans[0]?.[0] ?? 0;
    return start >= this.window.coreStart && start < this.window.coreEnd;
  }

  private finding(entry: Entry, masks: readonly Mask[], own: readonly Mask[]): Finding {
    const { rule, draft } = entry;
    const { path, stage } = this.document;
    const parts = entry.group.pieces.map((piece, index) =>
      this.part(piece, entry.spans[index] ?? [0, 0]),
    );
    const first = parts[0];
    if (first === undefined) throw new Error('a finding without parts');
    const main =
      entry.group.pieces.find(({ role }) => role === 'secret') ??
      entry.group.pieces.find(({ role }) => role === 'token') ??
      entry.group.pieces[0];
    const profile =
      entry.group.pieces
        .map((piece) => this.own?.profileOf(piece.value, piece.role))
        .find((name) => name !== undefined) ?? null;
    // a Mac may spell the same name with accents apart
    const identity =
      rule.guessable === true
        ? `${main?.verdict.subject ?? main?.name ?? ''}\0${path.normalize('NFC')}`
        : (main?.verdict.canonical ?? main?.value ?? '');
    const lines = [...new Set(parts.flatMap((part) => linesOf(part)))];
    const inline = this.inline(rule.id, draft.provider, lines);
    const title = draft.title ?? rule.titles?.[draft.kind] ?? rule.title;
    return {
      rule: rule.id,
      provider: draft.provider,
      kind: draft.kind,
      severity: this.severityOf(rule, draft),
      confidence: draft.confidence,
      title,
      path,
      line: first.line,
      column: first.column,
      endLine: first.endLine,
      endColumn: first.endColumn,
      masked: first.masked,
      fingerprint: fingerprintOf(draft.provider, identity),
      account: draft.account,
      profile,
      ...(draft.canary ? { canary: true } : {}),
      parts,
      commit: null,
      author: null,
      date: null,
      stage,
      suppressed: inline,
      why: rule.why,
      next: nextSteps(rule, {
        kind: draft.kind,
        stage,
        provider: draft.provider,
        canary: draft.canary,
        profile,
        path,
      }),
      excerpt: excerptOf(
        this.window.bytes,
        this.positions,
        parts.map((part) => part.line),
        masks,
        own,
      ),
    };
  }

  /** Asked once for the same lines: a line may be megabytes long and hold thousands of findings. */
  private inline(rule: string, provider: string, lines: readonly number[]): Suppression | null {
    const { inline } = this.options;
    if (inline === undefined) return null;
    const key = `${rule} ${provider} ${lines.join(' ')}`;
    const known = this.suppressions.get(key);
    if (known !== undefined) return known;
    const { path } = this.document;
    const answer = inline({ rule, provider, path, lines }, this.positions);
    this.suppressions.set(key, answer);
    return answer;
  }

  private part(piece: Piece, [start, end]: readonly [number, number]): Part {
    const from = this.positions.at(start);
    const to = this.positions.at(end);
    return {
      role: piece.role,
      path: this.document.path,
      line: from.line,
      column: from.column,
      endLine: to.line,
      endColumn: to.column,
      masked: maskOf(piece.value, piece.role, piece.part.maskKeep ?? 0),
      ...(piece.decodings.length > 0 ? { decodedBy: piece.decodings } : {}),
    };
  }

  private severityOf(rule: Rule, draft: Draft): Severity {
    const configured = this.options.severity?.({ id: rule.id, provider: draft.provider });
    if (configured !== undefined) return configured;
    const graded = draft.severity ?? rule.grades[draft.kind] ?? defaultGrades[draft.kind];
    return graded === 'critical' && draft.kind === 'pair' && this.document.stage === 'local'
      ? 'high'
      : graded;
  }
}

const defaultGrades: Readonly<Record<Kind, Severity>> = {
  pair: 'critical',
  secret: 'high',
  session: 'medium',
  id: 'medium',
  reference: 'low',
};

function kindOf(rule: Rule, pieces: readonly Piece[]): Kind {
  const roles = new Set(pieces.map(({ role }) => role));
  if (roles.has('secret'))
    return roles.has('id') ? 'pair' : roles.has('token') ? 'session' : 'secret';
  if (roles.has('token')) return roles.has('id') ? 'session' : (rule.tokenKind ?? 'secret');
  return 'id';
}

function linesOf(part: Part): number[] {
  return part.line === part.endLine ? [part.line] : [part.line, part.endLine];
}

function byPlace(a: Mask, b: Mask): number {
  return a.start - b.start || b.end - a.end;
}

function maskText(piece: Piece): string {
  return maskOf(piece.value, piece.role, piece.part.maskKeep ?? 0);
}

/** Ids with no piece of `part` in their own line and brackets. */
function aloneInLine(found: Found, rule: number, part: RulePart): Piece[] {
  const own = found.pieces.filter((piece) => piece.rule === rule);
  const others = own.filter(({ role }) => role === part.role).sort((a, b) => a.start - b.start);
  const lone = own.filter((piece) => {
    if (piece.role !== part.beside?.role) return false;
    const after = firstAbove(others, piece.end - 1, ({ start }) => start);
    const next = others[after];
    const previous = others[after - 1];
    const near =
      (next !== undefined && gapBetween(found.layer, piece.end, next.start).level === 0) ||
      (previous !== undefined && gapBetween(found.layer, previous.end, piece.start).level === 0);
    return !near;
  });
  return [...lone, ...found.inner.flatMap((inner) => aloneInLine(inner, rule, part))];
}

function rulesIn(found: Found): readonly number[] {
  const seen = new Set<number>();
  const visit = (node: Found): void => {
    for (const piece of node.pieces) seen.add(piece.rule);
    node.inner.forEach(visit);
  };
  visit(found);
  return [...seen].sort((a, b) => a - b);
}

function spanInFile(piece: Piece): readonly [number, number] {
  let { start, end } = piece;
  for (let layer = piece.layer; layer.parent !== null; layer = layer.parent) {
    [start, end] = layer.toParent(start, end);
  }
  return [start, end];
}

/** Where two entries claim the same text, the one that explains more of it stays. */
function withoutRivals(entries: readonly Entry[]): Entry[] {
  const ordered = [...entries].sort((a, b) => b.rank - a.rank || size(b) - size(a));
  // Starts of what is taken, in order, each with its end: no two of them overlap.
  const starts: number[] = [];
  const ends: number[] = [];
  const kept = new Set<Entry>();
  const indexOf = (offset: number): number => firstAbove(ends, offset, (end) => end);
  for (const entry of ordered) {
    if (entry.spans.some(([start, end]) => (starts[indexOf(start)] ?? Infinity) < end)) continue;
    kept.add(entry);
    for (const [start, end] of entry.spans) {
      const at = indexOf(start);
      // The halves of one entry may lie in one another (an encoded file in one run).
      if ((starts[at] ?? Infinity) < end) continue;
      starts.splice(at, 0, start);
      ends.splice(at, 0, end);
    }
  }
  return entries.filter((entry) => kept.has(entry));
}

function size(entry: Entry): number {
  return Math.max(...entry.spans.map(([start, end]) => end - start));
}
