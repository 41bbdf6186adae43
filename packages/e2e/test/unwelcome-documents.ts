/** Times a text, with its number. */
const times = (count: number, text: (n: number) => string): string => Array.from({ length: count }, (_, n) => text(n)).join(' ');

const follow = (selection: string): string => `subscription { orderStatusChanged(orderId: "ord_1") { ${selection} } }`;

const nested = (depth: number, innermost: string): string => `${'order { '.repeat(depth)}${innermost}${' }'.repeat(depth)}`;

const bomb = `${follow('...f0')} ${times(20, (n) => `fragment f${String(n)} on OrderStatusEvent { ...f${String(n + 1)} ...f${String(n + 1)} }`)} fragment f20 on OrderStatusEvent { sequence }`;

/** Subscriptions that no transport takes, by the attack that they are, and the code they are refused with. */
export const unwelcomeDocuments: readonly (readonly [title: string, document: string, code: string])[] = [
  ['A2 500 aliases, which are more than 1,000 tokens', follow(times(500, (n) => `a${String(n)}: sequence`)), 'GRAPHQL_PARSE_FAILED'],
  ['A2 100 aliases', follow(times(100, (n) => `a${String(n)}: sequence`)), 'LIMIT_EXCEEDED'],
  ['A2 500 repeats', follow(times(500, () => 'sequence')), 'LIMIT_EXCEEDED'],
  ['A2 60 directives', follow(times(60, () => 'sequence @include(if: true)')), 'LIMIT_EXCEEDED'],
  ['A2 40 root fields', `subscription { ${times(40, (n) => `a${String(n)}: myOrdersChanged { sequence }`)} }`, 'LIMIT_EXCEEDED'],
  ['A3 a depth of 20', follow(nested(20, 'id')), 'LIMIT_EXCEEDED'],
  ['A3 a fragment bomb', bomb, 'LIMIT_EXCEEDED'],
  ['A3 a fragment cycle', `${follow('...f')} fragment f on OrderStatusEvent { ...f }`, 'GRAPHQL_VALIDATION_FAILED'],
  ['A5 a document of 45,000 characters', follow(times(15_000, () => 'id')), 'GRAPHQL_PARSE_FAILED'],
  ['A2 two root fields', 'subscription { myOrdersChanged { sequence } notificationReceived { sequence } }', 'GRAPHQL_VALIDATION_FAILED'],
  ['A5 a reserved name', follow('__proto__: sequence'), 'LIMIT_EXCEEDED'],
];
