import { expect, test } from 'vitest';
import { parseStatementLog } from './statement-log.ts';

test('statements are read with their role and their values', () => {
  const log = [
    'tally-bench 7 products LOG:  execute s1: SELECT *',
    '\tFROM product WHERE id = ANY($1) AND title = $2 AND note = $3',
    `tally-bench 7 products DETAIL:  Parameters: $1 = '{a,b}', $2 = 'it''s', $3 = NULL`,
    'tally-bench 8 orders LOG:  statement: BEGIN',
    'tally-bench 9  LOG:  checkpoint starting: time',
    'a line of somebody else',
    '',
  ].join('\n');
  expect(parseStatementLog(log)).toEqual([
    { role: 'products', text: 'SELECT *\nFROM product WHERE id = ANY($1) AND title = $2 AND note = $3', values: ['{a,b}', `it's`, null] },
    { role: 'orders', text: 'BEGIN', values: [] },
  ]);
});

test('a value may hold what looks like another parameter', () => {
  const log = `tally-bench 7 products LOG:  execute <unnamed>: SELECT $1\ntally-bench 7 products DETAIL:  parameters: $1 = 'a, $2 = ''b'''\n`;
  expect(parseStatementLog(log)[0]?.values).toEqual([`a, $2 = 'b'`]);
});
