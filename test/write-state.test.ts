// What keyscan remembers between runs, and that one run at a time writes.
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { carryOut } from '../src/write/carry-out.ts';
import { disk, type FileSystem } from '../src/write/file-system.ts';
import {
  fingerprint,
  hasFingerprint,
  type JournalEvent,
  readJournal,
  reminder,
} from '../src/write/journal.ts';
import { openState, type State } from '../src/write/state.ts';
import { stateFolder } from '../src/write/state-folder.ts';
import { bundle } from './support/bundle.ts';
import { faulty, systemError } from './support/faults.ts';
import { fc } from './support/property.ts';
import { projectRoot, temporaryFolder } from './support/run.ts';

const posix = process.platform === 'win32' ? it.skip : it;
const asRoot = process.geteuid?.() === 0 ? it : it.skip;

let home = '';
let folder = '';
beforeEach(() => {
  home = temporaryFolder('home');
  folder = join(home, '.local/state/keyscan');
});

function using<T>(act: (state: State) => T, fs: FileSystem = disk): T {
  const state = openState(folder, fs);
  try {
    return act(state);
  } finally {
    state.close();
  }
}

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);
const journalFile = (): string => join(folder, 'journal.jsonl');

const events: readonly JournalEvent[] = [
  {
    type: 'planned',
    profiles: ['work'],
    files: [
      { path: '/home/ada/.aws/config', before: null, after: fingerprint(Buffer.from('x'), 'salt') },
    ],
    undo: [{ type: 'sso', profile: 'work', legacy: false, arn: null, set: [['a', 1]] }],
  },
  { type: 'writing', temporaries: ['/home/ada/.aws/.keyscan-tmp-0123456789abcdef'] },
  { type: 'written', files: [{ path: 'a', target: 'b', holds: 'after' }] },
  {
    type: 'not-written',
    reason: 'the disk is full',
    files: [{ path: 'a', target: 'a', holds: 'before' }],
  },
  { type: 'checked', profile: 'work', ok: true, detail: 'the AWS CLI signs as ReadOnlyAccess' },
  {
    type: 'key',
    key: {
      id: 'AKIA' + 'X'.repeat(16),
      account: '111122223333',
      user: null,
      profiles: ['work'],
      status: 'inactive',
      remind: '2026-12-12',
    },
  },
  { type: 'undone', undone: '0123456789ab' },
];

describe('the folder of the state', () => {
  posix.each([
    [{}, '/home/ada', '/home/ada/.local/state/keyscan'],
    [{ XDG_STATE_HOME: '/var/state' }, '/home/ada', '/var/state/keyscan'],
    [{ XDG_STATE_HOME: 'relative' }, '/home/ada', '/home/ada/.local/state/keyscan'],
    [{ XDG_STATE_HOME: '' }, undefined, undefined],
  ])('with %j and home %s is %s', (env, ofUser, expected) => {
    expect(stateFolder({ env, home: ofUser })).toBe(expected);
  });

  posix('is made 0700, and so is all of it that is missing; files in it are 0600', () => {
    using(({ journal }) => {
      for (const event of events) journal.append(event);
      const modes = ['.local', '.local/state', '.local/state/keyscan'].map((name) =>
        modeOf(join(home, name)),
      );
      expect(modes).toEqual(['700', '700', '700']);
      expect(readdirSync(folder).map((name) => `${name} ${modeOf(join(folder, name))}`)).toEqual([
        'journal.jsonl 600',
        'lock 600',
      ]);
    });
    expect(readdirSync(folder)).toEqual(['journal.jsonl']);
  });

  posix('is closed when it was open to others', () => {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o775);
    using(() => undefined);
    expect(modeOf(folder)).toBe('700');
  });

  it('that cannot be made is said in words', () => {
    writeFileSync(join(home, '.local'), 'a file');
    expect(() => openState(folder)).toThrow(expect.objectContaining({ name: 'UserError' }));
  });

  asRoot('belongs to the user whose home it is in when root makes it', () => {
    chownSync(home, 1234, 1234);
    using(({ journal }) => {
      journal.append({ type: 'undone', undone: 'x' });
      const owners = ['', 'journal.jsonl', 'lock'].map((name) => statSync(join(folder, name)).uid);
      expect(owners).toEqual([1234, 1234, 1234]);
    });
  });
});

describe('the lock', () => {
  it('keeps a second keyscan out, and says which process holds it', () => {
    using(() => {
      expect(() => openState(folder)).toThrow(
        expect.objectContaining({
          name: 'UserError',
          message: `another keyscan is at work (process ${process.pid})`,
        }),
      );
    });
    using(() => undefined);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('of a process that was killed is taken over', async () => {
    const program = bundle(`
      import { openState } from '${projectRoot}src/write/state.ts';
      openState(process.argv[2]);
      console.log('held');
      setInterval(() => {}, 1000);
    `);
    const child = spawn(process.execPath, [program, folder]);
    await once(child.stdout, 'data');
    expect(() => openState(folder)).toThrow(`another keyscan is at work (process ${child.pid})`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(readdirSync(folder)).toEqual(['lock']);
    using(() => undefined);
    expect(readdirSync(folder)).toEqual([]);
  });

  const lock = (more: Readonly<Record<string, unknown>>): void => {
    mkdirSync(folder, { recursive: true });
    const holder = { pid: process.pid, host: hostname(), began: null, token: '00', ...more };
    writeFileSync(join(folder, 'lock'), JSON.stringify(holder));
  };

  it('of a process whose number another one has now is taken over, where the system tells', () => {
    lock({ began: 'another boot 1' });
    const taken = existsSync('/proc/self/stat');
    if (taken) using(() => undefined);
    else expect(() => openState(folder)).toThrow('another keyscan');
  });

  it('of another computer, and one that cannot be read, is left alone', () => {
    lock({ host: 'elsewhere', pid: 1 });
    expect(() => openState(folder)).toThrow('another keyscan is at work (process 1 on elsewhere)');
    writeFileSync(join(folder, 'lock'), '{');
    expect(() => openState(folder)).toThrow('another keyscan is at work');
  });

  it('is missed when somebody took it away', () => {
    const state = openState(folder);
    lock({ pid: 1, host: 'elsewhere' });
    expect(() => state.checkHeld()).toThrow('another keyscan is at work');
    state.close();
    expect(readdirSync(folder)).toEqual(['lock']);
  });

  it('is had by one of many that find it dead at the same time', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    lock({ pid });
    const program = bundle(`
      import { openState } from '${projectRoot}src/write/state.ts';
      process.stdin.once('data', () => {
        try {
          openState(process.argv[2]).checkHeld();
          console.log('held');
        } catch (error) { console.log(error.message.replace(/\\(.*/, '').trim()); }
        process.stdin.once('data', () => process.exit());
      });
      console.log('ready');
    `);
    const children = Array.from({ length: 6 }, () => spawn(process.execPath, [program, folder]));
    await Promise.all(children.map(({ stdout }) => once(stdout, 'data')));
    const answers = children.map(({ stdout }) => once(stdout, 'data'));
    for (const { stdin } of children) stdin.write('go\n');
    const said = (await Promise.all(answers)).map(([text]) => String(text).trim()).sort();
    for (const child of children) child.kill();
    expect(said).toEqual([...Array<string>(5).fill('another keyscan is at work'), 'held']);
  }, 30_000);

  it('is made without hard links too', () => {
    const { fs } = faulty(disk, (_, call) => {
      if (call === 'link') throw systemError('ENOTSUP');
    });
    using(() => {
      expect(() => openState(folder, fs)).toThrow('another keyscan is at work');
    }, fs);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('the journal', () => {
  it('gives back what was written, whole, in order, with the run and the time', () => {
    const run = using(({ journal }) => {
      for (const event of events) journal.append(event);
      return journal.run;
    });
    const { entries, problems } = readJournal(folder);
    expect(problems).toEqual([]);
    expect(entries).toEqual(
      events.map((event) => ({ v: 1, run, at: expect.stringMatching(/^2.*Z$/), ...event })),
    );
  });

  it('passes over a line that is damaged or newer, says so, and goes on behind it', () => {
    using(({ journal }) => journal.append(events[0]!));
    appendFileSync(
      journalFile(),
      '{"v":2,"type":"planned"}\n{"v":1,"type":"written","run":"a","at":"b"}\n{"v":1,"ru',
    );
    using(({ journal, past }) => {
      expect(past.problems).toEqual([
        `${journalFile()}:2 was written by another version of keyscan and is passed over`,
        `${journalFile()}:3 is damaged and is passed over`,
        `${journalFile()}:4 is damaged and is passed over`,
      ]);
      journal.append(events[1]!);
    });
    const { entries, problems } = readJournal(folder);
    expect([entries.map(({ type }) => type), problems.length]).toEqual([['planned', 'writing'], 3]);
  });

  it('that cannot be read stops nobody', () => {
    mkdirSync(journalFile(), { recursive: true });
    expect(using(({ past }) => past)).toEqual({
      entries: [],
      temporaries: [],
      problems: [`${journalFile()} cannot be read; earlier migrations are not known`],
    });
    expect(readJournal(join(home, 'nowhere'))).toEqual({
      entries: [],
      temporaries: [],
      problems: [],
    });
  });

  it('reads any text without an exception', () => {
    mkdirSync(folder, { recursive: true });
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        ...events.map((event) => JSON.stringify({ v: 1, run: 'a', at: 'b', ...event })),
      ),
    );
    fc.assert(
      fc.property(fc.array(piece), fc.nat(200), (lines, cut) => {
        writeFileSync(journalFile(), lines.join('\n').slice(cut));
        readJournal(folder);
      }),
    );
  });

  it('that cannot be written says why', () => {
    const { fs } = faulty(disk, (_, call, [path]) => {
      if (call === 'open' && String(path).endsWith('jsonl')) throw systemError('ENOSPC');
    });
    const failing = (): void => using(({ journal }) => journal.append(events[0]!), fs);
    expect(failing).toThrow(`cannot write ${journalFile()}: the disk is full`);
  });

  it('recognises content by a salted hash', () => {
    const bytes = Buffer.from('content');
    const twice = [fingerprint(bytes), fingerprint(bytes)];
    expect(new Set(twice).size).toBe(2);
    expect(twice.map((each) => hasFingerprint(bytes, each))).toEqual([true, true]);
    expect(hasFingerprint(Buffer.from('other'), twice[0]!)).toBe(false);
  });

  it('reminds after a fortnight', () => {
    expect(reminder(new Date('2026-11-28T23:00:00Z'))).toBe('2026-12-12');
  });
});

describe('a cut-over that the journal knows of', () => {
  const work = () => {
    const path = join(home, '.aws/credentials');
    const before = existsSync(path) ? readFileSync(path) : undefined;
    return {
      plans: [{ path, before, after: Buffer.from('new'), secret: true }],
      inspect: () => [],
      profiles: ['work'],
      undo: { version: 1, sections: [] },
    };
  };
  const types = (): readonly string[] => readJournal(folder).entries.map(({ type }) => type);

  it('is written down before, and after', () => {
    expect(using((state) => carryOut(work(), state))).toMatchObject({ done: true, recorded: true });
    const { entries, temporaries } = readJournal(folder);
    expect(entries.map(({ type }) => type)).toEqual(['planned', 'writing', 'written', 'swept']);
    expect(entries[0]).toMatchObject({
      profiles: ['work'],
      files: [{ before: null }],
      undo: work().undo,
    });
    expect(temporaries).toEqual([]);
    expect(readFileSync(journalFile(), 'utf8')).not.toContain('new');
  });

  it('that fails is written down with what is on the disk', () => {
    const folderThere = work();
    mkdirSync(join(home, '.aws/credentials'), { recursive: true });
    using((state) => carryOut(folderThere, state));
    expect(readJournal(folder).entries.slice(1)).toMatchObject([
      {
        type: 'not-written',
        reason: `${join(home, '.aws/credentials')} is a folder`,
        files: [{ holds: 'unknown' }],
      },
    ]);
  });

  it('leaves what a crash leaves to the next start, which removes it once', () => {
    mkdirSync(join(home, '.aws'));
    writeFileSync(join(home, '.aws/credentials'), 'old');
    let died = false;
    const { fs } = faulty(disk, (_, call) => {
      if (call === 'rename') died = true;
      if (died) throw systemError('EIO');
    });
    using((state) => carryOut(work(), state, fs));
    expect(readdirSync(join(home, '.aws')).length).toBe(3);
    using(({ swept }) => expect(swept.removed.length).toBe(2));
    expect([readdirSync(join(home, '.aws')), readJournal(folder).temporaries]).toEqual([
      ['credentials'],
      [],
    ]);
    using(({ swept }) => expect(swept).toEqual({ removed: [], left: [] }));
  });

  it('removes nothing but its own files, whatever the journal says', () => {
    writeFileSync(join(home, 'precious'), '');
    writeFileSync(join(home, '.keyscan-tmp-precious'), '');
    using(({ journal }) => {
      journal.append({
        type: 'writing',
        temporaries: ['precious', '.keyscan-tmp-', '.keyscan-tmp-precious'].map((name) =>
          join(home, name),
        ),
      });
    });
    using(({ swept }) => expect(swept).toEqual({ removed: [], left: [] }));
    expect(readdirSync(home).sort()).toEqual(['.keyscan-tmp-precious', '.local', 'precious']);
  });

  it('does not begin when the lock is gone or the journal is full', () => {
    const state = openState(folder);
    disk.unlink(join(folder, 'lock'));
    expect(() => carryOut(work(), state)).toThrow('another keyscan is at work');
    expect([types(), existsSync(join(home, '.aws'))]).toEqual([[], false]);
  });

  it('that the journal cannot be told the end of is done all the same, and says so', () => {
    const { fs } = faulty(disk, (_, call, [path]) => {
      const isFull =
        call === 'open' &&
        String(path).endsWith('jsonl') &&
        existsSync(join(home, '.aws/credentials'));
      if (isFull) throw systemError('ENOSPC');
    });
    expect(using((state) => carryOut(work(), state), fs)).toMatchObject({
      done: true,
      recorded: false,
    });
    expect(readFileSync(join(home, '.aws/credentials'), 'utf8')).toBe('new');
  });
});
