import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { messageOf } from '../../event/text.js';
import { LocalWorkOS, type LocalWorkOSOptions } from '../../testing/index.js';
import { CliError } from '../cli.error.js';
import { EXIT_OK } from '../exit-codes.js';
import { loadCatalogue } from '../load-catalogue.js';
import { readLock } from '../lock-file.js';
import type { Output } from '../output.js';
import { pathFrom } from '../schemas.options.js';
import { type LocalOptions, localOptions } from './local.options.js';
import { seedSchemas } from './local.schemas.js';

const USUAL_PORT = 4100;

/** `workos-audit local`: a LocalWorkOS until Ctrl-C. @returns the exit code */
export async function local(args: readonly string[], output: Output): Promise<number> {
  const options = localOptions(args);
  const lock = options.lock === undefined ? undefined : readLock(options.lock);
  const catalogue = options.events === undefined ? undefined : await loadCatalogue(options.events, options.exportName);
  const workos = await start(options, {
    schemas: catalogue ? 'strict' : 'open',
    ...(options.outbox !== undefined && { outbox: options.outbox }),
    ...(options.app !== undefined && { appUrl: options.app }),
    seed: { organizations: options.organizations.map((id) => ({ id, name: id })) },
  });
  try {
    const count = catalogue ? seedSchemas(workos, catalogue, lock) : 0;
    output.line(welcome(workos, options, count));
    await stopped();
  } finally {
    await workos.close();
  }
  return EXIT_OK;
}

async function start({ port }: LocalOptions, options: LocalWorkOSOptions): Promise<LocalWorkOS> {
  try {
    return await LocalWorkOS.start({ ...options, port: port ?? ((await isFree(USUAL_PORT)) ? USUAL_PORT : 0) });
  } catch (error) {
    throw new CliError(`cannot listen on port ${port ?? USUAL_PORT}: ${messageOf(error)}`);
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => {
      const { port: got } = server.address() as AddressInfo;
      server.close(() => resolve(got === port));
    });
  });
}

function welcome(workos: LocalWorkOS, { events, organizations }: LocalOptions, schemas: number): string {
  const accepts =
    events === undefined
      ? 'any action, since there is no catalogue (--events)'
      : `the events of ${pathFrom(process.cwd(), events)}, ${schemas} schemas`;
  return `LocalWorkOS: nothing leaves this machine, and nothing is kept when it stops.

  The trail       ${workos.url}
  Organization    ${organizations.join(', ')}
  It accepts      ${accepts}

Start your application with:
  export WORKOS_API_KEY=${workos.apiKey} WORKOS_CLIENT_ID=${workos.clientId}
  export WORKOS_API_HOSTNAME=127.0.0.1 WORKOS_API_PORT=${workos.port} WORKOS_API_HTTPS=false

Ctrl-C stops it.`;
}

/** Resolves at the first Ctrl-C or SIGTERM. */
function stopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
