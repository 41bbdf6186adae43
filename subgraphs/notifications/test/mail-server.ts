import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A mail as the server took it. */
export interface TakenMail {
  readonly from: string;
  readonly to: readonly string[];
  /** By lower-case name, unfolded. */
  readonly headers: ReadonlyMap<string, string>;
  readonly messageId: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** What a server answers instead of taking a mail: to its recipient, or to its contents. */
export interface Refusal {
  readonly to: 'RCPT' | 'DATA';
  readonly code: number;
}

/** A real SMTP server that can be away. */
export interface MailServer extends AsyncDisposable {
  readonly url: string;
  readonly taken: readonly TakenMail[];
  /** Answers like this from now on; `null`: takes mails. */
  answer(refusal: Refusal | null): void;
  /** Whoever sends waits for its answer until this is called with `false`. */
  hold(held: boolean): void;
  /** Mails that wait for their answer. */
  readonly held: number;
  goAway(): Promise<void>;
  /** On the same port. */
  comeBack(): Promise<void>;
}

export async function startMailServer(): Promise<MailServer> {
  const taken: TakenMail[] = [];
  const waiting: (() => void)[] = [];
  let refusal: Refusal | null = null;
  let holds = false;
  let port = 0;

  const refused = (code: number): Error => Object.assign(new Error('refused by the test'), { responseCode: code });
  const open = async (): Promise<SMTPServer> => {
    const server = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      disableReverseLookup: true,
      closeTimeout: 100,
      onRcptTo: (_, __, done) => {
        done(refusal?.to === 'RCPT' ? refused(refusal.code) : null);
      },
      onData: (stream, { envelope }, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          if (refusal?.to === 'DATA') return done(refused(refusal.code));
          const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
          taken.push(read(Buffer.concat(chunks).toString('utf8'), { from, to: envelope.rcptTo.map(({ address }) => address) }));
          if (holds) waiting.push(() => done(null));
          else done(null);
        });
      },
    });
    // Clients that go away in the middle.
    server.on('error', () => undefined);
    server.listen(port, '127.0.0.1');
    await once(server.server, 'listening');
    ({ port } = server.server.address() as AddressInfo);
    return server;
  };
  let server: SMTPServer | null = await open();
  const goAway = async (): Promise<void> => {
    const closing = server;
    server = null;
    if (closing !== null) await new Promise<void>((resolve) => closing.close(() => resolve()));
  };

  return {
    url: `smtp://127.0.0.1:${String(port)}`,
    taken,
    answer(next) {
      refusal = next;
    },
    hold(next) {
      holds = next;
      if (!next) for (const answer of waiting.splice(0)) answer();
    },
    get held() {
      return waiting.length;
    },
    goAway,
    async comeBack() {
      server ??= await open();
    },
    [Symbol.asyncDispose]: goAway,
  };
}

function read(raw: string, envelope: { readonly from: string; readonly to: readonly string[] }): TakenMail {
  const { headers, body } = parted(raw);
  const boundary = /boundary="?([^";]+)"?/.exec(headers.get('content-type') ?? '')?.[1];
  const parts =
    boundary === undefined
      ? []
      : body
          .split(`--${boundary}`)
          .slice(1, -1)
          .map((part) => parted(part.replace(/^\r\n/, '')));
  const partOf = (type: string): string => {
    const part = parts.find((one) => one.headers.get('content-type')?.startsWith(type) === true);
    return part === undefined ? '' : decoded(part.body.replace(/\r\n$/, ''), part.headers.get('content-transfer-encoding') ?? '7bit');
  };
  return {
    ...envelope,
    headers,
    messageId: headers.get('message-id') ?? '',
    subject: (headers.get('subject') ?? '')
      .replaceAll(/\?=\s+=\?/g, '?==?')
      .replaceAll(/=\?utf-8\?([qb])\?([^?]*)\?=/gi, (_, kind: string, text: string) =>
        kind.toLowerCase() === 'b' ? Buffer.from(text, 'base64').toString('utf8') : decoded(text.replaceAll('_', ' '), 'quoted-printable'),
      ),
    text: partOf('text/plain'),
    html: partOf('text/html'),
  };
}

function parted(raw: string): { readonly headers: ReadonlyMap<string, string>; readonly body: string } {
  const end = raw.indexOf('\r\n\r\n');
  const lines = raw
    .slice(0, end)
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const headers = lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()] as const);
  return { headers: new Map(headers), body: raw.slice(end + 4) };
}

function decoded(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8').replaceAll('\r\n', '\n');
  if (encoding !== 'quoted-printable') return body.replaceAll('\r\n', '\n');
  const bytes = body
    .replaceAll(/=\r\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8').replaceAll('\r\n', '\n');
}
