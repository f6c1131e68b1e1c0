/** That Node strips types, finds out what kind of module a file is, and has SQLite built in, is what we want of it. */
export function silenceWarnings(): void {
  const emit = process.emitWarning.bind(process) as (...args: unknown[]) => void;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]): void => {
    const [type, code] = typeof rest[0] === 'object' && rest[0] !== null ? Object.values(rest[0]) : rest;
    if (type === 'ExperimentalWarning' || code === 'MODULE_TYPELESS_PACKAGE_JSON') return;
    emit(warning, ...rest);
  };
}
