import { unreachable } from '@tally/kernel';
import {
  goesAstray,
  isToken,
  parseBehaviour,
  planEnquiry,
  planMoney,
  type AuthorisationView,
  type Course,
  type MoneyRequest,
} from '@tally/payment-simulator';
import type { CallAnswer, EnquiryAnswer, PaymentProvider } from './payment-provider.ts';
import { callAnswerOf, enquiryAnswerOf } from './spelling.ts';
import type { Answer, Books } from './books.ts';

/** What can be scripted. */
export type Exchange = MoneyRequest['operation'] | 'enquire';

/** What a connection takes of the world. */
export interface Line {
  readonly books: Books;
  /** How the next exchange of this kind goes, as the payment simulator spells it; `null`: as the token has it. */
  readonly nextBehaviour: (exchange: Exchange) => string | null;
  /** Happens that much later whoever is still alive, in milliseconds. */
  readonly later: (ms: number, act: () => void) => void;
  /** In milliseconds, then in the next turn; never resolves in a dead process. */
  readonly sleep: (ms: number) => Promise<void>;
  /** From connecting to the last byte, in milliseconds. */
  readonly timeoutMs: number;
  /** `false`: nobody listens at the other end. */
  readonly listening?: boolean;
}

type Silence = Extract<CallAnswer, { kind: 'UNKNOWN' | 'NOT_SENT' }>;

const refused: Silence = { kind: 'NOT_SENT', code: 'ECONNREFUSED', circuitOpen: false };
const unknown = (code: string): Silence => ({ kind: 'UNKNOWN', code });
const isSilent = (value: unknown): value is Silence => typeof value === 'object' && value !== null && 'kind' in value;

/**
 * The provider as one of our processes reaches it: the time an exchange takes, and what comes back of it. A request arrives in the turn in which it is
 * made; whoever calls gives others their turns before and after.
 */
export function connect(line: Line): PaymentProvider {
  const { books, later, sleep, timeoutMs } = line;

  /** @param act takes effect at the provider; must be harmless without anybody who waits for it. */
  async function exchange<Result>(course: Course, act: () => Result): Promise<Result | Silence> {
    if (line.listening === false || course.behaviour === 'refuse') return refused;
    const waitMs = course.waitMs ?? 0;
    if (waitMs >= timeoutMs) {
      later(waitMs, act);
      await sleep(timeoutMs);
      return unknown('TIMEOUT');
    }
    if (waitMs > 0) await sleep(waitMs);
    const result = arrive(course, act);
    if (course.reply.kind === 'hold') await sleep(timeoutMs);
    return result;
  }

  function arrive<Result>({ effect, reply }: Course, act: () => Result): Result | Silence {
    const result = effect.kind === 'late' ? null : act();
    if (effect.kind === 'late') later(effect.ms, act);
    switch (reply.kind) {
      case 'answer':
        return result ?? unknown('SILENT');
      case 'hold':
        return unknown('TIMEOUT');
      case 'close':
        return unknown('UND_ERR_SOCKET');
      case 'reset':
        return unknown('ECONNRESET');
      case 'garbage':
        return unknown('UNREADABLE');
      case 'status':
        return unknown(`HTTP_${String(reply.status)}`);
      default:
        return unreachable(reply);
    }
  }

  async function call(request: MoneyRequest): Promise<CallAnswer> {
    const token = request.operation === 'authorise' ? request.token : books.find(request.authorisation)?.token;
    if (token === undefined || !isToken(token))
      return { kind: 'REFUSED', code: token === undefined ? 'not_found' : 'invalid_request', snapshot: null };
    const scripted = line.nextBehaviour(request.operation);
    const keyKnown = scripted === null && goesAstray(token, request.operation) && books.knowsKey(request.key);
    const course = planMoney(request.operation, token, scripted === null ? null : parseBehaviour(scripted), keyKnown);
    const answer = await exchange<Answer | null>(course, () => {
      if (course.effect.kind !== 'never') return books.perform(request, course);
      books.leaveUndone(request, course.behaviour);
      return null;
    });
    if (isSilent(answer)) return answer;
    return answer === null ? unknown('SILENT') : callAnswerOf(answer);
  }

  async function find(by: 'key' | 'order', value: string, key: string): Promise<EnquiryAnswer> {
    const scripted = line.nextBehaviour('enquire');
    const course = planEnquiry(scripted === null ? null : parseBehaviour(scripted));
    const found = await exchange<readonly AuthorisationView[]>(course, () => books.enquire(by, value));
    return isSilent(found) ? found : enquiryAnswerOf(found, key);
  }

  return {
    name: 'simulator',
    authorise: ({ key, orderId, amount, token }) => call({ operation: 'authorise', key, order: orderId, ...amount, token, capture: false }),
    capture: ({ key, ref, amount }) => call({ operation: 'capture', key, authorisation: ref, ...amount }),
    void: ({ key, ref }) => call({ operation: 'void', key, authorisation: ref }),
    refund: ({ key, ref, amount }) => call({ operation: 'refund', key, authorisation: ref, ...amount }),
    async enquire({ key, orderId }) {
      const byKey = await find('key', key, key);
      if (byKey.kind !== 'NOT_FOUND') return byKey;
      await sleep(0);
      return find('order', orderId, key);
    },
    state: 'ok',
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
