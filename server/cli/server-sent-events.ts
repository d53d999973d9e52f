// Server, command line: reads server-sent events (WHATWG HTML, section 9.2.6) from an answer that goes on, as far as servers
// of ours write them: names and data, no ids.

export type ServerSentEvent = { event: string; data: string };

/** Above what one run may print and command, and far below what would hurt. */
const LONGEST_LINE = 16 * 1024 * 1024;

/** Ends with the answer. Comments are not given, but they show that somebody is there. */
export async function* readEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  let [event, data] = ['message', [] as string[]];
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE) throw new RangeError('a line of an event is too long');
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) yield { event, data: data.join('\n') };
        [event, data] = ['message', []];
        continue;
      }
      const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
      if (field === 'event') event = value;
      else if (field === 'data') data.push(value);
    }
  }
}
