/** Texts that the base model and the arms generate; not part of a record. */
import { create } from '../store';
import { saveFile } from '../../../charts/export/saveFile';
import type { TextPart, TextRequest } from '../../../record/generation';
import { sentenceOf } from '../../../runtime/failure';
import type { ModelQuery } from '../../../runtime/protocol';
import { Latest } from '../../../runtime/rpc/latest';
import { unansweredFor, type Services } from '../run/trainingLink';

export interface GeneratedText {
  readonly text: string;
  readonly tokens: number;
}

export interface GeneratedTexts {
  /** `waiting`: for model, session or features. */
  readonly state: 'idle' | 'waiting' | 'speaking' | 'done' | 'failed';
  readonly problem: string | null;
  readonly prompt: string;
  readonly target: string | null;
  readonly speakers: Extract<TextPart, { type: 'started' }>['speakers'];
  /** Texts by speaker. */
  readonly said: Readonly<Record<string, GeneratedText>>;
  readonly seconds: number;
  /** Speakers that are being exported. */
  readonly exporting: readonly string[];
}

export const NO_TEXTS: GeneratedTexts = {
  state: 'idle',
  problem: null,
  prompt: '',
  target: null,
  speakers: [],
  said: {},
  seconds: 0,
  exporting: [],
};

export const useTexts = create<GeneratedTexts>()(() => NO_TEXTS);

export function foldText(texts: GeneratedTexts, part: TextPart): GeneratedTexts {
  switch (part.type) {
    case 'started': {
      const { prompt, target, speakers } = part;
      return { ...texts, state: 'speaking', prompt, target, speakers, said: {}, seconds: 0 };
    }
    case 'grown':
      return { ...texts, said: { ...texts.said, [part.speaker]: { text: part.text, tokens: part.tokens } } };
  }
}

export interface TextSession {
  /** Lets base model and arms continue a prompt, cancelling any earlier request. */
  readonly speak: (request: TextRequest, asked: ModelQuery) => void;
  readonly cancel: () => void;
  /** Saves a speaker's model as ONNX. */
  readonly exportOnnx: (speaker: string, asked: ModelQuery) => void;
}

export function startTexts(services: () => Pick<Services, 'texts' | 'exports'>): TextSession {
  const latest = new Latest();
  /** Distinguishes the last request from earlier ones, which may end after it was made. */
  let last: TextRequest | null = null;

  async function speak(request: TextRequest, asked: ModelQuery): Promise<void> {
    last = request;
    useTexts.setState({ state: 'waiting', problem: null });
    const onPart = (part: TextPart): void => {
      useTexts.setState((texts) => foldText(texts, part));
    };
    try {
      const seconds = await latest.ask((signal) => services().texts.speak({ request, ...asked }, { signal, onPart }));
      // If cancelled by hand or by a run, the text so far is kept.
      if (last === request) useTexts.setState({ state: 'done', ...(seconds !== null && { seconds }) });
    } catch (error) {
      const failure = unansweredFor(error);
      if (failure !== null && last === request) useTexts.setState({ state: 'failed', problem: sentenceOf(failure) });
    }
  }

  async function exportOnnx(speaker: string, asked: ModelQuery): Promise<void> {
    useTexts.setState(({ exporting }) => ({ exporting: [...exporting, speaker], problem: null }));
    try {
      const { name, archive } = await services().exports.model({ speaker, form: 'onnx', ...asked });
      saveFile(name, archive);
    } catch (error) {
      const failure = unansweredFor(error);
      if (failure !== null) useTexts.setState({ problem: sentenceOf(failure) });
    } finally {
      useTexts.setState(({ exporting }) => ({ exporting: exporting.filter((one) => one !== speaker) }));
    }
  }

  return {
    speak: (request, asked) => void speak(request, asked),
    cancel: () => {
      latest.cancel();
    },
    exportOnnx: (speaker, asked) => void exportOnnx(speaker, asked),
  };
}
