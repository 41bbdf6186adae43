import type { Visitor } from './visitor.ts';

/** One thing that the page promises. Titles are facts. */
export interface Journey {
  readonly title: string;
  readonly run: (visitor: Visitor) => Promise<void>;
}
