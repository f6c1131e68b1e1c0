import type { Order, Product } from '../database/schema.js';

/** The one page. Nothing on it comes from a visitor but numbers and names of known products, so nothing is escaped. */
export function ordersPage(shop: { products: Product[]; orders: Order[] }, trailUrl: string): string {
  const options = shop.products.map(({ name, stock }) => `<option value="${name}">${name} (${stock} left)</option>`);
  const orders = shop.orders.map(
    ({ id, product, quantity }) => `
      <li>Order ${id}: ${quantity} × ${product}
        <form method="post" action="/orders/${id}/cancel"><button>Cancel</button></form>
      </li>`,
  );
  return `<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width">
  <title>Shop</title>
  <style>body { font: 1rem/1.6 system-ui; max-width: 40rem; margin: 2rem auto } li form { display: inline }</style>
  <h1>Shop</h1>
  <p>Order more than is left: the order fails, and so its event was never there.
    <a href="${trailUrl}" target="_blank">Watch the audit trail</a></p>
  <form method="post" action="/orders">
    <label>Product <select name="product">${options.join('')}</select></label>
    <label>Quantity <input name="quantity" type="number" min="1" max="999" value="1" required></label>
    <button>Order</button>
  </form>
  <ul>${orders.join('')}</ul>
</html>`;
}
