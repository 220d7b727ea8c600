// `keyscan keys`: what became of the old keys, and what becomes of them. Each test migrates first, with the fake of AWS.
import { afterAll, describe, expect, it, jest } from '@jest/globals';

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { moonbakery } from './support/fake-aws.ts';
import { closeAll, portal, section, userOf, world, type World } from './support/migration.ts';

afterAll(closeAll);
jest.setTimeout(60_000);

async function migrated(role: string, ...more: string[]): Promise<World> {
  const made = moonbakery();
  const here = await world({ '.aws/credentials': section('work', made.users[0]!) }, { aws: made });
  const { code, stderr } = await here.fix([...portal, ...['--role', role, '--yes', ...more]]);
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  return here;
}

const keyOf = (here: World) => userOf(here.aws, 'alice').keys[0]!;

describe('the list', () => {
  it('says that there is none before a migration', async () => {
    const here = await world({});
    expect((await here.keyscan(['keys'])).stdout).toBe('no migration has replaced a key yet\n');
  });

  it('shows each key masked, with its user, and what to do about it', async () => {
    const here = await migrated('ReadOnlyAccess');
    const end = keyOf(here).id.slice(-4);
    const { code, stdout } = await here.keyscan(['keys']);
    expect(code).toBe(0);
    expect(stdout).toBe(`Keys that keyscan --fix replaced

  key        account       user   status  profiles
  AKIA…${end}  111122223333  alice  active  work

! AKIA…${end} may still be active; nothing here uses it any more:
  keyscan keys deactivate AKIA…${end}
`);
    expect(stdout).not.toContain(keyOf(here).id);
  });
});

describe('a key that has waited for two weeks', () => {
  const later = (here: World) => {
    const journal = '.local/state/keyscan/journal.jsonl';
    const text = here.read(journal).replace(/"remind":"[-0-9]+"/, '"remind":"2020-01-15"');
    writeFileSync(join(here.home, journal), text);
  };

  it('is told of by an audit of this computer, in one line', async () => {
    const here = await migrated('ReadOnlyAccess');
    const end = keyOf(here).id.slice(-4);
    const soon = await here.keyscan(['--home']);
    later(here);
    for (const args of [['--home'], []]) {
      const { code, stderr } = await here.keyscan(args);
      expect([code, stderr]).toEqual([
        soon.code,
        expect.stringContaining(
          `keyscan: AKIA…${end}: replaced two weeks ago or longer, and still there; see keyscan keys\n`,
        ),
      ]);
    }
    expect(soon.stderr).not.toContain('keyscan keys');
    expect((await here.keyscan(['.'])).stderr).not.toContain('keyscan keys');
  });

  it('is not told of by a journal that cannot be read, which no scan minds', async () => {
    const here = await migrated('ReadOnlyAccess');
    writeFileSync(join(here.home, '.local/state/keyscan/journal.jsonl'), '{"v":1\n\0');
    const { code, stderr } = await here.keyscan(['--home']);
    expect([code, stderr]).toEqual([0, '']);
  });
});

describe('a key', () => {
  it('is made inactive, active again, inactive and gone, signed by the new role each time', async () => {
    const here = await migrated('AdministratorAccess');
    const { id } = keyOf(here);
    const end = `AKIA…${id.slice(-4)}`;
    const before = here.aws.log.length;
    const status = () => userOf(here.aws, 'alice').keys[0]?.status ?? 'deleted';
    const seen: unknown[] = [];
    for (const action of ['deactivate', 'reactivate', 'deactivate', 'delete']) {
      const { code } = await here.keyscan(['keys', action, end, '--yes']);
      seen.push([action, code, status()]);
    }
    expect(seen).toEqual([
      ['deactivate', 0, 'Inactive'],
      ['reactivate', 0, 'Active'],
      ['deactivate', 0, 'Inactive'],
      ['delete', 0, 'deleted'],
    ]);
    const signers = here.aws.log.slice(before).flatMap(({ signer }) => signer ?? []);
    expect(signers.filter((signer) => signer.startsWith('AKIA'))).toEqual([]);
    expect((await here.keyscan(['keys'])).stdout).toContain('deleted');
  });

  it('is not deleted while it is active', async () => {
    const here = await migrated('AdministratorAccess');
    const { code, stderr } = await here.keyscan(['keys', 'delete', keyOf(here).id, '--yes']);
    expect(code).toBe(2);
    expect(stderr).toContain('is not inactive yet');
    expect(keyOf(here).status).toBe('Active');
  });

  it('stays as it is without consent', async () => {
    const here = await migrated('AdministratorAccess');
    const { code, stderr } = await here.keyscan(['keys', 'deactivate', keyOf(here).id]);
    expect(code).toBe(2);
    expect(stderr).toContain('--yes');
    expect(keyOf(here).status).toBe('Active');
  });

  it('is for an administrator where the role may not', async () => {
    const here = await migrated('ReadOnlyAccess');
    const { code, stderr } = await here.keyscan(['keys', 'deactivate', keyOf(here).id, '--yes']);
    expect(code).toBe(2);
    expect(stderr).toContain('ask your administrator');
  });

  it('that no migration knows is not touched', async () => {
    const here = await migrated('AdministratorAccess');
    const { code, stderr } = await here.keyscan(['keys', 'deactivate', 'ZZZZZZZZ', '--yes']);
    expect(code).toBe(2);
    expect(stderr).toContain('no migration knows a key');
  });
});
