import { availableParallelism } from 'node:os';

/** @type {import('jest').Config} */
export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  maxWorkers: Math.ceil(availableParallelism() * 1.5), // more than there are cores: most tests wait for the programs that they start
  extensionsToTreatAsEsm: ['.ts'],
  injectGlobals: false,
  prettierPath: null, // Jest 29 cannot drive Prettier 3 when it writes inline snapshots
  // babel-jest ships with Jest; the preset only strips the types, so tests run the modules that are published
  transform: { '\\.ts$': ['babel-jest', { presets: ['@babel/preset-typescript'] }] },
};
