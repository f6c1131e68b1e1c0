import { defineConfig } from 'vitest/config';

// The workers share one Postgres, which ends with this process (test/support/postgres.ts).
process.env.TEST_RUN_PID ??= String(process.pid);

const source = (file: string): string => new URL(file, import.meta.url).pathname;

export default defineConfig({
  resolve: {
    // Tests import the package by its name, as its users do, and get the source.
    alias: [
      { find: /^nestjs-workos-audit$/, replacement: source('./src/index.ts') },
      { find: /^nestjs-workos-audit\/terminus$/, replacement: source('./src/terminus.ts') },
      { find: /^nestjs-workos-audit\/sqlite$/, replacement: source('./src/sqlite.ts') },
      { find: /^nestjs-workos-audit\/pg-boss$/, replacement: source('./src/pg-boss.ts') },
      { find: /^nestjs-workos-audit\/testing$/, replacement: source('./src/testing/index.ts') },
      { find: /^nestjs-workos-audit\/testing\/vitest$/, replacement: source('./src/testing/vitest.ts') },
      // Jest is not installed here, and Vitest's `expect` is of its kind.
      { find: '@jest/globals', replacement: 'vitest' },
    ],
  },
  test: {
    // The files of README and chapters are written and run by test/readme/readme.test.ts and test/docs/docs.test.ts.
    include: process.env.README_FOLDER ? [`${process.env.README_FOLDER}/*.test.ts`] : ['test/**/*.test.ts'],
    exclude: ['test/docs/pages/**', 'test/readme/app/**', 'test/consumers/**', '**/node_modules/**'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
