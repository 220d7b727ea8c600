// The last line of CI: how many tests passed and failed, from Jest's own reports.
// usage: count-tests.js FAILED_STEPS REPORT..
import { existsSync, readFileSync } from 'node:fs';

const [steps = '0', ...paths] = process.argv.slice(2);
let passed = 0;
let failed = Number(steps);
for (const path of paths.filter((name) => existsSync(name))) {
  const report = JSON.parse(readFileSync(path, 'utf8'));
  passed += report.numPassedTests;
  failed += report.numFailedTests;
  // A file that cannot even be loaded holds no failed test, but it failed
  failed += report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  ).length;
  if (!report.success && report.numFailedTests + report.numRuntimeErrorTestSuites === 0)
    failed += 1;
}
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
