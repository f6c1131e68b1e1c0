import {
  BadRequestException,
  Body,
  Controller,
  Get,
  Header,
  Inject,
  Param,
  ParseIntPipe,
  Post,
  Redirect,
  UseGuards,
} from '@nestjs/common';
import { Audited } from 'nestjs-workos-audit';
import { DemoUserGuard } from '../demo-user.guard.js';
import { SHOP_CONFIG, type ShopConfig } from '../shop.config.js';
import { ordersPage } from './orders.page.js';
import { OrdersService } from './orders.service.js';

interface OrderForm {
  readonly product?: unknown;
  readonly quantity?: unknown;
}

@Controller()
@UseGuards(DemoUserGuard)
export class OrdersController {
  constructor(
    private readonly orders: OrdersService,
    @Inject(SHOP_CONFIG) private readonly config: ShopConfig,
  ) {}

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  async page(): Promise<string> {
    return ordersPage(await this.orders.list(), this.config.trailUrl);
  }

  /** Not `@Audited`: the service records by hand. */
  @Post('orders')
  @Redirect('/', 303)
  async place(@Body() form: OrderForm | undefined): Promise<void> {
    const [product, quantity] = [String(form?.product), Number(form?.quantity)];
    const { products } = await this.orders.list();
    if (!products.some(({ name }) => name === product)) throw new BadRequestException('There is no such product.');
    if (!(Number.isInteger(quantity) && quantity > 0 && quantity < 1_000)) {
      throw new BadRequestException('The quantity must be a whole number from 1 to 999.');
    }
    await this.orders.place(product, quantity);
  }

  @Post('orders/:id/cancel')
  @Redirect('/', 303)
  @Audited('order.cancel', { targets: { order: ({ params }) => params.id } })
  async cancel(@Param('id', ParseIntPipe) id: number): Promise<void> {
    await this.orders.cancel(id);
  }
}
