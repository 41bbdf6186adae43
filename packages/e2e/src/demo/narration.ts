/** Tells in a terminal what happens, while it happens. */
export interface Narration {
  /** A new scene. */
  scene(title: string): void;
  /** Something somebody does. */
  does(what: string): void;
  /** Something that arrives by itself; `after` says when. */
  sees(mark: string, what: string, after?: string): void;
  /** A promise that held. */
  holds(promise: string): void;
  /** A promise that did not. */
  breaks(reason: string): void;
  line(text?: string): void;
}

const escapes = { bold: 1, dim: 2, red: 31, green: 32, cyan: 36 } as const;

/** @param colours escape codes; off where nobody looks, or `NO_COLOR` is set (https://no-color.org). */
export function createNarration(print: (line: string) => void, colours: boolean): Narration {
  const ink = (colour: keyof typeof escapes, text: string): string =>
    colours ? `\u001b[${String(escapes[colour])}m${text}\u001b[0m` : text;
  let scenes = 0;
  return {
    scene(title) {
      scenes += 1;
      print('');
      print(ink('bold', `${String(scenes)}  ${title}`));
    },
    does(what) {
      print(`   ${what}`);
    },
    sees(mark, what, after = '') {
      print(`     ${ink('cyan', mark.padEnd(4))} ${what.padEnd(46)} ${ink('dim', after)}`.trimEnd());
    },
    holds(promise) {
      print(`   ${ink('green', '✓')} ${promise}`);
    },
    breaks(reason) {
      print(`   ${ink('red', '✗')} ${reason.replaceAll('\n', '\n     ')}`);
    },
    line(text = '') {
      print(text);
    },
  };
}

/** Milliseconds as people read them: `7 ms`, `1.2 s`. */
export const spoken = (milliseconds: number): string =>
  milliseconds < 1_000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1_000).toFixed(1)} s`;

/** An amount in minor units of EUR: `49.80 €`. */
export const euros = (amount: number): string => `${(amount / 100).toFixed(2)} €`;
