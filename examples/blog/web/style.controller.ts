import { Controller, Get, Header } from '@nestjs/common';
import { STYLE } from './style.js';

/** The one style sheet. */
@Controller()
export class StyleController {
  @Get('style.css')
  @Header('Content-Type', 'text/css; charset=utf-8')
  @Header('Cache-Control', 'public, max-age=300')
  style(): string {
    return STYLE;
  }
}
