// The last line of CI is what people and machines believe, so it must not be able to say "0 failed" when something did.
import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';

import { projectRoot, run, temporaryFolder, writeTree } from './support/run.ts';

const passing = {
  success: true,
  numPassedTests: 7,
  numFailedTests: 0,
  numRuntimeErrorTestSuites: 0,
  testResults: [{ status: 'passed', assertionResults: [{}] }],
};

describe('the last line of CI', () => {
  it('adds the tests of all reports', () => {
    expect(count('0', passing, passing)).toEqual([0, '\n14 passed, 0 failed\n']);
  });

  it('counts failed tests, and fails', () => {
    const one = { ...passing, success: false, numPassedTests: 6, numFailedTests: 1 };
    expect(count('0', passing, one)).toEqual([1, '\n13 passed, 1 failed\n']);
  });

  it('counts a test file that could not be loaded, which holds no test that failed', () => {
    const broken = {
      ...passing,
      success: false,
      numRuntimeErrorTestSuites: 1,
      testResults: [...passing.testResults, { status: 'failed', assertionResults: [] }],
    };
    expect(count('0', broken)).toEqual([1, '\n7 passed, 1 failed\n']);
  });

  it('counts a run that failed for any other reason', () => {
    expect(count('0', { ...passing, success: false })).toEqual([1, '\n7 passed, 1 failed\n']);
  });

  it('counts the other steps that failed', () => {
    expect(count('2', passing)).toEqual([1, '\n7 passed, 2 failed\n']);
  });

  it('fails when no test ran at all', () => {
    expect(count('0')).toEqual([1, '\n0 passed, 0 failed\n']);
  });
});

function count(steps: string, ...reports: readonly object[]): readonly [number | null, string] {
  const folder = temporaryFolder('reports');
  const paths = reports.map((_, index) => join(folder, `jest-${index}.json`));
  writeTree(
    folder,
    Object.fromEntries(
      reports.map((report, index) => [`jest-${index}.json`, JSON.stringify(report)]),
    ),
  );
  const script = join(projectRoot, 'scripts/count-tests.js');
  const { code, stdout } = run([script, steps, ...paths], { command: process.execPath });
  return [code, stdout];
}
