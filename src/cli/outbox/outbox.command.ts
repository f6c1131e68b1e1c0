import type { Output } from '../output.js';
import { list } from './list.js';
import { move } from './move.js';
import { purge } from './purge.js';
import { redrive } from './redrive.js';
import { show } from './show.js';
import { stats } from './stats.js';

const commands = { stats, list, show, redrive, purge, move };

/** `workos-audit outbox stats | list | show | redrive | purge | move` @returns the exit code */
export function outbox(command: keyof typeof commands, args: string[], output: Output): Promise<number> {
  return commands[command](args, output);
}
