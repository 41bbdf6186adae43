/** No answer in time. What was asked for may have happened all the same. */
export class LateError extends Error {
  override readonly name = 'LateError';
}

/** What `work` gives, within so many milliseconds. @throws {LateError} */
export function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      // A loop that was blocked runs timers before it reads sockets: an answer that has arrived meanwhile counts.
      setImmediate(() => {
        reject(new LateError(`no answer within ${String(ms)} ms`));
      });
    }, ms);
    work.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: Error) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
