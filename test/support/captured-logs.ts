import type { LoggerService } from '@nestjs/common';

/** Keeps what an application logs, so that tests can demand a line, or its absence. */
export class CapturedLogs implements LoggerService {
  readonly lines: { level: 'log' | 'warn' | 'error'; text: string }[] = [];

  log(message: unknown): void {
    this.#keep('log', message);
  }

  warn(message: unknown): void {
    this.#keep('warn', message);
  }

  error(message: unknown): void {
    this.#keep('error', message);
  }

  /** The texts of a level that contain `part`. */
  find(level: 'log' | 'warn' | 'error', part: string): string[] {
    return this.lines.filter((line) => line.level === level && line.text.includes(part)).map(({ text }) => text);
  }

  get text(): string {
    return this.lines.map(({ level, text }) => `${level}: ${text}`).join('\n');
  }

  #keep(level: 'log' | 'warn' | 'error', message: unknown): void {
    this.lines.push({ level, text: String(message) });
  }
}
