import type { DocumentNode } from 'graphql';
import { boundedBy, operationBound, sourceLength } from '../planning/bounded.ts';

/** Parsed and validated documents by hash: what Apollo Server finds here it neither parses nor validates again. */
export interface DocumentStore {
  get(key: string): Promise<DocumentNode | undefined>;
  set(key: string, document: DocumentNode): Promise<void>;
  delete(key: string): Promise<boolean>;
}

/** Bounded by count and text; Apollo's own would print every document as JSON to weigh it. */
export function createDocumentStore(): DocumentStore {
  const documents = boundedBy<DocumentNode>(operationBound, sourceLength);
  return {
    get: (key) => Promise.resolve(documents.get(key)),
    set(key, document) {
      documents.set(key, document);
      return Promise.resolve();
    },
    delete: (key) => Promise.resolve(documents.delete(key)),
  };
}
