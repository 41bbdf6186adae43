/** One server-sent event. */
export interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
  readonly id: string | null;
}

/**
 * Reads server-sent events from text that comes in any pieces (https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream).
 *
 * @param onComment called for each comment line.
 * @returns takes the next piece.
 */
export function readEventLines(onEvent: (event: ServerSentEvent) => void, onComment: () => void): (text: string) => void {
  let rest = '';
  let [event, data, id]: [string, string[], string | null] = ['message', [], null];

  function line(text: string): void {
    if (text === '') {
      if (data.length > 0 || event !== 'message') onEvent({ event, data: data.join('\n'), id });
      [event, data] = ['message', []];
      return;
    }
    if (text.startsWith(':')) {
      onComment();
      return;
    }
    const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(text) ?? [];
    if (name === 'event') event = value;
    if (name === 'data') data.push(value);
    if (name === 'id') id = value;
  }

  return (text) => {
    rest += text;
    // A carriage return at the end may be half of a line end: it waits.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const each of lines) line(each);
  };
}
