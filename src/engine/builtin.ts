// The tables of our own rules. The build replaces this module by one that reads what is computed here.

import { rules } from '../../rules/index.ts';
import { compile } from './compile.ts';
import { pack } from './pack.ts';
import { unpack } from './packed.ts';

export const bytes = pack(compile(rules));
export const tables = unpack(bytes);
