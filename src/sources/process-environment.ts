// The environment of this process as one document, so that an id and its secret are seen together, and the way back:
// a finding in it is in `<env>/NAME`, line 1.

import type { Document } from '../core/document.ts';
import type { ExcerptLine, Finding, Part } from '../core/finding.ts';

export interface EnvironmentDocument {
  readonly document: Document;
  /** Puts a finding of that document where its variables are; any other finding comes back as it is. */
  readonly relocate: (finding: Finding) => Finding;
}

const environmentPath = '<env>';

export function environmentDocument(
  environment: Readonly<Record<string, string | undefined>>,
): EnvironmentDocument {
  const variables = Object.entries(environment)
    .flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const starts: VariableLine[] = [];
  let line = 1;
  for (const { name, value } of variables) {
    starts.push({ name, line });
    line += value.split('\n').length;
  }
  const text = variables.map(({ name, value }) => `${name}=${value}\n`).join('');
  const document = { path: environmentPath, stage: 'local', content: Buffer.from(text) } as const;
  return { document, relocate: (finding) => relocate(finding, starts) };
}

interface VariableLine {
  readonly name: string;
  /** Of the document, where the variable begins; values may have more than one. */
  readonly line: number;
}

function relocate(finding: Finding, starts: readonly VariableLine[]): Finding {
  if (finding.path !== environmentPath) return finding;
  const parts = finding.parts.map((part) => relocatePart(part, starts));
  const first = relocatePart({ ...finding, role: 'id' }, starts);
  const { path, line, column, endLine, endColumn } = first;
  const { excerpt, ...rest } = finding;
  return {
    ...rest,
    ...{ path, line, column, endLine, endColumn, parts },
    // What expires by itself is where its tool put it.
    severity: finding.provider === 'aws' && finding.kind === 'session' ? 'low' : finding.severity,
    ...(excerpt === undefined ? {} : { excerpt: ownLines(excerpt, finding, starts) }),
  };
}

function relocatePart(part: Part, starts: readonly VariableLine[]): Part {
  const { name, line } = variableAt(part.line, starts);
  const shift = name.length + 1;
  const columnAt = (at: number, column: number): number => (at === line ? column - shift : column);
  return {
    ...part,
    path: `${environmentPath}/${name}`,
    line: part.line - line + 1,
    column: columnAt(part.line, part.column),
    endLine: part.endLine - line + 1,
    endColumn: columnAt(part.endLine, part.endColumn),
  };
}

/** The lines of other variables beside it have nothing to do with it, and may hold what no rule knows. */
function ownLines(
  excerpt: readonly ExcerptLine[],
  { line, endLine, parts }: Finding,
  starts: readonly VariableLine[],
): readonly ExcerptLine[] {
  const own = new Set([line, endLine, ...parts.flatMap((part) => [part.line, part.endLine])]);
  return excerpt
    .filter((shown) => own.has(shown.line))
    .map((shown) => ({ ...shown, line: shown.line - variableAt(shown.line, starts).line + 1 }));
}

function variableAt(line: number, starts: readonly VariableLine[]): VariableLine {
  return starts.findLast((start) => start.line <= line) ?? { name: '', line: 1 };
}
