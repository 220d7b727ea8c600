// `keyscan undo`: a migration backwards, from what the journal and the sealed lines remember.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ProfileChange } from '../src/aws/change.ts';
import { planEdits } from '../src/aws/edit.ts';
import { rememberUndo } from '../src/aws/undo.ts';
import { encodeSecrets } from '../src/fix/undo-data.ts';
import type { FilePlan } from '../src/write/api.ts';
import { carryOut } from '../src/write/carry-out.ts';
import { sealUndo } from '../src/write/seal.ts';
import { openState } from '../src/write/state.ts';
import { keepUndo } from '../src/write/undo-store.ts';
import { generate } from './support/examples.ts';
import { run, type RunResult, temporaryFolder, writeTree } from './support/run.ts';

const id = generate('aws-id@111122223333', 'undo');
const secret = generate('aws-secret', 'undo');
const passphrase = 'correct horse battery staple';

const config = '# moonbakery\r\n[profile work]\r\nregion = eu-west-1\r\n';
const credentials = `[other]\naws_access_key_id = x\n\n[work] # mine\naws_access_key_id = ${id}\naws_secret_access_key=${secret}\n`;
const change: ProfileChange = {
  type: 'sso',
  profile: 'work',
  session: {
    name: 'moonbakery',
    startUrl: 'https://d-1234567890.awsapps.com/start',
    region: 'eu-west-1',
    scopes: ['sso:account:access'],
  },
  account: '111122223333',
  role: 'ReadOnlyAccess',
  legacy: false,
};

let home = '';
beforeEach(() => {
  home = temporaryFolder('home');
  writeTree(home, {
    '.aws/config': config,
    '.aws/credentials': credentials,
    passphrase: `${passphrase}\n`,
  });
  chmodSync(join(home, '.aws/credentials'), 0o600);
});

const folder = (): string => join(home, '.local/state/keyscan');
const at = (name: 'config' | 'credentials'): string => join(home, '.aws', name);
const read = (name: 'config' | 'credentials'): string => readFileSync(at(name), 'utf8');

/** What `keyscan --fix` does to the files, and leaves behind; gives the id of the migration. */
function migrate({
  sealed = false,
  changes = [change] as readonly ProfileChange[],
  extra = [] as readonly FilePlan[],
} = {}): string {
  const texts = {
    config: readFileSync(at('config')),
    credentials: readFileSync(at('credentials')),
    same: false,
  };
  const plan = planEdits(texts, changes);
  const { undo, secrets } = rememberUndo(plan, changes);
  const plans = (['config', 'credentials'] as const).flatMap((name) => {
    const edit = plan[name];
    return edit === undefined
      ? []
      : [
          {
            path: at(name),
            before: edit.before,
            after: edit.after,
            secret: name === 'credentials',
          },
        ];
  });
  const state = openState(folder());
  try {
    const { done } = carryOut(
      { plans: [...plans, ...extra], inspect: () => [], profiles: ['work'], undo },
      state,
    );
    expect(done).toBe(true);
    if (sealed) {
      const options = { now: Date.now(), logN: 2 };
      keepUndo(
        folder(),
        state.journal.run,
        sealUndo(encodeSecrets(secrets), new Uint8Array(Buffer.from(passphrase)), options),
      );
    }
    return state.journal.run;
  } finally {
    state.close();
  }
}

function undo(...args: string[]): RunResult {
  const result = run(['undo', ...args], { home });
  expect((result.stdout + result.stderr).includes(secret.slice(5, 20))).toBe(false);
  expect((result.stdout + result.stderr).includes(id.slice(4))).toBe(false);
  return result;
}

describe('keyscan undo', () => {
  it('shows what it would take back and changes nothing without consent', () => {
    const run1 = migrate();
    const before = [read('config'), read('credentials')];
    const { code, stdout, stderr } = undo();
    expect([code, stderr]).toEqual([
      2,
      `keyscan: nothing was changed\n  to take it back: keyscan undo ${run1} --yes\n`,
    ]);
    expect(stdout.replace(/\d{4}-\d\d-\d\d \d\d:\d\d/, 'TODAY')).toBe(
      [
        `Migration ${run1} of TODAY: work`,
        'Files: ~/.aws/config, ~/.aws/credentials',
        '  config: [profile work] sso_session, sso_account_id, sso_role_name go',
        '  config: [sso-session moonbakery] goes',
        '  credentials: [work] aws_access_key_id, aws_secret_access_key cannot come back: they are not kept',
        '',
      ].join('\n'),
    );
    expect([read('config'), read('credentials')]).toEqual(before);
  });

  it('gives back the very bytes with the passphrase, and forgets what was kept', () => {
    const run1 = migrate({ sealed: true });
    const file = join(home, 'passphrase');
    const { code, stdout, stderr } = undo('--yes', '--passphrase-file', file);
    expect([code, stderr]).toEqual([0, `keyscan: migration ${run1} is taken back\n`]);
    expect(stdout).toContain(
      'credentials: [work] aws_access_key_id, aws_secret_access_key come back\n',
    );
    expect([read('config'), read('credentials')]).toEqual([config, credentials]);
    expect((statSync(at('credentials')).mode & 0o777).toString(8)).toBe('600');
    expect([
      readdirSync(join(home, '.aws')).sort(),
      readdirSync(folder()).sort(),
      readdirSync(join(folder(), 'undo')),
    ]).toEqual([['config', 'credentials'], ['journal.jsonl', 'undo'], []]);
    expect(readFileSync(join(folder(), 'journal.jsonl'), 'utf8')).not.toContain(
      secret.slice(5, 20),
    );
    expect(undo('--yes')).toMatchObject({
      code: 0,
      stderr: 'keyscan: there is no migration to take back\n',
    });
    expect(undo(run1)).toMatchObject({
      code: 0,
      stderr: `keyscan: migration ${run1} was taken back already\n`,
    });
  });

  it('takes back all but the key without it, and keeps what was changed since', () => {
    const run1 = migrate();
    writeFileSync(
      at('config'),
      read('config')
        .replace('ReadOnlyAccess', 'Admin')
        .replace('region = eu-west-1', 'region = eu-north-1'),
    );
    const { code, stderr } = undo(run1.slice(0, 4), '--yes');
    expect(code).toBe(0);
    expect(stderr.split('\n').sort()).toEqual([
      '',
      'keyscan: The key of [work] is not kept: make a new one, or sign in another way.',
      `keyscan: migration ${run1} is taken back`,
      'keyscan: sso_role_name of [profile work] was changed since and is left as it is.',
    ]);
    expect(read('config')).toContain('sso_role_name = Admin');
    expect(read('config')).not.toContain('sso_session');
    expect(read('config')).toContain('region = eu-north-1');
  });

  it('needs the passphrase while the key is kept, and the right one', () => {
    migrate({ sealed: true });
    const before = [read('config'), read('credentials')];
    writeFileSync(join(home, 'wrong'), 'not the passphrase\n');
    expect(undo('--yes')).toMatchObject({
      code: 2,
      stderr:
        'keyscan: a passphrase is needed, and there is no terminal to ask at\n  say it: --passphrase-file FILE\n',
    });
    expect(undo('--yes', '--passphrase-file', join(home, 'wrong'))).toMatchObject({
      code: 2,
      stdout: '',
      stderr:
        'keyscan: the passphrase does not open what was kept for undo\n  Check the passphrase. If it is right, the file is damaged.\n',
    });
    expect([read('config'), read('credentials')]).toEqual(before);
  });

  it('lists the other migrations, and takes the last one first', () => {
    const first = migrate();
    const second = migrate({
      changes: [
        { type: 'settings', profile: 'work', set: new Map([['output', 'json']]), remove: [] },
      ],
    });
    const { stdout } = undo();
    expect(stdout.startsWith(`Migration ${second}`)).toBe(true);
    expect(stdout).toContain(`\nOthers:\n  ${first} of `);
    expect(undo('--yes').code).toBe(0);
    expect(read('config')).not.toContain('output');
    expect(undo().stdout.startsWith(`Migration ${first}`)).toBe(true);
  });

  it('says when there is nothing, or nothing of that id', () => {
    expect(undo()).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'keyscan: there is no migration to take back\n',
    });
    expect(existsSync(folder())).toBe(false);
    expect(undo('beef')).toMatchObject({
      code: 2,
      stderr: 'keyscan: there is no migration beef\n  keyscan undo lists them\n',
    });
  });

  it('leaves files that are nothing like what it wrote', () => {
    migrate();
    writeFileSync(at('config'), '[profile new]\nregion = eu-west-1\n');
    writeFileSync(at('credentials'), '');
    const { code, stderr } = undo('--yes');
    expect([code, stderr.includes('nothing is left that could be taken back')]).toEqual([2, true]);
    expect([read('config'), read('credentials')]).toEqual([
      '[profile new]\nregion = eu-west-1\n',
      '',
    ]);
  });

  it('says what it cannot read of the journal, and goes on', () => {
    const run1 = migrate();
    const journal = join(folder(), 'journal.jsonl');
    writeFileSync(journal, `{"v":\n${readFileSync(journal, 'utf8')}`);
    const { code, stderr } = undo('--yes');
    expect([
      code,
      stderr.split('\n')[0],
      stderr.includes(`migration ${run1} is taken back`),
    ]).toEqual([0, `keyscan: ${journal}:1 is damaged and is passed over`, true]);
  });

  it('waits for nobody: another keyscan at work is said', () => {
    migrate();
    const state = openState(folder());
    const { code, stderr } = undo('--yes');
    state.close();
    expect([code, stderr]).toEqual([
      2,
      `keyscan: another keyscan is at work (process ${process.pid})\n  Wait until it is done. If there is none, remove ${join(folder(), 'lock')}\n`,
    ]);
  });

  it('leaves env files and sign-ins, and says so', () => {
    const extra = ['.aws/sso/cache/0123.json', 'app/.env'].map((name) => ({
      path: join(home, name),
      before: undefined,
      after: Buffer.from('x'),
      secret: true,
    }));
    migrate({ extra });
    const { code, stdout, stderr } = undo('--yes');
    expect([code, stdout.split('\n')[1]]).toEqual([0, 'Files: ~/.aws/config, ~/.aws/credentials']);
    expect(stderr.split('\n').slice(1, 3)).toEqual([
      'keyscan: ~/app/.env was changed too and stays as it is',
      'keyscan: you stay signed in; to end that: aws sso logout',
    ]);
    expect(extra.every(({ path }) => existsSync(path))).toBe(true);
  });

  it('refuses a folder in place of the file', () => {
    migrate();
    mkdirSync(join(home, 'folder'));
    const { code, stderr } = run(['undo', '--yes'], {
      home,
      env: { AWS_CONFIG_FILE: join(home, 'folder') },
    });
    expect([code, stderr.includes('(EISDIR)')]).toEqual([2, true]);
  });
});
