import { Injectable } from '@nestjs/common';

export interface Post {
  readonly id: string;
  readonly title: string;
}

@Injectable()
export class PostsService {
  readonly #posts: Post[] = [];

  create(title: string): Post {
    const post = { id: `post_${this.#posts.length + 1}`, title };
    this.#posts.push(post);
    return post;
  }
}
