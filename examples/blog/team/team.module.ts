import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { DirectoryService } from './directory.service.js';
import { InvitationsController } from './invitations.controller.js';
import { InvitationsRepository } from './invitations.repository.js';
import { InvitationsService } from './invitations.service.js';
import { PeopleController } from './people.controller.js';
import { PeopleRepository } from './people.repository.js';

@Module({
  imports: [AuthModule],
  controllers: [PeopleController, InvitationsController],
  providers: [DirectoryService, PeopleRepository, InvitationsService, InvitationsRepository],
  exports: [InvitationsRepository],
})
export class TeamModule {}
