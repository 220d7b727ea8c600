// This computer and work trees: `keyscan` without a path, `--home`, and what git knows about a folder.
import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { generate } from './support/examples.ts';
import { cleanEnvironment, run, temporaryFolder, writeTree } from './support/run.ts';
import { makeFolder } from './support/tree.ts';

const id = generate('aws-id@111122223333', 'audit');
const secret = generate('aws-secret', 'audit');
const otherId = generate('aws-id@444455556666', 'other');
const otherSecret = generate('aws-secret', 'other');
const pair = `AWS_ACCESS_KEY_ID=${otherId}\nAWS_SECRET_ACCESS_KEY=${otherSecret}\n`;
const credentials = `[work]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`;

interface Json {
  readonly complete: boolean;
  readonly scanned: { readonly files: number };
  readonly findings: readonly {
    readonly path: string;
    readonly stage: string;
    readonly profile: string | null;
    readonly severity: string;
    readonly kind: string;
    readonly parts: readonly { readonly path: string; readonly line: number }[];
  }[];
  readonly profiles?: readonly { readonly profile: string; readonly class: string }[];
}

function home(files: Readonly<Record<string, string>> = {}): string {
  const made = makeFolder(files);
  if ('.aws/credentials' in files) chmodSync(join(made, '.aws/credentials'), 0o600);
  return made;
}

function repository(files: Readonly<Record<string, string>>): string {
  const top = makeFolder(files);
  const env = cleanEnvironment(temporaryFolder('home'));
  for (const args of [
    ['init', '-q'],
    ['add', '.'],
    ['commit', '-qm', 'Begin'],
  ]) {
    expect(spawnSync('git', args, { cwd: top, env }).status).toBe(0);
  }
  return top;
}

function json(
  args: readonly string[],
  options: Parameters<typeof run>[1],
): Json & { code: number | null } {
  const { code, stdout } = run(['-f', 'json', ...args], options);
  return { ...(JSON.parse(stdout) as Json), code };
}

const brief = ({ findings }: Json) =>
  findings.map(({ path, stage, profile, severity }) =>
    [path, stage, profile ?? '-', severity].join(' '),
  );

describe('keyscan --home', () => {
  it('lists the profiles and finds their keys', () => {
    const report = json(['--home'], {
      home: home({
        '.aws/credentials': credentials,
        '.aws/config': '[profile sso]\nregion = eu-west-1\n',
      }),
    });
    expect(report).toMatchObject({
      code: 1,
      complete: true,
      profiles: [
        {
          profile: 'work',
          class: 'human',
          key: `${id.slice(0, 4)}…${id.slice(-4)}`,
          account: '111122223333',
          mode: process.platform === 'win32' ? null : '0600',
          ageDays: 0,
        },
        { profile: 'sso', key: null },
      ].sort((a, b) => (a.profile < b.profile ? -1 : 1)),
    });
    expect(brief(report)).toEqual(['~/.aws/credentials local work high']);
  });

  it('says of profiles without a key how each signs in; the JSON stays as it was', () => {
    const role = 'role_arn = arn:aws:iam::111122223333:role/ops\n';
    const sso = 'sso_account_id = 111122223333\nsso_role_name = Reader\nsso_session = s\n';
    const words = {
      sso: [sso, 'SSO'],
      login: ['login_session = arn:aws:iam::111122223333:user/ada\n', 'aws login'],
      vault: ['credential_process = vault\n', 'credential process'],
      ops: [`${role}source_profile = sso\n`, 'uses another'],
      box: [`${role}credential_source = Ec2InstanceMetadata\n`, 'role of a machine'],
      pod: [`${role}web_identity_token_file = /token\n`, 'web identity'],
      plain: ['region = eu-west-1\n', 'no key'],
    } as const;
    const config = Object.entries(words).map(([name, [text]]) => `[profile ${name}]\n${text}`);
    const here = { home: home({ '.aws/config': config.join('\n') }) };
    const { stdout } = run(['--home'], here);
    const told = stdout.matchAll(/^ {2}(\w+) +- +- +- +- +(\S.*)$/gm);
    expect(Object.fromEntries([...told].map(([, name, what]) => [name, what]))).toEqual(
      Object.fromEntries(Object.entries(words).map(([name, [, what]]) => [name, what])),
    );
    const { profiles } = json(['--home'], here) as unknown as { readonly profiles: object[] };
    expect(new Set(profiles.map((profile) => Object.keys(profile).join(' ')))).toEqual(
      new Set(['profile class key account mode ageDays dependants']),
    );
  });

  it('reads nothing of the current folder', () => {
    const report = json(['--home'], { home: home(), cwd: makeFolder({ '.env': pair }) });
    expect([report.code, report.findings]).toEqual([0, []]);
  });

  it('is clean without AWS files, and prints nothing more with --quiet', () => {
    expect(run(['--home'], { home: home() })).toMatchObject({ code: 0, stderr: '' });
    expect(run(['--home', '-q'], { home: home() })).toMatchObject({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });

  it('finds keys in the environment, under the names of their variables', () => {
    const report = json(['--home'], {
      home: home(),
      env: { AWS_ACCESS_KEY_ID: otherId, AWS_SECRET_ACCESS_KEY: otherSecret },
    });
    expect(report.findings).toMatchObject([
      {
        path: '<env>/AWS_ACCESS_KEY_ID',
        line: 1,
        column: 1,
        stage: 'local',
        kind: 'pair',
        severity: 'high',
        parts: [
          { path: '<env>/AWS_ACCESS_KEY_ID', line: 1 },
          { path: '<env>/AWS_SECRET_ACCESS_KEY', line: 1 },
        ],
      },
    ]);
  });

  it('takes the files that AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE name', () => {
    const elsewhere = makeFolder({ keys: credentials });
    const env = { AWS_SHARED_CREDENTIALS_FILE: join(elsewhere, 'keys') };
    const report = json(['--home'], { home: home(), env });
    expect(brief(report)).toEqual([`${join(elsewhere, 'keys')} local work high`]);
  });
});

describe('keyscan without a path', () => {
  it('is --home, the env files that git ignores, and what git does not ignore', () => {
    const cwd = repository({
      '.gitignore': '.env\nbuild/\n',
      '.env': pair,
      'build/log.txt': pair,
      'src/settings.py': pair,
    });
    const report = json([], { cwd, home: home({ '.aws/credentials': credentials }) });
    expect(brief(report)).toEqual([
      '.env local - high',
      'src/settings.py committed - critical',
      '~/.aws/credentials local work high',
    ]);
    expect(report.code).toBe(1);
    expect(report.profiles).toHaveLength(1);
  });

  it('is clean where no key is left', () => {
    const sso =
      '[profile work]\nsso_session = acme\nsso_account_id = 111122223333\nsso_role_name = Dev\n';
    const cwd = repository({ 'README.md': 'x\n' });
    expect(run([], { cwd, home: home({ '.aws/config': sso }) }).code).toBe(0);
  });

  it('reads a file once that both would read', () => {
    const here = home({ '.aws/credentials': credentials });
    const both = json([], { cwd: join(here, '.aws'), home: here });
    const alone = json(['--home'], { cwd: makeFolder(), home: here });
    expect(brief(both)).toEqual(['~/.aws/credentials local work high']);
    expect(both.scanned.files).toBe(alone.scanned.files);
  });

  it('reads in the home folder only the env files that lie in it, and says so', () => {
    const here = home({ '.env': pair, 'projects/x/.env': pair, 'notes.txt': pair });
    const result = run(['-f', 'json'], { cwd: here, home: here });
    expect(brief(JSON.parse(result.stdout) as Json)).toEqual(['~/.env local - high']);
    expect(result.stderr).toBe(
      'keyscan: in the home folder only its own env files are read; keyscan . reads all of it\n',
    );
  });

  it('is an answer in an empty folder', () => {
    expect(run([], { cwd: makeFolder(), home: home() }).code).toBe(0);
  });
});

describe('a key of this computer', () => {
  it('is named by its profile wherever it is found', () => {
    const here = home({ '.aws/credentials': credentials });
    const cwd = makeFolder({ 'deploy.sh': `deploy --key ${secret}\n` });
    expect(brief(json(['deploy.sh'], { cwd, home: here }))).toEqual(['deploy.sh local work high']);
    const piped = json(['--stdin'], {
      home: here,
      input: `x=${Buffer.from(credentials).toString('base64')}\n`,
    });
    expect(piped.findings.map(({ profile }) => profile)).toEqual(['work']);
  });

  it('is not looked for when its files cannot be read, and nothing fails because of it', () => {
    const here = home();
    mkdirSync(join(here, '.aws/credentials'), { recursive: true });
    const cwd = makeFolder({ 'a.env': pair, b: '' });
    expect(json(['a.env'], { cwd, home: here }).code).toBe(1);
    expect(run(['b'], { cwd, home: here })).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('a folder of a work tree', () => {
  const top = repository({
    '.gitignore': '*.log\n.env\n',
    'app/.env': pair,
    'app/key.txt': pair,
    'app/debug.log': pair,
    'lib/x.txt': 'x\n',
  });

  it('is what git does not ignore; ignored env files are counted', () => {
    const result = run(['-f', 'json', '.'], { cwd: top });
    expect(brief(JSON.parse(result.stdout) as Json).map((line) => line.split(' ')[0])).toEqual([
      'app/key.txt',
    ]);
    expect(result.stderr).toMatch(/^keyscan: left 1 env file that git ignores; .*--no-ignore\n$/);
    expect(run(['-q', '-f', 'json', '.'], { cwd: top }).stderr).toBe('');
  });

  it('is read whole with --no-ignore, and by name whatever git thinks', () => {
    const paths = (args: readonly string[], cwd = top) =>
      json(args, { cwd }).findings.map(({ path }) => path);
    expect(paths(['--no-ignore', '.'])).toEqual(['app/.env', 'app/debug.log', 'app/key.txt']);
    expect(paths(['app/debug.log'])).toEqual(['app/debug.log']);
    expect(json(['app/debug.log'], { cwd: top }).findings[0]?.stage).toBe('local');
  });

  it('has its paths from the top, and prints them from the current folder', () => {
    const cwd = join(top, 'app');
    expect(json(['.'], { cwd }).findings.map(({ path }) => path)).toEqual(['app/key.txt']);
    expect(run(['-f', 'compact', '.'], { cwd }).stdout).toMatch(/^key\.txt:1:19: /);
    expect(run(['-f', 'compact', '../app'], { cwd: join(top, 'lib') }).stdout).toMatch(
      /^\.\.\/app\/key\.txt:1:19: /,
    );
  });

  it('is walked when git is not there, and that is said', () => {
    const result = run(['-f', 'json', '.'], { cwd: top, env: { PATH: '/nonexistent' } });
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/git was not found/);
  });

  it('finds its configuration from a folder below, but none above the top', () => {
    const outer = makeFolder({ 'keyscan.config.json': '{ "failOn": "never" }\n' });
    const inner = join(outer, 'inner');
    mkdirSync(inner);
    const env = cleanEnvironment(temporaryFolder('home'));
    spawnSync('git', ['init', '-q'], { cwd: inner, env });
    writeTree(inner, { 'sub/a.env': pair });
    expect(run(['.'], { cwd: join(inner, 'sub') }).code).toBe(1);
    writeTree(inner, { 'keyscan.config.json': '{ "failOn": "never" }\n' });
    expect(run(['.'], { cwd: join(inner, 'sub') }).code).toBe(0);
  });
});

describe('keyscan --staged', () => {
  it('prints nothing when clean, and the short text when a key is staged', () => {
    const top = repository({ 'README.md': 'x\n' });
    const env = cleanEnvironment(temporaryFolder('home'));
    expect(run(['--staged'], { cwd: top })).toMatchObject({ code: 0, stdout: '', stderr: '' });
    writeTree(top, { 'deploy.env': pair, 'unstaged.env': pair });
    spawnSync('git', ['add', 'deploy.env'], { cwd: top, env });
    const { code, stdout } = run(['--staged'], { cwd: top });
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^keyscan {2}commit stopped: 1 leak in the staged changes\n\n {2}deploy\.env:1:19 /,
    );
    const report = json(['--staged'], { cwd: top });
    expect(brief(report)).toEqual(['deploy.env staged - critical']);
    expect(report.scanned).toMatchObject({ files: 1, commits: 0 });
  });

  it('is exit code 2 outside a repository', () => {
    expect(run(['--staged'], { cwd: makeFolder({ a: pair }) })).toMatchObject({
      code: 2,
      stdout: '',
    });
  });
});
