import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Controller, Get, Header } from '@nestjs/common';

const STYLE = readFileSync(new URL('style.css', import.meta.url), 'utf8');

/** With a digest of the content, so that browsers may keep the style sheet until it changes. */
export const STYLE_URL = `/style.css?${createHash('sha256').update(STYLE).digest('hex').slice(0, 12)}`;

/** The one style sheet. */
@Controller()
export class StyleController {
  @Get('style.css')
  @Header('Content-Type', 'text/css; charset=utf-8')
  @Header('Cache-Control', 'public, max-age=31536000, immutable')
  style(): string {
    return STYLE;
  }
}
