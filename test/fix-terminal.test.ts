// `keyscan --fix` as a person meets it: questions one at a time in a terminal of 80 × 24, once for each way it can go. The
// screens are kept in fixtures/screens.
import { afterEach, describe, expect, it, jest } from '@jest/globals';

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { sampled } from './support/effort.ts';
import { type FakeUser, type FakeWorld, key, moonbakery, user } from './support/fake-aws.ts';
import {
  closeAll,
  everyFile,
  programsWithoutAws,
  section,
  world,
  type World,
} from './support/migration.ts';
import { keptScreen, stable } from './support/screens.ts';
import { hasTmux, openTerminal, type Terminal } from './support/terminal.ts';
import { until } from './support/until.ts';

jest.setTimeout(120_000);
afterEach(closeAll);

const startUrl = 'https://d-1234567890.awsapps.com/start';

/** One profile with a key, an account with three roles, and nobody has signed in here yet. */
async function alice(): Promise<World> {
  return at({});
}

/** The same with other files, or another world. */
async function at({
  home = {},
  tree,
  aws = {},
}: {
  readonly home?: Readonly<Record<string, string>>;
  readonly tree?: (owner: FakeUser) => Readonly<Record<string, string>>;
  readonly aws?: Partial<FakeWorld>;
}): Promise<World> {
  const made = moonbakery({ interval: 0.05, ...aws });
  const owner = made.users[0]!;
  return world(
    {
      '.aws/credentials': section('work', owner),
      '.aws/config': '# ours\n[profile work]\nregion = eu-west-1\n',
      ...home,
    },
    { aws: made, ...(tree === undefined ? {} : { tree: tree(owner) }) },
  );
}

function fixIn({ home, cwd, aws }: World, term = 'xterm-256color'): Promise<Terminal> {
  const env = { ...aws.env, NO_COLOR: '1', PATH: programsWithoutAws() };
  return openTerminal(['--fix', '--device-code', '--no-browser'], { home, cwd, env, term });
}

const answers: readonly (readonly [question: string, answer: string])[] = [
  ['Ask AWS whose this key is?', ''],
  ['Start URL', startUrl],
  ['Region of your IAM Identity Center', 'us-east-1'],
  ['Which role', ''],
];

/** Answers whatever comes before this question, and waits for it. */
async function answerUntil(
  last: string,
  terminal: Terminal,
  given: readonly (readonly [question: string, answer: string])[] = answers,
): Promise<void> {
  for (const [question, answer] of given) {
    if (question === last) break;
    await terminal.waitFor(question);
    if (answer !== '') terminal.type(answer);
    terminal.press('Enter');
  }
  await terminal.waitFor(last);
}

/** Everything up to the choice of a role. */
async function signIn(terminal: Terminal): Promise<void> {
  await answerUntil('Which role', terminal);
}

/** Until keyscan has asked so many times, twenty times a second, whether the person has signed in. */
async function polled({ aws }: World, times: number): Promise<void> {
  const asked = () => aws.log.filter(({ operation }) => operation === 'CreateToken').length;
  await until(() => asked() >= times);
}

/** Keys, codes and ports are others each time, but as long. */
function shown(screen: string): string {
  return stable(screen, [
    [/AKIA…[A-Z2-7]{4}/g, 'AKIA…WORK'],
    [/\b[0-9A-F]{8}-(?![0-9])/g, 'CODECODE-'],
    [/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT'],
    [/\b[0-9a-f]{12} of [\d-]{10} \d\d:\d\d/g, '0123456789ab of 2026-11-28 19:45'],
  ]);
}

/** For the name of a file. */
function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z]+/g, '-')
    .replace(/^-|-$/g, '');
}

(hasTmux ? describe : describe.skip)('a migration in a terminal', () => {
  it('asks one thing at a time, and moves the profile when told to', async () => {
    const here = await alice();
    const terminal = await fixIn(here);
    await signIn(terminal);
    const choice = shown(terminal.screen());
    expect(choice).toBe(keptScreen('fix-role', choice));
    terminal.press('Enter');
    await terminal.waitFor('Write these 2 files?');
    const plan = shown(terminal.everything());
    expect(plan).toBe(keptScreen('fix-plan', plan));
    terminal.type('y');
    terminal.press('Enter');
    await terminal.waitFor('Keep the removed keys sealed');
    terminal.press('Enter');
    await terminal.waitFor(/Make the old key [^?]* inactive now\?/);
    terminal.press('Enter');
    const { code, screen } = await terminal.end();
    expect(code).toBe(0);
    expect(shown(screen)).toBe(keptScreen('fix-done', shown(screen)));
    expect(here.read('.aws/credentials')).toBe('');
  });

  it('writes nothing when the answer is no, which is what Enter means', async () => {
    const here = await alice();
    const before = everyFile(here.home);
    const terminal = await fixIn(here);
    await signIn(terminal);
    terminal.press('Enter');
    await terminal.waitFor('Write these 2 files?');
    terminal.press('Enter');
    const { code, screen } = await terminal.end();
    expect(code).toBe(1);
    expect(screen).toContain('keyscan: nothing was written');
    expect(everyFile(here.home)).toEqual(before);
  });

  it.each(
    sampled(
      [
        ['Ask AWS whose this key is?'],
        ['Start URL'],
        ['Region of your IAM Identity Center'],
        ['Which role'],
        ['Write these 2 files?'],
      ],
      2,
    ),
  )('writes nothing at Ctrl-C when it asks: %s', async (question) => {
    const here = await alice();
    const before = everyFile(here.home);
    const terminal = await fixIn(here);
    await answerUntil(question, terminal);
    terminal.press('C-c');
    const { code, screen } = await terminal.end();
    expect(code).toBe(130);
    expect(screen).toContain('keyscan: interrupted; nothing was written');
    expect(everyFile(here.home)).toEqual(before);
  });

  it.each([
    ['undo', 'Take it back?'],
    ['keys', 'Make inactive'],
  ])('asks before it does what %s is for, and does it when told to', async (name, question) => {
    const here = await alice();
    const flags = [
      '--start-url',
      startUrl,
      '--sso-region',
      'us-east-1',
      '--role',
      'AdministratorAccess',
    ];
    expect((await here.fix([...flags, '--yes'])).code).toBe(0);
    const moved = here.read('.aws/config');
    const [old] = here.aws.world.users[0]!.keys;
    const run = async (answer: string) => {
      const env = { ...here.aws.env, NO_COLOR: '1', PATH: programsWithoutAws() };
      const words = name === 'keys' ? [name, 'deactivate', old!.id] : [name];
      const terminal = await openTerminal(words, { home: here.home, cwd: here.cwd, env });
      await terminal.waitFor(question);
      const asked = shown(terminal.everything());
      expect(asked).toBe(keptScreen(`${name}-asks`, asked));
      if (answer !== '') terminal.type(answer);
      terminal.press('Enter');
      return terminal.end();
    };
    const changed = () => [here.read('.aws/config') === moved, old!.status];
    expect([(await run('')).code, ...changed()]).toEqual([2, true, 'Active']);
    const { code } = await run('y');
    expect([code, ...changed()]).toEqual(
      name === 'undo' ? [0, false, 'Active'] : [0, true, 'Inactive'],
    );
  });

  it('asks once for an env file with the key of a profile that has moved', async () => {
    const here = await alice();
    const { id, secret } = here.aws.world.users[0]!.keys[0]!;
    const env = join(here.cwd, '.env');
    writeFileSync(env, `AWS_ACCESS_KEY_ID=${id}\nAWS_SECRET_ACCESS_KEY=${secret}\n`);
    const flags = ['--start-url', startUrl, '--sso-region', 'us-east-1', '--env-files', 'no'];
    expect((await here.fix([...flags, '--role', 'ReadOnlyAccess', '--yes'])).code).toBe(0);
    const terminal = await fixIn(here);
    await terminal.waitFor('Write this file?');
    const plan = shown(terminal.everything());
    expect(plan).toBe(keptScreen('fix-env-file', plan));
    terminal.type('y');
    terminal.press('Enter');
    const { code, screen } = await terminal.end();
    expect([code, readFileSync(env, 'utf8')]).toEqual([0, 'AWS_PROFILE=work\n']);
    expect(screen).toContain('✔ .env names profile work now');
  });

  const sessions = ['one', 'two'].map(
    (name) =>
      `[sso-session ${name}]\nsso_start_url = https://d-${name}.awsapps.com/start\nsso_region = us-east-1\n`,
  );

  it.each<
    [
      question: string,
      world: Parameters<typeof at>[0],
      before: readonly (readonly [string, string])[],
    ]
  >([
    [
      'Repair them?',
      { home: { '.aws/config': '[profile a]\nregion = a\n[profile a]\noutput = json\n' } },
      [],
    ],
    [
      'Which IAM Identity Center?',
      { home: { '.aws/config': sessions.join('\n') } },
      [['Ask AWS', '']],
    ],
    [
      'really your portal?',
      {},
      [
        ['Ask AWS', ''],
        ['Start URL', 'https://portal.moonbakery.example/start'],
      ],
    ],
    [
      'Put AWS_PROFILE in place of the keys in .env?',
      {
        tree: ({ keys: [own] }) => ({
          '.env': `AWS_ACCESS_KEY_ID=${own!.id}\nAWS_SECRET_ACCESS_KEY=${own!.secret}\n`,
        }),
      },
      answers,
    ],
    [
      'Which account is profile work for?',
      {
        aws: {
          users: [
            user({ name: 'alice', account: '111122223333', keys: [key('111122223333', 'old')] }),
          ],
          faults: [{ on: 'GetAccessKeyInfo', does: 'access_denied' }],
        },
      },
      [['Ask AWS', 'n'], ...answers.slice(1, 3)],
    ],
    [
      'Some SDKs cannot read the name',
      {
        home: {
          '.aws/config': '[profile acme prod]\nregion = eu-west-1\n',
          '.aws/credentials': section('acme prod', moonbakery().users[0]!),
        },
      },
      [],
    ],
    ['Keep the removed keys sealed', {}, [...answers, ['Write these 2 files?', 'y']]],
    [
      'Passphrase',
      {},
      [...answers, ['Write these 2 files?', 'y'], ['Keep the removed keys sealed', 'y']],
    ],
  ])(
    'writes nothing at Ctrl-C when it asks: %s (in its own world)',
    async (question, made, first) => {
      const here = await at(made);
      const [home, tree] = [everyFile(here.home), everyFile(here.cwd)];
      const terminal = await fixIn(here);
      await answerUntil(question, terminal, first);
      const asked = shown(terminal.everything());
      expect(asked).toBe(keptScreen(`fix-asks-${slug(question)}`, asked));
      terminal.press('C-c');
      const { code, screen } = await terminal.end();
      expect(code).toBe(130);
      expect(screen).toContain('keyscan: interrupted; nothing was written');
      expect([everyFile(here.home), everyFile(here.cwd)]).toEqual([home, tree]);
    },
  );

  it('says at Ctrl-C, when it asks about the old key, that the files are written', async () => {
    const here = await alice();
    const terminal = await fixIn(here);
    await answerUntil('inactive now?', terminal, [
      ...answers,
      ['Write these 2 files?', 'y'],
      ['Keep the removed keys sealed', ''],
    ]);
    terminal.press('C-c');
    const { code, screen } = await terminal.end();
    expect(code).toBe(130);
    expect(screen).toContain('✔ 1 profile moved to SSO');
    expect(screen).toContain('interrupted; the files are written');
    expect(screen).toContain('keyscan keys deactivate AKIA…');
    expect(here.read('.aws/credentials')).toBe('');
  });

  it.each([
    ['xterm-256color', true],
    ['dumb', false],
  ])(
    'shows that it waits for the browser (TERM=%s: %s), and takes that away again',
    async (term, shows) => {
      const here = await at({ aws: { person: { name: 'dana', does: 'wanders-off' } } });
      const terminal = await fixIn(here, term);
      await answerUntil('  page  ', terminal, answers.slice(0, 3));
      const wait = 'waiting for you to sign in, 10 min left, Ctrl-C ends it';
      if (shows) await terminal.waitFor(wait);
      // by then it would have been shown more than once
      else await polled(here, 15);
      expect(terminal.screen().includes(wait)).toBe(shows);
      terminal.press('C-c');
      const { code, screen } = await terminal.end();
      expect([code, screen.includes('waiting for')]).toEqual([130, false]);
    },
  );

  it('repairs nothing without a yes, and then moves nothing either', async () => {
    const made = moonbakery();
    const broken = `${section('work', made.users[0]!)}\n[other]\nregion = a\n\n[other]\noutput = json\n`;
    const here = await world({ '.aws/credentials': broken }, { aws: made });
    const before = everyFile(here.home);
    const terminal = await fixIn(here);
    await terminal.waitFor('Repair them?');
    terminal.press('Enter');
    const { code, screen } = await terminal.end();
    expect(code).toBe(1);
    expect(screen).toContain('keyscan: nothing was written');
    expect(everyFile(here.home)).toEqual(before);
    expect(here.aws.log).toEqual([]);
  });
});
