import { connect } from 'node:net';

/** How many ports are tried. */
const ATTEMPTS = 50;

/**
 * The first port from `start` on which nobody answers at `localhost`, in its IPv4 or its IPv6 meaning.
 * @throws Error if that many in a row are taken
 */
export async function freePort(start: number): Promise<number> {
  for (let port = start; port < start + ATTEMPTS; port += 1) {
    if (!(await isTaken(port))) return port;
  }
  throw new Error(`All ports from ${start} to ${start + ATTEMPTS - 1} are taken.`);
}

/** Asked by connecting: on some systems one can bind a port of 127.0.0.1 that another server holds on all addresses. */
function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: 'localhost', port });
    const settle = (taken: boolean): void => {
      socket.destroy();
      resolve(taken);
    };
    socket.once('connect', () => settle(true)).once('error', () => settle(false));
  });
}
