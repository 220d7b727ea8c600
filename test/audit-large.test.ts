// The audit in the home of somebody with three hundred profiles: everything graded, in under a second, and a table that
// eighty columns hold, with colour and without, in any character set.

import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import type { ScanReport } from '../src/core/finding.ts';
import { generate } from './support/examples.ts';
import { repository } from './support/repository.ts';
import { run, writeTree } from './support/run.ts';

const size = 300;
const accounts = ['111122223333', '444455556666', '777788889999'];
const canary = '052310077262';
const longest = 'moonbakery-continuous-integration-and-delivery';

interface Drawn {
  readonly name: string;
  readonly class: string;
  readonly config: string;
  readonly credentials: string;
}

/** Six kinds of profiles in turn, some with names longer than their column. */
function draw(index: number): Drawn {
  const name = index % 25 === 0 ? `${longest}-${index}` : `team-${index}`;
  const account = accounts[index % accounts.length] ?? '';
  const key = (id: string): string =>
    `[${name}]\naws_access_key_id = ${id}\naws_secret_access_key = ${generate('aws-secret', name)}\n\n`;
  const own = generate(`aws-id@${account}`, name);
  const profile = (lines: string): string => `[profile ${name}]\nregion = eu-west-1\n${lines}\n`;
  const sso = `sso_session = moonbakery\nsso_account_id = ${account}\nsso_role_name = Baker\n`;
  switch (index % 6) {
    case 0:
    case 1:
      return { name, class: 'human', config: profile(''), credentials: key(own) };
    case 2:
      return { name, class: 'keyless', config: profile(sso), credentials: '' };
    case 3:
      return {
        name,
        class: 'dependant',
        config: profile(
          `role_arn = arn:aws:iam::${account}:role/oven\nsource_profile = ${draw(index - 2).name}\n`,
        ),
        credentials: '',
      };
    case 4:
      return { name, class: 'split', config: profile(sso), credentials: key(own) };
    default:
      return {
        name,
        class: 'canary',
        config: '',
        credentials: key(generate(`aws-id@${canary}`, name)),
      };
  }
}

const profiles = Array.from({ length: size }, (_, index) => draw(index));
const withKey = profiles.filter(({ credentials }) => credentials !== '');

function world() {
  const repo = repository();
  repo.commit({ 'README.md': 'Moonbakery\n' });
  repo.write({ '.env': 'REGION=eu-west-1\n' });
  writeTree(repo.home, {
    '.aws/config': `[sso-session moonbakery]\nsso_start_url = https://d-1234567890.awsapps.com/start\nsso_region = eu-west-1\n\n${profiles.map(({ config }) => config).join('')}`,
    '.aws/credentials': profiles.map(({ credentials }) => credentials).join(''),
    'cpu.cjs': `process.on('exit', () => {
      const { userCPUTime, systemCPUTime } = process.resourceUsage();
      require('node:fs').writeFileSync(process.env.CPU, String((userCPUTime + systemCPUTime) / 1e6));
    });`,
  });
  chmodSync(join(repo.home, '.aws/credentials'), 0o600);
  return repo;
}

describe(`an audit with ${size} profiles`, () => {
  const repo = world();
  const text = (args: readonly string[], env: Readonly<Record<string, string>> = {}): string => {
    const result = run(args, { cwd: repo.folder, home: repo.home, env });
    expect([result.code, result.stderr]).toEqual([1, '']);
    return result.stdout;
  };
  const plain = text([]);
  // What differs from run to run
  const timeless = (report: string): string => report.replace(/ in <?[\d.]+ s\n$/, '');
  const colours = /\u001b\[[\d;]*m/g;

  it('grades every one of them', () => {
    const report: ScanReport = JSON.parse(text(['-f', 'json']));
    const classes = new Map(report.profiles?.map((profile) => [profile.profile, profile.class]));
    expect(classes).toEqual(new Map(profiles.map((profile) => [profile.name, profile.class])));
    expect(report.findings.map(({ profile, severity, kind }) => [profile, severity, kind])).toEqual(
      withKey.map((profile) => [profile.name, profile.class === 'canary' ? 'low' : 'high', 'pair']),
    );
  });

  it('fits 80 columns, and says the same in colour', () => {
    const lines = plain.split('\n');
    expect(lines.filter((line) => [...line].length > 80)).toEqual([]);
    const table = lines.slice(0, lines.indexOf('', 3));
    const named = profiles.filter(({ name }) =>
      table.some((line) => line.trim() === name || line.startsWith(`  ${name} `)),
    );
    expect(named.length).toBe(size);
    const coloured = text(['--color', 'always']);
    expect(coloured).toMatch(colours);
    expect(timeless(coloured.replaceAll(colours, ''))).toBe(timeless(plain));
    expect(timeless(text([], { NO_COLOR: '1' }))).toBe(timeless(plain));
  });

  it('is plain ASCII where the terminal has nothing else, in the same lines', () => {
    const ascii = text([], { LC_ALL: 'C' }).split('\n');
    expect(ascii.filter((line) => /[^ -~]/.test(line))).toEqual([]);
    expect(ascii.filter((line) => line.length > 80)).toEqual([]);
    expect(ascii.length).toBe(plain.split('\n').length);
  });

  it('gives its advice once, not once a profile', () => {
    expect(plain.match(/^ {2}why /gm)?.length).toBe(2);
    expect(plain).toContain('They are your profiles');
  });

  it('takes seconds of a processor at most', () => {
    // Where nothing else runs it takes six tenths of a second
    const cpu = join(repo.home, 'cpu');
    text([], { NODE_OPTIONS: `--require ${join(repo.home, 'cpu.cjs')}`, CPU: cpu });
    expect(Number(readFileSync(cpu, 'utf8'))).toBeLessThan(5);
  });
});
