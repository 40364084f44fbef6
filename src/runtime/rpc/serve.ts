/** The worker's end of a connection: answers questions with the methods of its services. */
import { isCalledOff, type Asking, type FromServices, type Line, type ToServices } from './messages';

interface Serving {
  /** A failure as sent. */
  readonly describe: (error: unknown) => unknown;
}

/** @param services by name, each an object with methods, called in the order of the questions */
export function serve(line: Line, services: object, { describe }: Serving): void {
  const open = new Map<number, AbortController>();
  const send = (message: FromServices): void => {
    line.postMessage(message);
  };

  async function answer({ id, service, method, ask }: Extract<ToServices, { type: 'call' }>): Promise<void> {
    const controller = new AbortController();
    open.set(id, controller);
    const asking: Asking<unknown> = {
      signal: controller.signal,
      tell: (part) => {
        if (!controller.signal.aborted) send({ type: 'part', id, part });
      },
    };
    try {
      const answered = await methodOf(services, service, method)(ask, asking);
      send({ type: 'answer', id, answer: answered });
    } catch (error) {
      if (controller.signal.aborted || isCalledOff(error)) send({ type: 'cancelled', id });
      else send({ type: 'failure', id, failure: describe(error) });
    } finally {
      open.delete(id);
    }
  }

  line.addEventListener('message', ({ data }: MessageEvent<ToServices>) => {
    if (data.type === 'call') void answer(data);
    else open.get(data.id)?.abort();
  });
}

type Called = (ask: unknown, asking: Asking<unknown>) => unknown;

/** @throws TypeError when there is no such method */
function methodOf(services: object, service: string, method: string): Called {
  const of = (services as Record<string, Record<string, Called> | undefined>)[service];
  const found = of?.[method];
  if (of === undefined || found === undefined) throw new TypeError(`no method ${method} of a service ${service}`);
  return found.bind(of);
}
