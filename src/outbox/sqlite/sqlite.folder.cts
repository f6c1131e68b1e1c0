// The one way to say "this folder" that both builds, Vitest and Node understand: TypeScript refuses `import.meta` in the
// CommonJS build, and ES modules have no `__dirname`; nor has this one when a bundler made it a part of an ES module. No type
// annotations here: Vite does not strip them from .cts.
export const folder = typeof __dirname === 'string' ? __dirname : process.cwd();
