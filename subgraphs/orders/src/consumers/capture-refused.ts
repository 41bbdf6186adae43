import { sagaReply, type AdvanceSaga } from './saga-reply.ts';

/** Refused for good: the order is called off and its stock returns. */
export const onCaptureRefused = (advanceSaga: AdvanceSaga) => sagaReply<'CaptureRefused'>(advanceSaga);
