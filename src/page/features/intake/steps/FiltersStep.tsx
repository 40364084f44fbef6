import { useId, type ReactNode } from 'react';
import { t } from '../../../../words/words';
import { filterLabel, type LogFilters } from '../../../../recipe/logRecipe';
import { sameValue } from '../../../../recipe/specPath';
import { Checkbox, Select } from '../../../ui/controls/Choice';
import { NumberInput } from '../../../ui/controls/NumberInput';
import { count, percent } from '../../../../readings/format';
import { useSession } from '../../../state/session/SessionContext';
import { useIntake } from '../../../state/session/intakeState';
import { dayOf } from './words';
import { LeftOut } from './LeftOut';
import { LongTail } from './LongTail';
import styles from './Intake.module.css';

/** Which events are kept, and the result. */
export function FiltersStep() {
  const { intake: session } = useSession();
  const filters = useIntake((intake) => intake.filters);
  const suggested = useIntake((intake) => intake.suggested);
  if (filters === null || suggested === null) return null;
  return (
    <div className={styles.columns} data-narrow-first="">
      <form
        className={styles.filters}
        aria-label={t('Filters')}
        onSubmit={(event) => {
          event.preventDefault();
        }}
      >
        <EventFilters filters={filters} />
        <HistoryFilters filters={filters} />
        {!sameValue(filters, suggested.filters) && (
          <button
            type="button"
            className="plain"
            onClick={() => {
              session.changeFilters(suggested.filters);
            }}
          >
            {t('Reset to what suits these files')}
          </button>
        )}
      </form>
      <div>
        <Counts />
        <LongTail />
        <LeftOut />
      </div>
    </div>
  );
}

function EventFilters({ filters }: { readonly filters: LogFilters }) {
  const { intake: session } = useSession();
  const facts = useIntake((intake) => intake.facts);
  const suggested = useIntake((intake) => intake.suggested?.filters.guests) ?? [];
  if (facts === null) return null;
  const { kinds, ratings, times, withoutTitle } = facts;
  return (
    <>
      {kinds.length > 0 && (
        <fieldset>
          <legend>{t('Event types')}</legend>
          {kinds.map(({ name, events }) => (
            <Checkbox
              key={name}
              label={`${name} (${count(events)})`}
              checked={filters.events?.includes(name) ?? true}
              onChange={(on) => {
                const all = kinds.map((kind) => kind.name);
                const kept = all.filter((kind) => (kind === name ? on : (filters.events?.includes(kind) ?? true)));
                session.changeFilters({ events: kept.length === all.length ? null : kept });
              }}
            />
          ))}
        </fieldset>
      )}
      {suggested.length > 0 && (
        <fieldset>
          <legend>{filterLabel('guests')}</legend>
          {suggested.map((id) => (
            <Checkbox
              key={id}
              label={t('“{id}” is one user', { id })}
              checked={!filters.guests.includes(id)}
              onChange={(on) => {
                session.changeFilters({ guests: suggested.filter((one) => (one === id ? !on : filters.guests.includes(one))) });
              }}
            />
          ))}
        </fieldset>
      )}
      {ratings !== null && (
        <NumberFilter
          filter="leastRating"
          hint={t('from {low} to {high}; empty keeps all', { low: String(ratings.least), high: String(ratings.most) })}
        >
          {(id) => (
            <NumberInput
              id={id}
              optional
              value={filters.leastRating}
              onChange={(leastRating) => {
                session.changeFilters({ leastRating });
              }}
            />
          )}
        </NumberFilter>
      )}
      {times !== null && (
        <>
          <DateFilter
            label={t('From')}
            value={filters.from}
            range={times}
            atEnd={false}
            onChange={(from) => {
              session.changeFilters({ from });
            }}
          />
          <DateFilter
            label={t('To')}
            value={filters.to}
            range={times}
            atEnd
            onChange={(to) => {
              session.changeFilters({ to });
            }}
          />
        </>
      )}
      {withoutTitle > 0 && (
        <Row>
          <Select
            label={t('Items without title')}
            value={filters.withoutText}
            options={[
              { value: 'drop', label: t('leave out') },
              { value: 'id', label: t('use their ID') },
              { value: 'number', label: t('use a random number') },
            ]}
            onChange={(withoutText) => {
              session.changeFilters({ withoutText });
            }}
          />
        </Row>
      )}
    </>
  );
}

function HistoryFilters({ filters }: { readonly filters: LogFilters }) {
  const { intake: session } = useSession();
  const longest = useIntake((intake) => intake.facts?.longestHistory ?? 0);
  const timed = useIntake((intake) => intake.facts?.times != null);
  const given = useIntake((intake) => intake.facts?.givenSplit ?? false);
  return (
    <>
      <Row>
        <Select
          label={t('Repeated items')}
          value={filters.repeats}
          options={[
            { value: 'keep', label: t('keep all') },
            { value: 'first', label: t('keep the first') },
          ]}
          onChange={(repeats) => {
            session.changeFilters({ repeats });
          }}
        />
      </Row>
      <Row>
        <Select
          label={t('Simultaneous events (a basket)')}
          value={filters.baskets}
          options={[
            { value: 'keep', label: t('keep all') },
            { value: 'one', label: t('keep one') },
          ]}
          onChange={(baskets) => {
            session.changeFilters({ baskets });
          }}
        />
      </Row>
      <NumberFilter filter="longestHistory" hint={t('the longest history has {n}; empty keeps all', { n: count(longest) })}>
        {(id) => (
          <NumberInput
            id={id}
            optional
            whole
            min={3}
            value={filters.longestHistory}
            onChange={(longestHistory) => {
              session.changeFilters({ longestHistory });
            }}
          />
        )}
      </NumberFilter>
      {timed && (
        <NumberFilter
          filter="mostPerHour"
          hint={t('users with more in any one hour are left out, a basket counting once; empty keeps all')}
        >
          {(id) => (
            <NumberInput
              id={id}
              optional
              whole
              min={1}
              value={filters.mostPerHour}
              onChange={(mostPerHour) => {
                session.changeFilters({ mostPerHour });
              }}
            />
          )}
        </NumberFilter>
      )}
      {given && (
        <Row hint={t('in the split given by the files: a user’s events at or after the first one of a later part')}>
          <Select
            label={filterLabel('later')}
            value={filters.later}
            options={[
              { value: 'keep', label: t('keep') },
              { value: 'drop', label: t('leave out') },
            ]}
            onChange={(later) => {
              session.changeFilters({ later });
            }}
          />
        </Row>
      )}
      <NumberFilter filter="itemCore" hint={t('k-core: applied repeatedly, together with users; 0 keeps items without events')}>
        {(id) => (
          <NumberInput
            id={id}
            whole
            min={0}
            value={filters.itemCore}
            onChange={(itemCore) => {
              session.changeFilters({ itemCore });
            }}
          />
        )}
      </NumberFilter>
      <NumberFilter filter="userCore" hint={t('leave-last-out needs 3')}>
        {(id) => (
          <NumberInput
            id={id}
            whole
            min={1}
            value={filters.userCore}
            onChange={(userCore) => {
              session.changeFilters({ userCore });
            }}
          />
        )}
      </NumberFilter>
    </>
  );
}

function Row({ children, hint }: { readonly children: ReactNode; readonly hint?: string }) {
  return (
    <div className={styles.filter}>
      {children}
      {hint !== undefined && <p>{hint}</p>}
    </div>
  );
}

interface NumberFilterProps {
  readonly filter: keyof LogFilters;
  readonly hint: string;
  readonly children: (id: string) => ReactNode;
}

/** A numeric filter, by its name in the log's recipe. */
function NumberFilter({ filter, hint, children }: NumberFilterProps) {
  const id = useId();
  return (
    <Row hint={hint}>
      <label htmlFor={id}>{filterLabel(filter)}</label>
      {children(id)}
    </Row>
  );
}

const DAY = 86_400;

interface DateFilterProps {
  readonly label: string;
  readonly value: number | null;
  readonly range: { readonly first: number; readonly last: number };
  /** Whether the day's last second is meant. */
  readonly atEnd: boolean;
  readonly onChange: (value: number | null) => void;
}

function DateFilter({ label, value, range, atEnd, onChange }: DateFilterProps) {
  const id = useId();
  const [first, last] = [dayOf(range.first), dayOf(range.last)];
  return (
    <Row hint={atEnd ? t('last event {day}', { day: last }) : t('first event {day}; days in UTC', { day: first })}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="date"
        min={first}
        max={last}
        value={value === null ? '' : dayOf(value)}
        onChange={(event) => {
          const { valueAsNumber } = event.currentTarget;
          onChange(Number.isNaN(valueAsNumber) ? null : valueAsNumber / 1000 + (atEnd ? DAY - 1e-3 : 0));
        }}
      />
    </Row>
  );
}

function Counts() {
  const facts = useIntake((intake) => intake.facts);
  const kept = useIntake((intake) => intake.kept);
  const pending = useIntake((intake) => intake.pending);
  if (facts === null || kept === null) return null;
  const rows: readonly (readonly [string, number, number])[] = [
    [t('events'), facts.events, kept.used],
    [t('users'), facts.users, kept.users],
    [t('items'), facts.items, kept.items],
  ];
  return (
    <table className={styles.counts} aria-label={t('Counts')} aria-busy={pending}>
      <thead>
        <tr>
          <td />
          <th scope="col">{t('readable')}</th>
          <th scope="col">{t('kept')}</th>
          <th scope="col">{t('share')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, before, after]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{count(before)}</td>
            <td>{count(after)}</td>
            <td>{before === 0 ? '–' : `${percent(after / before)} %`}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
