/** The recorded runs of a real LLM, whose model is not part of the site. */
import { message } from '../words/words';

/** In the order in which the page offers them; it quotes the first. */
export const REAL_LLM_IDS = ['llm', 'llm-store'] as const;
export type RealLlmId = (typeof REAL_LLM_IDS)[number];

export function isRealLlm(id: string): id is RealLlmId {
  return REAL_LLM_IDS.some((one) => one === id);
}

/** A published log. */
export interface ForeignLog {
  readonly name: string;
  readonly file: string;
  /** Lines of the file that were read. */
  readonly lines: number;
  readonly author: string;
  readonly url: string;
  readonly licence: string;
}

export interface RealLlm {
  /** What the page calls the run. */
  readonly label: string;
  /** Null: the sample store. */
  readonly log: ForeignLog | null;
  /** Options of `npm run experiment` that trained it, without those that say where results go. */
  readonly options: readonly string[];
}

export const REAL_MODEL = {
  name: 'SmolLM2-135M-Instruct',
  file: 'SmolLM2-135M-Instruct.Q4_1.gguf',
  licence: 'Apache 2.0',
} as const;

const ONLINE_RETAIL: ForeignLog = {
  name: 'UCI Online Retail',
  file: 'online_retail.parquet',
  lines: 240_007,
  author: 'D. Chen, 2015',
  url: 'https://doi.org/10.24432/C5BW33',
  licence: 'CC BY 4.0',
};

/** What the runs share beside the one recipe; only the log differs. */
function optionsOf(name: string, log: readonly string[]): readonly string[] {
  return [
    ...['--model', REAL_MODEL.file, ...log],
    ...['--arms', 'action,karma,shuffled', '--domain-texts', 'src/model/domainTexts/wordnet-1m.json'],
    ...[
      `name=${name}`,
      'model.precision=f32',
      'lora.rank=4',
      'lora.alpha=8',
      // Fewer axes than hidden states have dimensions.
      'features.source=lm',
      'features.axes=256',
      'features.collaborative=1',
      'objective.skipLast=0.1',
      'training.textShare=0.5',
      'evaluation.sampleUsers=64',
      'evaluation.finalUsers=300',
      'evaluation.evaluations=4',
      'evaluation.probes=2',
      'evaluation.prompts=auto',
    ].flatMap((field) => ['--set', field]),
  ];
}

export const REAL_LLMS: Readonly<Record<RealLlmId, RealLlm>> = {
  llm: {
    label: message('A real LLM'),
    log: ONLINE_RETAIL,
    options: optionsOf("A real LLM: SmolLM2 on a shop's log", [
      ...['--log', ONLINE_RETAIL.file],
      ...['itemCore=60', 'userCore=5', 'repeats=first'].flatMap((filter) => ['--filter', filter]),
    ]),
  },
  'llm-store': {
    label: message('A real LLM on the sample store'),
    log: null,
    options: optionsOf('A real LLM: SmolLM2 on the sample store', []),
  },
};

/** The command that trained it, as typed in a shell. */
export function realLlmCommand(id: RealLlmId): string {
  const words = ['npm', 'run', 'experiment', '--', ...REAL_LLMS[id].options];
  return words.map((word) => (/^[\w.,:=/-]+$/.test(word) ? word : `"${word}"`)).join(' ');
}
