/** The text of `--help`: options, and every field of the recipe. */
import { FIELDS } from '../recipe/fields';
import { ARM_NAMES } from '../recipe/namedArms';
import { PRESETS } from '../recipe/presets';
import { runSpecSchema } from '../recipe/runSpec';
import { readField } from '../recipe/specPath';
import { valuesText } from '../recipe/values';
import { labelWithUnit } from '../recipe/words';

/** @param command how the program was called */
export function usage(command: string): string {
  return `${command} ${OPTIONS}

Fields of the recipe, for --set (default in parentheses)
${fieldLines().join('\n')}`;
}

const OPTIONS = `[options]
  --preset NAME             starting point: ${PRESETS.map(({ id }) => id).join(', ')} (the recipe below)
  --arms action,karma       arms by name: ${ARM_NAMES.join(', ')}; λ after a colon, as in karma:0.5 (0.3; l2 0.01)
  --steps N                 steps of every arm
  --seed N                  seed of everything random
  --protocol NAME           recall, pre-ranking (pools of candidates: evaluation.poolSize, poolFrom, poolSeed) or ranking (recall)
  --log FILE                a log in any format that the page reads, or a folder of its files; repeat it
                            for further files of the same log (the sample store); online-retail: the real log of the site
  --filter NAME=VALUE       a filter of that log, as in --filter leastRating=4 --filter itemCore=5; may be repeated
  --map FILE:ROLE=COLUMN    what a column of a file holds, by name or number, as in --map log.csv:user=uid; also FILE:part=, share=,
                            time-unit=, and where=COLUMN=VALUE for the rows that are kept; may be repeated
  --split NAME              leave-last-out, last-basket, time or given (what suits the log)
  --mapping FILE            columns, filters and split of a log, from --inspect --json or a run file
  --allow-ignored           ignore any file that is neither events nor items, not just a README and what a format sets aside
  --export-log FORMAT=DIR   the log and its split as files of recbole or minionerec. Nothing is run
  --inspect                 print what the log is: formats, columns, counts, findings, audit; with --json as JSON. Nothing is run
  --known-titles            with --inspect: also which titles the model knows by heart (needs an adapter in Node)
  --model PLACE             a model’s folder, or a GGUF file (public/models/wordnet-1m)
  --codes FILE              semantic IDs of MiniOneRec’s index.json instead of residual k-means; sets objective.itemInterface to semantic
  --domain-texts FILE       texts of the model's domain, one per line or a JSON list, for domain drift (those of the shipped model)
  --start-from FOLDER       a PEFT adapter, such as --adapters writes, that every arm starts from; its LoRA settings replace the recipe's
  --set PATH=VALUE          any other field of the recipe, as in --set objective.actionLoss=pairwise; may be repeated
  --profile                 time every kernel; printed at the end and stored in the run file
  --adapters FOLDER         after the run, the LoRA of every arm, each in a folder that PEFT loads
  --lists FOLDER            after the run, the best items of every arm for every target, as CSV and as runs and qrels of TREC
  --export-onnx FOLDER      after the run, the base model and every arm merged into it, each in a folder that transformers.js loads
  --export-merged FOLDER    after the run, every arm merged into the model, each in a folder that transformers loads
  --export-gguf TYPE=FOLDER after the run, the base model and every arm merged into it as GGUF files for llama.cpp, in F16 or Q8_0
  --export-base FOLDER      the base model in such a folder, without a run
  --export-job FOLDER       the experiment, or with --grid all its runs, as a job that PyTorch trains on a cluster; nothing is run
  --out FILE                where the run is written (run.json); open it in the page
  --resume                  resume from the checkpoint next to --out, if the last run with these options was interrupted
  --checkpoint-every N      seconds of training between two checkpoints (15); 0 for one after each step
  --grid FILE               a grid of runs; --out is then a folder (grid), and finished runs in it are not repeated
  --baseline ROW            the row of the grid that the others are compared with (the first)
  --help                    this text

Exit codes: 0 done; 1 a defect of this program, with its stack; 2 options, files or a recipe to be corrected; 3 the run could not continue (GPU, memory, numerics,
certificate); --resume continues from its checkpoint if one was saved.`;

function fieldLines(): string[] {
  const defaults = runSpecSchema.parse({});
  return FIELDS.map((field) => {
    const value = readField(defaults, field.path);
    const standing = Array.isArray(value) ? value.join(', ') : String(value);
    return `  ${field.path.padEnd(34)} ${labelWithUnit(field)}: ${valuesText(field.schema) ?? 'text'} (${standing})`;
  });
}
