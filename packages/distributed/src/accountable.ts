import { howItEnded, type Stopped } from './supervisor.ts';

/**
 * Stops a system as the disposal of an app of `runApp`: when a process of it ended unasked, or did not end with 0, this process exits 1.
 *
 * @param say told, in one line, who it was.
 */
export function accountable(stop: () => Promise<readonly Stopped[]>, say: (text: string) => void): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      const wrong = (await stop()).filter(({ asked, code }) => !asked || code !== 0);
      if (wrong.length === 0) return;
      say(`stopped; ${wrong.map(({ name, asked, ...exit }) => `${name} ${howItEnded(exit)}${asked ? '' : ' unasked'}`).join(', ')}`);
      // Disposal itself went well, for which `runApp` leaves with 0.
      process.once('exit', () => {
        process.exitCode = 1;
      });
    },
  };
}
