import { strict as assert } from 'node:assert';
import { eventually } from '@tally/testkit';
import type { Journey } from './journey.ts';

/** Two tabs, one session: only one of them swaps the refresh token. */
export const renewsItsToken: Journey = {
  title: 'a token that is renewed in one tab is shown to the open socket of the other, which stays',
  async run({ page }) {
    const frames: string[] = [];
    let ended = 0;
    page.on('websocket', (socket) => {
      socket.on('framesent', ({ payload }) => frames.push(`> ${payload.toString()}`));
      socket.on('framereceived', ({ payload }) => frames.push(`< ${payload.toString()}`));
      socket.on('close', () => ended++);
    });
    await page.reload();
    const connection = page.getByRole('region', { name: 'Connection' });
    await connection.getByText('Live', { exact: true }).waitFor();
    ended = 0; // that of the page before
    frames.length = 0;

    const before = await page.evaluate(endToken);
    const other = await page.context().newPage();
    await other.goto(page.url());
    await other.getByRole('button', { name: 'Sign out' }).waitFor();
    await eventually(async () => {
      assert.notEqual(await other.evaluate(readToken), before, 'the other tab keeps the old token');
    });

    await eventually(() => {
      const shown = frames.findIndex((frame) => frame.startsWith('> ') && frame.includes('"ping"') && frame.includes('Bearer '));
      assert.ok(shown >= 0, 'the new token is not shown to the socket');
      assert.ok(
        frames.slice(shown).some((frame) => frame.startsWith('< ') && frame.includes('"pong"')),
        'the socket does not answer the new token',
      );
    });
    await other.close();
    assert.equal(ended, 0, 'the socket was closed');
    await connection.getByText('Live', { exact: true }).waitFor();
  },
};

const endToken = `(() => {
  const session = JSON.parse(localStorage.getItem('tally.session'));
  localStorage.setItem('tally.session', JSON.stringify({ ...session, expiresAt: Date.now() }));
  return session.accessToken;
})()` as unknown as () => string;

const readToken = `JSON.parse(localStorage.getItem('tally.session')).accessToken` as unknown as () => string;
