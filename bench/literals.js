// What another search tool would have to look for to see the same candidates: the literals of our own tables, each with
// its own case rule, as patterns for `rg -f`.
import { evaluate } from '../scripts/evaluate.js';

/** @returns {Promise<readonly string[]>} one regex each, of nothing but a literal and (?i:) */
export async function literalPatterns() {
  const { tables } = await evaluate(`
    import { rules } from './rules/index.ts';
    import { compile } from './src/engine/compile.ts';
    export const tables = compile(rules);
  `);
  const patterns = new Set();
  for (const { matcher, step } of tables.anchors) {
    for (const pattern of patternsOf(tables.matchers[matcher], step)) patterns.add(pattern);
  }
  return [...patterns].sort();
}

function patternsOf(matcher, step) {
  switch (matcher.type) {
    case 'token': {
      const { text, texts = [text], anyCase } = matcher.steps[step];
      return texts.map((literal) => pattern(literal, anyCase));
    }
    // A name is written with its words together, or joined by one character
    case 'assignment':
      return [`(?i:${matcher.names[step >> 4].map(escape).join('[ ._-]?')})`];
    case 'block':
      return [pattern(matcher.begin, false)];
    case 'pattern':
      return [pattern(matcher.anchor, matcher.anyCase)];
    case 'container':
      return [pattern(matcher.literals[step >> 2].text, false)];
    default:
      throw new Error(`no literal is known for ${matcher.type}`);
  }
}

function pattern(literal, anyCase) {
  return anyCase ? `(?i:${escape(literal)})` : escape(literal);
}

/** As ripgrep's engine wants it, which takes a backslash before nothing but what has a meaning. */
function escape(literal) {
  return [...literal]
    .map((character) => {
      if (/[\\.+*?()|[\]{}^$#&~-]/.test(character)) return `\\${character}`;
      return /[ -~]/.test(character) ? character : `\\x{${character.codePointAt(0).toString(16)}}`;
    })
    .join('');
}
