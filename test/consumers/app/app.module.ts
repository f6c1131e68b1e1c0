import { Module } from '@nestjs/common';
import { AuditModule } from 'nestjs-workos-audit';
import { auditEvents } from './audit-events.js';
import { PostsController } from './posts.controller.js';
import { PostsService } from './posts.service.js';

@Module({
  imports: [
    AuditModule.forRootAsync({
      useFactory: () => ({
        workos: {
          apiKey: process.env.WORKOS_API_KEY,
          apiHostname: '127.0.0.1',
          port: Number(process.env.WORKOS_PORT),
          https: false,
        },
        events: auditEvents,
      }),
    }),
  ],
  controllers: [PostsController],
  providers: [PostsService],
})
export class AppModule {}
