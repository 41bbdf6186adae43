export { createSimulatorAdmin, SimulatorAdminError, type Script, type SimulatorAdmin, type WebhookOrder } from './admin-client.ts';
export { startPaymentSimulator, type PaymentSimulator, type PaymentSimulatorConfig } from './app.ts';
export type { LedgerOperation, Reason, Status } from './domain/authorisation.ts';
export type { AuthorisationView, LedgerEntry, OperationView } from './domain/ledger.ts';
export { tokens, type Token } from './domain/tokens.ts';
export { signatureHeader, signWebhook, type WebhookEvent } from './domain/webhook.ts';
