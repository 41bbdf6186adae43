// Format characters are invisible; some reorder what stands around them. The joiners are part of emoji and of words in Persian and Indic scripts.
const invisible = /(?![\u200c\u200d])\p{Cf}/gu;
const breaks = /[\p{Cc}\p{Z}]+/gu;

/**
 * A value from outside as one line of visible text: line breaks, control characters and runs of spaces become one space, characters that hide or
 * reorder text go, and what exceeds `longest` code points ends in an ellipsis.
 */
export function oneLine(value: string, longest: number): string {
  const line = value.toWellFormed().replaceAll(invisible, '').replaceAll(breaks, ' ').trim();
  const characters = [...line];
  return characters.length <= longest
    ? line
    : `${characters
        .slice(0, longest - 1)
        .join('')
        .trimEnd()}…`;
}
