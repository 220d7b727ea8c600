// Config and credentials from the old state to the new one, whatever fails on the way.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { FilePlan } from '../src/write/api.ts';
import { cutOver, type CutOver } from '../src/write/cut-over.ts';
import { disk, type FileSystem } from '../src/write/file-system.ts';
import { sweep } from '../src/write/sweep.ts';
import { thorough } from './support/effort.ts';
import { faulty, systemError } from './support/faults.ts';
import { temporaryFolder } from './support/run.ts';

const posix = process.platform === 'win32' ? it.skip : it;

let home = '';
beforeEach(() => {
  home = temporaryFolder('home');
  reset();
});

const at = (name: string): string => join(home, '.aws', name);
const old = {
  config: '[profile work]\r\nregion = eu-west-1\r\n',
  credentials: '[work]\nold key\n',
};
const next = {
  config: '[profile work]\r\nsso_session = moonbakery\r\nregion = eu-west-1\r\n',
  credentials: '[work]\n',
};

function reset(): void {
  rmSync(at(''), { recursive: true, force: true });
  mkdirSync(at(''), { mode: 0o700 });
  writeFileSync(at('config'), old.config, { mode: 0o644 });
  writeFileSync(at('credentials'), old.credentials, { mode: 0o600 });
}

function plansFor(from: Partial<typeof old> = old): readonly FilePlan[] {
  return (['config', 'credentials'] as const).map((name) => {
    const before = from[name];
    return {
      path: at(name),
      before: before === undefined ? undefined : Buffer.from(before),
      after: Buffer.from(next[name]),
      secret: name === 'credentials',
    };
  });
}

function perform(fs: FileSystem = disk, plans = plansFor()): CutOver & { announced: string[] } {
  const announced: string[] = [];
  const result = cutOver(plans, {
    inspect: () => [],
    announce: (temporaries) => announced.push(...temporaries),
    fs,
  });
  return { ...result, announced };
}

/** `old`, `new` or the text itself of each file. */
function state(): readonly string[] {
  return (['config', 'credentials'] as const).map((name) => {
    const text = existsSync(at(name)) ? readFileSync(at(name), 'utf8') : 'none';
    return text === old[name] ? 'old' : text === next[name] ? 'new' : text;
  });
}

function others(): readonly string[] {
  return readdirSync(at('')).filter((name) => name !== 'config' && name !== 'credentials');
}

const holds = ({ files }: CutOver): readonly string[] => files.map((file) => file.holds);

describe('a cut-over', () => {
  it('writes both files, the first first, and leaves nothing else', () => {
    const { fs } = faulty(disk, (_, call, [, to]) => {
      if (call === 'rename') order.push(String(to));
    });
    const order: string[] = [];
    const result = perform(fs);
    expect(result).toEqual({
      done: true,
      files: [
        { path: at('config'), target: at('config'), holds: 'after' },
        { path: at('credentials'), target: at('credentials'), holds: 'after' },
      ],
      leftOver: [],
      announced: [expect.stringMatching(/keyscan-tmp/), expect.stringMatching(/keyscan-tmp/)],
    });
    expect([state(), others(), order]).toEqual([
      ['new', 'new'],
      [],
      [at('config'), at('credentials')],
    ]);
  });

  it('announces its temporary files before there is one', () => {
    let there: readonly string[] = ['never asked'];
    cutOver(plansFor(), { inspect: () => [], announce: () => (there = others()) });
    expect(there).toEqual([]);
  });

  it('writes nothing when the bytes do not mean what they should', () => {
    const seen: string[] = [];
    const result = cutOver(plansFor(), {
      inspect: (after) => {
        seen.push(...after.keys());
        return ['profile work would lose its region', 'and more'];
      },
      announce: () => seen.push('announced'),
    });
    expect(result).toMatchObject({
      done: false,
      problem: { message: 'nothing was written: profile work would lose its region\nand more' },
    });
    expect([seen, holds(result), state(), others()]).toEqual([
      [at('config'), at('credentials')],
      ['before', 'before'],
      ['old', 'old'],
      [],
    ]);
  });

  it.each(['config', 'credentials'])('writes nothing when %s is not what was shown', (name) => {
    writeFileSync(at(name), 'theirs');
    const result = perform();
    expect(result).toMatchObject({
      done: false,
      problem: { message: `${at(name)} was changed meanwhile` },
      announced: [],
    });
    expect(state()).toEqual(name === 'config' ? ['theirs', 'old'] : ['old', 'theirs']);
  });

  it('writes nothing when it cannot write down what it is about to do', () => {
    const announce = (): never => {
      throw systemError('ENOSPC');
    };
    expect(() => cutOver(plansFor(), { inspect: () => [], announce })).toThrow('ENOSPC');
    expect([state(), others()]).toEqual([['old', 'old'], []]);
  });

  it('touches no file that stays as it is', () => {
    const [config, credentials] = plansFor();
    const same = { ...config!, after: config!.before! };
    const { mtimeMs, ino } = statSync(at('config'));
    expect(holds(perform(disk, [same, credentials!]))).toEqual(['after', 'after']);
    const now = statSync(at('config'));
    expect([now.mtimeMs, now.ino, state()]).toEqual([mtimeMs, ino, ['old', 'new']]);
  });

  posix('writes config and credentials once when they are one file', () => {
    rmSync(at('credentials'));
    symlinkSync('config', at('credentials'));
    const bytes = { before: Buffer.from(old.config), after: Buffer.from(next.config) };
    const plans = ['config', 'credentials'].map((name) => ({
      ...bytes,
      path: at(name),
      secret: name === 'credentials',
    }));
    const result = perform(disk, plans);
    expect([
      holds(result),
      result.announced.length,
      (statSync(at('config')).mode & 0o777).toString(8),
    ]).toEqual([['after', 'after'], 1, '600']);
    const apart = plans.map((plan) => ({
      ...plan,
      before: plan.after,
      after: Buffer.from(plan.path),
    }));
    expect(perform(disk, apart)).toMatchObject({
      done: false,
      problem: { message: `${at('config')} and ${at('credentials')} are one file` },
    });
  });
});

const codes = ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EXDEV', 'EACCES'];

describe('another program that writes at any moment', () => {
  it.each(['config', 'credentials'] as const)('into %s keeps its bytes', (name) => {
    const counted = faulty(disk, () => undefined);
    perform(counted.fs);
    for (let number = 1; number <= counted.calls.length; number += 1) {
      reset();
      const { fs } = faulty(disk, (now) => {
        // As the AWS CLI does: the same file, truncated and written anew
        if (now === number) writeFileSync(at(name), 'theirs');
      });
      const { done } = perform(fs);
      const [config, credentials] = state();
      const [theirs, other] = name === 'config' ? [config, credentials] : [credentials, config];
      expect([number, theirs]).toEqual([number, 'theirs']);
      expect([number, other]).toEqual([number, done ? 'new' : 'old']);
      expect([number, others()]).toEqual([number, []]);
    }
  });
});

describe('what cannot be taken back', () => {
  it('is said with what went wrong', () => {
    let renames = 0;
    const { fs } = faulty(disk, (_, call) => {
      if (call === 'rename' && (renames += 1) > 1) throw systemError('EIO');
    });
    expect(perform(fs)).toMatchObject({
      done: false,
      problem: {
        message: `cannot write ${at('credentials')}: the disk reports an error\n${at('config')} has its new content and could not be taken back`,
        hint: 'Check the disk before you go on.',
      },
      files: [{ holds: 'after' }, { holds: 'before' }],
    });
    expect([state(), others()]).toEqual([['new', 'old'], []]);
  });
});

describe('an error at any call', () => {
  const worlds: readonly (readonly [string, Partial<typeof old>])[] = [
    ['both files there', old],
    ['no config yet', { credentials: old.credentials }],
    ['neither there, nor their folder', {}],
  ];

  it.each(worlds)(
    'leaves old files or new ones, and says which: %s',
    (_, from) => {
      const begin = (): void => {
        reset();
        if (from.config === undefined) rmSync(at('config'));
        if (from.credentials === undefined) rmSync(at(''), { recursive: true });
      };
      begin();
      const counted = faulty(disk, () => undefined);
      perform(counted.fs, plansFor(from));
      const oldState = [
        from.config === undefined ? 'none' : 'old',
        from.credentials === undefined ? 'none' : 'old',
      ];
      for (let number = 1; number <= counted.calls.length; number += 1) {
        for (const code of thorough ? codes : [codes[number % codes.length]!]) {
          begin();
          const { fs } = faulty(disk, (now) => {
            if (now === number) throw systemError(code);
          });
          const result = perform(fs, plansFor(from));
          const where = `${code} at call ${number}, ${counted.calls[number - 1]}`;
          const expected = result.done ? ['new', 'new'] : oldState;
          expect([where, state()]).toEqual([where, expected]);
          expect([where, holds(result)]).toEqual([
            where,
            expect.arrayContaining([
              expect.stringMatching(result.done ? /after|unknown/ : /before|unknown/),
            ]),
          ]);
          sweep(result.announced);
          expect([where, existsSync(at('')) ? others() : []]).toEqual([where, []]);
          if (!result.done) expect([where, result.problem.name]).toEqual([where, 'UserError']);
        }
      }
    },
    60_000,
  );

  it('from then on leaves whole files: a disk that is gone', () => {
    const counted = faulty(disk, () => undefined);
    perform(counted.fs);
    for (let number = 1; number <= counted.calls.length; number += 1) {
      reset();
      const { fs } = faulty(disk, (now) => {
        if (now >= number) throw systemError('EIO');
      });
      const result = perform(fs);
      expect([
        ['old', 'old'],
        ['new', 'old'],
        ['new', 'new'],
      ]).toContainEqual(state());
      if (!result.done) expect(new Set(holds(result))).toEqual(new Set(['unknown']));
      sweep(result.announced);
      expect(others()).toEqual([]);
      expect(perform(disk, plansNow()).done).toBe(true);
      expect(state()).toEqual(['new', 'new']);
    }
  });
});

/** As a next run would plan: from what is there. */
function plansNow(): readonly FilePlan[] {
  return plansFor().map((plan) => ({ ...plan, before: readFileSync(plan.path) }));
}
