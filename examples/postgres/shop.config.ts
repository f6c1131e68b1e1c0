import { type DynamicModule, Module } from '@nestjs/common';
import type { AuditDeliveryOptions, AuditSchemaLock } from 'nestjs-workos-audit';

/** What {@link createShop} needs. `main.ts` makes it, tests write it themselves. */
export interface ShopConfig {
  /** Where the orders are, and where events wait for WorkOS. */
  readonly databaseUrl: string;
  readonly workos: {
    readonly apiKey: string;
    readonly apiHostname: string;
    readonly port: number;
    readonly https: boolean;
  };
  readonly schemaLock: AuditSchemaLock;
  /** The live trail, which the page leads to. */
  readonly trailUrl: string;
  /** @default the library's */
  readonly delivery?: AuditDeliveryOptions;
}

/** The token of the {@link ShopConfig}. */
export const SHOP_CONFIG = Symbol('SHOP_CONFIG');

@Module({})
export class ShopConfigModule {
  static with(config: ShopConfig): DynamicModule {
    const provider = { provide: SHOP_CONFIG, useValue: config };
    return { module: ShopConfigModule, global: true, providers: [provider], exports: [SHOP_CONFIG] };
  }
}
