/** A command line as words: blanks separate, and brackets, parentheses and commas are words of their own. */

/** Thrown by the parser with a sentence for who wrote the command; never leaves `parseCommand`. */
export class CommandError extends Error {}

const SIGNS = new Set('[](),');

/** The words of a line. */
export function wordsOf(line: string): string[] {
  const words: string[] = [];
  let start = -1;
  for (let i = 0; i <= line.length; i++) {
    const character = line[i];
    const isSign = character !== undefined && SIGNS.has(character);
    const isBlank = character === undefined || character <= ' ';
    if (!isSign && !isBlank) {
      if (start < 0) start = i;
      continue;
    }
    if (start >= 0) words.push(line.slice(start, i));
    start = -1;
    if (isSign) words.push(character);
  }
  return words;
}

/** The words of a command, taken from the front. */
export class Words {
  readonly #words: readonly string[];
  #at = 0;

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  get left(): number {
    return this.#words.length - this.#at;
  }

  peek(ahead = 0): string | undefined {
    return this.#words[this.#at + ahead];
  }

  /** The next word, which `what` says in an error when there is none. */
  next(what: string): string {
    const word = this.#words[this.#at];
    if (word === undefined) throw new CommandError(`${what} is missing at the end`);
    this.#at++;
    return word;
  }

  /** Takes the next words if they are these. */
  take(...expected: readonly string[]): boolean {
    if (!expected.every((word, i) => this.peek(i) === word)) return false;
    this.#at += expected.length;
    return true;
  }

  rest(): string[] {
    const rest = this.#words.slice(this.#at);
    this.#at = this.#words.length;
    return rest;
  }

  /** One word, or several in brackets; commas between them mean nothing. */
  list(what: string): string[] {
    const first = this.next(what);
    if (first !== '[') return [first];
    const items: string[] = [];
    for (let word = this.next(']'); word !== ']'; word = this.next(']')) if (word !== ',') items.push(word);
    return items;
  }
}
