import { availableParallelism } from 'node:os';

// `npm run test:all` runs them too, and so does who names a suite
const long = [
  'audit-large',
  'fix-login-real',
  'git-global',
  'migration',
  'no-network',
  'package',
  'same-findings',
];
const isEveryDay =
  process.env.KEYSCAN_TEST_ALL !== '1' &&
  process.argv.slice(2).every((word) => word.startsWith('-'));
if (isEveryDay) console.error(`Left to npm run test:all: ${long.join(', ')}`);

/** @type {import('jest').Config} */
export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: [
    '/node_modules/',
    ...(isEveryDay ? long.map((name) => `/test/${name}\\.test\\.ts$`) : []),
  ],
  maxWorkers: Math.ceil(availableParallelism() * 1.5), // more than there are cores: most tests wait for the programs that they start
  extensionsToTreatAsEsm: ['.ts'],
  injectGlobals: false,
  prettierPath: null, // Jest 29 cannot drive Prettier 3 when it writes inline snapshots
  // babel-jest ships with Jest; the preset only strips the types, so tests run the modules that are published
  transform: { '\\.ts$': ['babel-jest', { presets: ['@babel/preset-typescript'] }] },
};
