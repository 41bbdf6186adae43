/** A fenced block: `language` and `marks` are the words after the fence, `line` is where it opens, counted from 1. */
export type Fence = { readonly language: string; readonly marks: readonly string[]; readonly text: string; readonly line: number };

export type Heading = { readonly level: number; readonly title: string; readonly line: number };

export type Link = { readonly target: string; readonly line: number };

/** The parts of a Markdown page that can be checked. Headings and links inside fences are text. */
export type Page = { readonly headings: readonly Heading[]; readonly fences: readonly Fence[]; readonly links: readonly Link[] };

export function parseMarkdown(text: string): Page {
  const headings: Heading[] = [];
  const fences: Fence[] = [];
  const links: Link[] = [];
  let open: { language: string; marks: readonly string[]; line: number; lines: string[] } | null = null;

  for (const [at, content] of text.split('\n').entries()) {
    const line = at + 1;
    const fence = /^```(.*)$/.exec(content);
    if (fence !== null && open !== null) {
      fences.push({ language: open.language, marks: open.marks, line: open.line, text: open.lines.join('\n') });
      open = null;
    } else if (fence !== null) {
      const [language = '', ...marks] = (fence[1] ?? '').trim().split(/\s+/);
      open = { language, marks, line, lines: [] };
    } else if (open !== null) {
      open.lines.push(content);
    } else {
      const heading = /^(#+) (.+)$/.exec(content);
      if (heading !== null) headings.push({ level: (heading[1] ?? '').length, title: (heading[2] ?? '').trim(), line });
      for (const [, target = ''] of content.matchAll(/\]\(([^)\s]+)\)/g)) links.push({ target, line });
    }
  }
  return { headings, fences, links };
}
