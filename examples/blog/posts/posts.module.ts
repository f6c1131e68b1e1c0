import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { PostsController } from './posts.controller.js';
import { PostsRepository } from './posts.repository.js';

@Module({
  imports: [AuthModule],
  controllers: [PostsController],
  providers: [PostsRepository],
  exports: [PostsRepository],
})
export class PostsModule {}
