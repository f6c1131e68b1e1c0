/** `npm run test:soak`: the same tests, longer, and with leases that are waited for instead of a clock that is set. */
export const soak = process.env.SOAK === '1';

/** As much in the soak, and so much less elsewhere. */
export const size = (inSoak: number, otherwise: number): number => (soak ? inSoak : otherwise);

/** How long a test may take. */
export const limit = { timeout: soak ? 30 * 60_000 : 90_000 };
