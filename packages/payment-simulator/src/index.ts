export { createSimulatorAdmin, SimulatorAdminError, type Script, type SimulatorAdmin, type WebhookOrder } from './admin-client.ts';
export { startPaymentSimulator, type PaymentSimulator, type PaymentSimulatorConfig } from './app.ts';
export {
  approve,
  authorise,
  capture,
  refund,
  release,
  type Authorisation,
  type Decision,
  type LedgerOperation,
  type Reason,
  type Status,
} from './domain/authorisation.ts';
export { parseBehaviour } from './domain/behaviour.ts';
export { goesAstray, planEnquiry, planMoney, type Course } from './domain/course.ts';
export { toView, type AuthorisationView, type LedgerEntry, type OperationView } from './domain/ledger.ts';
export type { MoneyOperation, MoneyRequest } from './domain/money-request.ts';
export { isToken, tokens, type Token, type Verdict } from './domain/tokens.ts';
export { signatureHeader, signWebhook, type WebhookEvent } from './domain/webhook.ts';
