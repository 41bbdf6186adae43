import { z } from 'zod';
import { ref } from './fields.ts';

/** users.user.v1: state events, key = user, sequence = `user.version`, compacted. The only topic that carries a mail address. */
export const userMessages = {
  UserChanged: z.object({ user: ref('usr'), email: z.string(), displayName: z.string().nullable(), locale: z.string() }),
};

const session = { user: ref('usr'), session: ref('ses') };

/** users.session.v1: key = user, sequence = `session_stream.sequence`. */
export const sessionMessages = {
  SignedIn: z.object(session),
  SessionRevoked: z.object({ ...session, reason: z.enum(['LOGOUT', 'REUSE', 'EXPIRED', 'ADMIN']) }),
};
