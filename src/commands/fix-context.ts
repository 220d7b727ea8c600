// What every step of `keyscan --fix` is given: the flags, the person, the network and what was found.
import type { FixFile } from '../core/migration.ts';
import type { Pen } from '../report/pen.ts';
import type { SsoWorld } from '../sso/api.ts';
import type { Ask } from './ask.ts';
import type { FixFlags } from './fix-flags.ts';
import type { Host } from './host.ts';
import type { Survey } from './fix-survey.ts';

export interface FixContext {
  readonly flags: FixFlags;
  readonly host: Host;
  readonly found: Survey;
  readonly world: SsoWorld;
  /** Undefined where nobody can answer. */
  readonly ask: Ask | undefined;
  /** Plan and result: standard output, or standard error when that is for JSON. */
  readonly say: (text: string) => void;
  readonly pen: Pen;
  /** What had to be repaired before anything could be planned; written already, unless it is a dry run. */
  readonly repairs: readonly FixFile[];
}
