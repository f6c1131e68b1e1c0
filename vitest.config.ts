import { defineConfig } from 'vitest/config';

const source = (file: string): string => new URL(file, import.meta.url).pathname;

export default defineConfig({
  resolve: {
    // Tests import the package by its name, as its users do, and get the source.
    alias: [
      { find: /^nestjs-workos-audit$/, replacement: source('./src/index.ts') },
      { find: /^nestjs-workos-audit\/testing$/, replacement: source('./src/testing/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
