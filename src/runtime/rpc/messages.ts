/**
 * What two sides of a worker say to each other: questions, with one number that all their answers carry, and events that nobody asked for. Comlink
 * was weighed and left: it has no cancelling, no answers in parts but proxies that must be released by hand, and loses what errors carry.
 */

/** A question on its way to the services. */
export type ToServices =
  | { readonly type: 'call'; readonly id: number; readonly service: string; readonly method: string; readonly ask: unknown }
  | { readonly type: 'cancel'; readonly id: number };

/** On its way back. The last three end a question; `cancelled`: nobody wants the answer any more, or what was asked for was cancelled. */
export type FromServices =
  | { readonly type: 'event'; readonly event: unknown }
  | { readonly type: 'part'; readonly id: number; readonly part: unknown }
  | { readonly type: 'answer'; readonly id: number; readonly answer: unknown }
  | { readonly type: 'failure'; readonly id: number; readonly failure: unknown }
  | { readonly type: 'cancelled'; readonly id: number };

/** What a question that is being answered has beside what was asked. */
export interface Asking<Part = never> {
  /** Aborted when nobody wants the answer any more. */
  readonly signal: AbortSignal;
  /** Sends a part of the answer ahead of it. */
  readonly tell: (part: Part) => void;
}

/** A method of a service, as the worker has it. */
export type Method<Ask = void, Answer = void, Part = never> = (ask: Ask, asking: Asking<Part>) => Answer | Promise<Answer>;

/** What may cross between threads, by any worker, scope of a worker, or port. */
export interface Line {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
}

/** Nobody wants the answer any more. Browsers throw the same when a fetch is cancelled. */
export function calledOff(): DOMException {
  return new DOMException('The request was cancelled.', 'AbortError');
}

export function isCalledOff(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}
