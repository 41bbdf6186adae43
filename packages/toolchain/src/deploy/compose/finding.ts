/** A rule that does not hold, and where: `known-settings  orders  ORDER_DATABASE_URL is no setting of orders`. */
export interface Finding {
  readonly rule: string;
  /** A service of the compose file, or a line of the Dockerfile. */
  readonly where: string;
  readonly what: string;
}
