import { once } from 'node:events';
import { SMTPServer } from 'smtp-server';

/** A mail that the server took: as far as it is concerned it has arrived, whether anybody learns of it or not. */
export interface TakenMail {
  readonly to: string;
  readonly messageId: string;
  readonly subject: string;
  /** The message as it came, headers and all. */
  readonly raw: string;
}

/** A real SMTP server, up from `start` on. */
export interface MailServer extends AsyncDisposable {
  readonly taken: readonly TakenMail[];
  /** Mails that are taken and wait for their answer. */
  readonly held: number;
  /** Takes mails and answers nothing until it is called with `false`. */
  hold(held: boolean): void;
}

/** @param port a free one, so that senders may know it before there is a server. */
export async function startMailServer(port: number): Promise<MailServer> {
  const taken: TakenMail[] = [];
  const waiting: (() => void)[] = [];
  let holds = false;
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 100,
    onData: (stream, { envelope }, done) => {
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', () => {
        taken.push(read(Buffer.concat(pieces).toString(), envelope.rcptTo.map(({ address }) => address).join()));
        if (holds) waiting.push(() => done(null));
        else done(null);
      });
    },
  });
  server.on('error', () => undefined); // senders that go away in the middle
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    taken,
    get held() {
      return waiting.length;
    },
    hold(next) {
      holds = next;
      if (!next) for (const answer of waiting.splice(0)) answer();
    },
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(resolve)),
  };
}

function read(raw: string, to: string): TakenMail {
  const [head = ''] = raw.split('\r\n\r\n', 1);
  const header = (name: string): string =>
    new RegExp(`^${name}: (.*(?:\r\n[ \t].*)*)`, 'im')
      .exec(head)?.[1]
      ?.replaceAll(/\r\n[ \t]+/g, ' ')
      .trim() ?? '';
  return { to, messageId: header('message-id'), subject: header('subject'), raw };
}
