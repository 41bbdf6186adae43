const kills = new Set<() => void>();
let heard = false;

/** Has a process killed when this one exits before it is told that the other has ended. One listener for all: there may be many. */
export function killAtExit(kill: () => void): Disposable {
  kills.add(kill);
  if (!heard) {
    heard = true;
    process.once('exit', () => {
      for (const each of kills) each();
    });
  }
  return { [Symbol.dispose]: () => void kills.delete(kill) };
}
