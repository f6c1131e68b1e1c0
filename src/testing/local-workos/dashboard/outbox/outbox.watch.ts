import { Inquiry } from '../../../../telemetry/inquiry.js';
import type { LocalWorkOSOutboxFigures } from './outbox.figures.js';
import { type OutboxHistory, type OutboxSample, OutboxSamples } from './outbox.samples.js';
import { type LocalWorkOSOutboxSource, questionOf } from './outbox.source.js';

/** How often the application is asked, in milliseconds. */
const EVERY_MS = 1000;
/** An application that takes longer is said not to answer. */
const TIMEOUT_MS = 2500;

/** What is known of the application's outbox now. */
export interface OutboxNow {
  /** `absent`: nobody has said where the figures come from. `failing`: `reason` says why there are none now. */
  readonly state: 'absent' | 'starting' | 'ok' | 'failing';
  readonly reason?: string;
  /** The last one, while it fails as well. */
  readonly sample?: OutboxSample;
  readonly figures?: LocalWorkOSOutboxFigures;
}

/** Asks the application for the figures of its outbox, each second, and remembers the last minutes. */
export class OutboxWatch {
  #now: OutboxNow = { state: 'absent' };
  #samples = new OutboxSamples();
  #stop: () => void = () => {};

  get now(): OutboxNow {
    return this.#now;
  }

  history(): OutboxHistory {
    return this.#samples.history();
  }

  /**
   * Begins, or goes over to another source. The answer ends it.
   *
   * @throws Error for a source that can never give anything
   */
  watch(source: LocalWorkOSOutboxSource): () => void {
    const question = new Inquiry(questionOf(source));
    this.stop();
    this.#samples = new OutboxSamples();
    this.#now = { state: 'starting' };
    let ended = false;
    let timer: NodeJS.Timeout | undefined;
    const ask = async (): Promise<void> => {
      const answer = await question.ask(TIMEOUT_MS);
      if (ended) return;
      if (answer.ok) this.#take(answer.value);
      else this.#miss(answer.error);
      timer = setTimeout(() => void ask(), EVERY_MS).unref();
    };
    const stop = (): void => {
      ended = true;
      clearTimeout(timer);
    };
    this.#stop = stop;
    void ask();
    return () => {
      stop();
      if (this.#stop === stop) this.#now = { state: 'absent' };
    };
  }

  stop(): void {
    this.#stop();
  }

  #take(figures: LocalWorkOSOutboxFigures): void {
    this.#now = { state: 'ok', figures, sample: this.#samples.add(figures, Date.now()) };
  }

  #miss(error: unknown): void {
    this.#samples.miss(Date.now());
    this.#now = { ...this.#now, state: 'failing', reason: error instanceof Error ? error.message : String(error) };
  }
}
