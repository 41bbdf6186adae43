/**
 * What a flag names, separated by commas.
 *
 * @returns `null` when the flag is absent.
 * @throws {RangeError} one of them does not exist.
 */
export function listed<T extends string>(flag: string, text: string | undefined, known: readonly T[]): readonly T[] | null {
  if (text === undefined) return null;
  return text.split(',').map((name) => {
    const found = known.find((one) => one === name.trim());
    if (found === undefined) throw new RangeError(`${flag}: there is no ${name}; there are ${known.join(', ')}`);
    return found;
  });
}
