// Documents through the scanner, one after the other. The loop that every scan of files is.
import type { Document } from '../core/document.ts';
import type { Finding, Skipped } from '../core/finding.ts';
import type { Scanner } from '../detect/api.ts';
import { count } from '../report/words.ts';
import { sizeText } from '../sources/read-file.ts';

export interface Collected {
  readonly findings: readonly Finding[];
  readonly skipped: readonly Skipped[];
  readonly files: number;
  readonly bytes: number;
  readonly commits?: number;
}

/** Where a long scan tells how far it is, and lets signals through. */
export interface Watch {
  /** Called between documents; returns a promise when it wants to be waited for. */
  readonly tick: (status: () => string) => Promise<void> | undefined;
}

export async function collect(
  items: Iterable<Document | Skipped>,
  scanner: Scanner,
  watch: Watch,
): Promise<Collected> {
  const findings: Finding[] = [];
  const skipped: Skipped[] = [];
  let files = 0;
  let bytes = 0;
  for (const item of items) {
    if (!('content' in item)) {
      skipped.push(item);
      continue;
    }
    const detection = scanner.scan(item);
    files += 1;
    bytes += sizeOf(item);
    for (const finding of detection.findings) findings.push(finding);
    for (const part of detection.skipped) skipped.push(part);
    const wait = watch.tick(() => status(files, bytes, findings.length));
    if (wait !== undefined) await wait;
  }
  return { findings, skipped, files, bytes };
}

function sizeOf({ content }: Document): number {
  return 'length' in content ? content.length : content.size;
}

function status(files: number, bytes: number, findings: number): string {
  const found = findings === 0 ? '' : `, ${count(findings, 'finding')}`;
  return `scanning: ${count(files, 'file')}, ${sizeText(bytes)}${found}`;
}
