import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** A port of this machine that nobody uses: the wished one if that is free. */
export async function freePort(wished = 0): Promise<number> {
  const probe = createServer();
  try {
    await once(probe.listen(wished, '127.0.0.1'), 'listening');
  } catch {
    return freePort();
  }
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
