import type { MessageData } from '@tally/events';
import { fingerprint, fromUuid, type Id, type IdPrefix } from '@tally/kernel';
import type { Saga } from './saga.ts';

export type StockCommandType = 'ReserveStock' | 'CommitStock' | 'ReleaseStock';
export type PaymentCommandType = 'AuthorisePayment' | 'CapturePayment' | 'VoidPayment' | 'RefundPayment';
export type CommandType = StockCommandType | PaymentCommandType;

/** A command as it travels. */
export type Command = {
  readonly [M in CommandType]: { readonly id: Id<'cmd'>; readonly type: M; readonly data: MessageData<M> };
}[CommandType];

/** What the saga remembers of a command: outstanding until it is answered, or made void by a later decision. */
export interface SentCommand {
  readonly id: Id<'cmd'>;
  readonly type: CommandType;
  readonly state: 'OUTSTANDING' | 'ANSWERED' | 'VOID' | 'VOID_ANSWERED';
}

const paymentCommands: readonly CommandType[] = ['AuthorisePayment', 'CapturePayment', 'VoidPayment', 'RefundPayment'];

export const isPaymentCommand = (type: CommandType): type is PaymentCommandType => paymentCommands.includes(type);

export const isOutstanding = ({ state }: SentCommand): boolean => state === 'OUTSTANDING';

/**
 * The id of the n-th command of a type, from 1: follows from the saga, so that deciding twice makes the same command and the table refuses the second.
 * A UUIDv7 in form, with the saga's own time.
 */
export const commandIdOf = (sagaId: Id<'saga'>, type: CommandType, ordinal: number): Id<'cmd'> =>
  derivedId('cmd', sagaId, `${type} ${ordinal}`);

/**
 * The id of the refund of an order, from which payments derives the provider's key. There is one, whoever asks how often; only after it has failed for
 * good a person may ask for the next (saga-retry.ts).
 *
 * @param nth from 1.
 */
export const refundIdOf = (sagaId: Id<'saga'>, nth = 1): Id<'ref'> => derivedId('ref', sagaId, nth === 1 ? 'refund' : `refund ${nth}`);

function derivedId<P extends IdPrefix>(prefix: P, sagaId: Id<'saga'>, what: string): Id<P> {
  const hash = fingerprint({ saga: sagaId, what }).slice(-64);
  const variant = '89ab'.charAt(Number.parseInt(hash.charAt(0), 16) % 4);
  return fromUuid(prefix, `${sagaId.slice(-32, -20)}7${hash.slice(1, 4)}${variant}${hash.slice(4, 19)}`);
}

/** Makes a command with the id it is given for its type. */
export type MakeCommand = (nextId: (type: CommandType) => Id<'cmd'>) => Command;

/** A command that says nothing but which order. */
export function plain(type: 'CommitStock' | 'CapturePayment', saga: Saga): MakeCommand {
  return (nextId) => {
    const id = nextId(type);
    return { id, type, data: { commandId: id, order: { id: saga.orderId } } };
  };
}

/** Sends money back: what is authorised is voided, what is captured refunded. */
export function undo(type: 'VoidPayment' | 'RefundPayment', saga: Saga, reason: string): MakeCommand {
  return (nextId) => {
    const id = nextId(type);
    const command = { commandId: id, order: { id: saga.orderId }, reason };
    if (type === 'VoidPayment') return { id, type, data: command };
    return { id, type, data: { ...command, refundId: refundIdOf(saga.sagaId), amount: { ...saga.total } } };
  };
}

/** Sends captured money back once more, as a refund of its own. */
export function refundAgain(saga: Saga, reason: string): MakeCommand {
  return (nextId) => {
    const id = nextId('RefundPayment');
    const nth = saga.commands.filter(({ type }) => type === 'RefundPayment').length + 1;
    const refundId = refundIdOf(saga.sagaId, nth);
    return { id, type: 'RefundPayment', data: { commandId: id, order: { id: saga.orderId }, reason, refundId, amount: { ...saga.total } } };
  };
}

/** Adds commands to the saga as outstanding. */
export function issue(saga: Saga, ...commands: readonly MakeCommand[]): { readonly saga: Saga; readonly send: readonly Command[] } {
  const sentBefore = (type: CommandType): number => saga.commands.filter((command) => command.type === type).length;
  const send = commands.map((make) => make((type) => commandIdOf(saga.sagaId, type, sentBefore(type) + 1)));
  const sent = send.map(({ id, type }): SentCommand => ({ id, type, state: 'OUTSTANDING' }));
  return { saga: { ...saga, commands: [...saga.commands, ...sent] }, send };
}

/** The saga after a definite reply to one of its commands. */
export function answered(saga: Saga, { id, type }: SentCommand): Saga {
  const commands = saga.commands.map((command) =>
    command.id === id ? { ...command, state: command.state === 'VOID' ? ('VOID_ANSWERED' as const) : ('ANSWERED' as const) } : command,
  );
  return { ...saga, commands, inDoubtSince: isPaymentCommand(type) ? null : saga.inDoubtSince };
}

/** The saga after a decision that no longer waits for these. */
export function madeVoid(saga: Saga, ...types: readonly CommandType[]): Saga {
  const commands = saga.commands.map((command) =>
    types.includes(command.type) && isOutstanding(command) ? { ...command, state: 'VOID' as const } : command,
  );
  return { ...saga, commands };
}
