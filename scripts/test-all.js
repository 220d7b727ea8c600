// Every test, with the long runs: KEYSCAN_TEST_ALL=1 lets property tests try many more cases and turns on what takes too
// long for every day (test/support/effort.ts).
import { spawnSync } from 'node:child_process';

const { status, error } = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit', env: { ...process.env, KEYSCAN_TEST_ALL: '1' } },
);
if (error !== undefined) throw error;
process.exitCode = status ?? 1;
