/** @type {import('jest').Config} */
export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  maxWorkers: '100%', // Jest would leave one core idle, which is half of a small machine
  extensionsToTreatAsEsm: ['.ts'],
  injectGlobals: false,
  prettierPath: null, // Jest 29 cannot drive Prettier 3 when it writes inline snapshots
  // babel-jest ships with Jest; the preset only strips the types, so tests run the modules that are published
  transform: { '\\.ts$': ['babel-jest', { presets: ['@babel/preset-typescript'] }] },
};
