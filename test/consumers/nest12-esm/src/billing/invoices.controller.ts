import {
  type CallHandler,
  Controller,
  type ExecutionContext,
  type NestInterceptor,
  Post,
  UseInterceptors,
} from '@nestjs/common';
import { Audited } from 'nestjs-workos-audit';
import { map, type Observable } from 'rxjs';

class Wrap implements NestInterceptor {
  intercept(_execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((data: unknown) => ({ data })));
  }
}

/** Of a library that brings its own copy of the package. */
@Controller('invoices')
export class InvoicesController {
  // Written above, so it would be inside if the module did not know the interceptor of the other copy.
  @UseInterceptors(Wrap)
  @Audited('post.create', { targets: { post: ({ result }) => result.id }, metadata: { title: 'Invoice' } })
  @Post()
  create() {
    return { id: 'invoice_1' };
  }
}
