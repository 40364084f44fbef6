import { useId, useState, type SyntheticEvent } from 'react';
import { message, t } from '../../../../words/words';
import type { TextPrompt, TextSampling } from '../../../../record/generation';
import type { Probe } from '../../../../record/runRecord';
import { Segments } from '../../../ui/controls/Choice';
import { NumberInput } from '../../../ui/controls/NumberInput';
import { hubQuestion, newHub, useHubs } from '../../../state/kept/hubs';
import { useExperiment } from '../../../state/run/experiment';
import { useAsked } from '../../../state/opening/asked';
import { useSession } from '../../../state/session/SessionContext';
import { useTexts } from '../../../state/session/texts';
import { promptOf } from './textData';
import styles from './Texts.module.css';

const KINDS = [
  { value: 'history', label: message('History') },
  { value: 'item', label: message('Item') },
  { value: 'text', label: message('Text') },
] as const satisfies readonly { value: TextPrompt['kind']; label: string }[];

const WRITTEN: Readonly<Record<TextPrompt['kind'], string>> = {
  history: message('User'),
  item: message('Title'),
  text: message('Prompt'),
};

const NUMBERS = [
  {
    key: 'temperature',
    label: message('Temperature'),
    min: 0,
    max: 5,
    step: 0.1,
    title: message('0 always takes the most likely token'),
  },
  {
    key: 'topK',
    label: message('Top k'),
    min: 0,
    max: 1000,
    step: 1,
    title: message('Samples from the k most likely tokens; 0: from all'),
  },
  {
    key: 'topP',
    label: message('Top p'),
    min: 0.05,
    max: 1,
    step: 0.05,
    title: message('Samples from the most likely tokens that together reach p'),
  },
  {
    key: 'seed',
    label: message('Seed'),
    min: 0,
    max: 2 ** 32 - 1,
    step: 1,
    title: message('The same seed gives every model the same draws'),
  },
] as const satisfies readonly { key: keyof TextSampling; label: string; min: number; max: number; step: number; title: string }[];

/** What to continue, and how: all parts of a request. */
export function TextForm({ probe, probes }: { readonly probe: Probe; readonly probes: readonly Probe[] }) {
  const session = useSession();
  const state = useTexts((texts) => texts.state);
  const phase = useExperiment((experiment) => experiment.phase);
  const asked = useAsked();
  const hub = useHubs((hubs) => (asked === null ? null : newHub(asked.spec.model, hubs)));
  const id = useId();
  const [kind, setKind] = useState<TextPrompt['kind']>('history');
  /** Null for what the history chosen above suggests. */
  const [written, setWritten] = useState<string | null>(null);
  const [sampling, setSampling] = useState<TextSampling>({ temperature: 0, topK: 0, topP: 1, seed: 0 });
  const [maxTokens, setMaxTokens] = useState(24);
  const suggestion = { history: probe.user, item: probe.target, text: t('{item}: a kind of', { item: probe.target }) }[kind];
  const prompt = promptOf(kind, written ?? suggestion);
  const speaking = state === 'waiting' || state === 'speaking';
  const hindrance =
    phase === 'running' || phase === 'preparing'
      ? t('Pause or stop the run first: it is using the GPU')
      : asked === null
        ? t('The recipe has invalid fields')
        : hub === null
          ? null
          : hubQuestion(hub);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (speaking) session.texts.cancel();
    else if (prompt !== null && asked !== null && hindrance === null) session.texts.speak({ prompt, sampling, maxTokens }, asked);
  };
  return (
    <form className={styles.form} onSubmit={submit} aria-label={t('Prompt and sampling')}>
      <Segments
        label={t('Continue')}
        value={kind}
        options={KINDS.map(({ value, label }) => ({ value, label: t(label) }))}
        onChange={(next) => {
          setKind(next);
          setWritten(null);
        }}
      />
      <label className={styles.written}>
        <span>{t(WRITTEN[kind])}</span>
        <input
          type="text"
          value={written ?? suggestion}
          list={kind === 'history' ? `${id}-users` : undefined}
          onChange={(event) => {
            setWritten(event.currentTarget.value);
          }}
        />
      </label>
      <datalist id={`${id}-users`}>
        {[...new Set(probes.map(({ user }) => user))].map((user) => (
          <option key={user} value={user} />
        ))}
      </datalist>
      {NUMBERS.map(({ key, label, title, ...limits }) => (
        <NumberField
          key={key}
          label={t(label)}
          title={t(title)}
          {...limits}
          value={sampling[key]}
          onChange={(value) => {
            setSampling({ ...sampling, [key]: value });
          }}
        />
      ))}
      <NumberField
        label={t('Tokens')}
        min={1}
        max={256}
        step={1}
        title={t('Maximum tokens; a model may end its text earlier')}
        value={maxTokens}
        onChange={setMaxTokens}
      />
      <button type="submit" disabled={!speaking && (hindrance !== null || prompt === null)} title={hindrance ?? undefined}>
        {speaking ? t('Cancel') : t('Generate')}
      </button>
    </form>
  );
}

interface NumberFieldProps {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly title: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

function NumberField({ label, title, step, ...input }: NumberFieldProps) {
  return (
    <label className={styles.number} title={title}>
      <span>{label}</span>
      <NumberInput {...input} whole={step === 1} />
    </label>
  );
}
