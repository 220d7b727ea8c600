// Every row of the dialect matrix, as each SDK reads it, and random files against the SDKs themselves where they are
// installed: botocore through python3, the JavaScript loader from node_modules.

import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { fc } from './support/property.ts';
import {
  type ConfigFileKind,
  type Dialect,
  type DialectReading,
  readDialect,
} from '../src/aws/dialects.ts';
import { javaJudge } from './support/clients.ts';
import { objects, type Plain } from './support/aws-files.ts';
import { thorough } from './support/effort.ts';
import { judged, pythonWithBoto3 } from './support/judges.ts';
import { projectRoot } from './support/run.ts';

/** Profiles as plain objects, or 'refused'. */
function profiles(dialect: Dialect, text: string, kind: ConfigFileKind = 'credentials'): unknown {
  return plain(readDialect(dialect, Buffer.from(text), kind));
}

function plain(reading: DialectReading): unknown {
  return reading.error === undefined ? objects(reading.profiles) : 'refused';
}

const refused = 'refused';

interface Row {
  readonly input: string;
  readonly text: string;
  readonly kind?: ConfigFileKind;
  readonly botocore: unknown;
  readonly js: unknown;
  readonly go: unknown;
}

/** The same for all three. */
function all(input: string, text: string, reading: unknown, kind?: ConfigFileKind): Row {
  return { input, text, botocore: reading, js: reading, go: reading, ...(kind && { kind }) };
}

const a1 = { a: { x: '1' } };
const files: readonly Row[] = [
  {
    input: 'the same section twice',
    text: '[a]\nx=1\ny=2\n[a]\nx=3\n',
    botocore: refused,
    js: { a: { x: '3', y: '2' } },
    go: { a: { x: '3', y: '2' } },
  },
  {
    input: 'the same key twice',
    text: '[a]\nx=1\nx=2\n',
    botocore: refused,
    js: { a: { x: '2' } },
    go: { a: { x: '2' } },
  },
  {
    input: 'a line without an operator',
    text: '[a]\nx=1\njunk\n',
    botocore: refused,
    js: a1,
    go: a1,
  },
  {
    input: 'text before the first section',
    text: 'x=0\n[a]\nx=1\n',
    botocore: refused,
    js: a1,
    go: a1,
  },
  all('comments before the first section', '# c\n; c\n\n[a]\nx=1\n', a1),
  {
    input: 'a byte order mark',
    text: '\uFEFF[a]\nx=1\n[b]\ny=2\n',
    botocore: refused,
    js: { ...a1, b: { y: '2' } },
    go: { b: { y: '2' } },
  },
  all('CRLF', '[a]\r\nx = 1\r\n', a1),
  { input: 'bare CR', text: '[a]\rx = 1\r', botocore: a1, js: {}, go: {} },
  all('whole-line comments, indented too', '[a]\n# c\n  ; c=d\nx=1\n\t#e\n', a1),
  {
    input: 'a comment after a value',
    text: '[a]\nx = 1 # c\ny = 2 ; c\n',
    botocore: { a: { x: '1 # c', y: '2 ; c' } },
    js: { a: { x: '1', y: '2' } },
    go: { a: { x: '1', y: '2' } },
  },
  all('a hash inside a value', '[a]\nx = v#c\n', { a: { x: 'v#c' } }),
  all('a comment after a header', '[a] # c\nx=1\n', a1),
  { input: 'a comment glued to a header', text: '[a]# c\nx=1\n', botocore: a1, js: {}, go: a1 },
  {
    input: 'a semicolon glued to a header',
    text: '[b]\ny=2\n[a];\nx=1\n',
    botocore: { b: { y: '2' }, ...a1 },
    js: { b: { y: '2', x: '1' } },
    go: { b: { y: '2' }, ...a1 },
  },
  {
    input: 'brackets in the comment of a header',
    text: '[a] # [old]\nx=1\n',
    botocore: { 'a] # [old': { x: '1' } },
    js: a1,
    go: a1,
  },
  { input: 'text after a header', text: '[a] junk\nx=1\n', botocore: a1, js: {}, go: {} },
  { input: 'a colon', text: '[a]\nx: 1\n', botocore: a1, js: {}, go: a1 },
  {
    input: 'quotes',
    text: '[a]\nx = "1"\ny=\'2\'\n',
    botocore: { a: { x: '"1"', y: "'2'" } },
    js: { a: { x: '"1"', y: "'2'" } },
    go: { a: { x: '1', y: '2' } },
  },
  { input: 'upper case', text: '[a]\nX = 1\n', botocore: a1, js: { a: { X: '1' } }, go: a1 },
  {
    input: 'a lone quote',
    text: '[a]\nx = "\n',
    botocore: { a: { x: '"' } },
    js: { a: { x: '"' } },
    go: refused,
  },
  all('export', '[a]\nexport x=1\n', { a: { 'export x': '1' } }),
  all('no-break spaces', '[a]\nx\u00a0=\u00a01\n', a1),
  all('percent signs', '[a]\nx = %(y)s%%\n', { a: { x: '%(y)s%%' } }),
  all('an indented first header', '  [a]\nx=1\n', a1),
  {
    input: 'an indented header after a key',
    text: '[b]\ny=2\n  [a]\n',
    botocore: { b: { y: '2\n[a]' } },
    js: { b: { y: '2' } },
    go: { b: { y: '2' }, a: {} },
  },
  all('all keys indented under a header', '[a]\n  x=1\n  y=2\n', { a: { x: '1', y: '2' } }),
  {
    input: 'a second key indented more',
    text: '[a]\nx=1\n  y=2\n',
    botocore: { a: { x: '1\ny=2' } },
    js: { a: { x: '1', y: '2' } },
    go: { a: { x: '1', y: '2' } },
  },
  {
    input: 'an empty value, then indented keys',
    text: '[a]\ny=\n  x=1\n',
    botocore: { a: { y: { x: '1' } } },
    js: { a: { 'y.x': '1' } },
    go: { a: { y: { x: '1' } } },
  },
  {
    input: 'an empty value, then keys',
    text: '[a]\ny=\nx=1\n',
    botocore: { a: { y: '', x: '1' } },
    js: a1,
    go: { a: { y: '', x: '1' } },
  },
  {
    input: 'a nested block with a comment and a blank line',
    text: '[a]\ns3 =\n  p = q\n  # c\n\n  r = s\nx=1\n',
    botocore: { a: { s3: { p: 'q', r: 's' }, x: '1' } },
    js: { a: { 's3.p': 'q', 's3.r': 's', x: '1' } },
    go: { a: { s3: { p: 'q', r: 's' }, x: '1' } },
  },
  {
    input: 'a nested line without =',
    text: '[a]\ns3 =\n  p\nx=1\n',
    botocore: refused,
    js: a1,
    go: { a: { s3: '', x: '1' } },
  },
  {
    input: 'a continuation',
    text: '[a]\nx=1\n  more\n',
    botocore: { a: { x: '1\nmore' } },
    js: a1,
    go: { a: { x: '1\nmore' } },
  },
  {
    input: '[DEFAULT]',
    text: '[DEFAULT]\nx=1\n[a]\ny=2\n',
    botocore: { a: { x: '1', y: '2' } },
    js: { DEFAULT: { x: '1' }, a: { y: '2' } },
    go: { DEFAULT: { x: '1' }, a: { y: '2' } },
  },
  all('[Default]', '[Default]\nx=1\n', { Default: { x: '1' } }),
  {
    input: 'an empty section',
    text: '[a]\n[b]\nx=1\n',
    botocore: { a: {}, b: { x: '1' } },
    js: { b: { x: '1' } },
    go: { a: {}, b: { x: '1' } },
  },
  {
    input: '[__proto__]',
    text: '[a]\nx=1\n[__proto__]\ny=2\n',
    botocore: { a: { x: '1' }, ['__proto__']: { y: '2' } },
    js: refused,
    go: { a: { x: '1' }, ['__proto__']: { y: '2' } },
  },
  {
    input: '[constructor]',
    text: '[constructor]\nx=1\n[a]\nx=1\n',
    botocore: { constructor: { x: '1' }, ...a1 },
    js: a1,
    go: { constructor: { x: '1' }, ...a1 },
  },
  {
    input: 'two words in credentials',
    text: '[acme prod]\nx=1\n',
    botocore: { 'acme prod': { x: '1' } },
    js: {},
    go: { 'acme prod': { x: '1' } },
  },
  all('three words in credentials', '[acme prod eu]\nx=1\n', { 'acme prod eu': { x: '1' } }),
  {
    input: 'a profile header in credentials',
    text: '[profile a]\nx=1\n',
    botocore: { 'profile a': { x: '1' } },
    js: { 'profile.a': { x: '1' } },
    go: {},
  },
];

/** Headers of the config file; every section holds x=1. */
const headers: readonly (readonly [header: string, botocore: string, js: string, go: string])[] = [
  ['[default]', 'default', 'default', 'default'],
  ['[profile default]', 'default', 'default', 'default'],
  ['[a]', '', '', ''],
  ...['a.b', 'a@b', 'a+b', 'a/b', 'a%b', 'a:b'].map(
    (name) => [`[profile ${name}]`, name, name, name] as const,
  ),
  ['[profile "ab"]', 'ab', 'ab', '"ab"'],
  ["[profile 'ab']", 'ab', 'ab', "'ab'"],
  ['[profile "a b"]', 'a b', '', '"a b"'],
  ['[profile a b]', '', '', 'a b'],
  ['[profile a\\ b]', 'a b', '', 'a\\ b'],
  ['[profile  a]', 'a', '', 'a'],
  ['[profile\ta]', 'a', 'a', 'a'],
  ['[ profile a ]', '', '', 'a'],
  ["[profile bob's]", '', '', "bob's"],
  ...['a=b', 'a,b', 'a(b)', 'a~b', 'é'].map(
    (name) => [`[profile ${name}]`, name, '', name] as const,
  ),
];

describe('the three readers', () => {
  it.each(files)('read $input', ({ text, kind, botocore, js, go }) => {
    expect(profiles('botocore', text, kind)).toEqual(botocore);
    expect(profiles('js', text, kind)).toEqual(js);
    expect(profiles('go', text, kind)).toEqual(go);
  });

  it.each(headers)('find the profile of %s in config', (header, botocore, js, go) => {
    const expected = (name: string): Plain => (name === '' ? {} : { [name]: { x: '1' } });
    const text = `${header}\nx = 1\n`;
    expect(profiles('botocore', text, 'config')).toEqual(expected(botocore));
    expect(profiles('js', text, 'config')).toEqual(expected(js));
    expect(profiles('go', text, 'config')).toEqual(expected(go));
  });

  it('choose between [default] and [profile default] as the SDKs do', () => {
    const text = '[profile default]\nx=1\n[default]\ny=2\n';
    expect(profiles('botocore', text, 'config')).toEqual({ default: { y: '2' } });
    expect(profiles('js', text, 'config')).toEqual({ default: { x: '1' } });
    expect(profiles('go', text, 'config')).toEqual({ default: { x: '1' } });
  });

  it('let the last spelling of one name replace the others in botocore', () => {
    const text = '[profile a]\nx=1\n[profile "a"]\ny=2\n[profile  a]\nz=3\n';
    expect(profiles('botocore', text, 'config')).toEqual({ a: { z: '3' } });
    expect(profiles('js', text, 'config')).toEqual({ a: { x: '1', y: '2' } });
    expect(profiles('go', text, 'config')).toEqual({ a: { x: '1', z: '3' }, '"a"': { y: '2' } });
  });

  it('read sessions and services of config', () => {
    const text = '[sso-session corp]\nx=1\n[services s]\ns3 =\n  endpoint_url = u\n';
    for (const dialect of ['botocore', 'js', 'go'] as const) {
      const { sessions, services } = readDialect(dialect, Buffer.from(text), 'config');
      expect(objects(sessions)).toEqual({ corp: { x: '1' } });
      const block = dialect === 'js' ? { 's3.endpoint_url': 'u' } : { s3: { endpoint_url: 'u' } };
      expect(objects(services)).toEqual({ s: block });
    }
  });

  it('refuse what is not UTF-8 only in botocore, and never quote the file', () => {
    const bytes = Buffer.concat([Buffer.from('[a]\nx=1\n#'), Buffer.of(0xff)]);
    const reading = readDialect('botocore', bytes, 'credentials');
    expect(reading.error).toBe('it is not UTF-8');
    expect(plain(readDialect('js', bytes, 'credentials'))).toEqual(a1);
    expect(plain(readDialect('go', bytes, 'credentials'))).toEqual(a1);
    const twice = readDialect(
      'botocore',
      Buffer.from('[a]\nsecretly=1\nsecretly=2'),
      'credentials',
    );
    expect(twice.error).toBe('line 3: a setting is there twice');
  });

  it('stay linear on long runs of blanks', () => {
    const text = `[a]\nx = 1${' '.repeat(200_000)}y\n${' '.repeat(200_000)}z\n${'\t'.repeat(200_000)}[b\n`;
    const start = process.cpuUsage().user;
    for (const dialect of ['botocore', 'js', 'go'] as const) {
      readDialect(dialect, Buffer.from(text), 'config');
    }
    // The square of their length would take minutes
    expect(process.cpuUsage().user - start).toBeLessThan(20_000_000);
  }, 120_000);
});

/** Recorded from aws-runtime 1.10, which agreed on 1,200 random files too. */
const rustRows: readonly (readonly [
  of: string,
  text: string,
  reading: unknown,
  kind?: ConfigFileKind,
])[] = [
  ['a comment that is indented before a setting', '[a]\n  # c\nx=1\n', refused],
  ['a comment that is indented before a section', '  # c\n[a]\nx=1\n', refused],
  ['a comment that is indented below a value', '[a]\nx=1\n  # c\n', { a: { x: '1\n# c' } }],
  ['a comment that is indented in a block', '[a]\ns3 =\n  p = q\n  # c\n', refused],
  ['a comment at the margin', '# c\n[a]\n; c\nx=1 # c\n', a1],
  ['an indented setting that comes first', '[a]\n  x=1\n', refused],
  ['an indented header', '[b]\ny=2\n  [a]\n', { b: { y: '2\n[a]' } }],
  ['a nested block', '[a]\ns3 =\n  p = q\n', { a: { s3: '\np = q' } }],
  ['a colon', '[a]\nx: 1\n', refused],
  ['a comment glued to a header', '[a]# c\nx=1\n', a1],
  ['text after a header', '[a] junk\nx=1\n', refused],
  ['the same twice', '[a]\nx=1\ny=2\n[a]\nx=3\n', { a: { x: '3', y: '2' } }],
  ['two words in credentials', '[a b]\nx=1\n', {}],
  ['quotes in a header', '[profile "a"]\nx=1\n', {}, 'config'],
  ['blanks in a header', '[ profile  a ]\nx=1\n', a1, 'config'],
  ['both defaults', '[default]\nx=1\n[profile default]\ny=2\n', { default: { y: '2' } }, 'config'],
];

describe('the Rust reader', () => {
  it.each(rustRows.map(([of, text, reading, kind]) => ({ of, text, reading, kind })))(
    'reads $of',
    ({ text, reading, kind }) => {
      expect(profiles('rust', text, kind)).toEqual(reading);
    },
  );
});

/** Files made of what the dialects disagree about. */
const lines = fc.oneof(
  fc.constantFrom(
    ...[
      '[default]',
      '[profile a]',
      '[profile  a]',
      '[profile "a b"]',
      '[a]',
      '[DEFAULT]',
      '[a] # c',
    ],
    ...[
      '[profile a]# c',
      '[sso-session s]',
      '[services s]',
      ' [b]',
      '[',
      '[]',
      ']',
      '[ x ]',
      '[p',
      '[a b]',
    ],
    ...[
      'x = 1',
      'x=2',
      'X: 3',
      ' y = 1',
      '\ty=2 # c',
      '  z = 1;c',
      's3 =',
      's3:',
      '  q',
      'junk',
      '  =x',
      '=x',
    ],
    ...[
      '',
      ' ',
      '\t',
      '# c',
      '  ; c',
      '\u00a0',
      'k = "v"',
      "k='v'",
      'k = a b ; c',
      'k=v#c',
      '\u00a0[a]',
      '\x1c',
    ],
    ...[
      'k\u2028=v',
      'export k=v',
      ': v',
      ' : v',
      '__proto__ = 1',
      '[constructor]',
      'k = \uFEFF',
      'É=1',
      '[profile x',
    ],
    ...[
      "[profile 'a]",
      '[profile a\\',
      '[profile a\\"b]',
      '[profilex y]',
      '[profile ""]',
      '[profile a.b]',
    ],
  ),
  fc.string({
    unit: fc.constantFrom(...Array.from('[]=:#; \t"\'ab\\.-\u00a0\x85')),
    maxLength: 12,
  }),
);
const lineEnds = fc.constantFrom('\n', '\n', '\n', '\r\n', '\r');
const texts = fc
  .array(fc.tuple(lines, lineEnds), { maxLength: 9 })
  .map((parts) => parts.map(([line, end]) => line + end).join(''));
const samples = (count: number): [ConfigFileKind, string][] =>
  fc.sample(fc.tuple(fc.constantFrom('config', 'credentials'), texts), { numRuns: count, seed: 7 });

/** Recorded from the Java SDK 2.57.8, which is asked again where it is installed. */
const javaRows: readonly (readonly [
  of: string,
  text: string,
  reading: unknown,
  kind?: ConfigFileKind,
])[] = [
  ['a byte order mark', '\uFEFF[a]\nx=1\n', refused],
  ['the same twice', '[a]\nx=1\ny=2\n[a]\nx=3\n', { a: { x: '3', y: '2' } }],
  ['a comment that is indented before a setting', '[a]\n  # c\nx=1\n', refused],
  ['a comment that is indented below a value', '[a]\nx=1\n  # c\n', { a: { x: '1\n# c' } }],
  ['a comment that is indented in a block', '[a]\ns3 =\n  p = q\n  # c\n', refused],
  ['all settings indented', '[a]\n  x=1\n', refused],
  ['an indented header that comes first', '  [a]\nx=1\n', refused],
  ['a colon', '[a]\nx: 1\n', refused],
  ['upper case', '[a]\nX=1\n', { a: { X: '1' } }],
  ['quotes', '[a]\nx="1"\n', { a: { x: '"1"' } }],
  ['text after a header', '[a] junk\nx=1\n', refused],
  ['two words in credentials', '[a b]\nx=1\n[c]\ny=2\n', { c: { y: '2' } }],
  ['a prefix in credentials', '[profile a]\nx=1\n', {}],
  ['a name with a blank', '[profile a b]\nx=1\n', {}, 'config'],
  ['a name in quotes', '[profile "a"]\nx=1\n', {}, 'config'],
  ['blanks around a name', '[ profile \t a ]\nx=1\n', { a: { x: '1' } }, 'config'],
  ['a header without its prefix', '[a]\nx=1\njunk\n', {}, 'config'],
  ['both defaults', '[default]\nx=1\n[profile default]\ny=2\n', { default: { y: '2' } }, 'config'],
  ['a nested block', '[a]\ns3 =\n  p = q\n', { a: { s3: '\np = q', 's3.p': 'q' } }],
  ['a session in credentials', '[sso-session s]\njunk\n[a]\nx=1\n', a1],
  ['an empty profile', '[a]\n', { a: {} }],
];

describe('the Java reader', () => {
  it.each(javaRows.map(([of, text, reading, kind]) => ({ of, text, reading, kind })))(
    'reads $of',
    ({ text, reading, kind }) => {
      expect(profiles('java', text, kind)).toEqual(reading);
    },
  );
});

describe('against the SDKs themselves', () => {
  const javaSpelled = javaRows.map(([, text, , kind = 'credentials']): [ConfigFileKind, string] => [
    kind,
    text,
  ]);
  const rows = files.map(({ text, kind = 'credentials' }): [ConfigFileKind, string] => [
    kind,
    text,
  ]);
  const spelled = headers.map(([header]): [ConfigFileKind, string] => [
    'config',
    `${header}\nx=1\n`,
  ]);

  const python = pythonWithBoto3();
  (python === undefined ? it.skip : it)('reads as botocore does', () => {
    const cases = [...rows, ...spelled, ...samples(800)];
    const question = cases.map(([kind, text]) => [kind, Buffer.from(text).toString('base64')]);
    const script = path.join(projectRoot, 'test/support/read-with-botocore.py');
    const answers = judged(python!, [script], question) as readonly unknown[];
    cases.forEach(([kind, text], index) => {
      expect([text, everything('botocore', text, kind)]).toEqual([text, answers[index]]);
    });
  });

  // Its start takes seconds.
  const itWithJava = thorough && javaJudge !== undefined ? it : it.skip;
  if (thorough && javaJudge === undefined)
    console.warn('SKIPPED: the Java SDK is not installed here (node scripts/clients.js)');

  itWithJava('reads as the Java SDK does', () => {
    const cases = [...rows, ...spelled, ...javaSpelled, ...samples(5_000)];
    const question = cases.map(([kind, text]) => [kind, Buffer.from(text).toString('base64')]);
    const { read: answers } = judged('java', javaJudge!, { resolve: [], read: question }) as {
      readonly read: readonly unknown[];
    };
    const differing = cases.flatMap(([kind, text], index) => {
      const ours = profiles('java', text, kind);
      const theirs = answers[index] ?? refused;
      return isDeepStrictEqual(ours, theirs) ? [] : [[kind, text, ours, theirs]];
    });
    expect(differing).toEqual([]);
  });

  const judge = path.join(projectRoot, 'test/support/read-with-js-sdk.mjs');

  it('reads as the JavaScript SDK does', () => {
    const cases = [...rows, ...spelled, ...samples(600)];
    const answers = judged(process.execPath, [judge], cases) as readonly unknown[];
    cases.forEach(([kind, text], index) => {
      const ours = profiles('js', text, kind);
      expect([text, ours === refused ? {} : ours]).toEqual([text, answers[index]]);
    });
  });
});

function everything(dialect: Dialect, text: string, kind: ConfigFileKind): unknown {
  const reading = readDialect(dialect, Buffer.from(text), kind);
  if (reading.error !== undefined) return null;
  const { profiles, sessions, services } = reading;
  return {
    profiles: objects(profiles),
    sessions: objects(sessions),
    services: objects(services),
  };
}
