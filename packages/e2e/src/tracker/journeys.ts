import { strict as assert } from 'node:assert';
import type { Journey } from './journey.ts';
import { renewsItsToken } from './renews-its-token.ts';
import { assertCalm, type Visitor } from './visitor.ts';

const mug = 'Enamel Mug, White';

const looksAround: Journey = {
  title: 'whoever is nobody sees the shop, its live stock, and a way to sign in',
  async run(visitor) {
    const { page } = visitor;
    await page.getByRole('button', { name: `Buy ${mug} now` }).waitFor();
    await page.getByText('Stock is live').waitFor();
    await visitor.photograph('1-shop');
    await visitor.visit('Orders');
    await page.getByRole('button', { name: 'Sign in as Ada', exact: true }).waitFor();
    await visitor.photograph('2-sign-in');
    await visitor.signInAs('Ada');
  },
};

const buysAndReceives: Journey = {
  title: 'an order is bought and each step arrives live, up to DELIVERED',
  async run(visitor) {
    const { page } = visitor;
    await visitor.buy({ product: mug });
    await visitor.step('Being prepared', 4);
    await visitor.photograph('3-being-prepared');
    await visitor.atTheDesk('Ship everything');
    await visitor.step('On its way', 5);
    await visitor.atTheDesk('Deliver');
    await visitor.step('Delivered', 6);
    assert.equal(await visitor.told.count(), 6, 'the timeline has other steps than it was told');
    assert.equal(await page.getByText('missed while offline').count(), 0, 'a step is called missed that was not');
    const letters = page.getByRole('region', { name: 'Mail about this order' }).getByRole('listitem');
    await letters.nth(2).waitFor();
    await page.getByRole('heading', { name: 'Delivered' }).scrollIntoViewIfNeeded();
    await visitor.photograph('4-delivered');
  },
};

const cutsAndResumes: Journey = {
  title: 'a page that was cut off hears nothing, and then everything it missed, marked and in order',
  async run(visitor) {
    const { page } = visitor;
    await visitor.buy({ product: mug });
    await visitor.step('Being prepared', 4);
    await page.getByRole('button', { name: 'Cut the connection' }).click();
    const connection = page.getByRole('region', { name: 'Connection' });
    await connection.getByText(/^Offline since/).waitFor();
    await connection.getByText('last step seen #4').waitFor();
    await visitor.atTheDesk('Ship everything');
    await visitor.atTheDesk('Deliver');
    await page.getByText('Nothing is left to do.').waitFor();
    assert.equal(await visitor.told.count(), 4, 'a page without a connection knows more than it was told');
    await page.getByRole('heading', { name: 'Being prepared' }).scrollIntoViewIfNeeded();
    await visitor.photograph('5-offline');
    await connection.getByRole('button', { name: 'Reconnect' }).click();
    for (const line of [await visitor.step('On its way', 5), await visitor.step('Delivered', 6)])
      await line.getByText('missed while offline').waitFor();
    assert.equal(await visitor.told.count(), 6, 'a step came twice, or not at all');
    await connection.getByText('caught up on 2 missed steps').waitFor();
    await visitor.photograph('6-caught-up');
    await visitor.visit('Orders');
    await page.getByRole('list', { name: 'My orders' }).getByText('changed while offline').waitFor();
  },
};

const isDeclined: Journey = {
  title: 'a card that is declined ends the order, and the page says why',
  async run(visitor) {
    await visitor.buy({ product: mug, card: 'Card that is declined' });
    await visitor.page.getByRole('heading', { name: 'Payment failed' }).waitFor();
    await visitor.page.getByRole('alert').filter({ hasText: 'Nothing was charged' }).waitFor();
    await visitor.photograph('7-declined');
  },
};

const isSoldOut: Journey = {
  title: 'an order for more than there is names the line that is short',
  async run(visitor) {
    await visitor.tryToBuy({ product: 'Harbour Lights Print, A3', quantity: 4 });
    await visitor.page.getByRole('alert').filter({ hasText: 'Harbour Lights Print, A3: you wanted 4, only 3 are left.' }).waitFor();
    await visitor.photograph('8-sold-out');
  },
};

const fillsTheCart: Journey = {
  title: 'a cart counts what is in it, is quoted, and is empty once it was bought',
  async run(visitor) {
    const { page } = visitor;
    await visitor.visit('Shop');
    for (const product of [mug, 'Wool Blanket, Sage']) {
      await page.getByRole('searchbox').fill(product.split(',')[0] ?? '');
      await page.getByRole('button', { name: `Add ${product} to the cart` }).click();
      await page
        .getByRole('button', { name: `Add ${product} to the cart` })
        .and(page.locator(':enabled'))
        .waitFor();
    }
    await visitor.visit('Cart');
    await page.getByRole('button', { name: `One more ${mug}` }).click();
    await page.getByText('€119.97').first().waitFor();
    await visitor.photograph('9-cart');
    await page.getByRole('button', { name: 'Place the order' }).click();
    await visitor.step('Being prepared', 4);
    await visitor.visit('Cart');
    await page.getByText('The cart is empty.').waitFor();
  },
};

const readsMail: Journey = {
  title: 'mail is listed with its beginning, and read when it is opened',
  async run(visitor) {
    const { page } = visitor;
    await visitor.visit('Messages');
    const first = page.getByRole('list', { name: 'Messages' }).getByRole('listitem').first();
    await first.getByText('unread').waitFor({ state: 'attached' });
    await first.locator('summary').click();
    await first.getByRole('link', { name: /^Order / }).waitFor();
    await first.getByText('unread').waitFor({ state: 'detached' });
    await visitor.photograph('10-messages');
    await visitor.visit('Orders');
    await page.getByRole('list', { name: 'My orders' }).getByRole('listitem').nth(3).waitFor();
    await visitor.photograph('11-orders');
  },
};

const staysCalm: Journey = {
  title: 'the browser has nothing to complain about, and nothing jumped',
  run: assertCalm,
};

/** Around a shop that stops and starts again. */
export const outlivesTheShop = {
  title: 'a page whose shop was restarted comes back by itself, to the step it had seen',
  async before(visitor: Visitor): Promise<void> {
    await visitor.buy({ product: mug });
    await visitor.step('Being prepared', 4);
  },
  async away({ page }: Visitor): Promise<void> {
    const connection = page.getByRole('region', { name: 'Connection' });
    await connection.getByText(/^Connection lost at/).waitFor();
    await connection.getByText('trying again, last step seen #4').waitFor();
  },
  async after(visitor: Visitor): Promise<void> {
    await visitor.page.getByRole('region', { name: 'Connection' }).getByText('Live', { exact: true }).waitFor();
    await visitor.atTheDesk('Ship everything');
    await visitor.step('On its way', 5);
    assert.equal(await visitor.told.count(), 5, 'the timeline has other steps than it was told');
  },
} as const;

/** In this order: each finds the page as the one before has left it. */
export const journeys: readonly Journey[] = [
  looksAround,
  buysAndReceives,
  cutsAndResumes,
  isDeclined,
  isSoldOut,
  fillsTheCart,
  readsMail,
  renewsItsToken,
  staysCalm,
];
