// fast-check with one seed for every property, so that a run is the same run everywhere; KEYSCAN_SEED tries another.

import fc from 'fast-check';

export const seed = Number(process.env['KEYSCAN_SEED'] ?? 20261125);

fc.configureGlobal({ seed });

export { fc };
