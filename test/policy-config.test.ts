import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { fc } from './support/property.ts';
import { temporaryFolder } from './support/run.ts';
import { makeFolder } from './support/tree.ts';
import { camelCase, options } from '../src/cli/options.ts';
import { UserError } from '../src/core/errors.ts';
import { loadConfig } from '../src/policy/config.ts';
import { configSchemaJson, loadRules } from '../src/policy/config-file.ts';
import type { Config } from '../src/policy/config.ts';
import { plainSettings } from '../src/policy/plain-settings.ts';
import { diskTree } from '../src/policy/files.ts';
import { checkCustomRules, selectRules } from '../src/policy/selection.ts';

let top = '';
beforeEach(() => {
  top = temporaryFolder('config');
});

function write(path: string, content: unknown): void {
  mkdirSync(dirname(join(top, path)), { recursive: true });
  writeFileSync(join(top, path), typeof content === 'string' ? content : JSON.stringify(content));
}

function load(folder = '', given?: string, inTree = true): Promise<Config> {
  const cwd = join(top, folder);
  mkdirSync(cwd, { recursive: true });
  return loadConfig(diskTree(cwd, inTree ? top : null), { cwd, given });
}

async function failure(action: Promise<unknown>): Promise<string> {
  try {
    await action;
  } catch (error) {
    if (error instanceof Error && error.name === 'UserError') return error.message;
    throw error;
  }
  return 'no error';
}

/** What the configuration says is wrong with `content`, without the place. */
async function problem(content: unknown): Promise<string> {
  write('keyscan.config.json', content);
  return (await failure(load())).replace(/^keyscan\.config\.json:/gm, '');
}

const rule = {
  id: 'moonbakery-token',
  title: 'Moonbakery token',
  grades: { secret: 'high' },
  parts: [
    {
      role: 'token',
      shapes: [{ type: 'token', pieces: [{ text: 'moon_' }, { set: 'a-z0-9', min: 20 }] }],
    },
  ],
};

describe('looking for it', () => {
  it('finds nothing where nothing is', async () => {
    const { file, folder, settings } = await load('packages/app');
    expect([file, folder, settings]).toEqual([null, 'packages/app', {}]);
  });

  it.each(['keyscan.config.json', '.keyscanrc', '.keyscanrc.json'])('reads %s', async (name) => {
    write(name, { failOn: 'high' });
    const { file, folder, settings } = await load('packages/app');
    expect([file, folder, settings]).toEqual([`../../${name}`, '', { failOn: 'high' }]);
  });

  it('reads the key of package.json and passes over one without it', async () => {
    write('package.json', { name: 'shop', keyscan: { quiet: true } });
    write('packages/app/package.json', { name: 'app', dependencies: { keyscan: '1' } });
    const { file, settings } = await load('packages/app');
    expect([file, settings]).toEqual(['../../package.json', { quiet: true }]);
  });

  it('takes the nearest one and does not look above the tree', async () => {
    write('.keyscanrc', { failOn: 'low' });
    write('packages/.keyscanrc', { failOn: 'high', baseline: 'known.json' });
    const { folder, settings } = await load('packages/app/src');
    expect([folder, settings]).toEqual([
      'packages',
      { failOn: 'high', baseline: 'packages/known.json' },
    ]);
    expect((await load('packages/app', undefined, false)).file).toBe(null);
  });

  it('refuses two in one folder', async () => {
    write('.keyscanrc', {});
    write('package.json', { keyscan: {} });
    expect(await failure(load())).toBe('.keyscanrc and package.json are both configurations');
  });

  it('takes the one that is given, wherever it lies', async () => {
    write('.keyscanrc', { failOn: 'low' });
    write('ci/strict.json', { failOn: 'critical' });
    expect((await load('packages', '../ci/strict.json')).settings).toEqual({ failOn: 'critical' });
    expect(await failure(load('', 'none.json'))).toBe('there is no file "none.json"');
  });

  it('follows a link inside the tree, and none that leads out', async () => {
    const outside = makeFolder({ 'secret.json': '{ "failOn": "never" }' });
    write('shared/rc.json', { failOn: 'low' });
    symlinkSync('shared/rc.json', join(top, '.keyscanrc'));
    expect((await load()).settings).toEqual({ failOn: 'low' });
    mkdirSync(join(top, 'app'));
    symlinkSync(join(outside, 'secret.json'), join(top, 'app/.keyscanrc'));
    expect(await failure(load('app'))).toBe('app/.keyscanrc is a link that leads out of the tree');
  });

  const pipes = process.platform === 'win32' ? it.skip : it;
  pipes('does not wait for a named pipe', async () => {
    execFileSync('mkfifo', [join(top, '.keyscanrc')]);
    expect(await failure(load())).toBe('.keyscanrc is not a regular file');
  });
});

describe('what may stand in it', () => {
  it('accepts every key', async () => {
    const all = {
      ...{ failOn: 'never', format: 'compact', exclude: ['dist/'], noIgnore: true, threads: 2 },
      ...{ noInlineIgnore: true, showSuppressed: true, quiet: true, verbose: false },
      rules: { 'aws/*': 'off', 'aws-access-key': 'critical', '*': 'low' },
    };
    write('keyscan.config.json', {
      ...{
        $schema: './node_modules/@keyscan/cli/schema.json',
        ...all,
        baseline: './ci/known.json',
      },
      ...{ maxFileSize: '1.5MiB', customRules: [rule] },
    });
    const empty = {
      provider: 'custom',
      why: '',
      advice: [],
      references: [],
      examples: [],
      negatives: [],
    };
    expect((await load()).settings).toEqual({
      ...{ ...all, baseline: 'ci/known.json', maxFileSize: 1_572_864 },
      customRules: [{ ...rule, ...empty }],
    });
  });

  it.each([
    [5000, 5000],
    ['5000', 5000],
    ['100MiB', 104_857_600],
    ['100 m', 104_857_600],
    ['100MB', 100_000_000],
    ['2G', 2_147_483_648],
    ['10b', 10],
  ])('reads the size %s as %d bytes', async (maxFileSize, bytes) => {
    write('.keyscanrc', { maxFileSize });
    expect((await load()).settings).toEqual({ maxFileSize: bytes });
  });

  it.each([
    [{ failon: 'high' }, '1:2: unknown key "failon"; did you mean "failOn"?'],
    [{ failOn: 'severe' }, '1:11: must be "low", "medium", "high", "critical" or "never"'],
    [{ failOn: 3 }, '1:11: must be "low", "medium", "high", "critical" or "never"'],
    [{ quiet: 'yes' }, '1:10: must be true or false'],
    [{ threads: 0 }, '1:12: must be at least 1'],
    [{ threads: 1.5 }, '1:12: must be a whole number'],
    [{ exclude: 'dist' }, '1:12: must be a list'],
    [{ exclude: ['a', 5] }, '1:17: must be a text'],
    [{ rules: { 'aws/*': 'error' } }, '1:19: must be "off", "low", "medium", "high" or "critical"'],
    [{ rules: { 'AWS!': 'off' } }, '1:11: must be a rule id, "provider/*" or "*"'],
    [{ maxFileSize: 'big' }, '1:16: must be a number of bytes or a text such as "100MiB"'],
    [
      { output: 'x' },
      '1:2: "output" cannot be set here: a repository must not choose where reports are written; use --output',
    ],
    [[], '1:1: must be an object'],
    [{ baseline: '../../b.json' }, '1:13: "../../b.json" is not inside the tree'],
    [{ baseline: '/etc/b.json' }, '1:13: "/etc/b.json" is not inside the tree'],
    [{ baseline: 'C:\\b.json' }, '1:13: "C:\\\\b.json" is not inside the tree'],
    [{ baseline: '.GIT/b.json' }, '1:13: ".GIT/b.json" is not inside the tree'],
    [
      { baseline: 'src/index.ts' },
      '1:13: must be the path of a .json file below the folder of the configuration',
    ],
    [
      { customRules: [{ ...rule, id: 'Moon Token' }] },
      '1:23: must be kebab-case such as "moonbakery-token"',
    ],
    [
      { customRules: [{ ...rule, grade: {} }] },
      '1:205: unknown key "grade"; did you mean "grades"?',
    ],
    [
      { customRules: [{ ...rule, title: 'a\u001bb' }] },
      '1:50: must be one line without control characters',
    ],
  ])('refuses %j', async (content, message) => {
    expect(await problem(content)).toBe(message);
  });

  it.each([
    ['{\n  "quiet": true, // for now\n}', '2:18: JSON has no comments; remove this one'],
    ['{\n  "quiet": true,\n}', '2:16: a comma stands before }; remove it'],
    ['{ "quiet": true', '1:16: a comma or } is missing'],
    ["{ 'quiet': true }", '1:3: keys stand in double quotes, not single ones'],
    ['{ "quiet": yes }', '1:12: this is not a JSON value'],
    ['{ "quiet": true, "quiet": false }', '1:18: "quiet" is given twice'],
    [
      '{ "a\u202eb": 1 }',
      '1:3: unknown key "a\\u202eb"; allowed are $schema, failOn, format, baseline, exclude, noIgnore, noInlineIgnore, showSuppressed, maxFileSize, threads, quiet, verbose, rules, customRules',
    ],
    ['', '1:1: the file ends too early'],
    [
      '"\\ud800',
      '1:1: a string does not end, or holds a line break or an escape that JSON does not know',
    ],
    ['['.repeat(100), '1:66: nested deeper than 64 levels'],
  ])('refuses the text %j', async (content, message) => {
    expect(await problem(content)).toBe(message);
  });

  it('says that a file is UTF-16', async () => {
    writeFileSync(join(top, '.keyscanrc'), Buffer.from('\ufeff{}', 'utf16le'));
    expect(await failure(load())).toBe('.keyscanrc is not UTF-8 but UTF-16');
  });

  it('names every mistake with its place, up to five', async () => {
    const content = { a1: 1, a2: 1, a3: 1, a4: 1, threads: 'x', quiet: 1, failOn: 1 };
    const lines = (await problem(JSON.stringify(content, null, 2))).split('\n');
    expect(lines).toHaveLength(6);
    expect(lines.at(-1)).toBe('and 2 more');
  });

  it('counts from the file for the key of package.json', async () => {
    write('package.json', '{\n  "keyscan": {\n    "quiet": 5\n  }\n}');
    expect(await failure(load())).toBe('package.json:3:14: must be true or false');
  });
});

describe('plain settings', () => {
  it('are what the schema accepts as well, unchanged', async () => {
    const { configSchema, safeParse } = await import('../src/policy/schema.ts');
    const flag = fc.boolean();
    const name = fc.constantFrom(
      'aws/*',
      'aws-access-key',
      '*',
      'x',
      'constructor',
      'a'.repeat(40),
    );
    const fitting = fc.record(
      {
        $schema: fc.string(),
        failOn: fc.constantFrom('low', 'medium', 'high', 'critical', 'never'),
        format: fc.oneof(fc.constantFrom('json', 'pretty'), fc.string({ minLength: 1 })),
        baseline: fc.oneof(
          fc.constantFrom('a.json', '../a.json', '.json'),
          fc.string({ maxLength: 60 }).map((text) => `${text}.json`),
        ),
        exclude: fc.array(fc.string({ minLength: 1 }), { maxLength: 3 }),
        ...{ noIgnore: flag, noInlineIgnore: flag, showSuppressed: flag },
        maxFileSize: fc.constantFrom('10', '10MiB', '5KB', '1GB', '0', '999999999GiB'),
        threads: fc.integer({ min: 1, max: 256 }),
        ...{ quiet: flag, verbose: flag },
        rules: fc.dictionary(name, fc.constantFrom('off', 'low', 'critical')),
      },
      { requiredKeys: [] },
    );
    const odd = fc.oneof(
      fc.constantFrom('', 'off', '1e3', '5 kb', 'x'.repeat(1001), 'a'.repeat(1001) + '.json'),
      ...[fc.integer(), fc.double(), fc.constant(null), fc.string(), fc.constant([5]), fitting],
      fc.dictionary(fc.constantFrom('A', 'a--b', '', '__proto__'), fc.constantFrom('off', 1)),
    );
    const key = fc.constantFrom(...Object.keys(configSchema.shape), 'output', 'toString');
    const spoilt = fc
      .tuple(fitting, key, odd)
      .map(([whole, at, value]) => ({ ...whole, [at]: value }));
    let plainOnes = 0;
    fc.assert(
      fc.property(fc.oneof(fitting, spoilt, odd), (value) => {
        const plain = plainSettings(value);
        if (plain === undefined) return;
        plainOnes += 1;
        expect(safeParse(configSchema, value)).toEqual({ success: true, data: plain });
      }),
      { numRuns: 2000 },
    );
    expect(plainOnes).toBeGreaterThan(700);
  });

  it("hold everything but rules of one's own", () => {
    const all = {
      ...{
        $schema: 'x',
        failOn: 'never',
        format: 'json',
        baseline: 'b.json',
        exclude: ['a'],
        noIgnore: true,
      },
      ...{
        noInlineIgnore: true,
        showSuppressed: true,
        maxFileSize: '5MB',
        threads: 2,
        quiet: true,
      },
      ...{ verbose: false, rules: { 'aws/*': 'off', 'npm-token': 'low' } },
    };
    expect(plainSettings(all)).toBe(all);
    expect(plainSettings({ ...all, customRules: [] })).toBe(undefined);
  });
});

describe('regexes of users', () => {
  const withRegex = (regex: string): unknown => ({
    customRules: [
      {
        ...rule,
        parts: [{ role: 'token', shapes: [{ type: 'pattern', anchor: 'moon', regex }] }],
      },
    ],
  });

  it.each([
    'moon_[a-z0-9]{32}',
    'moon\\s*[:=]\\s*["\']?(?<value>[a-z0-9]{20,64})["\']?',
    '(?:moon|cake)-(?:test|live)_(?<value>\\w{16,})\\b',
    'moon.{0,20}(?<value>[A-F0-9]{40})',
  ])('accepts %s', async (regex) => {
    write('.keyscanrc', withRegex(regex));
    expect((await load()).settings.customRules).toHaveLength(1);
  });

  it.each([
    ['moon(', 'is not a regular expression of JavaScript'],
    ['moon(a+)+$', 'repeats a group that can be matched in several ways'],
    ['moon(a|a)*$', 'repeats a group that can be matched in several ways'],
    ['moon(a*)*b', 'repeats a group that can be empty'],
    ['moon(.)\\1', 'refers back to a group'],
    ['moon.*.*.*x', 'can be matched in up to 135005697 ways from one place (at most 1000)'],
    [
      'moon[a-z]{0,100}[a-z0-9]{0,100}[a-z]x',
      'can be matched in up to 10201 ways from one place (at most 1000)',
    ],
  ])('refuses %s', async (regex, message) => {
    const found = await problem(withRegex(regex));
    expect(found.replace(/^[\d:]+ /, '').split(';')[0]).toBe(message);
  });
});

describe('the schema for editors', () => {
  it('describes the same keys', async () => {
    const schema = await configSchemaJson();
    expect(Object.keys(Object.entries(schema).find(([key]) => key === 'properties')?.[1])).toEqual([
      ...['$schema', 'failOn', 'format', 'baseline', 'exclude', 'noIgnore', 'noInlineIgnore'],
      ...['showSuppressed', 'maxFileSize', 'threads', 'quiet', 'verbose', 'rules', 'customRules'],
    ]);
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
  });
});

describe('docs/configuration.md', () => {
  const page = readFileSync(new URL('../docs/configuration.md', import.meta.url), 'utf8');

  it('shows configurations that are accepted', async () => {
    const blocks = [...page.matchAll(/^```json\n(.*?)^```/gms)].map((match) => match[1] ?? '');
    const configurations = blocks.filter((block) => !block.includes('ks1:'));
    expect(configurations).toHaveLength(2);
    for (const [index, block] of configurations.entries()) {
      write(`${index}/.keyscanrc`, block);
      expect((await load(String(index))).file).toBe('.keyscanrc');
    }
  });

  it('lists every key', async () => {
    const { configSchema } = await import('../src/policy/schema.ts');
    const listed = [...page.matchAll(/^\| ((?:`[a-zA-Z]+`(?:, )?)+) +\|/gm)].flatMap((match) =>
      [...(match[1] ?? '').matchAll(/`(\w+)`/g)].map((key) => key[1]),
    );
    const keys = Object.keys(configSchema.shape).filter((key) => key !== '$schema');
    expect(keys.filter((key) => !listed.includes(key))).toEqual([]);
  });
});

describe('the options of the command line', () => {
  it('that a configuration may set are keys of it', async () => {
    const { configSchema } = await import('../src/policy/schema.ts');
    const settable = options.filter(({ config }) => config).map(({ name }) => camelCase(name));
    expect(settable.filter((key) => !(key in configSchema.shape))).toEqual([]);
  });
});

describe('a file of rules', () => {
  it.each([
    ['one rule', rule],
    ['a list', [rule]],
    ['a configuration', { customRules: [rule] }],
  ])('may hold %s', async (_, content) => {
    write('rules.json', content);
    expect((await loadRules('rules.json', top)).map(({ id }) => id)).toEqual(['moonbakery-token']);
  });

  it('says where a rule is wrong', async () => {
    write('rules.json', [
      { ...rule, parts: [{ role: 'token', shapes: [{ type: 'token', pieces: [{ txt: 'x' }] }] }] },
    ]);
    expect(await failure(loadRules('rules.json', top))).toMatch(
      /^rules\.json:1:\d+: unknown key "txt"; did you mean "text"\?$/m,
    );
  });
});

describe('selecting rules', () => {
  const known = [
    { id: 'aws-access-key', provider: 'aws' },
    { id: 'aws-mws', provider: 'aws' },
    { id: 'npm-token', provider: 'npm' },
  ];
  const chosen = async (only: string[], rules: object): Promise<unknown> => {
    write('.keyscanrc', { rules });
    const { select, severity } = selectRules(() => known, only, await load());
    return known.filter(select).map((each) => [each.id, severity(each)]);
  };

  it('takes all by default', async () => {
    expect(await chosen([], {})).toEqual(known.map(({ id }) => [id, undefined]));
  });

  it('prefers an id to its provider, and that to all', async () => {
    const rules = { '*': 'off', 'aws/*': 'low', 'aws-mws': 'critical' };
    expect(await chosen([], rules)).toEqual([
      ['aws-access-key', 'low'],
      ['aws-mws', 'critical'],
    ]);
  });

  it('runs exactly what the command line names', async () => {
    expect(await chosen(['npm/*', 'aws-mws'], { 'npm-token': 'off' })).toEqual([
      ['aws-mws', undefined],
      ['npm-token', undefined],
    ]);
  });

  it('refuses names that no rule has', async () => {
    expect(() =>
      selectRules(() => known, ['aws-acces-key'], {
        settings: {},
        problem: (_, text) => new UserError(text),
      }),
    ).toThrow('--rule "aws-acces-key": there is no rule; did you mean "aws-access-key"?');
    expect(await failure(chosen([], { 'awz/*': 'off' }))).toBe(
      '.keyscanrc:1:19: "awz/*": there is no rule of the provider; did you mean "aws/*"?',
    );
  });

  it('refuses a custom rule with the id of another', async () => {
    write('.keyscanrc', { customRules: [rule, rule] });
    const config = await load();
    expect(() => checkCustomRules(known, config)).toThrow(
      'there is already a rule "moonbakery-token"',
    );
    expect(() => checkCustomRules([{ id: rule.id, provider: 'x' }], config)).toThrow(
      '.keyscanrc:1:23: there is',
    );
  });
});
