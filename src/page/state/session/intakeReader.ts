/** A worker that inspects and reads files; one per drop. */
import type { IntakeFailure, IntakeServices } from '../../../runtime/intakeProtocol';
import { connect, type Connection } from '../../../runtime/rpc/connect';
import { Latest } from '../../../runtime/rpc/latest';
import { SPOKEN_ENGLISH, type Spoken } from '../../../words/languages';
import { t } from '../../../words/words';
import { useLanguage } from '../kept/language';

export interface IntakeReader extends Connection<IntakeServices, IntakeFailure> {
  readonly worker: Worker;
  /** The files that it inspects; empty until they have been downloaded. */
  files: readonly File[];
  readonly readings: Latest;
  readonly surveys: Latest;
}

/** @param onFault the worker died, usually for lack of memory, or can no longer be trusted */
export function openReader(
  worker: Worker,
  files: readonly File[],
  onFault: (reader: IntakeReader, message: string) => void,
): IntakeReader {
  const connection = connect<IntakeServices, IntakeFailure>(worker, { onEvent: () => undefined });
  const reader: IntakeReader = { worker, ...connection, files, readings: new Latest(), surveys: new Latest() };
  const { spoken } = useLanguage.getState();
  if (spoken !== SPOKEN_ENGLISH) tellLanguage(reader, spoken);
  worker.onerror = (event) => {
    event.preventDefault();
    onFault(reader, event.message === '' ? t('The script could not be loaded, or memory ran out.') : event.message);
  };
  return reader;
}

/** A reader that fails says so itself. */
export function tellLanguage(reader: IntakeReader, spoken: Spoken): void {
  reader.services.words.speak(spoken).catch(() => undefined);
}

export function endReader(reader: IntakeReader | null | undefined): void {
  reader?.worker.terminate();
  reader?.close({ message: t('The files were closed.'), issues: [], broken: false });
}
