const longestSlug = 80;

/** The address form of a title: lower-case ASCII letters and digits in words joined by hyphens; `product` when nothing of it is left. */
export function slugOf(title: string): string {
  const words = title
    .replaceAll('ß', 'ss')
    .replaceAll(/[æÆ]/g, 'ae')
    .replaceAll(/[øØ]/g, 'o')
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .toLowerCase()
    .replaceAll(/['’]/g, '')
    .split(/[^a-z0-9]+/)
    .filter((word) => word.length > 0);
  let slug = '';
  for (const word of words) {
    const longer = slug === '' ? word.slice(0, longestSlug) : `${slug}-${word}`;
    if (longer.length > longestSlug) break;
    slug = longer;
  }
  return slug === '' ? 'product' : slug;
}

/** The slug to take when another product has the plain one: told apart by the end of the product's id. */
export const distinctSlug = (slug: string, id: string): string => `${slug}-${id.slice(-8)}`;

/** Whether the text can be a slug at all. */
export const isSlug = (text: string): boolean => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(text) && text.length <= longestSlug + 9;
