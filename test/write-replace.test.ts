// One file replaced as a whole or not at all.
import {
  chmodSync,
  chownSync,
  constants,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { FilePlan } from '../src/write/api.ts';
import { disk } from '../src/write/file-system.ts';
import { liesOutside, locate } from '../src/write/place.ts';
import { overwriteFile, replaceFile } from '../src/write/replace.ts';
import { bundle } from './support/bundle.ts';
import { faulty, systemError } from './support/faults.ts';
import { asNobody, canBeNobody } from './support/nobody.ts';
import { temporaryFolder } from './support/run.ts';

const posix = process.platform === 'win32' ? it.skip : it;
const asRoot = process.geteuid?.() === 0 ? it : it.skip;

let home = '';
beforeEach(() => {
  home = temporaryFolder('home');
});

const at = (name: string): string => join(home, name);

function plan(name: string, after: string, more: Partial<FilePlan> = {}): FilePlan {
  const before = existsSync(at(name)) ? readFileSync(at(name)) : undefined;
  return { path: at(name), before, after: Buffer.from(after), secret: true, ...more };
}

function put(name: string, text: string, mode = 0o600): void {
  writeFileSync(at(name), text);
  chmodSync(at(name), mode);
}

function look(name: string): string {
  return `${(statSync(at(name)).mode & 0o7777).toString(8)} ${readFileSync(at(name), 'utf8')}`;
}

describe('a file that is there', () => {
  it('is replaced as a whole, and nothing is left beside it', () => {
    put('credentials', 'old\r\n');
    replaceFile(plan('credentials', 'new\r\n'));
    expect([look('credentials'), readdirSync(home)]).toEqual(['600 new\r\n', ['credentials']]);
  });

  posix.each([
    [0o644, true, '600'],
    [0o660, true, '600'],
    [0o600, false, '600'],
    [0o664, false, '664'],
  ])('of mode %o, secret %s, has mode %s afterwards', (mode, secret, after) => {
    put('file', 'old', mode);
    replaceFile(plan('file', 'new', { secret }));
    expect(look('file')).toBe(`${after} new`);
  });

  posix('is never wider than 0600 while it is being written', () => {
    put('config', 'old', 0o644);
    const seen = new Set<string>();
    const { fs } = faulty(disk, (_, call) => {
      if (call !== 'write') return;
      const [temporary = ''] = readdirSync(home).filter((name) => name.startsWith('.keyscan-tmp-'));
      seen.add(look(temporary).slice(0, 3));
    });
    replaceFile(plan('config', 'new', { secret: false }), fs);
    expect([[...seen], look('config')]).toEqual([['600'], '644 new']);
  });

  posix('stays behind its link', () => {
    mkdirSync(at('dotfiles'));
    put('dotfiles/credentials', 'old');
    symlinkSync('dotfiles/credentials', at('second'));
    symlinkSync('second', at('credentials'));
    replaceFile(plan('credentials', 'new'));
    expect([readlinkSync(at('credentials')), look('dotfiles/credentials')]).toEqual([
      'second',
      '600 new',
    ]);
    expect(readdirSync(at('dotfiles'))).toEqual(['credentials']);
  });

  asRoot('keeps its owner when root writes', () => {
    put('credentials', 'old');
    chownSync(at('credentials'), 1234, 4321);
    replaceFile(plan('credentials', 'new'));
    const { uid, gid } = statSync(at('credentials'));
    expect([uid, gid, look('credentials')]).toEqual([1234, 4321, '600 new']);
  });

  it('is refused when it is not what the plan is based on', () => {
    put('credentials', 'old');
    const stale = plan('credentials', 'new');
    put('credentials', 'theirs');
    expect(() => replaceFile(stale)).toThrow(`${at('credentials')} was changed meanwhile`);
    expect(() => replaceFile({ ...stale, before: undefined })).toThrow('was changed meanwhile');
    expect([look('credentials'), readdirSync(home)]).toEqual(['600 theirs', ['credentials']]);
  });

  posix('is refused when it is one of several hard links, write-protected, or no file', () => {
    put('one', 'old');
    linkSync(at('one'), at('two'));
    put('closed', 'old', 0o444);
    mkdirSync(at('folder'));
    spawnSync('mkfifo', [at('pipe')]);
    symlinkSync('circle', at('circle'));
    const messages = ['one', 'closed', 'folder', 'pipe', 'circle'].map((name) => {
      try {
        replaceFile({ path: at(name), before: undefined, after: Buffer.from(''), secret: true });
        return 'written';
      } catch (error) {
        return (error as Error).name === 'UserError' && (error as Error).message.replace(home, '~');
      }
    });
    expect(messages).toEqual([
      '~/one is one file under 2 names (hard links)',
      '~/closed is write-protected',
      '~/folder is a folder',
      '~/pipe is a named pipe',
      'cannot write ~/circle: its link leads in circles',
    ]);
  });
});

describe('a file that is not there', () => {
  posix('is made 0600, with its folders 0700', () => {
    replaceFile(plan('.aws/sso/cache/a.json', '{}', { secret: false }));
    const folders = ['.aws', '.aws/sso', '.aws/sso/cache'];
    expect(folders.map((name) => (statSync(at(name)).mode & 0o777).toString(8))).toEqual([
      '700',
      '700',
      '700',
    ]);
    expect([look('.aws/sso/cache/a.json'), readdirSync(at('.aws/sso/cache'))]).toEqual([
      '600 {}',
      ['a.json'],
    ]);
  });

  posix('is made where a dangling link points', () => {
    symlinkSync('dotfiles/config', at('config'));
    replaceFile(plan('config', 'new'));
    expect([lstatSync(at('config')).isSymbolicLink(), look('dotfiles/config')]).toEqual([
      true,
      '600 new',
    ]);
  });

  asRoot('belongs to whom the folder belongs to', () => {
    mkdirSync(at('ada'));
    chownSync(at('ada'), 1234, 4321);
    replaceFile(plan('ada/.aws/config', 'new'));
    const owners = ['ada/.aws', 'ada/.aws/config'].map((name) => statSync(at(name)).uid);
    expect(owners).toEqual([1234, 1234]);
  });

  it('is refused when somebody makes it in the last moment', () => {
    const { fs } = faulty(disk, (_, call) => {
      if (call === 'link') put('config', 'theirs');
    });
    expect(() => replaceFile(plan('config', 'new'), fs)).toThrow('was changed meanwhile');
    expect([look('config'), readdirSync(home)]).toEqual(['600 theirs', ['config']]);
  });

  it('is made by renaming where there are no hard links', () => {
    const { fs } = faulty(disk, (_, call) => {
      if (call === 'link') throw systemError('EPERM');
    });
    replaceFile(plan('config', 'new'), fs);
    expect([look('config'), readdirSync(home)]).toEqual(['600 new', ['config']]);
  });
});

describe('a writer beside us', () => {
  /** What the AWS CLI does: the same file, truncated and written anew. */
  const inPlace = (text: string) => () => {
    writeFileSync(at('credentials'), text);
  };
  const byRename = (text: string) => () => {
    put('new', text);
    disk.rename(at('new'), at('credentials'));
  };

  it.each([
    ['in place', inPlace('theirs'), 'rename'],
    ['in place, the same length', inPlace('OLD'), 'rename'],
    // between our last look and our own rename nothing can tell
    ['by rename', byRename('theirs'), 'look'],
  ])('that writes %s is noticed at every call, and keeps its bytes', (_, write, last) => {
    put('credentials', 'old');
    const { fs, calls } = faulty(disk, () => undefined);
    replaceFile(plan('credentials', 'new'), fs);
    const renamed = calls.indexOf('rename') + 1;
    const lastLook = calls.lastIndexOf('lstat', renamed - 2) + 1;
    for (let number = 1; number <= (last === 'rename' ? renamed : lastLook); number += 1) {
      put('credentials', 'old');
      const before = plan('credentials', 'new');
      const meddled = faulty(disk, (now) => {
        if (now === number) write();
      });
      expect(() => replaceFile(before, meddled.fs)).toThrow('was changed meanwhile');
      expect([number, look('credentials').slice(4)]).not.toEqual([number, 'new']);
      expect([number, look('credentials').slice(4)]).not.toEqual([number, 'old']);
      expect(readdirSync(home)).toEqual(['credentials']);
    }
  });

  posix('that opened the old file and writes after the rename has its bytes put in place', () => {
    put('credentials', 'old', 0o640);
    let theirs = -1;
    const pausing = {
      ...disk,
      rename: (from: string, to: string) => {
        if (theirs < 0) theirs = disk.open(to, constants.O_WRONLY | constants.O_TRUNC);
        disk.rename(from, to);
      },
      pause: () => {
        disk.write(theirs, Buffer.from('their '));
      },
    };
    expect(() => replaceFile(plan('credentials', 'new'), pausing)).toThrow('was changed meanwhile');
    expect(look('credentials')).toMatch(/^640 (?:their )+$/);
  });
});

describe('what the system refuses', () => {
  it.each([
    ['ENOSPC', 'write', 'the disk is full'],
    ['EDQUOT', 'close', 'your disk quota is used up'],
    ['EIO', 'fsync', 'the disk reports an error'],
    ['EROFS', 'open', 'it lies on a file system that is mounted read-only'],
    ['EACCES', 'open', 'permission denied'],
    ['EPERM', 'rename', 'the system does not permit it'],
    ['EBUSY', 'rename', 'it is in use, or mounted as a single file'],
    ['EXDEV', 'rename', 'it is mounted as a single file'],
    ['ESTALE', 'fsync', 'the system says ESTALE'],
  ])('%s at %s is said in words, and the file is as it was', (code, where, words) => {
    put('credentials', 'old');
    const { fs } = faulty(disk, (_, call) => {
      if (call === where) throw systemError(code);
    });
    expect(() => replaceFile(plan('credentials', 'new'), fs)).toThrow(
      expect.objectContaining({
        name: 'UserError',
        message: `cannot write ${at('credentials')}: ${words}`,
      }),
    );
    expect([look('credentials'), readdirSync(home)]).toEqual(['600 old', ['credentials']]);
  });

  (canBeNobody ? it : it.skip)(
    'a folder and a file of somebody else are not written, and say why',
    () => {
      put('credentials', 'old', 0o666);
      chownSync(at('credentials'), 1234, 1234);
      mkdirSync(at('closed'));
      put('closed/credentials', 'old', 0o666);
      chmodSync(home, 0o777);
      const script = (name: string): string => `
      import { replaceFile } from '${new URL('../src/write/replace.ts', import.meta.url).pathname}';
      try {
        replaceFile({ path: '${at(name)}', before: Buffer.from('old'), after: Buffer.from('new'), secret: true });
      } catch (error) { console.log(error.name + ': ' + error.message); }`;
      const messages = ['credentials', 'closed/credentials'].map((name) => {
        const { stdout, stderr } = asNobody(bundle(script(name)));
        return (stdout + stderr).replace(home, '~');
      });
      expect(messages).toEqual([
        'UserError: ~/credentials belongs to somebody else, and it would become yours\n',
        'UserError: cannot write ~/closed/credentials: permission denied\n',
      ]);
      expect([look('credentials'), readdirSync(home).sort()]).toEqual([
        '666 old',
        ['closed', 'credentials'],
      ]);
    },
  );
});

describe('a place', () => {
  posix('says whether a link leads out of the home folder', () => {
    const elsewhere = temporaryFolder('repository');
    symlinkSync(elsewhere, at('.aws'));
    put('config', '');
    symlinkSync('config', at('inside'));
    const places = ['.aws/credentials', 'config', 'inside'].map((name) => locate(at(name), disk));
    expect(
      places.map((place) => [place.target, place.linked, liesOutside(place, home, disk)]),
    ).toEqual([
      [join(elsewhere, 'credentials'), true, true],
      [at('config'), false, false],
      [at('config'), true, false],
    ]);
  });
});

describe("a file of keyscan's own", () => {
  posix('is overwritten whatever it is now', () => {
    put('one', 'old', 0o640);
    linkSync(at('one'), at('two'));
    overwriteFile(at('one'), Buffer.from('new'));
    expect([look('one'), look('two')]).toEqual(['640 new', '640 old']);
  });
});
