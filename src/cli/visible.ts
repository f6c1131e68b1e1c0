/** What a terminal would obey instead of show: control characters, line separators, and those that turn the direction. */
const OBEYED = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** Text from an event, as a terminal may print it: on one line, and it cannot colour, hide or forge anything. */
export function visible(text: string): string {
  return text.replaceAll(/[\t\r\n]+/g, ' ').replaceAll(OBEYED, escaped);
}

/** JSON that says the same, of which a terminal obeys nothing but the line breaks between its parts. */
export function jsonText(value: unknown, space?: number): string {
  const text = JSON.stringify(value, undefined, space) ?? 'null';
  return text.replaceAll(OBEYED, (character) => (character === '\n' ? character : escaped(character)));
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
