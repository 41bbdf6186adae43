import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { isPhone, type Look } from './looks.ts';

/** Somebody in front of the page. Finds everything by its role and name, as a screen reader does. */
export interface Visitor extends AsyncDisposable {
  readonly page: Page;
  readonly look: Look;
  visit(place: 'Shop' | 'Cart' | 'Orders' | 'Messages'): Promise<void>;
  signInAs(name: string): Promise<void>;
  /** Buys through the dialog of a variant, and comes to stand before the order. */
  buy(wish: { readonly product: string; readonly quantity?: number; readonly card?: string }): Promise<void>;
  /** As `buy`, up to the press of the last button. */
  tryToBuy(wish: { readonly product: string; readonly quantity?: number; readonly card?: string }): Promise<Locator>;
  /** Lines of the timeline that were told. */
  readonly told: Locator;
  /** Waits until the timeline has a step, and gives its line. */
  step(name: string, sequence: number): Promise<Locator>;
  /** Ships or delivers at the staff desk. */
  atTheDesk(press: 'Ship everything' | 'Deliver'): Promise<void>;
  photograph(name: string): Promise<void>;
  /** What a browser complains about, and layout that moved by itself, 0 to 1 and more. */
  complaints(): Promise<{ readonly messages: readonly string[]; readonly shift: number; readonly overflow: number }>;
}

const patienceMs = 30_000;

/** Opens the page in a browser of its own: nothing is shared with other visitors. */
export async function visitorOf(browser: Browser, url: string, look: Look, pictures: string): Promise<Visitor> {
  const { width, height, colours } = look;
  const mobile = isPhone(look);
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: colours,
    locale: 'en-GB',
    isMobile: mobile,
    hasTouch: mobile,
  });
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  const messages: string[] = [];
  page.on('pageerror', (error) => messages.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') messages.push(message.text());
  });
  await page.addInitScript(watchShifts);
  await page.goto(url);

  const told = page.getByRole('list', { name: 'Steps of the order' }).getByRole('listitem').filter({ hasText: /#\d+/ });
  const desk = page.getByRole('region', { name: 'Staff desk' });

  async function visit(place: string): Promise<void> {
    const tabs = mobile ? page.getByRole('navigation', { name: 'Places' }) : page.getByRole('navigation');
    await tabs.getByRole('link', { name: new RegExp(`^${place}`) }).click();
  }

  const tryToBuy: Visitor['tryToBuy'] = async ({ product, quantity = 1, card = 'Card that is good' }) => {
    if (mobile) await visit('Shop');
    await page.getByRole('searchbox', { name: 'Search the catalogue' }).fill(product.split(',')[0] ?? product);
    await page.getByRole('button', { name: `Buy ${product} now` }).click();
    const dialog = page.getByRole('dialog', { name: `Buy ${product}` });
    for (let more = 1; more < quantity; more++) await dialog.getByRole('button', { name: `One more ${product}` }).click();
    await dialog.getByRole('radio', { name: card }).check();
    await dialog.getByRole('button', { name: 'Place the order' }).click();
    return dialog;
  };

  return {
    page,
    look,
    told,
    visit,
    tryToBuy,
    async signInAs(name) {
      if (mobile) await visit('Orders');
      await page.getByRole('button', { name: `Sign in as ${name}`, exact: true }).click();
      await page.getByRole('button', { name: 'Sign out' }).waitFor();
    },
    async buy(wish) {
      const dialog = await tryToBuy(wish);
      await dialog.waitFor({ state: 'hidden' });
      await told.first().waitFor();
    },
    async step(name, sequence) {
      const line = told.filter({ hasText: name }).filter({ hasText: `#${String(sequence)} ` });
      await line.waitFor();
      return line;
    },
    async atTheDesk(press) {
      const open = desk.getByRole('button', { name: /^Open the desk/ });
      const button = desk.getByRole('button', { name: press, exact: true });
      await open.or(button).first().waitFor();
      if (await open.isVisible()) await open.click();
      await button.click();
      await button.waitFor({ state: 'hidden' });
    },
    async photograph(name) {
      await page.screenshot({ path: join(pictures, `${look.name}-${name}.png`), animations: 'disabled' });
    },
    async complaints() {
      const { shift, overflow } = await page.evaluate(readShifts);
      return { messages, shift, overflow };
    },
    [Symbol.asyncDispose]: () => context.close(),
  };
}

/** The browser has nothing to complain about, nothing sticks out, and nothing moved that was not touched. */
export async function assertCalm(visitor: Visitor): Promise<void> {
  const { messages, shift, overflow } = await visitor.complaints();
  assert.deepEqual(messages, [], 'the browser complains');
  assert.equal(overflow, 0, `the page is ${String(overflow)} px wider than its window`);
  assert.ok(shift < 0.1, `the layout jumped by ${shift.toFixed(3)}`);
}

// These two run in the page, as text: it has types that this program does not.
const watchShifts = `
  window.layoutShift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.layoutShift += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });`;
const readShifts = `({
  shift: window.layoutShift,
  overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
})` as unknown as () => { readonly shift: number; readonly overflow: number };
