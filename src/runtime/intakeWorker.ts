/** The intake worker: reads dropped files and answers what recipes would make of them. Training goes on beside it. */
import { checkUsable } from '../log/intake/assemble';
import { firstRowItems } from '../log/intake/followRows';
import { guessSource, missingEvents, type SourceGuess } from '../log/intake/guess';
import {
  defaultRecipe,
  findingsOf,
  finishLog,
  inspectFiles,
  preview,
  readIntake,
  survey,
  type Inspected,
  type Intake,
} from '../log/intake/intake';
import { factsOf, keptOf } from '../log/intake/overview';
import type { ReadProgress } from '../log/intake/readSources';
import { previewSplit } from '../log/intake/splitPreview';
import type { Source } from '../log/source/source';
import { turn } from '../log/turn';
import { LogError } from '../log/types';
import type { LogRecipe, SourceMapping } from '../recipe/logRecipe';
import { packLog } from './handOver';
import type { IntakeCommand, IntakeEvent, SeenSource } from './intakeProtocol';

const PREVIEW_ROWS = 20;
/** Longest text and list of a cell that the page is shown. */
const PREVIEW_TEXT = 200;
const PREVIEW_LIST = 12;
const PREVIEW_ITEMS = 5;

let inspected: Inspected = { sources: [], guesses: [] };
let current: { readonly key: string; readonly intake: Promise<Intake> } | null = null;
let reading = new AbortController();
/** The last question: earlier ones are not answered any further. */
let asked = 0;

function emit(event: IntakeEvent): void {
  postMessage(event);
}

/** A cell as the page is shown it: cut, and nothing that cannot be sent. */
function shownCell(value: unknown): unknown {
  if (typeof value === 'string') return value.length > PREVIEW_TEXT ? `${value.slice(0, PREVIEW_TEXT)}…` : value;
  if (value instanceof Float32Array) return shownCell([...value.subarray(0, PREVIEW_LIST + 1)]);
  if (Array.isArray(value))
    return [...value.slice(0, PREVIEW_LIST).map(shownCell), ...(value.length > PREVIEW_LIST ? ['…'] : [])];
  if (typeof value === 'object' && value !== null && !(value instanceof Date)) return shownCell(JSON.stringify(value));
  return value;
}

function seenSource(source: Source, guess: SourceGuess): SeenSource {
  return { ...guess, size: source.size, rows: guess.rows.slice(0, PREVIEW_ROWS).map((row) => row.map(shownCell)) };
}

async function inspect({ files, remembered }: Extract<IntakeCommand, { type: 'inspect' }>): Promise<void> {
  inspected = await inspectFiles(files, remembered);
  const { sources, guesses } = inspected;
  emit({
    type: 'inspected',
    sources: guesses.map((guess, at) => seenSource(sources[at]!, guess)),
    missing: missingEvents(guesses)?.message ?? null,
  });
}

async function lookAgain({ source, syntax }: Extract<IntakeCommand, { type: 'look-again' }>): Promise<void> {
  const of = inspected.sources[source]!;
  const guess = await guessSource(of, {}, syntax);
  inspected = { ...inspected, guesses: inspected.guesses.map((before, at) => (at === source ? guess : before)) };
  emit({ type: 'looked-again', source, seen: seenSource(of, guess) });
}

async function rowItems({ mappings, leader }: Extract<IntakeCommand, { type: 'row-items' }>): Promise<void> {
  const items = await firstRowItems(inspected.sources, mappings, leader, PREVIEW_ITEMS);
  emit({ type: 'row-items', leader, items });
}

/** The files as these mappings read them; read once as long as the mappings stay. */
function intakeFor(mappings: readonly SourceMapping[]): Promise<Intake> {
  const key = JSON.stringify(mappings);
  if (current?.key === key) return current.intake;
  reading.abort();
  reading = new AbortController();
  const onProgress = (progress: ReadProgress): void => {
    emit({ type: 'reading', progress });
  };
  // What was read before is let go first: two logs need not fit.
  current = null;
  const intake = readIntake(inspected.sources, mappings, onProgress, reading.signal);
  current = { key, intake };
  intake.catch(() => {
    if (current?.intake === intake) current = null;
  });
  return intake;
}

async function read(mappings: readonly SourceMapping[]): Promise<void> {
  const of = await intakeFor(mappings);
  const suggested = defaultRecipe(of, inspected.guesses);
  emit({ type: 'read', facts: factsOf(of.raw, suggested), suggested });
}

function problemOf(assembled: Parameters<typeof checkUsable>[0]): string | null {
  try {
    checkUsable(assembled);
    return null;
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    return error.message;
  }
}

async function answer({ recipe, question }: Extract<IntakeCommand, { type: 'survey' }>): Promise<void> {
  asked = question;
  // Questions that were asked while another one was answered are here by now.
  await turn();
  if (asked !== question) return;
  const of = await intakeFor(recipe.sources);
  const surveyed = survey(of, recipe);
  emit({ type: 'kept', question, kept: keptOf(surveyed) });
  await turn();
  if (asked !== question) return;
  emit({ type: 'found', question, findings: findingsOf(of, recipe, surveyed) });
  await turn();
  if (asked !== question) return;
  const assembled = preview(of, recipe, surveyed);
  emit({ type: 'split', question, split: previewSplit(assembled), problem: problemOf(assembled) });
}

async function handOver(recipe: LogRecipe, port: MessagePort): Promise<void> {
  try {
    const of = await intakeFor(recipe.sources);
    const surveyed = survey(of, recipe);
    const { log, split } = await finishLog(of, recipe, surveyed);
    const read = { log, split, recipe, dropped: surveyed.leftOut, findings: findingsOf(of, recipe, surveyed) };
    const { packed, transfer } = packLog(read);
    port.postMessage(packed, transfer);
    emit({ type: 'handed-over', name: log.name });
  } catch (error) {
    port.postMessage(null);
    throw error;
  } finally {
    port.close();
  }
}

function obey(command: IntakeCommand): Promise<void> {
  switch (command.type) {
    case 'inspect':
      return inspect(command);
    case 'look-again':
      return lookAgain(command);
    case 'row-items':
      return rowItems(command);
    case 'read':
      return read(command.mappings);
    case 'cancel':
      reading.abort();
      return Promise.resolve();
    case 'survey':
      return answer(command);
    case 'hand-over':
      return handOver(command.recipe, command.port);
  }
}

addEventListener('message', ({ data }: MessageEvent<IntakeCommand>) => {
  obey(data).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') {
      emit({ type: 'cancelled' });
      return;
    }
    if (error instanceof LogError) {
      emit({ type: 'refused', message: error.message, issues: error.issues });
      return;
    }
    // Not the files' fault: the page is told by the worker's own error.
    setTimeout(() => {
      throw error;
    }, 0);
  });
});
