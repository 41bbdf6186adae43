import { parse, Source } from 'graphql';
import { expect, test } from 'vitest';
import { embeddedDocuments } from './embedded-documents.ts';

const program = [
  "import { gql } from 'client';",
  'const total = gql`fragment Total on Order { total }`;',
  'const page = gql`',
  '  query Page { order { ...Total } }',
  '  ${total}',
  '`;',
  'const other = `not GraphQL`;',
  'const typed = graphql(`{ broken`);',
  'const said = /* GraphQL */ `query Said { a }`;',
].join('\n');

test('documents keep their places', () => {
  const documents = parse(new Source(embeddedDocuments(program), 'page.ts'));

  expect(
    documents.definitions.map((definition) => ['name' in definition ? definition.name?.value : null, definition.loc?.startToken.line]),
  ).toEqual([
    ['Total', 2],
    ['Page', 4],
    ['Said', 9],
  ]);
});

test('a program without any is blank', () => {
  expect(embeddedDocuments('const other = `text`;\n').trim()).toBe('');
});
