/** Rows of a read-only statement, in the audit's snapshot. */
export type Read = <Row extends object>(text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

/** The prefixed spelling of a bare UUID. */
export const spelled = (prefix: string, uuid: string): string => `${prefix}_${uuid.replaceAll('-', '')}`;

/** The same in SQL, on a column. */
export const spelledInSql = (prefix: string, column: string): string => `'${prefix}_' || replace(${column}::text, '-', '')`;

/** Texts as a list in SQL; only for texts of this package. */
export const listInSql = (texts: readonly string[]): string => texts.map((text) => `'${text}'`).join(', ');

/** Statuses of an order that stands: its buyer owes the total. */
export const standing: readonly string[] = ['CONFIRMED', 'PROCESSING', 'PARTIALLY_SHIPPED', 'SHIPPED', 'DELIVERED', 'COMPLETED'];

/** Statuses of an order that ended without a sale: nothing may be held for it. */
export const unsuccessful: readonly string[] = ['REJECTED', 'PAYMENT_FAILED', 'CANCELLED'];
