// `keyscan --fix` that is ended in the middle: by the person, by the system, by a network that goes away. What was not
// agreed to has not happened, what was begun is whole, and the next run carries on.
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { FixReport } from '../src/core/migration.ts';
import { sampled, thorough } from './support/effort.ts';
import { type Fault, moonbakery } from './support/fake-aws.ts';
import {
  closeAll,
  commitAll,
  everyFile,
  portal,
  programsWithoutAws,
  section,
  userOf,
  world,
  type World,
} from './support/migration.ts';
import { type RunResult, start, temporaryFolder, writeTree } from './support/run.ts';

afterAll(closeAll);
jest.setTimeout(60_000);

const flags = [
  ...portal,
  ...['--role', 'ReadOnlyAccess', '--yes', '--device-code', '--no-browser'],
];
const asAdministrator = [
  ...portal,
  ...['--role', 'AdministratorAccess', '--yes', '--device-code', '--deactivate', 'yes'],
];

async function alice(): Promise<World> {
  const made = moonbakery({ interval: 0.05 });
  return world({ '.aws/credentials': section('work', made.users[0]!) }, { aws: made });
}

interface Interrupting {
  readonly with: NodeJS.Signals;
  /** What is seen before: a request that arrived, or words on standard error. */
  readonly at: (seen: { readonly asked: number; readonly said: string }) => boolean;
  /** The operation that `asked` counts. */
  readonly on?: string;
  readonly env?: Readonly<Record<string, string>>;
}

async function interrupted(
  { home, cwd, aws }: World,
  args: readonly string[],
  { with: signal, at, on = '', env = {} }: Interrupting,
): Promise<RunResult> {
  const { child, finished } = start(['--fix', ...args], {
    home,
    cwd,
    env: { ...aws.env, PATH: programsWithoutAws(), ...env },
  });
  let said = '';
  child.stderr.on('data', (text: string) => (said += text));
  const watch = setInterval(() => {
    const asked = aws.log.filter(({ operation }) => operation === on).length;
    if (!at({ asked, said })) return;
    clearInterval(watch);
    child.kill(signal);
  }, 5);
  const result = await finished;
  clearInterval(watch);
  return result;
}

const signals: readonly (readonly [NodeJS.Signals, number])[] = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
];

describe('while it waits for the person', () => {
  it.each(
    sampled(
      [
        ['in the browser', 'authorize'],
        ['to type a code', 'device'],
      ].flatMap(([what, flag]) =>
        signals.map(([signal, code]): [string, string, NodeJS.Signals, number] => [
          what!,
          flag!,
          signal,
          code,
        ]),
      ),
      2,
    ),
  )(
    '%s (page %s), %s ends it with %i, and the home folder is as it was',
    async (_, page, signal, code) => {
      const here = await alice();
      here.aws.world.person.does = 'wanders-off';
      const before = everyFile(here.home);
      const isCode = page === 'device';
      const args = flags.filter((flag) => isCode || !/^--(?:device-code|no-browser)$/.test(flag));
      const result = await interrupted(here, args, {
        with: signal,
        at: ({ said }) => said.includes(`/${page}?`),
        // one that shows nothing
        env: { BROWSER: `${process.execPath} -e 0` },
      });
      expect([result.code, result.stdout]).toEqual([code, '']);
      expect(result.stderr).toContain('keyscan: interrupted; nothing was written\n');
      expect(everyFile(here.home)).toEqual(before);
    },
  );
});

describe('while it waits for an answer before the consent', () => {
  it.each([
    ...(thorough ? ['RegisterClient', 'ListAccounts', 'ListAccountRoles'] : []),
    'GetCallerIdentity',
    'GetRoleCredentials',
  ])('of %s, Ctrl-C ends it at once, and nothing was written', async (on) => {
    const here = await alice();
    here.aws.world.faults.push({ on, does: 'hang' });
    const before = everyFile(here.home);
    const result = await interrupted(here, flags, {
      with: 'SIGINT',
      on,
      at: ({ asked }) => asked > 0,
    });
    expect([result.code, result.stdout]).toEqual([130, '']);
    expect(result.stderr).toContain('keyscan: interrupted; nothing was written\n');
    expect(everyFile(here.home)).toEqual(before);
  });
});

describe('during the cut-over', () => {
  /** The program sends itself the signal before a file of ~/.aws takes its name: the most exact moment there is. */
  function signalAtRename(count: number, signal: NodeJS.Signals): string {
    const folder = temporaryFolder('preload');
    writeTree(folder, {
      'preload.cjs': `const fs = require('node:fs');
        let left = ${count};
        for (const name of ['renameSync', 'linkSync']) {
          const call = fs[name];
          fs[name] = (...args) => {
            if (String(args[1]).includes('.aws') && --left === 0) process.kill(process.pid, '${signal}');
            return call(...args);
          };
        }\n`,
    });
    return `--require ${join(folder, 'preload.cjs')}`;
  }

  it.each(
    sampled(
      [1, 2, 3, 4].flatMap((count) =>
        signals.map(([signal, code]): [number, NodeJS.Signals, number] => [count, signal, code]),
      ),
      2,
    ),
  )(
    'before file %i, it is carried through to its end, then %s ends it with %i',
    async (count, signal, code) => {
      const here = await alice();
      const result = await here.fix([...flags, '--format', 'json'], {
        NODE_OPTIONS: signalAtRename(count, signal),
      });
      const report = JSON.parse(result.stdout) as FixReport;
      expect([result.code, report.profiles[0]?.state, here.read('.aws/credentials')]).toEqual([
        code,
        'done',
        '',
      ]);
      expect(here.read('.aws/config')).toContain('sso_role_name = ReadOnlyAccess');
      expect(result.stderr).toContain('interrupted; the files are written');
      expect(report.next.join('\n')).toMatch(/keyscan keys deactivate AKIA…/);
    },
  );
});

describe('after the cut-over, Ctrl-C', () => {
  it.each<[string, Fault, string, 'active' | 'inactive' | 'unknown']>([
    [
      'before the key was made inactive says that it is as it was',
      { on: 'GetAccessKeyLastUsed', does: 'hang' },
      'make the old key',
      'active',
    ],
    [
      'while the key is made inactive says that nobody knows',
      { on: 'UpdateAccessKey', does: 'hang' },
      'is inactive is not known: interrupted',
      'unknown',
    ],
    [
      'while AWS is asked whether the key is refused says that it is inactive',
      { on: 'GetCallerIdentity', does: 'hang', after: 2 },
      'is inactive',
      'inactive',
    ],
  ])('%s', async (_, fault, said, status) => {
    const here = await alice();
    here.aws.world.faults.push({ ...fault });
    const { code, stdout, stderr } = await interrupted(
      here,
      [...asAdministrator, '--format', 'json'],
      { with: 'SIGINT', on: fault.on, at: ({ asked }) => asked > (fault.after ?? 0) },
    );
    const report = JSON.parse(stdout) as FixReport;
    expect([code, report.profiles[0]?.state, report.profiles[0]?.oldKey]).toEqual([
      130,
      'done',
      status,
    ]);
    const words = stderr.replaceAll(/\s+/g, ' ');
    expect(words).toContain('interrupted; the files are written');
    expect(words).toContain(said);
    expect(here.read('.aws/credentials')).toBe('');
    const listed = await here.keyscan(['keys']);
    expect(listed.stdout).toContain(status);
  });
});

describe('a key that is in commits, made inactive first', () => {
  it('and Ctrl-C meanwhile: no file has changed, and what is known is said', async () => {
    const here = await alice();
    const { id, secret } = userOf(here.aws, 'alice').keys[0]!;
    writeFileSync(
      join(here.cwd, 'deploy.sh'),
      `export AWS_ACCESS_KEY_ID=${id}\nexport AWS_SECRET_ACCESS_KEY=${secret}\n`,
    );
    commitAll(here.cwd, 'deploy');
    const before = everyFile(join(here.home, '.aws'));
    here.aws.world.faults.push({ on: 'UpdateAccessKey', does: 'hang' });
    const { code, stderr } = await interrupted(here, asAdministrator, {
      with: 'SIGINT',
      on: 'UpdateAccessKey',
      at: ({ asked }) => asked > 0,
    });
    expect(code).toBe(130);
    expect(stderr).toContain('is inactive is not known: interrupted');
    expect(stderr).toContain('keyscan: interrupted; nothing was written\n');
    expect(everyFile(join(here.home, '.aws'))).toEqual(before);
  });
});

describe('a network that goes away', () => {
  const moments = [
    ...['RegisterClient', 'StartDeviceAuthorization', 'CreateToken'],
    ...['ListAccounts', 'ListAccountRoles', 'GetRoleCredentials'],
  ];

  // Each waits for its tries
  it.each(sampled(moments, 1))(
    'at %s leaves everything as it was, and the next run carries on',
    async (on) => {
      const here = await alice();
      const before = everyFile(here.home);
      here.aws.world.faults.push({ on, does: 'reset', times: 20 });
      const { code, stdout, stderr } = await here.fix([...flags, '--format', 'json']);
      expect([code, stdout === '']).toEqual(on === 'GetRoleCredentials' ? [1, false] : [2, true]);
      expect(stderr).not.toContain('internal error');
      expect(everyFile(here.home)).toEqual(before);
      here.aws.world.faults.length = 0;
      expect((await here.fix(flags)).code).toBe(0);
      expect(here.read('.aws/credentials')).toBe('');
    },
  );

  it('when the old key is made inactive: the migration is done, and the key is nobody-knows-what', async () => {
    const here = await alice();
    here.aws.world.faults.push({ on: 'UpdateAccessKey', does: 'reset' });
    const { code, report, stderr } = await here.report(asAdministrator);
    expect([code, report.profiles[0]?.oldKey, here.read('.aws/credentials')]).toEqual([
      0,
      'unknown',
      '',
    ]);
    expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(/is not known: cannot .* broke \(ECONNRESET\)/);
    expect(report.next).toEqual([
      expect.stringMatching(/^make the old key .* inactive:\nkeyscan keys deactivate AKIA…/),
    ]);
  });

  it('so that IAM refuses the connection: the key is as it was, and can be retired later', async () => {
    const here = await alice();
    const { code, report, stderr } = await here.report(asAdministrator, {
      AWS_ENDPOINT_URL_IAM: 'http://127.0.0.1:9',
    });
    expect([code, report.profiles[0]?.oldKey]).toEqual([0, 'active']);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('refuses the connection');
    expect(report.next.join()).toContain('keyscan keys deactivate');
    const { code: later } = await here.keyscan([
      'keys',
      'deactivate',
      userOf(here.aws, 'alice').keys[0]!.id.slice(-4),
      '--yes',
    ]);
    expect([later, userOf(here.aws, 'alice').keys[0]?.status]).toEqual([0, 'Inactive']);
  });
});
