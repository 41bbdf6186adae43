/** Whether two types are the same but for what may be null. */
export function nullabilityOnly(before: string, after: string): boolean {
  return before.replaceAll('!', '') === after.replaceAll('!', '');
}
