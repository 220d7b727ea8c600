// This computer's own places, in homes made for the test.

import { chmodSync, mkdirSync, symlinkSync, utimesSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { Finding } from '../src/core/finding.ts';
import { awsPlaces, homeFolder, readAwsFiles } from '../src/sources/aws-files.ts';
import { homePath } from '../src/sources/home-path.ts';
import { openHome } from '../src/sources/home.ts';
import { ownKeys } from '../src/sources/own-keys.ts';
import { environmentDocument } from '../src/sources/process-environment.ts';
import { isDocument } from '../src/sources/read-file.ts';
import { bundle } from './support/bundle.ts';
import { generate } from './support/examples.ts';
import { excerptLine, finding, part } from './support/findings.ts';
import { asNobody, canBeNobody } from './support/nobody.ts';
import { projectRoot } from './support/run.ts';
import { makeFolder } from './support/tree.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

const id = generate('aws-id@111122223333', 'one');
const secret = generate('aws-secret', 'one');
const key = `aws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`;
const limit = { maxFileSize: 100 * 2 ** 20 };

type Env = Readonly<Record<string, string>>;

async function read(env: Env): Promise<{ documents: Record<string, string>; skipped: string[] }> {
  const documents: Record<string, string> = {};
  const skipped: string[] = [];
  for (const item of (await openHome({ env, ...limit })).items()) {
    if (!isDocument(item)) skipped.push(`${item.path} ${item.reason}`);
    else if (item.content instanceof Uint8Array) {
      expect(item.stage).toBe('local');
      documents[item.path] = Buffer.from(item.content).toString();
    }
  }
  return { documents, skipped };
}

const paths = async (env: Env): Promise<string[]> =>
  Object.keys((await read(env)).documents).filter((name) => !isOfComputer(name));

/** What every home on this computer has. */
const isOfComputer = (name: string): boolean => name === '<env>' || name.startsWith('/etc/');

describe('the home folder', () => {
  it('is HOME when that is an absolute path, else what the system knows, else unknown', async () => {
    expect(homeFolder({ HOME: '/home/ada' })).toBe('/home/ada');
    const system = os.userInfo().homedir;
    expect([homeFolder({}), homeFolder({ HOME: '' }), homeFolder({ HOME: 'x' })]).toEqual([
      system,
      system,
      system,
    ]);
    jest.spyOn(os, 'userInfo').mockImplementation(() => {
      throw new Error('no such user');
    });
    expect(homeFolder({})).toBeUndefined();
    expect((await openHome({ env: { A: 'b' }, ...limit })).profiles).toEqual([]);
    expect((await read({ A: 'b' })).documents).toEqual({ '<env>': 'A=b\n' });
    await expect(openHome({ env: {}, mustHaveHome: true, ...limit })).rejects.toThrow(
      'this user has no home folder',
    );
  });

  it('is written as ~ only for what lies in it', () => {
    expect(homePath('/home/ada', '/home/ada/.aws/config')).toBe('~/.aws/config');
    expect(homePath('/home/ada', '/home/adam/x')).toBe('/home/adam/x');
    expect(homePath('/home/ada', '/etc/boto.cfg')).toBe('/etc/boto.cfg');
    expect(homePath(undefined, '/x/y')).toBe('/x/y');
  });

  it('gives the AWS files, backups and leftovers beside them, and no caches', async () => {
    const home = makeFolder({
      '.aws/config': 'c',
      '.aws/credentials': 'k',
      '.aws/credentials.bak': 'old',
      '.aws/credentials~': 'old',
      '.aws/.credentials.swp': 'old',
      '.aws/cli/alias': '[toplevel]',
      '.aws/cli/cache/a.json': '{}',
      '.aws/sso/cache/b.json': '{}',
      '.aws/login/cache/c.json': '{}',
    });
    expect(await paths({ HOME: home })).toEqual([
      '~/.aws/config',
      '~/.aws/credentials',
      '~/.aws/.credentials.swp',
      '~/.aws/credentials.bak',
      '~/.aws/credentials~',
      '~/.aws/cli/alias',
    ]);
  });

  it('follows AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE as botocore does, and still reads ~/.aws', async () => {
    const elsewhere = makeFolder({ 'my config': 'c', 'my config.orig': 'old', other: 'no' });
    const home = makeFolder({ '.aws/credentials': 'old', 'keys/creds': 'k' });
    const env = {
      HOME: home,
      WHERE: elsewhere,
      AWS_CONFIG_FILE: '${WHERE}/my config',
      AWS_SHARED_CREDENTIALS_FILE: '~/keys/creds',
    };
    expect(awsPlaces(env)).toEqual({
      home,
      folder: path.join(home, '.aws'),
      config: path.join(elsewhere, 'my config'),
      credentials: path.join(home, 'keys/creds'),
    });
    expect(await paths(env)).toEqual([
      `${elsewhere}/my config`,
      '~/keys/creds',
      '~/.aws/credentials',
      `${elsewhere}/my config.orig`,
    ]);
    expect(awsPlaces({ HOME: home, AWS_CONFIG_FILE: '$NOT_SET/x' }).config).toMatch(
      /\$NOT_SET\/x$/,
    );
  });

  it('gives start-up files, histories, S3 clients, downloads, editors and agents', async () => {
    const present = [
      '.bashrc',
      '.zshrc',
      '.config/fish/config.fish',
      '.bash_history',
      '.local/share/powershell/PSReadLine/ConsoleHost_history.txt',
      '.s3cfg',
      '.boto',
      '.config/rclone/rclone.conf',
      '.mc/config.json',
      '.passwd-s3fs',
      '.docker/config.json',
      '.kube/config',
      '.kube/oven.yaml',
      '.gitconfig',
      '.ssh/config',
      '.config/systemd/user/oven.service',
      '.config/Code/User/settings.json',
      '.config/JetBrains/IdeaIC2026.2/options/other.xml',
      '.cursor/mcp.json',
      '.claude.json',
      '.config/Claude/claude_desktop_config.json',
      '.codex/config.toml',
      '.env',
      'Downloads/ada_accessKeys.csv',
      'Downloads/rootkey.csv',
      'Downloads/AWS keys/eva_AccessKeys (1).csv',
      '.aws.bak/credentials',
      '.aws-old/config',
      'aws_backup/credentials.txt',
      '.aws copy/credentials',
    ];
    const absent = [
      '.aws.bak/cli/cache/a.json',
      'awscli/credentials',
      'Downloads/a/b/rootkey.csv',
      '.npmrc',
      'Downloads/invoice.csv',
      '.ssh/id_ed25519',
      'notes.txt',
      '.bashrc.d/x/y',
    ];
    const home = makeFolder(
      Object.fromEntries([...present, ...absent].map((name) => [name, name])),
    );
    expect((await paths({ HOME: home })).sort()).toEqual(present.map((name) => `~/${name}`).sort());
  });

  it("finds downloads under a person's own name for them, and what variables name", async () => {
    const other = makeFolder({ kube: '1', history: '2' });
    const home = makeFolder({
      '.config/user-dirs.dirs': 'XDG_DOWNLOAD_DIR="$HOME/Téléchargements"\n',
      'Téléchargements/new_user_credentials.csv': '3',
      'zsh/.zshrc': '4',
    });
    const env = {
      HOME: home,
      KUBECONFIG: `${other}/none${path.delimiter}${other}/kube`,
      HISTFILE: `${other}/history`,
      ZDOTDIR: `${home}/zsh`,
    };
    expect(await paths(env)).toEqual([
      `${other}/history`,
      `${other}/kube`,
      '~/zsh/.zshrc',
      '~/Téléchargements/new_user_credentials.csv',
    ]);
  });

  it('ignores a relative path of XDG, as its specification has it', async () => {
    const home = makeFolder({
      '.config/user-dirs.dirs': 'XDG_DOWNLOAD_DIR="$HOME/Téléchargements"\n',
      'Téléchargements/rootkey.csv': '1',
    });
    const relative = { XDG_CONFIG_HOME: 'config', XDG_DATA_HOME: '', XDG_STATE_HOME: '.' };
    expect(await paths({ HOME: home, ...relative })).toEqual(['~/Téléchargements/rootkey.csv']);
  });

  it('reads through links, each file once, and shares what was read with other sources', async () => {
    const dotfiles = makeFolder({ bashrc: 'x' });
    const home = makeFolder({ '.aws/config': 'c' });
    symlinkSync(path.join(dotfiles, 'bashrc'), path.join(home, '.bashrc'));
    symlinkSync(path.join(dotfiles, 'bashrc'), path.join(home, '.profile'));
    symlinkSync('.bashrc', path.join(home, '.bash_login'));
    expect(await paths({ HOME: home })).toEqual(['~/.aws/config', '~/.profile']);
    const seen = new Set([path.join(home, '.aws/config')]);
    const items = [...(await openHome({ env: { HOME: home }, seen, ...limit })).items()];
    expect(items.map((item) => item.path).filter((name) => !isOfComputer(name))).toEqual([
      '~/.profile',
    ]);
    expect(seen.has(path.join(dotfiles, 'bashrc'))).toBe(true);
  });

  (canBeNobody ? it : it.skip)('tells the folders that it may not look into', () => {
    const home = makeFolder({
      'Downloads/closed/rootkey.csv': '1',
      '.config/fish/conf.d/a.fish': '2',
      '.aws.bak/credentials': '3',
      '.bashrc': '4',
    });
    chmodSync(home, 0o755);
    for (const name of ['Downloads/closed', '.config/fish', '.aws.bak'])
      chmodSync(path.join(home, name), 0);
    const program = bundle(`
      import { openHome } from ${JSON.stringify(path.join(projectRoot, 'src/sources/home.ts'))};
      const { items } = await openHome({ env: { HOME: process.argv[2] }, maxFileSize: 1000 });
      for (const item of items())
        if (item.path.startsWith('~')) console.log(item.path, item.reason ?? 'read');`);
    const { stdout, stderr } = asNobody(program, home);
    expect([stderr, stdout.split('\n').sort()]).toEqual([
      '',
      [
        '',
        '~/.aws.bak unreadable',
        '~/.bashrc read',
        '~/.config/fish unreadable',
        '~/Downloads/closed unreadable',
      ],
    ]);
  });

  it('takes the letters that stand for others in a pattern as they are in its own name', async () => {
    const top = makeFolder({
      'a[b]{c,d}*(e)!/Downloads/rootkey.csv': '1',
      'ab/Downloads/x.csv': '2',
    });
    expect(await paths({ HOME: path.join(top, 'a[b]{c,d}*(e)!') })).toEqual([
      '~/Downloads/rootkey.csv',
    ]);
  });

  it('is no trouble when it is missing, a file, or full of odd things', async () => {
    expect(await paths({ HOME: '/nonexistent/home' })).toEqual([]);
    const home = makeFolder({ '.aws': 'a file', '.docker': 'a file' });
    mkdirSync(path.join(home, '.bashrc'));
    symlinkSync('.zshrc', path.join(home, '.zshrc'));
    expect(await paths({ HOME: home })).toEqual([]);
    expect((await read({ HOME: home })).skipped).toEqual(['~/.zshrc unreadable']);
  });
});

describe('the inventory', () => {
  const now = new Date('2026-11-25T12:00:00Z');
  const openAt = async (home: string, more: Env = {}) =>
    (await openHome({ env: { HOME: home, ...more }, now, ...limit })).profiles;

  it('tells class, masked key, account, mode, age and who needs each profile', async () => {
    const home = makeFolder({
      '.aws/config':
        '[profile ops]\nrole_arn = arn:aws:iam::111122223333:role/ops\nsource_profile = work\n',
      '.aws/credentials': `[work]\n${key}[old]\n${key.replace(id, generate('aws-id:old', 'x'))}`,
      '.kube/config': 'env:\n- name: AWS_PROFILE\n  value: work\n',
      '.config/Code/User/settings.json': '{"aws.profile": "profile:old", "x": "work"}',
      '.env': `AWS_ACCESS_KEY_ID=${id}\n`,
      '.bash_history': 'aws s3 ls --profile old\n',
      '.bashrc': 'export AWS_PROFILE="workshop"\n',
      '.aws/cli/cache/a.json': '{}',
    });
    const credentials = path.join(home, '.aws/credentials');
    chmodSync(credentials, 0o640);
    chmodSync(path.join(home, '.aws/cli/cache/a.json'), 0o600);
    const written = new Date('2026-11-10T11:00:00Z');
    utimesSync(credentials, written, written);
    utimesSync(path.join(home, '.aws/cli/cache/a.json'), now, now);
    const old = generate('aws-id:old', 'x');
    expect(await openAt(home)).toEqual([
      {
        profile: 'ops',
        class: 'dependant',
        key: null,
        account: null,
        mode: null,
        ageDays: null,
        dependants: [],
      },
      {
        profile: 'work',
        class: 'human',
        key: `AKIA…${id.slice(-4)}`,
        account: '111122223333',
        mode: '0640',
        ageDays: 15,
        dependants: ['ops', '~/.kube/config', '~/.env'],
      },
      {
        profile: 'old',
        class: 'human',
        key: `AKIA…${old.slice(-4)}`,
        account: null,
        mode: '0640',
        ageDays: 15,
        dependants: ['~/.config/Code/User/settings.json'],
      },
      {
        profile: '~/.aws/cli/cache',
        class: 'temporary',
        key: null,
        account: null,
        mode: '0600',
        ageDays: 0,
        dependants: [],
      },
    ]);
    for (const row of await openAt(home))
      expect(JSON.stringify(row)).not.toContain(secret.slice(0, 12));
  });

  it('knows a root key by its CSV and a build server by CI', async () => {
    const home = makeFolder({
      '.aws/credentials': `[default]\n${key}`,
      'Downloads/rootkey.csv': `\uFEFFAWSAccessKeyId=${id}\r\nAWSSecretKey=${secret}\r\n`,
    });
    expect((await openAt(home)).map((row) => row.class)).toEqual(['root']);
    const other = makeFolder({ '.aws/credentials': `[default]\n${key}` });
    expect((await openAt(other, { CI: 'true' })).map((row) => row.class)).toEqual(['robot']);
    expect((await openAt(other, { CI: 'false' })).map((row) => row.class)).toEqual(['human']);
  });
});

describe('own keys', () => {
  it('are the values of every place, once, without samples and short words', () => {
    const other = generate('aws-secret', 'two');
    const home = makeFolder({
      '.aws/config': `[profile work]\n${key}`,
      '.aws/credentials':
        `[work]\naws_secret_access_key = ${other}\n[twin]\n${key}` +
        `[sample]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n` +
        '[minio]\naws_access_key_id = minioadmin\naws_secret_access_key = minioadmin\n',
    });
    expect(ownKeys({ HOME: home })).toEqual([
      { profile: 'work', role: 'id', value: id },
      { profile: 'work', role: 'secret', value: secret },
      { profile: 'work', role: 'secret', value: other },
    ]);
  });

  it('are none when there is nothing to read', () => {
    expect(ownKeys({ HOME: '/nonexistent' })).toEqual([]);
    expect(ownKeys({ HOME: '/dev/null' })).toEqual([]);
    expect(readAwsFiles(awsPlaces({ HOME: '/nonexistent' }))).toEqual([]);
  });
});

describe('the environment', () => {
  it('is one document, sorted by name, and findings in it come out at their variables', () => {
    const { document, relocate } = environmentDocument({
      B: 'two\nlines',
      AWS_SECRET_ACCESS_KEY: 'xyz',
      A: '1',
      UNSET: undefined,
    });
    expect(document).toEqual({
      path: '<env>',
      stage: 'local',
      content: Buffer.from('A=1\nAWS_SECRET_ACCESS_KEY=xyz\nB=two\nlines\n'),
    });
    const inLine2 = { line: 2, column: 23, endLine: 2, endColumn: 26 };
    const made = finding({
      path: '<env>',
      ...inLine2,
      parts: [
        part({ role: 'secret', path: '<env>', ...inLine2 }),
        part({ role: 'token', path: '<env>', line: 4, column: 2, endLine: 4, endColumn: 5 }),
      ],
      excerpt: [
        excerptLine(1, 'A=1'),
        excerptLine(2, 'AWS_SECRET_ACCESS_KEY='),
        excerptLine(3, 'B=two'),
      ],
    });
    const moved = relocate(made);
    const place = (at: Pick<Finding, 'path' | 'line' | 'column' | 'endLine' | 'endColumn'>) => [
      at.path,
      at.line,
      at.column,
      at.endLine,
      at.endColumn,
    ];
    expect(place(moved)).toEqual(['<env>/AWS_SECRET_ACCESS_KEY', 1, 1, 1, 4]);
    expect(moved.parts.map(place)).toEqual([
      ['<env>/AWS_SECRET_ACCESS_KEY', 1, 1, 1, 4],
      ['<env>/B', 2, 2, 2, 5],
    ]);
    expect(moved.excerpt?.map(({ line, text }) => [line, text])).toEqual([
      [1, 'AWS_SECRET_ACCESS_KEY='],
    ]);
    expect(moved.severity).toBe(made.severity);
  });

  it('makes temporary AWS credentials low there, and leaves findings of other places alone', () => {
    const { relocate } = environmentDocument({ A: '1' });
    const session = finding({
      path: '<env>',
      kind: 'session',
      severity: 'medium',
      provider: 'aws',
    });
    expect(relocate(session).severity).toBe('low');
    const elsewhere = finding({ path: 'a.txt', kind: 'session', severity: 'medium' });
    expect(relocate(elsewhere)).toBe(elsewhere);
  });
});
