/** Longer filter texts are cut: they come from a URL, and each of their words is looked for in every event. */
const MAX_LENGTH = 200;

/** A filter's text: all its words must occur, in any order and in any case. An empty one lets everything through. */
export class Words {
  readonly text: string;
  readonly #words: readonly string[];

  constructor(text: string | null) {
    this.text = (text ?? '').trim().slice(0, MAX_LENGTH);
    this.#words = this.text.toLowerCase().split(/\s+/).filter(Boolean);
  }

  /** Whether they occur in one of the texts, all in the same one. */
  in(texts: () => Iterable<string>): boolean {
    if (this.#words.length === 0) return true;
    for (const text of texts()) {
      const lower = text.toLowerCase();
      if (this.#words.every((word) => lower.includes(word))) return true;
    }
    return false;
  }
}
