const sayingLength = 40;
const previewLength = 160;

/** The first paragraph of a plain text that says something: greetings and headings are short, rules say nothing. */
export function previewOf(body: string): string {
  const paragraphs = body.split(/\n\s*\n/).map((paragraph) =>
    paragraph
      .replaceAll(/[-=_*]{3,}/g, '')
      .replaceAll(/\s+/g, ' ')
      .trim(),
  );
  return (paragraphs.find(({ length }) => length >= sayingLength) ?? paragraphs.join(' ')).slice(0, previewLength);
}
