/** The command did what it was told. */
export const EXIT_OK = 0;

/** The catalogue, WorkOS and the lock agree. */
export const EXIT_IN_STEP = 0;

/** They do not. */
export const EXIT_DRIFT = 1;

/** The command could not do its work; it says why. */
export const EXIT_FAILURE = 2;
