import type { Handlers } from '@tally/messaging';
import { onCaptureRefused } from './capture-refused.ts';
import { onPaymentActionRequired } from './payment-action-required.ts';
import { onPaymentAuthorised } from './payment-authorised.ts';
import { onPaymentCaptured } from './payment-captured.ts';
import { onPaymentDeclined } from './payment-declined.ts';
import { onPaymentFailed } from './payment-failed.ts';
import { onPaymentInDoubt } from './payment-in-doubt.ts';
import { onPaymentRefunded } from './payment-refunded.ts';
import { onPaymentVoided } from './payment-voided.ts';
import { onRefundFailed } from './refund-failed.ts';
import type { AdvanceSaga } from './saga-reply.ts';
import { onStockCommitted } from './stock-committed.ts';
import { onStockRejected } from './stock-rejected.ts';
import { onStockReleased } from './stock-released.ts';
import { onStockReserved } from './stock-reserved.ts';

/** Every reply and fact that moves a saga. */
export const sagaHandlers = (advanceSaga: AdvanceSaga) =>
  ({
    StockReserved: onStockReserved(advanceSaga),
    StockRejected: onStockRejected(advanceSaga),
    StockCommitted: onStockCommitted(advanceSaga),
    StockReleased: onStockReleased(advanceSaga),
    PaymentActionRequired: onPaymentActionRequired(advanceSaga),
    PaymentAuthorised: onPaymentAuthorised(advanceSaga),
    PaymentDeclined: onPaymentDeclined(advanceSaga),
    PaymentFailed: onPaymentFailed(advanceSaga),
    PaymentInDoubt: onPaymentInDoubt(advanceSaga),
    PaymentCaptured: onPaymentCaptured(advanceSaga),
    CaptureRefused: onCaptureRefused(advanceSaga),
    PaymentVoided: onPaymentVoided(advanceSaga),
    PaymentRefunded: onPaymentRefunded(advanceSaga),
    RefundFailed: onRefundFailed(advanceSaga),
  }) satisfies Handlers;
