// Jest is not installed here; only those who use it have these. Not published: tsc emits no declarations of declarations.
declare module '@jest/globals' {
  export const expect: { extend(matchers: object): void };
}

declare module 'expect' {
  // oxlint-disable-next-line no-unused-vars, typescript/no-empty-interface, typescript/no-empty-object-type -- Jest's own
  export interface Matchers<R extends void | Promise<void>, T = unknown> {}
}
