// The engine against a slow, obvious implementation of the same shapes, and against itself under every disguise.

import { describe, expect, it } from '@jest/globals';
import { fc } from './support/property.ts';

import { rules } from '../rules/index.ts';
import { byteSet } from '../src/engine/charset.ts';
import { compile } from '../src/engine/compile.ts';
import { pack, ready } from '../src/engine/pack.ts';
import { unpack } from '../src/engine/packed.ts';
import { createEngine, type Engine } from '../src/engine/scan.ts';
import { hitSize } from '../src/engine/state.ts';
import type { Matcher, Step, TokenMatcher } from '../src/engine/tables.ts';
import { runs } from './support/effort.ts';
import { generate } from './support/examples.ts';

const tables = compile(rules);
const engine = createEngine({ tables: ready(tables), firstRule: 0 });
const numRuns = runs(300, 1000);

interface Hit {
  readonly matcher: number;
  readonly start: number;
  readonly end: number;
}

function scan(bytes: Uint8Array, using = engine): readonly Hit[] {
  const { data, count } = using.scan(bytes, bytes.length);
  return Array.from({ length: count }, (_, index) => ({
    matcher: data[index * hitSize] ?? -1,
    start: data[index * hitSize + 1] ?? -1,
    end: data[index * hitSize + 2] ?? -1,
  }));
}

/** The shape as one regular expression, the way one would write it on a blackboard. */
function regexOf(matcher: TokenMatcher): RegExp {
  const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
  const set = (notation: string): string => {
    let bytes = '';
    byteSet(notation).forEach((flag, byte) => {
      if (flag === 1) bytes += `\\x${byte.toString(16).padStart(2, '0')}`;
    });
    return `[${bytes}]`;
  };
  const anyCase = (text: string): string =>
    [...text]
      .map((letter) => `[${escape(letter.toLowerCase())}${escape(letter.toUpperCase())}]`)
      .join('');
  const piece = (step: Step): string => {
    if (step.kind === 'run') {
      const max = step.max > 1e6 ? '' : String(step.max);
      // Runs are greedy and never give back: an atomic group, by look-ahead and back reference.
      return `(?=(${set(step.set)}{${String(step.min)},${max}}))\\${String(++groups)}`;
    }
    const texts = step.kind === 'text' ? [step.text] : step.texts;
    const all = texts.map((text) => (step.anyCase ? anyCase(text) : escape(text))).join('|');
    return `(?:${all})${step.optional ? '?' : ''}`;
  };
  let groups = 0;
  const [from, to] = matcher.value;
  const source = matcher.steps
    .map(
      (step, index) =>
        `${index === from ? '(?<value>' : ''}${renumbered(index)}${index + 1 === to ? ')' : ''}`,
    )
    .join('');
  function renumbered(index: number): string {
    if (index === from) groups++;
    const step = matcher.steps[index];
    return step === undefined ? '' : piece(step);
  }
  return new RegExp(`(?<!${set(matcher.notBefore)})${source}(?!${set(matcher.notAfter)})`, 'dgs');
}

const regexes = new Map<TokenMatcher, RegExp>();

function obvious(matcher: TokenMatcher, text: string): readonly (readonly [number, number])[] {
  const regex = regexes.get(matcher) ?? regexOf(matcher);
  regexes.set(matcher, regex);
  regex.lastIndex = 0;
  const found: [number, number][] = [];
  for (let match = regex.exec(text); match !== null; match = regex.exec(text)) {
    const span = match.indices?.groups?.['value'];
    if (span !== undefined) {
      found.push([span[0], span[1]]);
      regex.lastIndex = Math.max(span[1], match.index + 1);
    }
  }
  return found;
}

const tokens = tables.matchers
  .map((matcher, index) => ({ matcher, index }))
  .filter((one): one is { matcher: TokenMatcher; index: number } => one.matcher.type === 'token');

/** Text that nearly holds tokens: pieces of shapes, runs of their characters, edges. No escapes or quotes: the blackboard knows none. */
const nearly = fc
  .array(
    fc.oneof(
      fc.constantFrom(...tokens.flatMap(({ matcher }) => matcher.steps.flatMap(literalsOf))),
      fc.constantFrom(...' \n=:.-_/+;,(){}[]<>@'.split('')),
      fc.stringMatching(/^[A-Z2-7]{15,17}$/),
      fc.stringMatching(/^[A-Za-z0-9]{1,40}$/),
      fc.stringMatching(/^[a-z0-9]{20,40}$/),
      fc.stringMatching(/^[0-9a-f]{8,64}$/),
      fc.stringMatching(/^[A-Za-z0-9+/]{40,140}={0,2}$/),
    ),
    { maxLength: 40 },
  )
  .map((pieces) => pieces.join(''));

function literalsOf(step: Step): readonly string[] {
  return step.kind === 'run' ? [] : step.kind === 'text' ? [step.text] : step.texts;
}

describe('tokens', () => {
  it('are found where a regular expression of the same shape finds them', () => {
    fc.assert(
      fc.property(nearly, (text) => {
        const hits = scan(Buffer.from(text, 'latin1'));
        for (const { matcher, index } of tokens) {
          const found = hits
            .filter((hit) => hit.matcher === index)
            .map(({ start, end }) => [start, end]);
          expect({ index, found }).toEqual({ index, found: obvious(matcher, text) });
        }
      }),
      { numRuns },
    );
  });
});

describe('names with values', () => {
  const value = generate('aws-secret', 'names');
  const id = tables.matchers.findIndex(
    (matcher) =>
      matcher.type === 'assignment' &&
      matcher.min === 40 &&
      rules[matcher.rule]?.id === 'aws-access-key',
  );
  const found = (text: string): boolean =>
    scan(Buffer.from(text)).some(
      (hit) =>
        hit.matcher === id &&
        hit.start === text.indexOf(value) &&
        hit.end === text.indexOf(value) + 40,
    );
  const spellings = (words: readonly string[]): readonly string[] => {
    const capital = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1));
    const camel = capital.join('');
    return [
      words.join('_'),
      words.join('-'),
      words.join('.'),
      words.join(' '),
      words.join(''),
      words.join('_').toUpperCase(),
      camel,
      camel.charAt(0).toLowerCase() + camel.slice(1),
      `MY_APP_${words.join('_').toUpperCase()}_2`,
    ];
  };
  const writings: readonly ((name: string) => string)[] = [
    (name) => `${name}=${value}\n`,
    (name) => `${name} = ${value}\r\n`,
    (name) => `${name}: ${value}`,
    (name) => `${name}: "${value}",`,
    (name) => `"${name}": "${value}"`,
    (name) => `'${name}' => '${value}',`,
    (name) => `${name} := \`${value}\``,
    (name) => `["${name}"] = "${value}";`,
    (name) => `export ${name}="${value}"`,
    (name) => `--${name} ${value} --next`,
    (name) => `--${name}=${value}`,
    (name) => `<${name}>${value}</${name}>`,
    (name) => `<key>${name}</key>\n\t<string>${value}</string>`,
    (name) => `<add key="${name}" value="${value}" />`,
    (name) => `{"name":"${name}","value":"${value}"}`,
    (name) => `{"key":"${name}","type":"string","value":"${value}"}`,
    (name) => `{\\"${name}\\":\\"${value}\\"}`,
    (name) => `{\\\\\\"${name}\\\\\\": \\\\\\"${value}\\\\\\"}`,
    (name) => `const ${name}: string = "${value}";`,
    (name) => `private static final String ${name} = "${value}";`,
    (name) => `${name}: !!str ${value}`,
    (name) => `${name}: >-\n    ${value}\n`,
    (name) => `os.getenv("${name}", "${value}")`,
    (name) => `process.env.${name} || "${value}"`,
    (name) => `\${${name}:-${value}}`,
    (name) => `set(${name}, b"${value}")`,
    (name) => `${name}%3D${value}%26next`,
    (name) => `${name}=&quot;${value}&quot;`,
    (name) => `| ${name} | \`${value}\` |`,
    (name) => `**${name}:** ${value}`,
  ];
  const words = [
    ['secret', 'access', 'key'],
    ['aws', 'secret', 'key'],
    ['secret', 'key'],
    ['s3', 'secret'],
    ['aws', 'secret'],
  ];

  it.each(words.map((all) => ({ name: all.join(' '), all })))(
    'finds $name in every spelling and writing',
    ({ all }) => {
      const missed = spellings(all).flatMap((name) =>
        writings.map((write) => write(name)).filter((text) => !found(text)),
      );
      expect(missed.map((text) => text.replace(value, '…'))).toEqual([]);
    },
  );

  it('stops where another name is given a value', () => {
    expect(found(`secret_access_key = \nchecksum = ${value}\n`)).toBe(false);
    expect(found(`{"secretAccessKey": null, "etag": "${value}"}`)).toBe(false);
    expect(found(`secret_key(); other("a", "b", "c", "${value}")`)).toBe(false);
    expect(found(`secretKey: x } , y: "${value}"`)).toBe(false);
  });
});

describe('a name of one short word', () => {
  const pat = tables.matchers.findIndex(
    (matcher) => matcher.type === 'assignment' && matcher.names.some(([word]) => word === 'pat'),
  );
  const value = generate('aws-secret', 'p')
    .toLowerCase()
    .replace(/[^a-z2-7]/g, 'q')
    .padEnd(52, 'z')
    .slice(0, 52);
  const isFound = (name: string): boolean =>
    scan(Buffer.from(`azure devops: ${name} = "${value}"`)).some(({ matcher }) => matcher === pat);

  it('is found where the word ends', () => {
    const names = [
      'pat',
      'PAT',
      'AZURE_PAT',
      'azurePat',
      'pat_token',
      'patToken',
      'PATToken',
      'Pat1',
    ];
    expect(names.filter((name) => !isFound(name))).toEqual([]);
  });

  it('is not found in a longer word', () => {
    expect(['path', 'PATH', 'Path', 'dispatch', 'PATTERN_ID'].filter(isFound)).toEqual([]);
  });
});

describe('the engine', () => {
  it('finds the same wherever a text lies in a buffer, and nothing behind its end', () => {
    const text = Buffer.from(`key ${generate('aws-id', 'a')} end`);
    const plain = scan(text);
    expect(plain.length).toBeGreaterThan(0);
    const buffer = Buffer.concat([text, text]);
    const { count } = engine.scan(buffer, text.length);
    expect(count).toBe(plain.length);
    for (let cut = 0; cut < text.length; cut++) {
      const hits = scan(text.subarray(0, cut));
      expect(hits.every(({ end }) => end <= cut)).toBe(true);
    }
  });

  it('answers for any bytes at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        for (const { start, end } of scan(bytes)) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(bytes.length);
        }
      }),
      { numRuns },
    );
  });

  it('says so when a text asks for more work than it may', () => {
    const hostile = Buffer.from('://a:b@'.repeat(400_000));
    expect(engine.scan(hostile, hostile.length).exhausted).toBe(true);
    const plain = Buffer.from('The quick brown fox. '.repeat(100_000));
    expect(engine.scan(plain, plain.length).exhausted).toBe(false);
  });

  it('reads lists of addresses, with ports and without blanks, to their end', () => {
    const password = 'mB7'.repeat(4);
    const leak = `postgres://oven:${password}@db.moonbakery.dev/orders`;
    for (const address of ['http://a.b:1,', '"http://10.0.0.1:8080/",', 'https://x.dev/?a=1&u=']) {
      const text = Buffer.from(address.repeat(100_000) + leak);
      const { exhausted, count, data } = engine.scan(text, text.length);
      expect({ exhausted, count }).toEqual({ exhausted: false, count: 1 });
      expect(text.subarray(data[1], data[2]).toString()).toBe(password);
    }
  });

  describe('from tables that were packed', () => {
    const packed = pack(tables);
    const text = Buffer.from(
      `${generate('aws-id', 'b')} ${generate('github:ghp', 'b')} secret_key=${generate('aws-secret', 'b')} ` +
        Buffer.from(`[default]\naws_access_key_id = ${generate('aws-id', 'c')}\n`).toString(
          'base64',
        ),
    );
    const expected = scan(text);
    const turned = (bytes: Uint8Array): Uint8Array => {
      const copy = Buffer.from(bytes);
      copy.subarray(0, unpack(bytes).filter.byteOffset).swap32(); // the numbers stand before it
      return copy;
    };

    it('finds the same', () => {
      expect(expected.length).toBeGreaterThan(3);
      expect(scan(text, createEngine({ tables: unpack(packed), firstRule: 0 }))).toEqual(expected);
    });

    it('finds the same on a machine with the other byte order', () => {
      const read = unpack(turned(packed));
      expect(scan(text, createEngine({ tables: read, firstRule: 0 }))).toEqual(expected);
    });

    it('finds the same from bytes that begin anywhere', () => {
      const shifted = new Uint8Array(packed.length + 1);
      shifted.set(packed, 1);
      const read = unpack(shifted.subarray(1));
      expect(scan(text, createEngine({ tables: read, firstRule: 0 }))).toEqual(expected);
    });

    it('has every matcher as it was', () => {
      const read = unpack(packed);
      expect(read.rules).toBe(rules.length);
      // The literals of containers stand in the anchors
      const whole = (one: Matcher): Matcher =>
        one.type === 'container' ? { ...one, literals: [] } : one;
      expect(Array.from({ length: read.size }, (_, index) => whole(read.matcher(index)))).toEqual(
        tables.matchers.map(whole),
      );
      expect(() => read.matcher(read.size)).toThrow(RangeError);
    });

    it('refuses bytes that are something else', () => {
      expect(() => unpack(new Uint8Array(64))).toThrow(RangeError);
    });
  });

  it('keeps the parts of its tables apart: the second one finds what it finds alone', () => {
    const first = { tables: ready(compile(rules.slice(0, 3))), firstRule: 0 };
    const second = { tables: ready(compile(rules.slice(3))), firstRule: 3 };
    const both = createEngine(first, second);
    const text = Buffer.from(
      `${generate('aws-id', 'd')} ${generate('github:ghp', 'd')} secret_key=${generate('aws-secret', 'd')}`,
    );
    const named = (engineOf: Engine): readonly unknown[] =>
      scan(text, engineOf).map(({ matcher, start, end }) => {
        const found = engineOf.matcher(matcher);
        return [start, end, found.type, found.rule, found.part, found.shape];
      });
    expect(named(both).length).toBeGreaterThan(2);
    expect(named(both)).toEqual(named(engine));
  });
});
