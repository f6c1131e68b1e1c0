/** The command cannot do what it was told; `message` says why and what to do. */
export class CliError extends Error {
  override readonly name = 'CliError';
}
