// Guest code: Event, CustomEvent and EventTarget, DOM standard §2. There is no tree, so an event has one target and one phase.

import { exceptionOf } from './dom-exception.ts';
import { giveName } from './give-name.ts';

type Init = { bubbles?: boolean; cancelable?: boolean; composed?: boolean };
type Callback = ((event: Event) => unknown) | { handleEvent(event: Event): unknown };
type Entry = { callback: Callback; capture: boolean; once: boolean; passive: boolean; removed: boolean };
type ListenerOptions =
  | boolean
  | { capture?: boolean; once?: boolean; passive?: boolean; signal?: { aborted: boolean } & EventTarget };

/** What only a target may do to an event. */
let startOf: (event: Event, target: EventTarget) => void;
let endOf: (event: Event) => void;
let isBusy: (event: Event) => boolean;
let isStopped: (event: Event) => boolean;

export class Event {
  readonly #type: string;
  readonly #init: Required<Init>;
  readonly #timeStamp = Date.now();
  #target: EventTarget | null = null;
  #current: EventTarget | null = null;
  #stopped = false;
  #silenced = false;
  #prevented = false;

  static readonly NONE = 0;
  static readonly CAPTURING_PHASE = 1;
  static readonly AT_TARGET = 2;
  static readonly BUBBLING_PHASE = 3;

  static {
    giveName(Event, 'Event');
    startOf = (event, target) => {
      event.#target = target;
      event.#current = target;
    };
    endOf = (event) => {
      event.#current = null;
      event.#stopped = false;
      event.#silenced = false;
    };
    isBusy = (event) => event.#current !== null;
    isStopped = (event) => event.#stopped;
  }

  constructor(type: string, init?: Init | null) {
    if (type === undefined) throw new TypeError('The "type" argument must be specified');
    this.#type = `${type}`;
    this.#init = {
      bubbles: Boolean(init?.bubbles),
      cancelable: Boolean(init?.cancelable),
      composed: Boolean(init?.composed),
    };
  }

  get type(): string {
    return this.#type;
  }
  get bubbles(): boolean {
    return this.#init.bubbles;
  }
  get cancelable(): boolean {
    return this.#init.cancelable;
  }
  get composed(): boolean {
    return this.#init.composed;
  }
  get timeStamp(): number {
    return this.#timeStamp;
  }
  get target(): EventTarget | null {
    return this.#target;
  }
  get srcElement(): EventTarget | null {
    return this.#target;
  }
  get currentTarget(): EventTarget | null {
    return this.#current;
  }
  get eventPhase(): number {
    return this.#current === null ? 0 : 2;
  }
  get isTrusted(): boolean {
    return false;
  }
  get defaultPrevented(): boolean {
    return this.#prevented;
  }
  get returnValue(): boolean {
    return !this.#prevented;
  }
  get cancelBubble(): boolean {
    return this.#silenced;
  }
  composedPath(): EventTarget[] {
    return this.#current === null ? [] : [this.#current];
  }
  preventDefault(): void {
    if (this.#init.cancelable) this.#prevented = true;
  }
  stopPropagation(): void {
    this.#silenced = true;
  }
  stopImmediatePropagation(): void {
    this.#silenced = true;
    this.#stopped = true;
  }
  get [Symbol.toStringTag](): string {
    return 'Event';
  }
}

export class CustomEvent extends Event {
  static {
    giveName(CustomEvent, 'CustomEvent');
  }

  readonly #detail: unknown;
  constructor(type: string, init?: (Init & { detail?: unknown }) | null) {
    super(type, init);
    this.#detail = init?.detail ?? null;
  }
  get detail(): unknown {
    return this.#detail;
  }
  override get [Symbol.toStringTag](): string {
    return 'CustomEvent';
  }
}

/** What a listener throws is the run's error, as an error in a timer is; the other listeners are called all the same. */
function report(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

export class EventTarget {
  static {
    giveName(EventTarget, 'EventTarget');
  }

  readonly #entries = new Map<string, Entry[]>();

  addEventListener(type: string, callback: Callback | null, options: ListenerOptions = {}): void {
    if (callback === null || callback === undefined) return;
    if (typeof callback !== 'function' && typeof callback !== 'object') {
      throw new TypeError('The "listener" argument must be an instance of EventListener');
    }
    const {
      capture = false,
      once = false,
      passive = false,
      signal,
    } = typeof options === 'object' && options !== null ? options : { capture: Boolean(options) };
    if (signal?.aborted) return;
    const entries = this.#entries.get(`${type}`) ?? [];
    if (entries.some((entry) => entry.callback === callback && entry.capture === Boolean(capture))) return;
    this.#entries.set(`${type}`, [
      ...entries,
      { callback, capture: Boolean(capture), once: Boolean(once), passive: Boolean(passive), removed: false },
    ]);
    signal?.addEventListener('abort', () => this.removeEventListener(type, callback, { capture: Boolean(capture) }), {
      once: true,
    });
  }

  removeEventListener(type: string, callback: Callback | null, options: boolean | { capture?: boolean } = {}): void {
    const capture = Boolean(typeof options === 'object' && options !== null ? options.capture : options);
    const entries = this.#entries.get(`${type}`);
    const found = entries?.find((entry) => entry.callback === callback && entry.capture === capture);
    if (entries === undefined || found === undefined) return;
    found.removed = true;
    this.#entries.set(
      `${type}`,
      entries.filter((entry) => entry !== found),
    );
  }

  dispatchEvent(event: Event): boolean {
    if (!(event instanceof Event)) throw new TypeError('The "event" argument must be an instance of Event');
    if (isBusy(event)) throw exceptionOf('InvalidStateError', 'The event is already being dispatched');
    startOf(event, this);
    for (const entry of this.#entries.get(event.type) ?? []) {
      if (entry.removed) continue;
      if (isStopped(event)) break;
      const { callback } = entry;
      if (entry.once) this.removeEventListener(event.type, callback, { capture: entry.capture });
      try {
        if (typeof callback === 'function') callback.call(this, event);
        else callback.handleEvent(event);
      } catch (error) {
        report(error);
      }
    }
    endOf(event);
    return !event.defaultPrevented;
  }

  get [Symbol.toStringTag](): string {
    return 'EventTarget';
  }
}
