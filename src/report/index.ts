// The formats by name. Each but the usual one is loaded when it is asked for, so that a scan does not pay for all.

import type { Format, ReportContext } from './format.ts';
import { loadPalette } from './pen.ts';
import { prettyWith } from './pretty.ts';

/** In the order they are listed to people. */
export const formatNames = [
  'pretty',
  'compact',
  'json',
  'sarif',
  'junit',
  'github',
  'gitlab',
  'codeclimate',
  'azure',
] as const;
export type FormatName = (typeof formatNames)[number];

const table: Readonly<Record<FormatName, (mayColor: boolean) => Promise<Format>>> = {
  pretty: async (mayColor) => prettyWith(await loadPalette(mayColor)),
  compact: async () => (await import('./compact.ts')).compact,
  json: async () => (await import('./json.ts')).json,
  sarif: async () => (await import('./sarif.ts')).sarif,
  junit: async () => (await import('./junit.ts')).junit,
  github: async () => (await import('./github.ts')).github,
  gitlab: async () => (await import('./gitlab.ts')).gitlab,
  codeclimate: async () => (await import('./codeclimate.ts')).codeclimate,
  azure: async () => (await import('./azure.ts')).azure,
};

/** `color` 0 spares loading the library that colours. */
export function loadFormat(name: FormatName, color: ReportContext['color'] = 3): Promise<Format> {
  return table[name](color > 0);
}

/** The short text of `--staged` without `--format`; empty when there is nothing to say. */
export async function loadStaged(color: ReportContext['color'] = 3): Promise<Format> {
  const { stagedWith } = await import('./staged.ts');
  return stagedWith(await loadPalette(color > 0));
}
