// Guest code: Node's `diagnostics_channel`: channels between the modules of one script.

type Subscriber = (message: unknown, name: string | symbol) => void;

class Channel {
  readonly name: string | symbol;
  readonly #subscribers = new Set<Subscriber>();
  constructor(name: string | symbol) {
    this.name = name;
  }
  get hasSubscribers(): boolean {
    return this.#subscribers.size > 0;
  }
  subscribe(subscriber: Subscriber): void {
    this.#subscribers.add(subscriber);
  }
  unsubscribe(subscriber: Subscriber): boolean {
    return this.#subscribers.delete(subscriber);
  }
  publish(message: unknown): void {
    for (const subscriber of this.#subscribers) subscriber(message, this.name);
  }
}

const channels = new Map<string | symbol, Channel>();

function channel(name: string | symbol): Channel {
  const found = channels.get(name) ?? new Channel(name);
  channels.set(name, found);
  return found;
}

export default {
  Channel,
  channel,
  hasSubscribers: (name: string | symbol) => channels.get(name)?.hasSubscribers === true,
  subscribe: (name: string | symbol, subscriber: Subscriber) => channel(name).subscribe(subscriber),
  unsubscribe: (name: string | symbol, subscriber: Subscriber) => channel(name).unsubscribe(subscriber),
};
