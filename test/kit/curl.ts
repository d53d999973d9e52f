// Test kit: the few lines of shell that documents are made of, read as a shell reads them: variables, quotes, lines that
// go on, and curl with the options that documents use. Whatever else stands there is refused, so that nothing is passed over.
import { randomUUID } from 'node:crypto';

/** A call as curl makes it: with its own user agent, and without anything that a browser sends. */
export type CurlCall = { method: string; url: string; headers: Record<string, string>; body?: string };

export type CurlAnswer = { status: number; headers: Headers; text: string };

export type Variables = Record<string, string>;

/**
 * Runs a block of shell. Assignments change `variables`; one of `…` leaves the variable as it is, since documents write
 * that for what the reader has to put there.
 * @returns what the calls of the block were answered, in their order.
 */
export async function runShell(
  block: string,
  variables: Variables,
  send: (call: CurlCall) => Promise<CurlAnswer>,
): Promise<CurlAnswer[]> {
  const answers: CurlAnswer[] = [];
  for (let rest = block; rest.trim() !== ''; ) {
    // Line by line: an assignment counts for what follows.
    const line = readLine(rest, variables);
    rest = line.rest;
    const [first, ...others] = line.words;
    if (first === undefined) continue;
    const [, name, value] = /^([A-Z_][A-Z0-9_]*)=([\s\S]*)$/.exec(first) ?? [];
    if (name !== undefined && value !== undefined && others.length === 0) {
      if (!value.includes('…')) variables[name] = value === '$(uuidgen)' ? randomUUID() : value;
    } else if (first === 'curl') {
      answers.push(await send(readCurl(others)));
    } else {
      throw new Error(`this is no shell that runs ${line.words.join(' ')}`);
    }
  }
  return answers;
}

function readLine(text: string, variables: Variables): { words: string[]; rest: string } {
  const words: string[] = [];
  let word: string | undefined;
  let at = 0;
  const add = (more: string) => (word = (word ?? '') + more);
  const variable = () => {
    const [whole, braced, bare] = /^\$(?:\{(\w+)\}|(\w+))/.exec(text.slice(at)) ?? [];
    const name = braced ?? bare;
    if (whole === undefined || name === undefined) {
      const [command] = /^\$\([a-z]+\)/.exec(text.slice(at)) ?? [];
      at += command?.length ?? 1;
      return add(command ?? '$');
    }
    const value = variables[name];
    if (value === undefined) throw new Error(`${name} is not set`);
    at += whole.length;
    return add(value);
  };
  while (at < text.length) {
    const sign = text[at] ?? '';
    if (sign === '\n') break;
    if (sign === '#' && word === undefined) {
      while (at < text.length && text[at] !== '\n') at += 1;
    } else if (/\s/.test(sign)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      at += 1;
    } else if (sign === '\\') {
      if (text[at + 1] !== '\n') add(text[at + 1] ?? '');
      at += 2;
    } else if (sign === "'") {
      const end = text.indexOf("'", at + 1);
      if (end === -1) throw new Error('a quote that never ends');
      add(text.slice(at + 1, end));
      at = end + 1;
    } else if (sign === '"') {
      add('');
      at += 1;
      while (text[at] !== '"') {
        if (at >= text.length) throw new Error('a quote that never ends');
        if (text[at] === '\\' && /["\\$`\n]/.test(text[at + 1] ?? '')) {
          if (text[at + 1] !== '\n') add(text[at + 1] ?? '');
          at += 2;
        } else if (text[at] === '$') variable();
        else {
          add(text[at] ?? '');
          at += 1;
        }
      }
      at += 1;
    } else if (sign === '$') variable();
    else if (/[|&;<>()`]/.test(sign)) throw new Error(`this is no shell that knows ${sign}`);
    else {
      add(sign);
      at += 1;
    }
  }
  if (word !== undefined) words.push(word);
  return { words, rest: text.slice(at + 1) };
}

function readCurl(words: string[]): CurlCall {
  const headers: Record<string, string> = { 'user-agent': 'curl/8.5.0', accept: '*/*' };
  let method: string | undefined;
  let url: string | undefined;
  const data: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const value = () => {
      at += 1;
      return words[at] ?? '';
    };
    switch (word) {
      case '-v':
      case '-s':
      case '-i':
      case '-sS':
        break;
      case '-X':
        method = value();
        break;
      case '-H': {
        const [name = '', ...said] = value().split(':');
        headers[name.trim().toLowerCase()] = said.join(':').trim();
        break;
      }
      case '-u':
        headers.authorization = `Basic ${btoa(value())}`;
        break;
      case '-d':
        data.push(value());
        break;
      case '--data-urlencode': {
        const [name = '', ...said] = value().split('=');
        data.push(`${name}=${encodeURIComponent(said.join('='))}`);
        break;
      }
      default:
        if (word.startsWith('-') || url !== undefined) throw new Error(`curl with ${word}`);
        url = word;
    }
  }
  if (url === undefined) throw new Error('curl without an address');
  if (data.length === 0) return { method: method ?? 'GET', url, headers };
  headers['content-type'] ??= 'application/x-www-form-urlencoded';
  return { method: method ?? 'POST', url, headers, body: data.join('&') };
}
