/** Longest reason, in characters. */
export const longestReason = 500;

/** Why somebody steps in, in their own words: 1 to 500 characters on one line once trimmed; `null` for anything else. */
export function parseReason(text: string): string | null {
  const reason = text.trim();
  return reason !== '' && reason.length <= longestReason && !/\p{Cc}/u.test(reason) && reason.isWellFormed() ? reason : null;
}
