import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { PeopleRepository } from './people.repository.js';
import { TeamController } from './team.controller.js';
import { TeamService } from './team.service.js';

@Module({ imports: [AuthModule], controllers: [TeamController], providers: [TeamService, PeopleRepository] })
export class TeamModule {}
