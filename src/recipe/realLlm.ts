/** The recorded run of a real LLM, whose model is not part of the site. */
import { message } from '../words/words';

export const REAL_LLM_ID = 'llm';

export const REAL_MODEL = {
  name: 'SmolLM2-135M-Instruct',
  file: 'SmolLM2-135M-Instruct.Q4_1.gguf',
  licence: 'Apache 2.0',
} as const;

/** What the page calls the run. */
export const REAL_LLM_LABEL = message('A real LLM');

/** Options of `npm run experiment` that train it, without those that say where results go. */
export const REAL_LLM_OPTIONS: readonly string[] = [
  ...['--model', REAL_MODEL.file, '--arms', 'action,karma,kl'],
  ...['--domain-texts', 'src/model/domainTexts/wordnet-1m.json'],
  ...[
    'name=A real LLM: SmolLM2 on the sample store',
    'model.precision=f32',
    'training.steps=187',
    'lora.rank=4',
    'lora.alpha=8',
    'training.textShare=0.5',
    'evaluation.sampleUsers=100',
    'evaluation.finalUsers=1000',
    'evaluation.evaluations=5',
    'evaluation.spacing=early',
    'evaluation.probes=2',
    'evaluation.prompts=auto',
  ].flatMap((field) => ['--set', field]),
];

/** The command that trains it, as typed in a shell. */
export function realLlmCommand(): string {
  const words = ['npm', 'run', 'experiment', '--', ...REAL_LLM_OPTIONS];
  return words.map((word) => (/^[\w.,:=/-]+$/.test(word) ? word : `"${word}"`)).join(' ');
}
