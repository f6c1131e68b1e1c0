import { type DynamicModule, Module } from '@nestjs/common';
import { ClsPluginTransactional, TransactionHost } from '@nestjs-cls/transactional';
import { TransactionalAdapterDrizzleOrm } from '@nestjs-cls/transactional-adapter-drizzle-orm';
import { ClsModule } from 'nestjs-cls';
import { AuditModule } from 'nestjs-workos-audit';
import { pgBossOutbox } from 'nestjs-workos-audit/pg-boss';
import { auditEvents } from './audit-events.js';
import { DatabaseModule, DRIZZLE } from './database/database.module.js';
import { OrdersModule } from './orders/orders.module.js';
import { type ShopConfig, ShopConfigModule } from './shop.config.js';

/** The shop. `@Transactional()` opens transactions of Drizzle, and events become part of whichever is open. */
@Module({})
export class AppModule {
  static with(config: ShopConfig): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ShopConfigModule.with(config),
        AuditModule.forRoot({
          workos: config.workos,
          events: auditEvents,
          schemaLock: config.schemaLock,
          outbox: pgBossOutbox({
            connectionString: config.databaseUrl,
            // The one line that makes `record()` part of `@Transactional()`.
            transactionHost: () => TransactionHost.getInstance(),
          }),
          delivery: config.delivery,
        }),
        ClsModule.forRoot({
          global: true,
          middleware: { mount: true },
          plugins: [
            new ClsPluginTransactional({
              imports: [DatabaseModule],
              adapter: new TransactionalAdapterDrizzleOrm({ drizzleInstanceToken: DRIZZLE }),
            }),
          ],
        }),
        OrdersModule,
      ],
    };
  }
}
