const refundFailure = 'refund failed: ';

/** Why a person has to look: payments could not give the money back. */
export const refundFailed = (reason: string): string => `${refundFailure}${reason}`;

/** Whether that is why. */
export const isRefundFailure = (attention: string | null): boolean => attention?.startsWith(refundFailure) ?? false;
