/**
 * Messages between the two sides of a worker: questions, with a number that all their answers carry, and
 * unsolicited events. Comlink was rejected: it has no cancellation, partial answers only through proxies that
 * must be released by hand, and loses errors' properties.
 */

/** A question to the services. */
export type ToServices =
  | { readonly type: 'call'; readonly id: number; readonly service: string; readonly method: string; readonly ask: unknown }
  | { readonly type: 'cancel'; readonly id: number };

/**
 * Answers. The last three end a question; `cancelled`: the answer is no longer wanted, or the requested work
 * was cancelled.
 */
export type FromServices =
  | { readonly type: 'event'; readonly event: unknown }
  | { readonly type: 'part'; readonly id: number; readonly part: unknown }
  | { readonly type: 'answer'; readonly id: number; readonly answer: unknown }
  | { readonly type: 'failure'; readonly id: number; readonly failure: unknown }
  | { readonly type: 'cancelled'; readonly id: number };

/** What a method gets in addition to the question. */
export interface Asking<Part = never> {
  /** Aborted when the answer is no longer wanted. */
  readonly signal: AbortSignal;
  /** Sends a part of the answer ahead of it. */
  readonly tell: (part: Part) => void;
}

/** A method of a service, in the worker. */
export type Method<Ask = void, Answer = void, Part = never> = (ask: Ask, asking: Asking<Part>) => Answer | Promise<Answer>;

/** An endpoint between threads: a worker, a worker's scope, or a port. */
export interface Line {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
}

/** The error for an answer that is no longer wanted. Browsers throw the same when a fetch is cancelled. */
export function calledOff(): DOMException {
  return new DOMException('The request was cancelled.', 'AbortError');
}

export function isCalledOff(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}
