// Documents → findings: the engine over every document, and a judge for those in which it hits anything.

import { rules as builtinRules } from '../../rules/index.ts';
import type { Document } from '../core/document.ts';
import { compareFindings, type Finding, type Skipped } from '../core/finding.ts';
import { tables as builtinTables } from '../engine/builtin.ts';
import { compile } from '../engine/compile.ts';
import { ready } from '../engine/pack.ts';
import { createEngine, type Part } from '../engine/scan.ts';
import type { Detection, Scanner, ScannerOptions } from './api.ts';
import { createJudge, type Judge } from './findings.ts';
import { type Own, ownKeys } from './own.ts';
import { sieve } from './sieve.ts';
import { toText } from './text.ts';
import { type Window, windowsOf } from './windows.ts';

export type { Detection, Scanner, ScannerOptions } from './api.ts';

const nothing: Detection = { findings: [], skipped: [] };

/** Throws RangeError when a rule of `options.rules` is malformed. */
export function createScanner(options: ScannerOptions = {}): Scanner {
  const own = options.own?.length ? ownKeys(options.own) : undefined;
  const engine = createEngine(...partsOf(options, own));
  let judge: Judge | undefined;

  const scanBytes = (document: Document, window: Window): Detection => {
    const hits = engine.scan(window.bytes, window.bytes.length);
    if (hits.count === 0 && !hits.exhausted) return nothing;
    judge ??= createJudge(engine, own, options);
    const { findings, exhausted } = judge(document, window, hits);
    return { findings, skipped: exhausted ? [overBudget(document)] : [] };
  };

  return {
    sieve: sieve(engine),
    scan(document) {
      const { content } = document;
      if (content instanceof Uint8Array) {
        const text = toText(content);
        return scanBytes(document, {
          ...text,
          line: 1,
          column: 1,
          coreStart: 0,
          coreEnd: Infinity,
        });
      }
      const findings: Finding[] = [];
      const skipped = new Map<string, Skipped>();
      for (const window of windowsOf(content, options.windows)) {
        const detection = scanBytes(document, window);
        findings.push(...detection.findings);
        for (const item of detection.skipped) skipped.set(item.reason, item);
      }
      return { findings: findings.sort(compareFindings), skipped: [...skipped.values()] };
    },
  };
}

/** The built-in rules come compiled; what a user adds is compiled now. */
function partsOf({ rules }: ScannerOptions, own: Own | undefined): readonly Part[] {
  const isBuiltin =
    rules === undefined || builtinRules.every((rule, index) => rules[index] === rule);
  const builtin = isBuiltin ? [{ tables: builtinTables, firstRule: 0 }] : [];
  const firstRule = isBuiltin ? builtinTables.rules : 0;
  const added = [...(rules ?? []).slice(firstRule), ...(own?.rule === undefined ? [] : [own.rule])];
  return added.length === 0 ? builtin : [...builtin, { tables: ready(compile(added)), firstRule }];
}

function overBudget({ path }: Document): Skipped {
  return {
    path,
    reason: 'budget',
    detail: 'too much in it looks like the start of a secret; it was not checked to its end',
  };
}
