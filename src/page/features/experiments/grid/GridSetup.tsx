import { useMemo, useRef, type ReactNode } from 'react';
import { t } from '../../../../words/words';
import { saveFile } from '../../../../charts/export/saveFile';
import { logName } from '../../../../experiment/grid/cellKey';
import { GridError, planGrid, type GridPlan } from '../../../../experiment/grid/plan';
import { gridSchema, type GridSpec } from '../../../../experiment/grid/gridSpec';
import { readAs } from '../../../../files/readRecord';
import { ARM_NAMES, namedArm } from '../../../../recipe/namedArms';
import { withPrecision } from '../../../../recipe/runSpec';
import type { SpecPath } from '../../../../recipe/specPath';
import { Checkbox } from '../../../ui/controls/Choice';
import { TypedInput } from '../../../ui/controls/TypedInput';
import { parseNumbers, fieldText } from '../../../ui/controls/parseValue';
import { useRuns } from '../../../state/runs/runsState';
import { useExperiment } from '../../../state/run/experiment';
import { check, useRecipe } from '../../../state/recipe/recipe';
import { CostLine } from './CostLine';
import { axisLabel, CHOICE_FIELDS, gridOf, NUMBER_FIELDS, USUAL_AXES, type GridDraft } from '../../../../readings/grid/gridDraft';
import { changeDraft, keepGrid, newGrid, resultsOf, useGrid } from '../../../state/grid/gridState';
import styles from './Grid.module.css';

/** What to vary around the recipe. */
export function GridSetup() {
  const draft = useGrid((grid) => grid.draft);
  const { log, logTitle } = useOpenLog();
  const recipe = useRecipe((state) => state.draft);
  /** What `auto` resolves to on this device: one precision for the whole grid. */
  const precision = useExperiment((experiment) => experiment.memory?.precision ?? null);
  const noGpu = useExperiment((experiment) => experiment.device.state === 'missing');
  const planned = useMemo(() => {
    const { spec } = check(recipe);
    if (!spec) return t('The recipe has invalid fields.');
    const auto = spec.model.precision === 'auto';
    if (auto && precision === null)
      return noGpu
        ? t('Without a GPU here the precision of the weights cannot be chosen automatically: choose one under Model.')
        : t('The precision of the weights is not known yet: wait for the recipe’s GPU memory, or choose one.');
    const grid = gridOf(draft, auto && precision !== null ? withPrecision(spec, precision) : spec);
    return typeof grid === 'string' ? grid : planOrReason(grid, log);
  }, [draft, recipe, log, precision, noGpu]);
  const plan = typeof planned === 'string' ? null : planned;
  const picker = useRef<HTMLInputElement>(null);
  const shown = [...USUAL_AXES, ...draft.added];
  return (
    <div className={styles.setup}>
      <p className={styles.note}>
        {t(
          'Each combination below is trained with the current recipe, at every seed, and compared at the end. Unchecked rows keep the recipe’s value.',
        )}
      </p>
      <Row label={t('Arms')}>
        <span translate="no" className={styles.named}>
          {ARM_NAMES.map((name) => (
            <Checkbox
              key={name}
              label={namedArm(name).label}
              checked={draft.arms.includes(name)}
              onChange={(on) => {
                changeDraft({ arms: ARM_NAMES.filter((one) => (one === name ? on : draft.arms.includes(one))) });
              }}
            />
          ))}
        </span>
        <NumbersInput
          label="λ"
          value={draft.lambdas}
          onChange={(lambdas) => {
            changeDraft({ lambdas });
          }}
        />
      </Row>
      {shown.map((path) => (
        <AxisRow key={path} path={path} draft={draft} />
      ))}
      <AddAxis shown={shown} draft={draft} />
      <Row label={t('Seeds')}>
        <NumbersInput
          label={t('values')}
          value={draft.seeds}
          onChange={(seeds) => {
            changeDraft({ seeds });
          }}
        />
      </Row>
      {typeof planned === 'string' ? (
        <p className={styles.error} role="alert">
          {planned}
        </p>
      ) : (
        <PlanLine plan={planned} log={log} />
      )}
      <p className={styles.actions}>
        <button
          type="button"
          disabled={!plan}
          onClick={() => {
            if (plan) keepGrid(newGrid(plan, log, logTitle));
          }}
        >
          {t('Create the queue')}
        </button>
        <button
          type="button"
          disabled={!plan}
          title={t('For npm run experiment -- --grid')}
          onClick={() => {
            if (plan) saveFile('grid.json', new Blob([JSON.stringify(plan.grid, null, 2)], { type: 'application/json' }));
          }}
        >
          {t('Save for the command line')}
        </button>
        <button
          type="button"
          title={t('A grid.json, with its predictions, on the log that is open')}
          onClick={() => {
            picker.current?.click();
          }}
        >
          {t('Open a grid’s file')}
        </button>
        <input
          ref={picker}
          type="file"
          accept=".json"
          hidden
          aria-label={t('Open a grid’s file')}
          onChange={({ currentTarget }) => {
            const [file] = currentTarget.files ?? [];
            if (file) void openGrid(file, log, logTitle);
            currentTarget.value = '';
          }}
        />
      </p>
    </div>
  );
}

/** Makes the grid of a file the page's, on the log that is open. */
async function openGrid(file: File, log: string, logTitle: string): Promise<void> {
  const read = readAs(gridSchema, await file.text());
  if ('reason' in read) {
    useGrid.setState({
      problem: t('{name} is no grid that this page can read. {reason}', { name: file.name, reason: read.reason }),
    });
    return;
  }
  const { base } = read.value;
  // A file names the log of where it was written; its cells are those of the one that is open.
  const { id } = check(useRecipe.getState().draft).spec?.data ?? base.data;
  const planned = planOrReason({ ...read.value, base: { ...base, data: { ...base.data, id } } }, log);
  if (typeof planned === 'string') useGrid.setState({ problem: planned });
  else keepGrid(newGrid(planned, log, logTitle));
}

function planOrReason(grid: GridSpec, log: string): GridPlan | string {
  try {
    return planGrid(grid, log);
  } catch (error) {
    if (error instanceof GridError) return error.message;
    throw error;
  }
}

/** The log of the recipe: its name in cell keys, and for display. */
function useOpenLog(): { readonly log: string; readonly logTitle: string } {
  const id = useRecipe((recipe) => recipe.draft.data.id);
  const opened = useExperiment((experiment) => experiment.log?.summary ?? null);
  return opened?.id === id ? { log: logName(id, opened.hash), logTitle: opened.name } : { log: id, logTitle: id };
}

function PlanLine({ plan, log }: { readonly plan: GridPlan; readonly log: string }) {
  const entries = useRuns((runs) => runs.entries);
  const finished = resultsOf(entries);
  const done = plan.cells.filter(({ key }) => finished.has(key)).length;
  return (
    <>
      <p>
        {t(
          '{rows, plural, one {# row} other {# rows}}, {cells} cells in {runs, plural, one {# run} other {# runs}}{done, plural, =0 {} other {; # of the cells are filled by saved runs}}.',
          { rows: plan.variants.length, cells: plan.cells.length, runs: plan.jobs.length, done },
        )}
      </p>
      <CostLine jobs={plan.jobs} log={log} />
    </>
  );
}

function Row({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className={styles.row} role="group" aria-label={label}>
      <span className={styles.label}>{label}</span>
      <span className={styles.values}>{children}</span>
    </div>
  );
}

interface AxisRowProps {
  readonly path: SpecPath;
  readonly draft: GridDraft;
}

/** A field that may be an axis: with checkboxes if it has few values, else with numbers. */
function AxisRow({ path, draft }: AxisRowProps) {
  const choice = CHOICE_FIELDS.find((field) => field.path === path);
  if (choice) {
    const chosen = draft.choices[path] ?? [];
    return (
      <Row label={axisLabel(path)}>
        {choice.options.map(({ id, label }) => (
          <Checkbox
            key={id}
            label={label}
            checked={chosen.includes(id)}
            onChange={(on) => {
              const next = on ? [...chosen, id] : chosen.filter((one) => one !== id);
              changeDraft({ choices: { ...draft.choices, [path]: next } });
            }}
          />
        ))}
      </Row>
    );
  }
  const field = NUMBER_FIELDS.find((one) => one.path === path);
  if (!field) return null;
  const isRate = path === 'training.learningRate';
  return (
    <Row label={axisLabel(path)}>
      {isRate && draft.tune ? (
        <NumbersInput
          label={t('tried')}
          value={draft.rates}
          onChange={(rates) => {
            changeDraft({ rates });
          }}
        />
      ) : (
        <NumbersInput
          label={t('values')}
          value={draft.numbers[path] ?? []}
          onChange={(values) => {
            changeDraft({ numbers: { ...draft.numbers, [path]: values } });
          }}
        />
      )}
      {isRate && (
        <Checkbox
          label={t('tune for each arm: the rate with the best HR@10 on validation targets is used, test targets are reported')}
          checked={draft.tune}
          onChange={(tune) => {
            changeDraft({ tune });
          }}
        />
      )}
    </Row>
  );
}

/** Any other field of the recipe. */
function AddAxis({ shown, draft }: { readonly shown: readonly SpecPath[]; readonly draft: GridDraft }) {
  const others = [...CHOICE_FIELDS, ...NUMBER_FIELDS].filter(({ path }) => !shown.includes(path));
  return (
    <Row label={t('Another field')}>
      <select
        aria-label={t('Vary another field')}
        value=""
        onChange={(event) => {
          changeDraft({ added: [...draft.added, event.currentTarget.value as SpecPath] });
        }}
      >
        <option value="">{t('Choose a field …')}</option>
        {others.map(({ path }) => (
          <option key={path} value={path}>
            {axisLabel(path)}
          </option>
        ))}
      </select>
    </Row>
  );
}

interface NumbersInputProps {
  readonly label: string;
  readonly value: readonly number[];
  readonly onChange: (values: readonly number[]) => void;
}

function NumbersInput({ label, value, onChange }: NumbersInputProps) {
  return (
    <label className={styles.numbers}>
      {label}
      <TypedInput<readonly number[]>
        value={value}
        show={fieldText}
        read={(text) => ({ value: parseNumbers(text) })}
        placeholder={t('as in the recipe')}
        onChange={onChange}
      />
    </label>
  );
}
