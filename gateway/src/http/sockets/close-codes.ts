/**
 * Codes a socket is closed with. Stock clients come back after `forbidden`, `goingAway` and `tryAgainLater`, and give up after the others.
 *
 * @see PROTOCOL.md of graphql-ws; RFC 6455, 7.4.1. 4400, 4401, 4409 and 4429 are graphql-ws's to send.
 */
export const closeCodes = {
  goingAway: 1001,
  tryAgainLater: 1013,
  forbidden: 4403,
  initTimeout: 4408,
  internal: 4500,
} as const;
