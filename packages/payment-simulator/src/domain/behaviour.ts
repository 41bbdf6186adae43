/** How one call is answered. `text` is the spelling a script uses and the ledger keeps. Milliseconds are 0 to 600,000. */
export type Behaviour = { readonly text: string } & (
  | { readonly kind: 'approve' | 'decline' | 'timeout-before' | 'timeout-after' | 'garbage' | 'reset' | 'refuse' }
  | { readonly kind: 'delay' | 'late' | 'unknown-for'; readonly ms: number }
  | { readonly kind: 'http'; readonly status: number; readonly done: boolean }
);

/** What an enquiry can be told to do: it changes nothing, so there is nothing to approve, to hide or to do late. */
const forEnquiries: readonly Behaviour['kind'][] = ['delay', 'timeout-before', 'http', 'garbage', 'reset', 'refuse'];

const longestMs = 600_000;

/** `null` when the text is no behaviour in its one spelling. */
export function parseBehaviour(text: string): Behaviour | null {
  switch (text) {
    case 'approve':
    case 'decline':
    case 'timeout-before':
    case 'timeout-after':
    case 'garbage':
    case 'reset':
    case 'refuse':
      return { text, kind: text };
    default:
      return parseTimed(text) ?? parseHttp(text);
  }
}

/** Whether an enquiry can behave like that. */
export const suitsEnquiry = (behaviour: Behaviour): boolean =>
  forEnquiries.includes(behaviour.kind) && !(behaviour.kind === 'http' && behaviour.done);

function parseTimed(text: string): Behaviour | null {
  const match = /^(delay|late|unknown-for):(0|[1-9]\d{0,5})$/.exec(text);
  const kind = match?.[1];
  const ms = Number(match?.[2]);
  if ((kind !== 'delay' && kind !== 'late' && kind !== 'unknown-for') || ms > longestMs) return null;
  return { text, kind, ms };
}

function parseHttp(text: string): Behaviour | null {
  const match = /^http:([45]\d\d)(-after)?$/.exec(text);
  return match === null ? null : { text, kind: 'http', status: Number(match[1]), done: match[2] !== undefined };
}
