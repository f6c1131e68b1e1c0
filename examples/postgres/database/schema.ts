import { sql } from 'drizzle-orm';
import { check, integer, pgTable, serial, text } from 'drizzle-orm/pg-core';

export const products = pgTable(
  'products',
  { name: text().primaryKey(), stock: integer().notNull() },
  // What lets an order fail in the middle of its transaction.
  ({ stock }) => [check('stock_is_left', sql`${stock} >= 0`)],
);

export const orders = pgTable('orders', {
  id: serial().primaryKey(),
  product: text()
    .notNull()
    .references(() => products.name),
  quantity: integer().notNull(),
});

export type Product = typeof products.$inferSelect;
export type Order = typeof orders.$inferSelect;

/** The same as SQL, for a database that has none of it. In an application of yours drizzle-kit writes the migrations. */
export const setUp = sql`
  CREATE TABLE IF NOT EXISTS products (
    name text PRIMARY KEY,
    stock integer NOT NULL CONSTRAINT stock_is_left CHECK (stock >= 0)
  );
  CREATE TABLE IF NOT EXISTS orders (
    id serial PRIMARY KEY,
    product text NOT NULL REFERENCES products,
    quantity integer NOT NULL
  );
  INSERT INTO products VALUES ('lamp', 10), ('chair', 3) ON CONFLICT DO NOTHING;
`;
