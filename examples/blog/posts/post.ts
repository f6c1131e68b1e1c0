import { field } from '../web/form.js';

export interface Post {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly authorName: string;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** What somebody writes. */
export interface PostDraft {
  readonly title: string;
  readonly body: string;
}

/** What is wrong with a draft, by field. */
export type PostFaults = Partial<Record<keyof PostDraft, string>>;

/** In characters. */
export const MAX_TITLE_LENGTH = 120;
export const MAX_BODY_LENGTH = 5_000;

export function readDraft(form: unknown): PostDraft {
  // Browsers send line breaks as CR LF, and count each as one character.
  return { title: field(form, 'title'), body: field(form, 'body').replaceAll('\r\n', '\n') };
}

export function faultsOf({ title, body }: PostDraft): PostFaults {
  return { ...faultOf('title', title, MAX_TITLE_LENGTH), ...faultOf('body', body, MAX_BODY_LENGTH) };
}

function faultOf(name: keyof PostDraft, text: string, limit: number): PostFaults {
  const label = name === 'title' ? 'The title' : 'The text';
  if (text === '') return { [name]: `${label} is missing.` };
  return text.length <= limit ? {} : { [name]: `${label} has ${text.length} characters, ${limit} are possible.` };
}
