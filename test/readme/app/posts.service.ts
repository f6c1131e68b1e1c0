import { Injectable } from '@nestjs/common';

/** What the README leaves to the reader: the business of the application. */
@Injectable()
export class PostsService {
  create(title: string): Promise<{ id: string; title: string }> {
    return Promise.resolve({ id: 'p1', title });
  }

  remove(id: string): Promise<{ id: string; title: string }> {
    return Promise.resolve({ id, title: 'Hello' });
  }

  invite(email: string): Promise<{ id: string; email: string }> {
    return Promise.resolve({ id: 'prof_2', email });
  }
}
