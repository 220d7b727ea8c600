import { UserError } from '../core/errors.ts';
import { isRecord } from '../core/json-fields.ts';
import type { Rule } from '../core/rule.ts';
import { quote } from './json.ts';
import { regexOfGo } from './go-regex.ts';
import { parseRegex, regexProblem, Unsupported } from './regex-cost.ts';
import type { Chars, Node } from './regex-cost.ts';

// Rules of gitleaks and betterleaks (TOML) as custom rules of ours. What cannot be carried over is said rule by rule:
// a rule that silently means something else is worse than none.

export interface ImportedRules {
  /** Ready for `customRules`. */
  readonly rules: readonly Rule[];
  /** What was left out, or means less than before. */
  readonly notes: readonly string[];
}

/** `taken` are ids that rules exist for. */
export async function importGitleaksRules(
  text: string,
  name: string,
  taken: ReadonlySet<string>,
): Promise<ImportedRules> {
  const file = await parsed(text, name);
  const notes = generalNotes(file);
  const ids = new Set(taken);
  const rules = listOf(file['rules']).flatMap((each, index) => {
    const label = typeof each['id'] === 'string' ? each['id'] : `rule ${index + 1}`;
    try {
      const rule = converted(each, label, ids);
      ids.add(rule.id);
      notes.push(...notesOn(each, label));
      return [rule];
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error;
      notes.push(`${quote(label)} is left out: it ${error.message}`);
      return [];
    }
  });
  return { rules, notes };
}

/** A configuration that holds nothing but these rules. */
export function configOfRules(rules: readonly Rule[]): string {
  const customRules = rules.map(({ negatives, examples, ...rule }) => ({
    ...rule,
    ...(examples.length === 0 ? {} : { examples }),
    ...(negatives.length === 0 ? {} : { negatives }),
  }));
  return `${JSON.stringify({ customRules }, null, 2)}\n`;
}

type Table = Readonly<Record<string, unknown>>;

async function parsed(text: string, name: string): Promise<Table> {
  const { parse, TomlError } = await import('smol-toml');
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // Its message quotes the file, so only the place is taken from it.
    throw new UserError(`${name}:${error.line}:${error.column}: this is not TOML`, {
      hint: 'Mend the file there.',
    });
  }
}

function converted(rule: Table, label: string, taken: ReadonlySet<string>): Rule {
  const source = rule['regex'];
  if (typeof source !== 'string' || source === '') throw new Unsupported('has no regex');
  const group = rule['secretGroup'];
  const regex = regexOfGo(source, typeof group === 'number' ? group : 0);
  const tree = treeOf(regex);
  const anchors = anchorsOf(tree);
  if (anchors.length === 0) {
    throw new Unsupported('has no text of three characters that every match holds');
  }
  const shapes = anchors.map(({ text, anyCase, before, after }) => {
    const [lookBack, window] = [Math.min(before, 128), Math.min(after, 512)];
    const problem = regexProblem(regex, lookBack + window);
    if (problem !== undefined) throw new Unsupported(problem);
    const size = { ...(lookBack > 0 ? { lookBack } : {}), window };
    return {
      type: 'pattern' as const,
      anchor: text,
      ...(anyCase ? { anyCase } : {}),
      regex,
      ...size,
    };
  });
  const entropy = rule['entropy'];
  const title = rule['description'];
  return {
    id: freeId(label, taken),
    provider: 'custom',
    title: typeof title === 'string' ? titleOf(title) : titleOf(label),
    ...{ why: '', advice: [], references: [], examples: [], negatives: [] },
    grades: { secret: 'high' },
    parts: [
      {
        role: 'token',
        shapes,
        ...(typeof entropy === 'number' && entropy > 0 ? { entropy: Math.min(entropy, 8) } : {}),
      },
    ],
  };
}

function treeOf(regex: string): Node {
  try {
    new RegExp(regex);
  } catch {
    throw new Unsupported('uses regex syntax that JavaScript does not have');
  }
  return parseRegex(regex);
}

interface Anchor {
  readonly text: string;
  readonly anyCase: boolean;
  /** Characters that can stand before it, and from its start to the end of the match. */
  readonly before: number;
  readonly after: number;
}

/** Texts of which every match holds at least one: the longest of the sequence, or one of each alternative. */
function anchorsOf(node: Node): Anchor[] {
  const items = node.type === 'sequence' ? node.items : [node];
  const lengths = items.map(longest);
  const total = (from: number, to: number): number =>
    lengths.slice(from, to).reduce((sum, length) => sum + length, 0);
  const candidates = [
    ...literalRuns(items).map(({ text, anyCase, from }) => [
      { text, anyCase, before: total(0, from), after: total(from, items.length) },
    ]),
    ...items.flatMap((item, index) => {
      const inner = innerAnchors(item);
      if (inner.length === 0) return [];
      const [before, behind] = [total(0, index), total(index + 1, items.length)];
      return [
        inner.map((each) => ({
          ...each,
          before: each.before + before,
          after: each.after + behind,
        })),
      ];
    }),
  ];
  const shortest = (anchors: readonly Anchor[]): number =>
    Math.min(...anchors.map(({ text }) => text.length));
  const [best = []] = candidates.toSorted(
    (a, b) => shortest(b) - shortest(a) || a.length - b.length,
  );
  return best;
}

function innerAnchors(node: Node): Anchor[] {
  if (node.type === 'sequence') return anchorsOf(node);
  if (node.type === 'repeat') return node.min === 1 && node.max === 1 ? anchorsOf(node.inner) : [];
  if (node.type !== 'either') return [];
  const each = node.options.map(anchorsOf);
  return each.length > 20 || each.some((anchors) => anchors.length === 0) ? [] : each.flat();
}

function literalRuns(
  items: readonly Node[],
): { readonly text: string; readonly anyCase: boolean; readonly from: number }[] {
  const runs: { text: string; anyCase: boolean; from: number }[] = [];
  let open = false;
  for (const [from, item] of items.entries()) {
    const letter = item.type === 'chars' ? letterOf(item.chars) : undefined;
    const last = runs.at(-1);
    if (letter === undefined) open = false;
    else if (open && last !== undefined) {
      last.text += letter.text;
      last.anyCase ||= letter.anyCase;
    } else {
      runs.push({ ...letter, from });
      open = true;
    }
  }
  return runs
    .filter(({ text }) => text.length >= 3)
    .map(({ text, anyCase, from }) => {
      const anchor = text.slice(0, 100);
      return { text: anyCase ? anchor.toLowerCase() : anchor, anyCase, from };
    });
}

/** The one character, or the one letter in both cases. */
function letterOf(chars: Chars): { readonly text: string; readonly anyCase: boolean } | undefined {
  const codes = [...chars.keys()].filter((code) => chars[code] === 1);
  const [first = 0, second = 0] = codes;
  const text = String.fromCharCode(first);
  if (first > 126 || first < 32) return undefined;
  if (codes.length === 1) return { text, anyCase: false };
  const both = codes.length === 2 && first >= 65 && first <= 90 && second === first + 32;
  return both ? { text: text.toLowerCase(), anyCase: true } : undefined;
}

function longest(node: Node): number {
  switch (node.type) {
    case 'chars':
      return 1;
    case 'edge':
      // It looks at a neighbour, which must lie in the window: `\b` would hold at the edge of every window.
      return 1;
    case 'look':
      return longest(node.inner);
    case 'sequence':
      return node.items.reduce((sum, item) => sum + longest(item), 0);
    case 'either':
      return Math.max(...node.options.map(longest));
    case 'repeat':
      return Math.min(longest(node.inner) * node.max, 10_000);
  }
}

function generalNotes(file: Table): string[] {
  const extend = tableOf(file['extend']);
  const notes: string[] = [];
  if (extend['useDefault'] === true) {
    notes.push('extend.useDefault: keyscan has rules of its own, and they stay on');
  }
  if (typeof extend['path'] === 'string')
    notes.push('extend.path is not followed; import that file as well');
  if (Array.isArray(extend['disabledRules'])) {
    notes.push('extend.disabledRules is left out; write "off" for rules of keyscan under "rules"');
  }
  if (file['allowlist'] !== undefined || file['allowlists'] !== undefined) {
    notes.push('the global allowlist is left out; write its paths as patterns into .keyscanignore');
  }
  return notes;
}

function notesOn(rule: Table, label: string): string[] {
  const lost: string[] = [];
  if (rule['path'] !== undefined) lost.push('its path, so it looks into every file');
  if (rule['allowlist'] !== undefined || rule['allowlists'] !== undefined)
    lost.push('its allowlist');
  if (rule['required'] !== undefined) lost.push('the rules it requires nearby');
  if (rule['filter'] !== undefined || rule['validate'] !== undefined)
    lost.push('its filter expressions');
  return lost.length === 0 ? [] : [`${quote(label)} loses ${lost.join(' and ')}`];
}

function freeId(label: string, taken: ReadonlySet<string>): string {
  const plain = label
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 50);
  const base = plain === '' ? 'imported' : plain;
  if (!taken.has(base)) return base;
  for (let number = 2; ; number += 1) {
    const id = `${base}-${number}`;
    if (!taken.has(id)) return id;
  }
}

function titleOf(text: string): string {
  const words = text
    .replace(/[\p{Cc}\p{Cf}\p{Z}]+/gu, ' ')
    .trim()
    .slice(0, 200);
  return words === '' ? 'Imported rule' : words;
}

function listOf(value: unknown): Table[] {
  return Array.isArray(value) ? value.map(tableOf) : [];
}

function tableOf(value: unknown): Table {
  return isRecord(value) ? value : {};
}
