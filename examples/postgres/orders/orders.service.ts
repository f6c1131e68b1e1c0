import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { Transactional, TransactionHost } from '@nestjs-cls/transactional';
import type { TransactionalAdapterDrizzleOrm } from '@nestjs-cls/transactional-adapter-drizzle-orm';
import { desc, eq, sql } from 'drizzle-orm';
import { AuditService } from 'nestjs-workos-audit';
import type { Drizzle } from '../database/database.module.js';
import { type Order, orders, type Product, products } from '../database/schema.js';

const SHOWN = 20;

@Injectable()
export class OrdersService {
  constructor(
    /** `host.tx` is the open transaction or, where there is none, the database itself. */
    private readonly host: TransactionHost<TransactionalAdapterDrizzleOrm<Drizzle>>,
    private readonly audit: AuditService,
  ) {}

  /**
   * The order, its event and the stock commit together.
   * @throws ConflictException when too little is left: then there is no order, and no event either
   */
  @Transactional()
  async place(product: string, quantity: number): Promise<Order> {
    const [order] = await this.host.tx.insert(orders).values({ product, quantity }).returning();
    if (!order) throw new Error('The order was not stored.');

    await this.audit.record('order.place', { targets: { order: String(order.id) }, metadata: { product, quantity } });

    // The event is written by now. That it is too early does not matter: whatever fails from here on takes it back.
    await this.#takeFromStock(product, quantity);
    return order;
  }

  /** The event is that of `@Audited` on the handler, made part of this transaction instead of recorded after it. */
  @Transactional()
  async cancel(id: number): Promise<void> {
    const [order] = await this.host.tx.delete(orders).where(eq(orders.id, id)).returning();
    if (!order) throw new NotFoundException(`There is no order ${id}.`);
    await this.#takeFromStock(order.product, -order.quantity);

    await this.audit.annotate({ transaction: true });
  }

  async list(): Promise<{ products: Product[]; orders: Order[] }> {
    return {
      products: await this.host.tx.select().from(products).orderBy(products.name),
      orders: await this.host.tx.select().from(orders).orderBy(desc(orders.id)).limit(SHOWN),
    };
  }

  async #takeFromStock(product: string, quantity: number): Promise<void> {
    const stock = sql`${products.stock} - ${quantity}`;
    try {
      await this.host.tx.update(products).set({ stock }).where(eq(products.name, product));
    } catch (error) {
      throw isCheckViolation(error) ? new ConflictException(`There are not ${quantity} of ${product} left.`) : error;
    }
  }
}

/** Drizzle wraps what Postgres said; 23514 is its check_violation. */
function isCheckViolation(error: unknown): boolean {
  return ((error as Error).cause as { code?: string } | undefined)?.code === '23514';
}
