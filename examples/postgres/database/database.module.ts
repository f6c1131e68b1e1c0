import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { Pool } from 'pg';
import { SHOP_CONFIG, type ShopConfig } from '../shop.config.js';
import { setUp } from './schema.js';

/** The token of Drizzle. */
export const DRIZZLE = Symbol('DRIZZLE');
export type Drizzle = NodePgDatabase & { readonly $client: Pool };

async function connect({ databaseUrl }: ShopConfig): Promise<Drizzle> {
  const pool = new Pool({ connectionString: databaseUrl });
  pool.on('error', () => {}); // an idle connection that breaks; the next query opens another
  const db = drizzle(pool);
  await db.execute(setUp);
  return db;
}

/** Drizzle, and the pool that it uses. */
@Module({ providers: [{ provide: DRIZZLE, useFactory: connect, inject: [SHOP_CONFIG] }], exports: [DRIZZLE] })
export class DatabaseModule implements OnApplicationShutdown {
  constructor(@Inject(DRIZZLE) private readonly db: Drizzle) {}

  async onApplicationShutdown(): Promise<void> {
    await this.db.$client.end();
  }
}
