// `keyscan --fix` that is ended in the middle: by the person, by the system, by a network that goes away. What was not
// agreed to has not happened, and the next run carries on.
import { afterAll, describe, expect, it, jest } from '@jest/globals';

import { thorough } from './support/effort.ts';
import { moonbakery } from './support/fake-aws.ts';
import { closeAll, everyFile, programsWithoutAws, section, world } from './support/migration.ts';
import { start } from './support/run.ts';

afterAll(closeAll);
jest.setTimeout(60_000);

const flags = [
  ...['--start-url', 'https://d-1234567890.awsapps.com/start', '--sso-region', 'us-east-1'],
  ...['--role', 'ReadOnlyAccess', '--yes', '--device-code', '--no-browser'],
];

async function alice() {
  const made = moonbakery();
  return world({ '.aws/credentials': section('work', made.users[0]!) }, { aws: made });
}

describe('while it waits for the browser', () => {
  it.each([
    ['SIGINT' as const, 130],
    ['SIGTERM' as const, 143],
  ])('%s ends it with %i, and the home folder is as it was', async (signal, code) => {
    const here = await alice();
    here.aws.world.person.does = 'wanders-off';
    const before = everyFile(here.home);
    const { home, cwd, aws } = here;
    const env = { ...aws.env, PATH: programsWithoutAws() };
    const { child, finished } = start(['--fix', ...flags], { home, cwd, env });
    child.stderr.on('data', (text: string) => {
      if (text.includes('page')) child.kill(signal);
    });
    const result = await finished;
    expect([result.code, result.stdout]).toEqual([code, '']);
    expect(result.stderr).toContain('interrupted; nothing was written');
    expect(everyFile(home)).toEqual(before);
  });
});

describe('a network that goes away', () => {
  // Each waits for its tries: two of the six for every day
  it.each([
    ...(thorough
      ? ['RegisterClient', 'StartDeviceAuthorization', 'ListAccounts', 'ListAccountRoles']
      : []),
    'CreateToken',
    'GetRoleCredentials',
  ])('at %s leaves everything as it was, and the next run carries on', async (on) => {
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
  });
});
