import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { expressAdapter } from './http/express.js';
import { frontDoor } from './http/front-door.js';
import { withoutBootstrapLog } from './http/quiet.js';
import { localWorkOSModule } from './local-workos.module.js';
import type { LocalWorkOSState } from './local-workos.state.js';

/** The Nest application and its port: opened, closed and opened again on the same one. */
export class LocalWorkOSServer {
  #port: number;

  private constructor(
    private readonly app: INestApplication,
    port: number,
  ) {
    this.#port = port;
  }

  /** The application over this state, not listening yet. `port` 0 is any free one. */
  static async create(state: LocalWorkOSState, port: number): Promise<LocalWorkOSServer> {
    const adapter = await expressAdapter();
    const app = await withoutBootstrapLog(async () => {
      const created = await NestFactory.create(localWorkOSModule(state), adapter, {
        bodyParser: false,
        abortOnError: false,
      });
      const express = adapter.getInstance<{ disable(setting: string): void }>();
      express.disable('etag');
      express.disable('x-powered-by');
      created.use(frontDoor(state.traffic, state.faults));
      return created.init();
    });
    return new LocalWorkOSServer(app, port);
  }

  get port(): number {
    return this.#port;
  }

  /** Listens on 127.0.0.1. @throws an error that keeps node's code, such as EADDRINUSE */
  async open(): Promise<void> {
    const { server } = this;
    if (server.listening) return;
    // Clients keep connections for reuse; one that the server closes at the same moment would look like a fault.
    server.keepAliveTimeout = 60_000;
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening').catch((cause: NodeJS.ErrnoException) => {
      const error: NodeJS.ErrnoException = new Error(
        `LocalWorkOS cannot listen on port ${this.#port}: ${cause.message}`,
        {
          cause,
        },
      );
      error.code = cause.code;
      throw error;
    });
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Closes the port and cuts every connection. */
  async shut(): Promise<void> {
    const { server } = this;
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  /** Ends it for good. */
  async end(): Promise<void> {
    await this.shut();
    await this.app.close();
  }

  private get server(): Server {
    return this.app.getHttpServer() as Server;
  }
}
