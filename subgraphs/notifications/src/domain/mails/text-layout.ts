import type { Advice, Detail, Letter, Statement, Step } from './letter.ts';
import type { Shop } from './mail.ts';
import { columns, textWidth, wrapRow, wrapText } from './wrap-text.ts';

type Block = readonly string[];

/** The letter as plain text: blocks of lines, an empty line between two. */
export function textLayout(letter: Letter, greeting: string, shop: Shop): string {
  const headline = wrapText(letter.headline);
  const blocks: readonly Block[] = [
    wrapText(shop.name),
    [...headline, '='.repeat(Math.max(...headline.map(columns)))],
    wrapText(greeting),
    ...letter.paragraphs.map((paragraph) => wrapText(paragraph)),
    progressBlock(letter.progress),
    letter.details.flatMap(detailLines),
    ...(letter.advice === null ? [] : adviceBlocks(letter.advice)),
    [...wrapText(`${letter.link.label}:`), letter.link.url],
    ...(letter.statement === null ? [] : [statementBlock(letter.statement)]),
    [rule, ...wrapText(letter.reason), shop.url],
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

const rule = '-'.repeat(textWidth);

const marks: Readonly<Record<Step['state'], string>> = { DONE: '[x]', PARTLY: '[/]', AHEAD: '[ ]' };

const progressBlock = (steps: readonly Step[]): Block =>
  steps.length === 0 ? [] : [steps.map(({ label, state }) => `${marks[state]} ${label}`).join('   ')];

const detailLines = ({ label, value }: Detail): Block => wrapText(`${label}: ${value}`);

const adviceBlocks = ({ heading, steps }: Advice): readonly Block[] => [
  wrapText(heading),
  ...steps.map((step, at) => hanging(`${at + 1}. `, step)),
];

function hanging(mark: string, text: string): Block {
  return wrapText(text, textWidth - mark.length).map((line, at) => (at === 0 ? mark : ' '.repeat(mark.length)) + line);
}

const statementBlock = ({ heading, lines, sums }: Statement): Block => [
  ...wrapText(heading),
  rule,
  ...lines.flatMap(({ title, particulars, amount }) => [...wrapRow(title, amount), ...hanging('  ', particulars)]),
  rule,
  ...sums.flatMap(({ label, value }) => wrapRow(label, value)),
];
