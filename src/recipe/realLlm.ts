/** The recorded run of a real LLM. Its model and its log are not part of the site. */
import { message } from '../words/words';

export const REAL_LLM = {
  label: message('A real LLM'),
  model: { name: 'SmolLM2-135M-Instruct', file: 'SmolLM2-135M-Instruct.Q4_1.gguf', licence: 'Apache 2.0' },
  log: {
    name: 'UCI Online Retail',
    file: 'online_retail.parquet',
    author: 'D. Chen, 2015',
    url: 'https://doi.org/10.24432/C5BW33',
    licence: 'CC BY 4.0',
  },
} as const;

/** Options of `npm run experiment` that trained it, without those that say where results go. */
export const REAL_LLM_OPTIONS: readonly string[] = [
  ...['--model', REAL_LLM.model.file, '--log', REAL_LLM.log.file],
  ...['itemCore=60', 'userCore=5', 'repeats=first'].flatMap((filter) => ['--filter', filter]),
  ...['--arms', 'action,karma,shuffled', '--domain-texts', 'src/model/domainTexts/wordnet-1m.json'],
  ...[
    "name=A real LLM: SmolLM2 on a shop's log",
    'model.precision=f32',
    'lora.rank=4',
    'lora.alpha=8',
    'objective.headStart=fitted',
    'objective.headStartSteps=50',
    'objective.embToken=last-item',
    'objective.interestSkip=features',
    'objective.embeddingSize=64',
    'objective.maxHistory=12',
    'objective.maxTextTokens=16',
    'training.steps=80',
    'training.batchSize=4',
    'training.learningRate=0.002',
    'training.warmupSteps=10',
    'training.crop=whole',
    'training.textShare=0.5',
    'evaluation.watch=validation',
    'evaluation.evaluations=4',
    'evaluation.sampleUsers=64',
    'evaluation.finalUsers=300',
    'evaluation.probes=2',
    'evaluation.probeSteps=0',
    'evaluation.prompts=auto',
  ].flatMap((field) => ['--set', field]),
];

/** The command, as typed in a shell. */
export function realLlmCommand(): string {
  const words = ['npm', 'run', 'experiment', '--', ...REAL_LLM_OPTIONS];
  return words.map((word) => (/^[\w.,:=/-]+$/.test(word) ? word : `"${word}"`)).join(' ');
}
