import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';

const link = (names: string): string => `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${names}])\n`;

const books = `${link('"@key", "@shareable", "@authenticated", "@requiresScopes", "@inaccessible"')}
type Query {
  book(id: ID!): Book
  books(first: Int = 2): [Book!]!
  readable(id: ID!): Readable
  search(text: String = "a"): [Hit!]!
  staffPicks: [Book!] @requiresScopes(scopes: [["library:staff", "library:picks"], ["library:owner"]])
  vault: Vault
  keeper: Keeper
  cupboard: Cupboard
}
interface Readable { id: ID! title: String! note: String }
type Book implements Readable @key(fields: "id") {
  id: ID!
  title: String!
  note: String @authenticated
  author: Author
  related(first: Int = 2): [Book!]!
  grade: Grade
  shelfMark: String @inaccessible
}
type Magazine implements Readable @key(fields: "id") { id: ID! title: String! note: String issue: Int! }
type Vault @authenticated { code: String! }
type Key @requiresScopes(scopes: [["library:owner"]]) { teeth: Int! }
interface Keeper { name: String! }
type Guard implements Keeper @authenticated { name: String! keys: [Key!] }
type Cleaner implements Keeper { name: String! }
union Cupboard = Vault | Magazine
union Hit = Book | Magazine
enum Grade { FINE WORN }
type Author @key(fields: "id", resolvable: false) { id: ID! }
type Mutation {
  addBook(title: String!): Book
  lend(input: LendInput!): Loan
  signIn(name: String!): String
}
input LendInput { bookId: ID! key: String! weeks: Int = 2 }
type Loan { id: ID! book: Book }
`;

const people = `${link('"@key", "@authenticated"')}
scalar Day
type Query { author(id: ID!): Author authors: [Author!]! bornOn(day: Day!): [Author!] }
type Author @key(fields: "id") { id: ID! name: String! born: Int email: String @authenticated favourite: Book }
type Book @key(fields: "id", resolvable: false) { id: ID! }
type Mutation { renameAuthor(id: ID!, name: String!): Author }
`;

const reviews = `${link('"@key", "@external", "@requires"')}
type Query { latest: [Review!]! }
type Book @key(fields: "id") { id: ID! title: String! @external reviews: [Review!] stars: Float blurb: String @requires(fields: "title") }
type Author @key(fields: "id") { id: ID! reviews: [Review!] }
type Review { id: ID! stars: Int! body: String book: Book writer: Author }
`;

/** SDL of the three subgraphs of the tests' world. */
export const librarySdl = { books, people, reviews } as const;

export type LibraryName = keyof typeof librarySdl;

export const libraryNames = Object.keys(librarySdl) as readonly LibraryName[];

/** Without the directives that the stock gateway refuses to load. */
export const openSdl = (sdl: string): string =>
  sdl
    .replaceAll(/ @authenticated\b/g, '')
    .replaceAll(/ @requiresScopes\(scopes: \[\[.*?\]\]\)/g, '')
    .replace(', "@authenticated", "@requiresScopes"', '')
    .replace(', "@authenticated"', '');

/** Composes subgraphs into a supergraph. `urls` are routing addresses, by name. */
export function compose(subgraphs: Readonly<Record<string, string>>, urls: Readonly<Record<string, string>> = {}): string {
  const result = composeServices(
    Object.entries(subgraphs).map(([name, sdl]) => ({ name, url: urls[name] ?? `http://${name}.test/graphql`, typeDefs: parse(sdl) })),
  );
  if (result.supergraphSdl === undefined) throw new Error(result.errors?.map(({ message }) => message).join('\n'));
  return result.supergraphSdl;
}
