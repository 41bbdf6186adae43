/** Rows of a read-only statement, in the audit's snapshot. */
export type Read = <Row extends object>(text: string) => Promise<readonly Row[]>;

/** The prefixed spelling of a bare UUID. */
export const spelled = (prefix: string, uuid: string): string => `${prefix}_${uuid.replaceAll('-', '')}`;
