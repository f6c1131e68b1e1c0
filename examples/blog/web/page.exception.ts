import { HttpException } from '@nestjs/common';

/** An error that a person can understand: the error page shows its words, and nothing else of it. */
export class FriendlyException extends HttpException {
  constructor(
    status: number,
    readonly title: string,
    readonly text: string,
  ) {
    super(title, status);
  }
}

/** An error whose answer is a page already, such as a form with what to correct in it. */
export class PageException extends HttpException {
  constructor(
    status: number,
    readonly page: string,
  ) {
    super('A page', status);
  }
}
