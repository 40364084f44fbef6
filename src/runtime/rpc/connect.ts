/** The page's end of a connection: calls services and receives their events. */
import { calledOff, type Asking, type FromServices, type Line, type ToServices } from './messages';

export interface CallOptions<Part> {
  /** Called with parts of the answer as they arrive. */
  readonly onPart?: (part: Part) => void;
  /** Cancels the question, which then rejects with an AbortError. */
  readonly signal?: AbortSignal | undefined;
  /** Objects that are transferred, not copied. */
  readonly transfer?: Transferable[];
}

/** A service as called from outside. */
export type Remote<Service> = {
  readonly [Name in keyof Service]: Service[Name] extends (ask: infer Ask, asking: Asking<infer Part>) => infer Answer
    ? (ask: Ask, options?: CallOptions<Part>) => Promise<Awaited<Answer>>
    : never;
};

export type Remotes<Services> = { readonly [Name in keyof Services]: Remote<Services[Name]> };

/** Thrown when a service could not answer a question, with the reason. */
export class QuestionFailed<Failure> extends Error {
  constructor(readonly failure: Failure) {
    super('A request could not be answered.');
    this.name = 'QuestionFailed';
  }
}

export interface Connection<Services, Failure> {
  readonly services: Remotes<Services>;
  /** Closes the connection; open questions fail. */
  readonly close: (failure: Failure) => void;
}

interface Open {
  readonly onPart: ((part: never) => void) | undefined;
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

export interface LineEnds {
  /** Called with events, of the type that the other side sends. */
  readonly onEvent: (event: never) => void;
  /**
   * Called before a question ends, so that delayed events can be delivered first, in the order of sending.
   */
  readonly beforeEnd?: () => void;
}

/** Questions reject with `QuestionFailed`, or with an AbortError when they were cancelled on either side. */
export function connect<Services, Failure>(
  line: Line,
  { onEvent, beforeEnd = () => undefined }: LineEnds,
): Connection<Services, Failure> {
  const open = new Map<number, Open>();
  let questions = 0;
  let closed: QuestionFailed<Failure> | null = null;
  const send = (message: ToServices, transfer: Transferable[] = []): void => {
    line.postMessage(message, transfer);
  };
  const end = (id: number): Open | undefined => {
    const question = open.get(id);
    open.delete(id);
    return question;
  };

  line.addEventListener('message', ({ data }: MessageEvent<FromServices>) => {
    if (data.type === 'event') {
      onEvent(data.event as never);
      return;
    }
    if (data.type === 'part') {
      open.get(data.id)?.onPart?.(data.part as never);
      return;
    }
    beforeEnd();
    switch (data.type) {
      case 'answer':
        end(data.id)?.resolve(data.answer as never);
        return;
      case 'failure':
        end(data.id)?.reject(new QuestionFailed(data.failure));
        return;
      case 'cancelled':
        end(data.id)?.reject(calledOff());
    }
  });

  function call(service: string, method: string, ask: unknown, options: CallOptions<never> = {}): Promise<never> {
    const { signal, onPart, transfer } = options;
    if (closed !== null) return Promise.reject(closed);
    if (signal?.aborted === true) return Promise.reject(calledOff());
    const id = ++questions;
    return new Promise<never>((resolve, reject) => {
      open.set(id, { onPart, resolve, reject });
      // Later parts or answers are ignored.
      signal?.addEventListener('abort', () => {
        if (end(id) === undefined) return;
        send({ type: 'cancel', id });
        reject(calledOff());
      });
      send({ type: 'call', id, service, method, ask }, transfer);
    });
  }

  return {
    services: remotes(call) as Remotes<Services>,
    close: (failure) => {
      closed = new QuestionFailed(failure);
      for (const { reject } of open.values()) reject(closed);
      open.clear();
    },
  };
}

type Call = (service: string, method: string, ask: unknown, options?: CallOptions<never>) => Promise<never>;

/** Any method of any service: types say which there are. */
function remotes(call: Call): object {
  return new Proxy(
    {},
    {
      get: (_, service) =>
        new Proxy(
          {},
          {
            get: (_none, method) => (ask: unknown, options?: CallOptions<never>) =>
              call(String(service), String(method), ask, options),
          },
        ),
    },
  );
}
