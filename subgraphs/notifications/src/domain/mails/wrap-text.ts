/** The widest line of a plain mail, in columns. Only an address may be wider: broken, it would lead nowhere. */
export const textWidth = 72;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const plain = /^[ -~]*$/;
const wide = /\p{Emoji_Presentation}|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff01-\uff60]/u;

/** Columns in a monospaced font: East Asian characters and emoji take two. */
export function columns(text: string): number {
  if (plain.test(text)) return text.length;
  let sum = 0;
  for (const { segment } of graphemes.segment(text)) sum += wide.test(segment) ? 2 : 1;
  return sum;
}

/** Lines of at most `width` columns, broken at spaces; a word that is wider is broken inside. No-break spaces hold. */
export function wrapText(text: string, width = textWidth): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of text.split(' ').flatMap((word) => chop(word, width))) {
    if (line === '') line = piece;
    else if (columns(line) + 1 + columns(piece) <= width) line += ` ${piece}`;
    else {
      lines.push(line);
      line = piece;
    }
  }
  return [...lines, line];
}

/** A text and an amount at the right margin, beside its first line. */
export function wrapRow(left: string, right: string): readonly string[] {
  const gap = 2;
  const room = textWidth - columns(right) - gap;
  if (room < textWidth / 2) return [...wrapText(left), right.padStart(textWidth)];
  const [first = '', ...others] = wrapText(left, room);
  return [first + ' '.repeat(room - columns(first) + gap) + right, ...others];
}

function chop(word: string, width: number): readonly string[] {
  if (columns(word) <= width) return [word];
  const pieces: string[] = [];
  let piece = '';
  let taken = 0;
  for (const { segment } of graphemes.segment(word)) {
    const more = columns(segment);
    if (taken + more > width) {
      pieces.push(piece);
      piece = '';
      taken = 0;
    }
    piece += segment;
    taken += more;
  }
  return [...pieces, piece];
}
