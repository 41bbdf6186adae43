import { subtractMoney, sumMoney } from '@tally/kernel';
import type { Statement } from './letter.ts';
import type { LocalFormat } from './local-format.ts';
import type { MailOrder } from './mail.ts';

/** The order as a bill. Prices include tax, so goods and total differ by shipping and discounts alone. */
export function statementOf({ number, lines, total }: MailOrder, { money }: LocalFormat, heading = `Order ${number}`): Statement {
  const goods = sumMoney(
    lines.map(({ lineTotal }) => lineTotal),
    total.currency,
  );
  const rest = subtractMoney(total, goods);
  const between = rest.amount === 0 ? [] : [{ label: 'Shipping and discounts', value: money(rest) }];
  return {
    heading,
    lines: lines.map(({ title, sku, quantity, lineTotal }) => ({
      title,
      particulars: `${quantity} × ${sku}`,
      amount: money(lineTotal),
    })),
    sums: [...between, { label: 'Total', value: money(total) }],
  };
}
