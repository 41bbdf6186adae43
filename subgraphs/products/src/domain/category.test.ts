import { expect, test } from 'vitest';
import { parseAttributes, type AttributeDefinition } from './category.ts';

const definitions: readonly AttributeDefinition[] = [
  { key: 'material', label: 'Material', kind: 'CHOICE', required: true, choices: ['Oak', 'Ash'] },
  { key: 'height', label: 'Height', kind: 'NUMBER', required: false },
  { key: 'handmade', label: 'Made by hand', kind: 'FLAG', required: false },
  { key: 'care', label: 'Care', kind: 'TEXT', required: false },
];
const oak = { name: 'material', value: 'Oak' };
const messagesOf = (...stated: { name: string; value: string }[]) => {
  const outcome = parseAttributes(stated, definitions);
  return outcome.ok
    ? []
    : outcome.refusal.map((refusal) => (refusal.kind === 'invalid' ? `${refusal.field.join('.')}: ${refusal.message}` : refusal.kind));
};

test('values of their kind are kept by key', () => {
  const outcome = parseAttributes(
    [oak, { name: 'height', value: '-12.5' }, { name: 'handmade', value: 'true' }, { name: 'care', value: 'Wipe clean.' }],
    definitions,
  );

  expect(outcome).toEqual({ ok: true, value: { material: 'Oak', height: '-12.5', handmade: 'true', care: 'Wipe clean.' } });
});

test('every broken rule is reported at its place', () => {
  expect(messagesOf()).toEqual(['attributes: Material is required in this category.']);
  expect(
    messagesOf(
      { name: 'material', value: 'Plastic' },
      { name: 'height', value: 'tall' },
      { name: 'handmade', value: 'yes' },
      { name: 'care', value: '' },
      { name: 'taste', value: 'x' },
    ),
  ).toEqual([
    'attributes.0.value: Material is one of Oak, Ash.',
    'attributes.1.value: Height is a number.',
    'attributes.2.value: Made by hand is true or false.',
    'attributes.3.value: Care is text of 1 to 200 characters.',
    'attributes.4.name: The category defines no attribute "taste".',
  ]);
  expect(messagesOf(oak, oak)).toEqual(['attributes.1.name: Material is given twice.']);
});
