import { readFileSync } from 'node:fs';
import { Supergraph } from '@apollo/federation-internals';
import { Kind, validate, type DocumentNode } from 'graphql';
import { expect, test } from 'vitest';
import * as checkout from '../cart/checkout-documents.ts';
import * as cart from '../cart/documents.ts';
import * as desk from '../desk/documents.ts';
import * as messages from '../messages/documents.ts';
import * as orders from '../orders/documents.ts';
import * as myOrders from '../orders/my-orders-documents.ts';
import * as shop from '../shop/documents.ts';

const supergraph = readFileSync(new URL('../../../../gateway/supergraph.graphql', import.meta.url), 'utf8');
const schema = Supergraph.build(supergraph, { supportedFeatures: null }).apiSchema().toGraphQLJSSchema();

const operations = [checkout, cart, desk, messages, orders, myOrders, shop]
  .flatMap((documents) => Object.values(documents) as readonly DocumentNode[])
  .flatMap((document) => {
    const operation = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    return operation?.kind === Kind.OPERATION_DEFINITION ? [{ name: operation.name?.value ?? '', document }] : [];
  });

test.for(operations)('the graph understands $name', ({ document }) => {
  expect(validate(schema, document).map(({ message }) => message)).toEqual([]);
});
