/** HTML whose values are escaped. Only `html` and `markup` make it, and nothing that was read from a message can be one. */
export class Markup {
  readonly source: string;
  constructor(source: string) {
    this.source = source;
  }
}

type Value = string | number | Markup | readonly Markup[];

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '`': '&#96;' };

/** Escaped for text between tags and for attributes in quotes. */
const escape = (text: string): string => text.replaceAll(/[&<>"'`]/g, (character) => escapes[character] ?? '');

/** A template whose values are escaped, unless they are markup themselves. The indentation of our sources is not sent. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return new Markup(parts.map((part, at) => part.replaceAll(/\n\s+/g, '\n') + sourceOf(values[at] ?? '')).join(''));
}

/** Markup as it stands in our code: for what is no place for a value, such as a style sheet. */
export const markup = (source: string): Markup => new Markup(source);

function sourceOf(value: Value): string {
  if (value instanceof Markup) return value.source;
  if (typeof value === 'string' || typeof value === 'number') return escape(String(value));
  return value.map(({ source }) => source).join('');
}
