// The writer's file system with something going wrong at one of its calls, counted from 1.
import type { FileSystem } from '../../src/write/file-system.ts';

export type Call = Exclude<keyof FileSystem, 'pause'>;

export interface Faulty {
  readonly fs: FileSystem;
  /** The calls made so far, `rename`, with the number of each. */
  readonly calls: readonly Call[];
}

/** `before` is called ahead of each call and throws, kills, or meddles. */
export function faulty(
  fs: FileSystem,
  before: (number: number, call: Call, args: readonly unknown[]) => void,
): Faulty {
  const calls: Call[] = [];
  const entries = Object.entries(fs).map(
    ([name, call]: [string, (...args: unknown[]) => unknown]) => [
      name,
      (...args: unknown[]) => {
        if (name === 'pause') return call(...args);
        calls.push(name as Call);
        before(calls.length, name as Call, args);
        return call(...args);
      },
    ],
  );
  return { fs: Object.fromEntries(entries) as FileSystem, calls };
}

/** As the system says it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: made up by a test`), {
    code,
    errno: -1,
    syscall: 'test',
  });
}
