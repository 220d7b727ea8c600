// The commands beside the scan, through the built program.
import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ruleText } from '../src/commands/rule-text.ts';
import { rules } from '../rules/index.ts';
import { generate } from './support/examples.ts';
import { cleanEnvironment, run, temporaryFolder } from './support/run.ts';
import { makeFolder } from './support/tree.ts';

const pair = `AWS_ACCESS_KEY_ID=${generate('aws-id', 'other')}\nAWS_SECRET_ACCESS_KEY=${generate('aws-secret', 'other')}\n`;
const token = `token = ${generate('github:ghp', 'other')}\n`;
const baselineName = '.keyscan-baseline.json';

interface Report {
  readonly findings: readonly {
    readonly fingerprint: string;
    readonly path: string;
    readonly rule: string;
  }[];
  readonly suppressed: { readonly baseline: number; readonly ignored: number };
}

function report(cwd: string, ...args: string[]): Report {
  return JSON.parse(run(['-f', 'json', ...args], { cwd }).stdout) as Report;
}

function read(cwd: string, name = baselineName): string {
  return readFileSync(join(cwd, name), 'utf8');
}

describe('keyscan baseline', () => {
  it('writes down what is found, so that only what is new counts', () => {
    const cwd = makeFolder({ 'a.env': pair });
    const written = run(['baseline'], { cwd });
    expect(written).toMatchObject({
      code: 0,
      stdout: '',
      stderr: `keyscan: ${baselineName}: 1 finding added, 1 entry in all\n`,
    });
    expect(run(['.'], { cwd }).code).toBe(0);
    expect(report(cwd, '.').suppressed).toEqual({ baseline: 1, inline: 0, ignored: 0 });
    writeFileSync(join(cwd, 'b.txt'), token);
    expect(run(['.'], { cwd }).code).toBe(1);
    expect(report(cwd, '.').findings.map(({ path }) => path)).toEqual(['b.txt']);
  });

  it('changes nothing the second time, and finds the value in another place', () => {
    const cwd = makeFolder({ 'a.env': pair });
    run(['baseline'], { cwd });
    const before = read(cwd);
    expect(run(['baseline'], { cwd }).stderr).toBe(
      `keyscan: ${baselineName}: nothing new, 1 entry in all\n`,
    );
    expect(read(cwd)).toBe(before);
    mkdirSync(join(cwd, 'sub'));
    writeFileSync(join(cwd, 'sub/moved.env'), `\n\n  ${pair}`);
    expect(run(['.'], { cwd }).code).toBe(0);
  });

  it('says what is no longer found and removes it only with --prune', () => {
    const cwd = makeFolder({ 'a.env': pair, 'b.txt': token });
    run(['baseline'], { cwd });
    writeFileSync(join(cwd, 'b.txt'), '');
    expect(run(['baseline'], { cwd }).stderr).toContain(
      '1 entry not found by this scan; --prune removes it',
    );
    expect(read(cwd).match(/ks1:/g)).toHaveLength(2);
    expect(run(['baseline', '--prune'], { cwd }).stderr).toContain(
      '1 entry removed that is no longer found',
    );
    expect(read(cwd).match(/ks1:/g)).toHaveLength(1);
  });

  it('removes with --prune nothing of what the scan was not to look at', () => {
    const cwd = makeFolder({ 'a.env': pair, 'sub/b.txt': token });
    run(['baseline'], { cwd });
    const before = read(cwd);
    expect(run(['baseline', '--prune', 'a.env'], { cwd }).stderr).toBe(
      `keyscan: ${baselineName}: nothing new, 2 entries in all\n`,
    );
    for (const part of [
      ['--rule', 'aws/*'],
      ['--range', 'HEAD~1..HEAD'],
    ]) {
      expect(run(['baseline', '--prune', ...part], { cwd })).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/^keyscan: --prune removes what a whole scan/),
      });
    }
    expect(read(cwd)).toBe(before);
    writeFileSync(join(cwd, 'sub/b.txt'), '');
    run(['baseline', '--prune', 'sub'], { cwd });
    expect(read(cwd).match(/ks1:/g)).toHaveLength(1);
  });

  it('writes nothing where there is nothing to write, or where not all could be read', () => {
    const clean = makeFolder({ a: 'x' });
    expect(run(['baseline'], { cwd: clean })).toMatchObject({
      code: 0,
      stderr: 'keyscan: nothing found, so there is no baseline to write\n',
    });
    expect(() => read(clean)).toThrow(/ENOENT/);
    const blind = makeFolder({ 'a.env': pair });
    expect(run(['baseline', 'a.env', '--max-file-size', '10b'], { cwd: blind }).code).toBe(2);
    expect(() => read(blind)).toThrow(/ENOENT/);
  });

  it('writes the file that --baseline names', () => {
    const cwd = makeFolder({ 'a.env': pair });
    expect(run(['baseline', '--baseline', 'known.json'], { cwd }).code).toBe(0);
    expect(run(['.', '--baseline', 'known.json'], { cwd }).code).toBe(0);
    expect(run(['.'], { cwd }).code).toBe(1);
    expect(run(['.', '--baseline', 'missing.json'], { cwd }).code).toBe(2);
  });

  it('imports what gitleaks was told to leave alone', () => {
    const cwd = makeFolder({
      'a.env': pair,
      '.gitleaksignore': '# known\na.env:aws-access-token:1\nb:generic-api-key:7\n',
    });
    const { code, stderr } = run(['baseline', '--import', '.gitleaksignore'], { cwd });
    expect(code).toBe(0);
    expect(stderr).toBe(
      [
        `keyscan: ${baselineName}: 1 finding imported, 0 known before, 1 entry in all`,
        'keyscan: 1 entry left out, because keyscan finds nothing there:',
        'keyscan:   b:generic-api-key:7',
        '',
      ].join('\n'),
    );
    expect(run(['.'], { cwd }).code).toBe(0);
    expect(run(['baseline', '--import', 'missing'], { cwd }).code).toBe(2);
    expect(run(['baseline', '--import', '.gitleaksignore', '.'], { cwd }).code).toBe(2);
  });

  it('imports entries of old commits from the history', () => {
    const cwd = makeFolder({ 'a.env': pair });
    const env = cleanEnvironment(temporaryFolder('home'));
    const git = (...args: string[]) =>
      spawnSync('git', args, { cwd, env, encoding: 'utf8' }).stdout.trim();
    git('init', '-q');
    git('add', '.');
    git('commit', '-qm', 'Add settings');
    const commit = git('rev-parse', 'HEAD');
    git('rm', '-q', 'a.env');
    git('commit', '-qm', 'Remove settings');
    writeFileSync(join(cwd, '.gitleaksignore'), `${commit}:a.env:aws-access-token:1\n`);
    expect(run(['baseline', '--import', '.gitleaksignore'], { cwd }).stderr).toMatch(
      /: 1 finding imported/,
    );
    expect(run(['--history'], { cwd }).code).toBe(0);
  });
});

describe('keyscan ignore', () => {
  it('allows one leak with its reason', () => {
    const cwd = makeFolder({ 'a.env': pair });
    const [finding] = report(cwd, '.').findings;
    const short = finding!.fingerprint.slice(0, 12);
    const result = run(['ignore', short, '--reason', 'revoked in May'], { cwd });
    expect(result).toMatchObject({
      code: 0,
      stdout: '',
      stderr: `keyscan: ${baselineName}: ${finding!.fingerprint} ignored (a.env:1)\n`,
    });
    expect(read(cwd)).toContain('"reason": "revoked in May"');
    expect(report(cwd, '.')).toMatchObject({ findings: [], suppressed: { ignored: 1 } });
  });

  it('needs a reason, a fingerprint that is one, and a day to come', () => {
    const cwd = makeFolder({ 'a.env': pair });
    const [finding] = report(cwd, '.').findings;
    const fingerprint = finding!.fingerprint;
    for (const args of [
      [fingerprint],
      ['aws-access-key', '--reason', 'x'],
      ['ks1:00000000', '--reason', 'x'],
      [fingerprint, '--reason', 'x', '--until', '2001-01-01'],
      [fingerprint, '--reason', ' '],
    ]) {
      expect([args, run(['ignore', ...args], { cwd }).code]).toEqual([args, 2]);
    }
    expect(() => read(cwd)).toThrow(/ENOENT/);
  });
});

describe('keyscan explain', () => {
  it('tells all that a rule knows', () => {
    for (const rule of rules) {
      const text = ruleText(rule, 80);
      expect(text.startsWith(`${rule.id}  ${rule.title}\n`)).toBe(true);
      const flat = text.replace(/\s+/g, ' ');
      expect([rule.why, ...rule.advice].filter((each) => !flat.includes(each))).toEqual([]);
    }
    expect(run(['explain', 'github-token'])).toMatchObject({
      code: 0,
      stdout: ruleText(
        rules.find(({ id }) => id === 'github-token')!,
        80,
      ),
      stderr: '',
    });
  });

  it('suggests the rule that was meant', () => {
    expect(run(['explain', 'github-tokn'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: 'keyscan: there is no rule "github-tokn"\n  did you mean github-token?\n',
    });
  });

  it('lists the rules of a provider when one is asked for', () => {
    expect(run(['explain', 'npm'])).toMatchObject({
      code: 2,
      stderr: 'keyscan: there is no rule "npm"\n  npm has npm-token, npm-registry-auth\n',
    });
  });

  it('shows the findings of a fingerprint, and what the baseline says of it', () => {
    const cwd = makeFolder({ 'a.env': pair, 'sub/b.env': pair, 'c.txt': token });
    const [finding] = report(cwd, '.').findings;
    const fingerprint = finding!.fingerprint;
    const first = run(['explain', fingerprint], { cwd });
    expect([first.code, first.stderr]).toEqual([0, '']);
    expect(first.stdout.match(/^\S+:\d+:\d+/gm)).toEqual(['a.env:1:19', 'sub/b.env:1:19']);
    run(['ignore', fingerprint, '--reason', 'test account'], { cwd });
    expect(run(['explain', fingerprint], { cwd }).stderr).toContain('test account');
    expect(run(['explain', 'ks1:0123456789abcdef0123456789abcdef'], { cwd }).code).toBe(2);
  });
});

describe('keyscan rules', () => {
  it('lists every rule, for people and for programs', () => {
    const { code, stdout } = run(['rules']);
    expect(code).toBe(0);
    expect(
      stdout
        .split('\n')
        .slice(0, rules.length)
        .map((line) => line.split(' ', 1)[0]),
    ).toEqual(rules.map(({ id }) => id));
    const listed = JSON.parse(run(['rules', '--format', 'json']).stdout) as {
      rules: { id: string }[];
    };
    expect(listed.rules.map(({ id }) => id)).toEqual(rules.map(({ id }) => id));
    expect(run(['rules', '--format', 'sarif'])).toMatchObject({ code: 2, stdout: '' });
  });

  const own = {
    id: 'moonbakery-token',
    title: 'Moonbakery token',
    grades: { secret: 'high' },
    parts: [
      {
        role: 'token',
        shapes: [
          { type: 'token', pieces: [{ text: 'mbk_' }, { set: 'a-z0-9', min: 20, max: 20 }] },
        ],
      },
    ],
    examples: [{ text: 'key: ⟦mbk_{{a-z0-9*20}}⟧\nother: "⟦mbk_{{0-9*20}}⟧"' }],
    negatives: [{ text: 'mbk_short' }],
  };

  it('check says that a rule does what its examples say', () => {
    const cwd = makeFolder({ 'rule.json': JSON.stringify(own) });
    expect(run(['rules', 'check', 'rule.json'], { cwd })).toMatchObject({
      code: 0,
      stdout: 'ok     moonbakery-token\n\n1 rule, 2 examples, 0 problems\n',
      stderr: '',
    });
  });

  it('check says what is wrong, and where', () => {
    const wrong = (change: object) => {
      const cwd = makeFolder({ 'rule.json': JSON.stringify([{ ...own, ...change }]) });
      const { code, stdout, stderr } = run(['rules', 'check', 'rule.json'], { cwd });
      return [
        code,
        stdout
          .split('\n')
          .filter((line) => line.startsWith('   '))
          .join('\n') || stderr,
      ];
    };
    expect(wrong({ examples: [{ text: 'x ⟦mbk_nothing⟧ mbk_{{a-z*20}}' }] })).toEqual([
      2,
      [
        '       example 1: nothing found at 1:3-1:14, where it is marked',
        '       example 1: found at 1:15-1:39, where nothing is marked',
      ].join('\n'),
    ]);
    expect(wrong({ negatives: [{ text: 'mbk_{{a-z*20}}' }] })).toEqual([
      2,
      '       negative 1: found at 1:1-1:25, although it is a negative',
    ]);
    expect(wrong({ examples: [] })[0]).toBe(2);
    expect(wrong({ id: 'github-token' })).toEqual([2, '       there is already a rule of this id']);
    expect(wrong({ parts: [{ ...own.parts[0], checks: ['no-such-check'] }] })[1]).toMatch(
      /there is no check "no-such-check"; there are: /,
    );
    expect(
      wrong({
        parts: [{ role: 'token', shapes: [{ type: 'token', pieces: [{ set: 'a-z', min: 3 }] }] }],
      })[1],
    ).toMatch(/no literal of three bytes/);
    expect(wrong({ prts: [] })[1]).toMatch(/^keyscan: rule\.json:1:\d+: unknown key "prts"/);
  });

  it('check needs a file that is there', () => {
    expect(run(['rules', 'check'])).toMatchObject({ code: 2, stdout: '' });
    expect(run(['rules', 'check', 'missing.json'])).toMatchObject({ code: 2, stdout: '' });
    expect(run(['rules', 'chekc', 'x']).stderr).toMatch(/did you mean check\?/);
  });

  it('of the configuration are used, listed and explained like ours', () => {
    const cwd = makeFolder({
      'keyscan.config.json': JSON.stringify({ customRules: [own] }),
      'a.txt': `mbk_${'a1b2c3d4e5'.repeat(2)}\n`,
    });
    expect(report(cwd, 'a.txt').findings).toMatchObject([{ rule: 'moonbakery-token' }]);
    expect(run(['rules'], { cwd }).stdout).toContain('\nmoonbakery-token ');
    expect(run(['explain', 'moonbakery-token'], { cwd }).code).toBe(0);
  });

  it('of the configuration that cannot be used are refused with their place', () => {
    const shapes = [{ type: 'token', pieces: [{ set: 'a-z', min: 3 }] }];
    for (const [part, reason] of [
      [{ role: 'token', shapes }, 'no literal of three bytes'],
      [{ ...own.parts[0], checks: ['no-such-check'] }, 'there is no check "no-such-check"'],
    ] as const) {
      const rule = { ...own, parts: [part] };
      const cwd = makeFolder({
        'keyscan.config.json': JSON.stringify({ customRules: [rule] }),
        a: 'x',
      });
      const { code, stdout, stderr } = run(['a'], { cwd });
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(new RegExp(`^keyscan: keyscan\\.config\\.json:1:\\d+: .*${reason}`));
    }
  });

  it('import turns those of gitleaks into a configuration', () => {
    const toml = `[[rules]]\nid = "moonbakery"\ndescription = "Moonbakery token"\nregex = '''mbk_[a-z0-9]{20}'''\nkeywords = ["mbk_"]\n`;
    const cwd = makeFolder({ 'gitleaks.toml': toml, 'a.txt': `mbk_${'a1b2c3d4e5'.repeat(2)}\n` });
    const { code, stdout } = run(['rules', 'import', 'gitleaks.toml'], { cwd });
    expect(code).toBe(0);
    writeFileSync(join(cwd, 'keyscan.config.json'), stdout);
    expect(report(cwd, 'a.txt').findings).toMatchObject([{ rule: 'moonbakery', path: 'a.txt' }]);
    expect(run(['rules', 'import', 'a.txt'], { cwd }).code).toBe(2);
  });
});

describe('keyscan completion', () => {
  it('prints a script for each shell', () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { code, stdout, stderr } = run(['completion', shell]);
      expect([code, stderr, stdout.length > 1000]).toEqual([0, '', true]);
    }
    expect(run(['completion', 'tcsh'])).toMatchObject({ code: 2, stdout: '' });
  });
});
