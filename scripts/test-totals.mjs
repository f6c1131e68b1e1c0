// Prints the totals of a report of Vitest's JSON reporter in one line; without a single test it fails.
import { existsSync, readFileSync } from 'node:fs';

const report = process.argv[2];
const { testResults = [] } = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : {};

const statuses = testResults.flatMap(({ status, assertionResults }) => {
  const tests = assertionResults.map((test) => test.status);
  // A file that could not be loaded, or whose hook failed, counts as a failure.
  if (status === 'failed' && !tests.includes('failed')) tests.push('failed');
  return tests;
});
const passed = statuses.filter((status) => status === 'passed').length;
const failed = statuses.filter((status) => status === 'failed').length;

process.stdout.write(`${passed} passed, ${failed} failed, ${statuses.length - passed - failed} skipped\n`);
process.exitCode = passed + failed === 0 || failed > 0 ? 1 : 0;
