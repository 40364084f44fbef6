import { Fragment, useState } from 'react';
import { t } from '../../../../words/words';
import { ROLE_NOTES, columnRoles } from '../../../../log/formats/roles';
import { TIME_UNIT_NOTES, unitOfColumn } from '../../../../log/eventTime';
import { timeUnitSchema, type Role, type SourceMapping, type TimeUnit } from '../../../../recipe/logRecipe';
import type { SeenSource } from '../../../../runtime/intakeProtocol';
import { Select } from '../../../ui/controls/Choice';
import { useSession } from '../../../state/session/SessionContext';
import { mappingProblems, useIntake } from '../../../state/session/intakeState';
import { READ_PARTS, timedByOrder } from '../../../../log/intake/readMappings';
import { needsRows } from '../../../../log/intake/followRows';
import { RowFilter } from './RowFilter';
import { RowsChoice } from './RowsChoice';
import { PreviewTable } from './PreviewTable';
import { partName } from './words';
import styles from './Intake.module.css';

const NOT_THERE = -1;

/**
 * Roles without which few logs are read, in view at once; the others are, where no column has them, behind a
 * click.
 */
const USUAL: readonly Role[] = ['user', 'item', 'time', 'title'];

/** Which column holds what. */
export function ColumnsStep() {
  const sources = useIntake((intake) => intake.sources);
  const mappings = useIntake((intake) => intake.mappings);
  const problems = mappingProblems({ mappings });
  const read = mappings.flatMap((mapping, at) => (READ_PARTS.includes(mapping.part) ? [at] : []));
  if (read.length === 0) return <p>{t('No file to read: in the first step, choose the one that holds the events.')}</p>;
  return read.map((at) => (
    <SourceColumns key={mappings[at]!.name} at={at} seen={sources[at]!} mapping={mappings[at]!} problem={problems.get(at)} />
  ));
}

interface SourceColumnsProps {
  readonly at: number;
  readonly seen: SeenSource;
  readonly mapping: SourceMapping;
  readonly problem: string | undefined;
}

function SourceColumns({ at, seen, mapping, problem }: SourceColumnsProps) {
  const roles = columnRoles(mapping.part);
  const guessed = useIntake((intake) => intake.guessed === mapping.name);
  // As it was when the step was opened, so that no field moves away under the pointer.
  const [shown] = useState(() => roles.filter((role) => USUAL.includes(role) || mapping.roles[role] !== undefined));
  const [filtered] = useState(mapping.where !== undefined);
  const rowFilter = mapping.part === 'events' && !filtered;
  const others = roles.filter((role) => !shown.includes(role));
  const byOrder = useIntake(({ mappings }) => timedByOrder(mapping, mappings));
  const hasOrder = mapping.part === 'events' && mapping.roles.order !== undefined;
  /** What holds where no column has the role. */
  const without = (role: Role): string | undefined =>
    (role === 'user' && hasOrder) || (role === 'time' && byOrder) ? t('as its order says') : undefined;
  const choice = (role: Role) => (
    <Fragment key={role}>
      <RoleChoice
        role={role}
        at={at}
        rows={seen.rows}
        mapping={mapping}
        reason={seen.roleReasons[role]}
        without={without(role)}
      />
      {role === 'time' && !byOrder && <UnitChoice at={at} mapping={mapping} reason={seen.timeReason} />}
    </Fragment>
  );
  return (
    <section className={styles.source} aria-label={mapping.name}>
      <h3>
        <code translate="no">{mapping.name}</code> <span>{partName(mapping.part)}</span>
      </h3>
      {guessed && (
        <p className={styles.doubt}>
          {t('Not all columns were recognised. These are guesses from their names and the first rows: check them.')}
        </p>
      )}
      {seen.doubts.map((doubt) => (
        <p key={doubt} className={styles.doubt}>
          {doubt}
        </p>
      ))}
      {problem !== undefined && (
        <p role="alert" className={styles.doubt}>
          {problem}
        </p>
      )}
      <div className={styles.roles}>
        {shown.map(choice)}
        {filtered && <RowFilter at={at} seen={seen} mapping={mapping} />}
      </div>
      {(others.length > 0 || rowFilter) && (
        <details className={styles.more}>
          <summary>{t('More that a column can hold')}</summary>
          <div className={styles.roles}>
            {others.map(choice)}
            {rowFilter && <RowFilter at={at} seen={seen} mapping={mapping} />}
          </div>
        </details>
      )}
      {needsRows(mapping) && <RowsChoice at={at} seen={seen} mapping={mapping} />}
      <PreviewTable seen={seen} mapping={mapping} />
    </section>
  );
}

interface RoleChoiceProps {
  readonly role: Role;
  readonly at: number;
  readonly rows: SeenSource['rows'];
  readonly mapping: SourceMapping;
  readonly reason: string | undefined;
  /** In place of the role's meaning, where no column has it. */
  readonly without: string | undefined;
}

function RoleChoice({ role, at, rows, mapping, reason, without }: RoleChoiceProps) {
  const { intake: session } = useSession();
  const { label, meaning } = ROLE_NOTES[role];
  const column = mapping.roles[role] ?? NOT_THERE;
  const unitFor = (chosen: number): TimeUnit =>
    chosen === NOT_THERE ? 'order' : unitOfColumn(rows, chosen, mapping.columns[chosen] ?? '');
  return (
    <div className={styles.role} data-set={column !== NOT_THERE} title={t(meaning)}>
      <Select
        label={t(label)}
        value={column}
        options={[{ value: NOT_THERE, label: '—' }, ...mapping.columns.map((name, value) => ({ value, label: name }))]}
        onChange={(chosen) => {
          const roles = Object.fromEntries(
            Object.entries({ ...mapping.roles, [role]: chosen }).filter(([, index]) => index !== NOT_THERE),
          );
          // A log's order is its time until a column of times is named.
          const unit = role === 'time' ? unitFor(chosen) : mapping.timeUnit;
          session.changeMapping(at, { roles, timeUnit: unit, ...(role === 'history' && { historyWidth: undefined }) });
          // Rows with their own IDs follow no other source.
          if (role === 'item' && chosen !== NOT_THERE) session.followRows(at, null);
        }}
      />
      <p>{(column === NOT_THERE ? without : reason) ?? t(meaning)}</p>
    </div>
  );
}

function UnitChoice({ at, mapping, reason }: Pick<RoleChoiceProps, 'at' | 'mapping' | 'reason'>) {
  const { intake: session } = useSession();
  return (
    <div className={styles.role} data-set="true">
      <Select
        label={t('time unit')}
        value={mapping.timeUnit}
        options={timeUnitSchema.options.map((value) => ({ value, label: t(TIME_UNIT_NOTES[value]) }))}
        onChange={(timeUnit) => {
          session.changeMapping(at, { timeUnit });
        }}
      />
      <p>{reason}</p>
    </div>
  );
}
