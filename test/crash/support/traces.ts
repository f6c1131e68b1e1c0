/** Where the handlers that are written ahead leave their ids: beside the outbox. */
export const tracesOf = (outbox: string): string => `${outbox}.traces`;
