import { compose, libraryNames, librarySdl } from './library-schema.ts';

const link = (names: string): string => `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${names}])\n`;

/** The reading desk: owner of visits, notes and shelves, and of what has happened to them. */
export const deskSdl = `${link('"@key", "@shareable", "@inaccessible", "@authenticated"')}
scalar Moment
type Query {
  visit(id: ID!): Visit @authenticated
  visitEvents(visitId: ID!, afterSequence: Int): [VisitEvent!]! @inaccessible @authenticated
  noteEvents(afterSequence: Int): [NoteEvent!]! @inaccessible @authenticated
  shelfEvents(shelfIds: [ID!]!): [ShelfEvent!]! @inaccessible
}
type Visit @key(fields: "id") { id: ID! fee: Int! book: Book }
type Shelf @key(fields: "id") { id: ID! label: String! }
type Place @shareable { hall: String! seat: Int }
type VisitEvent @shareable { sequence: Int! visit: Visit status: VisitStatus! note: String place: Place occurredAt: Moment! }
type NoteEvent @shareable { sequence: Int! text: String! occurredAt: Moment! }
type ShelfEvent @shareable { sequence: Int! shelf: Shelf free: Int! }
enum VisitStatus { BOOKED SEATED LEFT }
type Book @key(fields: "id", resolvable: false) { id: ID! }
`;

/** The virtual subgraph of the library's live events. */
export const eventsSdl = `${link('"@key", "@shareable", "@authenticated", "@composeDirective"')}
extend schema
  @link(url: "https://library.invalid/event-log/v1.0", import: ["@topic"])
  @composeDirective(name: "@topic")
directive @topic(name: String!, key: String!, types: [String!], owner: String, replay: String, keyAt: String, overflow: String, shared: Boolean) on FIELD_DEFINITION
scalar Moment
type Subscription {
  visitChanged(visitId: ID!, afterSequence: Int): VisitEvent! @authenticated
    @topic(name: "desk.visit.v1", key: "{args.visitId}", owner: "reader.id", replay: "visitEvents", overflow: "END")
  noteWritten(afterSequence: Int): NoteEvent! @authenticated
    @topic(name: "desk.note.v1", key: "{subject}", types: ["NoteWritten"], owner: "reader.id", replay: "noteEvents", overflow: "END")
  shelvesChanged(shelfIds: [ID!]!): ShelfEvent!
    @topic(name: "desk.shelf.v1", key: "{args.shelfIds}", keyAt: "shelf.id", replay: "shelfEvents", overflow: "LATEST", shared: true)
  bellRang(hall: ID!): BellEvent! @topic(name: "desk.bell.v1", key: "{args.hall}", overflow: "LATEST")
}
type VisitEvent @shareable { sequence: Int! visit: Visit status: VisitStatus! note: String place: Place occurredAt: Moment! }
type NoteEvent @shareable { sequence: Int! text: String! occurredAt: Moment! }
type ShelfEvent @shareable { sequence: Int! shelf: Shelf free: Int! }
type BellEvent { sequence: Int! hall: String! occurredAt: Moment! }
type Place @shareable { hall: String! seat: Int }
type Visit @key(fields: "id", resolvable: false) { id: ID! }
type Shelf @key(fields: "id", resolvable: false) { id: ID! }
enum VisitStatus { BOOKED SEATED LEFT }
`;

let composed: string | undefined;

/** The library with its desk and live events. */
export const eventfulSupergraph = (): string => (composed ??= eventfulSupergraphOf(eventsSdl));

/** @param events what stands for `eventsSdl`. @param desk what stands for `deskSdl`. */
export const eventfulSupergraphOf = (events: string, desk = deskSdl): string =>
  compose({ ...Object.fromEntries(libraryNames.map((name) => [name, librarySdl[name]])), desk, events }, { events: 'virtual:events' });

/** Topics of the desk, as the log wants to know them. */
export const deskTopics = ['desk.visit.v1', 'desk.note.v1', 'desk.shelf.v1', 'desk.bell.v1'].map((name) => ({
  name,
  partitions: 2,
  compacted: false,
  retentionDays: 7,
}));
