// The tables of our own rules. The build replaces this module by what it computes here, written down.

import { rules } from '../../rules/index.ts';
import { compile } from './compile.ts';

export const tables = compile(rules);
