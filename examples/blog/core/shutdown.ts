import type { Server } from 'node:http';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/** How long requests that are under way may take. */
const GRACE_MS = 1_000;

/**
 * Nest waits for open connections when it stops. Those under way deserve that; those that browsers open in advance, and
 * say nothing on, would hold it up for a minute.
 */
@Injectable()
export class Shutdown implements BeforeApplicationShutdown {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  beforeApplicationShutdown(): void {
    const server = this.adapterHost.httpAdapter.getHttpServer() as Server;
    setTimeout(() => server.closeAllConnections(), GRACE_MS).unref();
  }
}
