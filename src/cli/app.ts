import { UserError } from '../core/errors.ts';
import manifest from '../../package.json' with { type: 'json' };

/** Everything of the command line that is not on the way of a small scan. */
export function main(argv: readonly string[]): Promise<number> {
  if (argv.includes('--version')) {
    process.stdout.write(`${manifest.version}\n`);
    return Promise.resolve(0);
  }
  throw new UserError('only --version is built so far');
}
