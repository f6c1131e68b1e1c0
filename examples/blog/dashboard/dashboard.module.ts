import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { PostsModule } from '../posts/posts.module.js';
import { TeamModule } from '../team/team.module.js';
import { DashboardController } from './dashboard.controller.js';

@Module({ imports: [AuthModule, PostsModule, TeamModule], controllers: [DashboardController] })
export class DashboardModule {}
