import type { LibraryName } from './library-schema.ts';

interface BookRow {
  readonly id: string;
  readonly title: string;
  readonly authorId: string | null;
  readonly grade: string | null;
}

const bookRows: readonly BookRow[] = [
  { id: 'b1', title: 'Tides', authorId: 'a1', grade: 'FINE' },
  { id: 'b2', title: 'Amber', authorId: 'a2', grade: null },
  { id: 'b3', title: 'Ways "of" seeing ✓', authorId: 'a1', grade: 'WORN' },
  { id: 'b4', title: 'Ghosts', authorId: null, grade: 'FINE' },
];
const magazine = { __typename: 'Magazine', id: 'm1', title: 'Almanac', note: null, issue: 7 };
const authorRows = [
  { id: 'a1', name: 'Iris', born: 1961, email: 'iris@example.org' },
  { id: 'a2', name: 'Noor', born: null, email: 'noor@example.org' },
];
const reviewRows = [
  { id: 'r1', stars: 5, body: 'good', bookId: 'b1', writerId: 'a2' },
  { id: 'r2', stars: 2, body: null, bookId: 'b1', writerId: 'a1' },
  { id: 'r3', stars: 4, body: 'fine', bookId: 'b3', writerId: 'a9' },
];

const toBook = (row: BookRow | undefined): object | null =>
  row === undefined
    ? null
    : {
        __typename: 'Book',
        ...row,
        note: `note on ${row.id}`,
        shelfMark: `S-${row.id}`,
        author: row.authorId === null ? null : { __typename: 'Author', id: row.authorId },
        related: ({ first }: { first: number }) =>
          bookRows
            .filter(({ id }) => id !== row.id)
            .slice(0, first)
            .map(toBook),
      };
const bookById = (id: string): object | null => toBook(bookRows.find((row) => row.id === id));
const toReview = (row: (typeof reviewRows)[number]): object => ({
  ...row,
  book: { __typename: 'Book', id: row.bookId },
  writer: { __typename: 'Author', id: row.writerId },
});
const reference = (representation: object): object => representation;

/** Resolvers of the library: small, deterministic, with nulls, quotes and dangling references in it. */
export const libraryResolvers: Readonly<Record<LibraryName, object>> = {
  books: {
    Query: {
      book: (_: unknown, { id }: { id: string }) => bookById(id),
      books: (_: unknown, { first }: { first: number }) => bookRows.slice(0, first).map(toBook),
      readable: (_: unknown, { id }: { id: string }) => (id === magazine.id ? magazine : bookById(id)),
      search: (_: unknown, { text }: { text: string }) => [
        ...bookRows.filter(({ title }) => title.toLowerCase().includes(text.toLowerCase())).map(toBook),
        magazine,
      ],
      staffPicks: () => [bookById('b1')],
      vault: () => ({ code: '0000' }),
      keeper: () => ({ __typename: 'Guard', name: 'Per', keys: [{ teeth: 5 }] }),
      cupboard: () => magazine,
    },
    Book: { __resolveReference: ({ id }: { id: string }) => bookById(id) },
    Magazine: { __resolveReference: ({ id }: { id: string }) => (id === magazine.id ? magazine : null) },
    Mutation: {
      addBook: (_: unknown, { title }: { title: string }) => toBook({ id: `new-${title}`, title, authorId: 'a1', grade: null }),
      lend: (_: unknown, { input }: { input: { bookId: string; key: string } }) => ({
        id: `loan-${input.key}`,
        book: bookById(input.bookId),
      }),
      signIn: (_: unknown, { name }: { name: string }) => `welcome ${name}`,
    },
  },
  people: {
    Query: {
      author: (_: unknown, { id }: { id: string }) => authorRows.find((row) => row.id === id) ?? null,
      authors: () => authorRows,
      bornOn: () => [],
    },
    Author: {
      __resolveReference: ({ id }: { id: string }) => authorRows.find((row) => row.id === id) ?? null,
      favourite: ({ id }: { id: string }) => ({ __typename: 'Book', id: id === 'a1' ? 'b2' : 'b3' }),
    },
    Mutation: { renameAuthor: (_: unknown, { id, name }: { id: string; name: string }) => ({ ...authorRows[0], id, name }) },
  },
  reviews: {
    Query: { latest: () => reviewRows.map(toReview) },
    Book: {
      __resolveReference: reference,
      reviews: ({ id }: { id: string }) => reviewRows.filter((row) => row.bookId === id).map(toReview),
      stars: ({ id }: { id: string }) => (id === 'b4' ? null : 3.5),
      blurb: ({ title }: { title?: string }) => `read ${title ?? '?'}`,
    },
    Author: {
      __resolveReference: reference,
      reviews: ({ id }: { id: string }) => reviewRows.filter((row) => row.writerId === id).map(toReview),
    },
  },
};
