// What is tried where the literal of a matcher stands.

import { blockConfirm, patternConfirm } from './blocks.ts';
import { containerConfirm } from './containers.ts';
import { assignmentConfirm } from './names.ts';
import type { Confirm } from './state.ts';
import type { Matcher } from './tables.ts';
import { tokenConfirm } from './tokens.ts';

export function prepare(matcher: Matcher): Confirm {
  switch (matcher.type) {
    case 'token':
      return tokenConfirm(matcher);
    case 'assignment':
      return assignmentConfirm(matcher);
    case 'block':
      return blockConfirm(matcher);
    case 'pattern':
      return patternConfirm(matcher);
    case 'container':
      return containerConfirm(matcher);
  }
}
