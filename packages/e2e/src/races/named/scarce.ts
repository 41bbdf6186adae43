import type { Line } from '../../client/shopper.ts';
import { checkOut } from '../checkout.ts';
import { fatesOf, isSold, stockOf, untilEnded } from '../fates.ts';
import { obstaclesInWords, type Obstacles } from '../persist.ts';
import type { Race } from '../stage.ts';

/** An article of which too few are there, and everybody who wants it at the same moment. */
interface Scarce {
  readonly title: string;
  readonly units: number;
  readonly buyers: number;
  readonly lines: (variantId: string) => readonly Line[];
  /** Who gets theirs, and what is left then. */
  readonly winners: number;
  readonly left: number;
}

const articles = 10;

/** One unit, twenty buyers: one of them has it. */
export const lastUnit = scarce({
  title: 'last unit',
  units: 1,
  buyers: 20,
  lines: (variantId) => [{ variantId, quantity: 1 }],
  winners: 1,
  left: 0,
});

/** Two lines of one article are one wish for two: of three units one buyer gets two, nobody one. */
export const twoLinesOneArticle = scarce({
  title: 'two lines of one article',
  units: 3,
  buyers: 4,
  lines: (variantId) => [
    { variantId, quantity: 1 },
    { variantId, quantity: 1 },
  ],
  winners: 1,
  left: 1,
});

function scarce({ title: what, units, buyers: count, lines, winners, left }: Scarce): Race {
  return async ({ staff, sql, buyers, history, say }) => {
    const title = `${what}: ${String(articles)} articles × ${String(count)} buyers × ${String(units)} units`;
    say(title);
    const { variants } = await staff.createProduct({ title: what, stock: Array.from({ length: articles }, () => units) });
    const crowd = await buyers.gather(articles * count, 'tok_ok');
    const obstacles: Obstacles = new Map();
    await Promise.all(
      crowd.map(async (buyer, index) => {
        const wish = { lines: lines(variants[index % articles]?.id ?? ''), paymentMethodId: await buyer.card('tok_ok') };
        await checkOut(buyer, wish, { history, obstacles });
      }),
    );
    const faults = [...(await untilEnded(sql))];
    let sold = 0;
    for (const { id, sku } of variants) {
      const fates = await fatesOf(sql, [id]);
      const { available, reserved } = await stockOf(sql, id);
      const won = fates.filter(isSold).length;
      sold += won;
      if (won !== winners || available !== left || reserved !== 0 || fates.length !== count)
        faults.push(
          `${sku}: ${String(won)} of ${String(fates.length)} have it, ${String(available)} available and ${String(reserved)} reserved of ${String(units)}`,
        );
    }
    return { title, figures: [`sold ${String(sold)} orders; asked again because of: ${obstaclesInWords(obstacles)}`], faults };
  };
}
