import { symbol } from 'd3';
import { useMemo, useState } from 'react';
import { T } from '../../../../words/T';
import { message, t } from '../../../../words/words';
import { useWidth } from '../../../../charts/axes/useWidth';
import type { ArmMark } from '../../../../scene/marks/armMark';
import { localisedLabels } from '../../../../scene/marks/label';
import { ScatterChart, type ScatterChartProps } from '../../../../charts/scatter/ScatterChart';
import { layOutScatter } from '../../../../charts/scatter/scatterPlot';
import type { ScatterClass, Square } from '../../../../scene/charts/scatter';
import type { RunRecord } from '../../../../record/runRecord';
import { Segments } from '../../../ui/controls/Choice';
import { count } from '../../../../readings/format';
import { Term } from '../../../ui/controls/Term';
import { LazyItemPicture } from '../pictures/LazyItemPicture';
import { useAsk } from '../../../state/session/useAsk';
import { setView, useView } from '../../../state/view/view';
import { ColumnHeading, Columns, HeadedColumn } from '../attention/ColumnHeading';
import { ColumnTabs } from '../attention/ColumnTabs';
import { columnWidth } from '../../../../readings/series/columnRows';
import { leftOut } from '../../../../record/shortened';
import { Panel } from '../../../ui/panel/Panel';
import { markOfColumn } from '../../../../readings/arms/armsOf';
import { useFigureArms, useMeasuredRecord } from '../../../state/run/useFigureArms';
import { selectUsers, useSelectedUsers } from '../../../state/run/useSelectedUsers';
import {
  describePoint,
  titleOfPoint,
  planeClasses,
  planeColumns,
  planeSentence,
  planeSquare,
  planeTable,
  shareText,
  type PlaneClasses,
  type PlaneColour,
  type PlaneColumn,
} from '../../../../readings/series/planeData';
import styles from './Closer.module.css';

const GAP = 20;
const NARROW = 560;
const COLOURS: readonly { value: PlaneColour; label: string }[] = [
  { value: 'cold', label: message('warm or cold') },
  { value: 'category', label: message('category') },
];

/** Items and users in one plane, side by side before training and under every arm. */
export function PlanePanel() {
  const record = useMeasuredRecord();
  const arms = useFigureArms(record);
  const step = useView((view) => view.step);
  const [row, width] = useWidth<HTMLDivElement>();
  const [colour, setColour] = useState<PlaneColour>('cold');
  const [hovered, setHovered] = useState<number | null>(null);
  const [tab, setTab] = useState<string | null>(null);
  const columns = useMemo(() => planeColumns(record, arms, step), [record, arms, step]);
  const square = useMemo(() => planeSquare(record), [record]);
  const { projection } = record;
  const classes = useMemo(() => projection && planeClasses(projection, colour), [projection, colour]);
  const narrow = width > 0 && width < NARROW;
  const shownTab = columns.some(({ id }) => id === tab) ? tab : (columns.at(-1)?.id ?? null);
  const ofColumn = columnWidth(narrow ? 1 : columns.length, width, GAP);
  const itemCount = projection?.items.title.length ?? 0;
  const users = useSelectedUsers(record);
  const picked = useMemo(() => new Set(users?.map((user) => itemCount + user)), [users, itemCount]);
  const pick = (points: readonly number[], also: boolean): void => {
    const chosen = points.filter((point) => point >= itemCount).map((point) => point - itemCount);
    const before = also ? (users ?? []) : [];
    const all = also && chosen.every((user) => before.includes(user));
    const next = all ? before.filter((user) => !chosen.includes(user)) : [...new Set([...before, ...chosen])];
    selectUsers(
      record,
      next.toSorted((a, b) => a - b),
    );
  };
  return (
    <Panel
      name={() => t('Embeddings in one plane')}
      wide
      title={t('Where do histories and items lie?')}
      controls={
        <Segments
          label={t('Colour')}
          value={colour}
          options={COLOURS.map(({ value, label }) => ({ value, label: t(label) }))}
          onChange={setColour}
        />
      }
      absent={leftOut(record, 'plane')}
      table={() => planeTable(record, arms)}
      sentence={planeSentence(columns)}
      caption={
        <T
          text="<plane>One plane</plane> for all arms and steps: the two principal components of all item embeddings e before training, through their mean; equal lengths are equal distances. {items} items drawn at random (filled) and the <interest>interest embeddings</interest> h of {users} sampled users (outlined); beside each name the share of their variance that lies in the plane. It shows which way embeddings move and whether they cluster. It cannot distinguish a change of meaning from h and e rotating together, which changes no score, nor shrinking from leaving the plane. One seed."
          values={{
            items: projection ? count(projection.items.title.length) : '',
            users: projection ? count(projection.users.target.length) : '',
            plane: (inside) => <Term id="plane">{inside}</Term>,
            interest: (inside) => <Term id="interest">{inside}</Term>,
          }}
        />
      }
      drawn={columns.length > 0}
    >
      <div ref={row} className={styles.measure} />
      {classes && <Key classes={classes.classes} />}
      {narrow && shownTab !== null && <ColumnTabs tabs={columns} chosen={shownTab} onChoose={setTab} />}
      {width > 0 && classes && (
        <Columns width={ofColumn} gap={GAP}>
          {columns
            .filter(({ id }) => !narrow || id === shownTab)
            .map((column) => (
              <Plane
                key={column.id}
                column={column}
                mark={markOfColumn(arms, column.id)}
                square={square}
                classes={classes}
                width={ofColumn}
                hovered={hovered}
                onHover={setHovered}
                picked={picked}
                onPick={pick}
              />
            ))}
        </Columns>
      )}
      {users && <PickedUsers record={record} users={users} />}
      {projection && (
        <p className={styles.readout} aria-live="polite">
          {hovered === null ? (
            t(
              'Point at or tap a symbol: the same item or user is circled in every plot. Drag a rectangle to pick users, with Shift to add them: ranking and maps follow.',
            )
          ) : (
            <>
              <LazyItemPicture title={titleOfPoint(projection, hovered)} />
              {describePoint(projection, hovered)}
            </>
          )}
        </p>
      )}
    </Panel>
  );
}

/** What can be done with the users that were picked. */
function PickedUsers({ record, users }: { readonly record: RunRecord; readonly users: readonly number[] }) {
  const ask = useAsk();
  const [first] = users.flatMap((user) => record.projection?.users.id?.[user] ?? []);
  return (
    <p className={styles.readout}>
      {t('{n, plural, one {One user is picked.} other {# users are picked.}}', { n: users.length })}{' '}
      {first !== undefined && (
        <button
          type="button"
          className="plain"
          disabled={ask === null}
          onClick={() => {
            ask?.takeUser(first);
            setView({ centre: 'inspector' });
          }}
        >
          {users.length === 1 ? t('Inspect the history') : t('Inspect the first one’s history')}
        </button>
      )}{' '}
      <button
        type="button"
        className="plain"
        onClick={() => {
          setView({ users: null });
        }}
      >
        {t('Pick none')}
      </button>
    </p>
  );
}

interface PlaneProps extends Pick<ScatterChartProps, 'width' | 'hovered' | 'onHover' | 'picked' | 'onPick'> {
  readonly column: PlaneColumn;
  readonly mark: ArmMark;
  readonly square: Square;
  readonly classes: PlaneClasses;
}

/** The points of one model. */
function Plane({ column, mark, square, classes: { classOf, classes }, width, ...pointing }: PlaneProps) {
  const { label, points, itemShare, userShare } = column;
  // Hundreds of symbols, memoised since they do not change while the pointer moves.
  const plot = useMemo(() => layOutScatter(width, square, points, classOf, classes), [width, square, points, classOf, classes]);
  return (
    <HeadedColumn
      heading={
        <ColumnHeading
          mark={mark}
          label={label}
          note={t('{items} of e, {users} of h', { items: shareText(itemShare), users: shareText(userShare) })}
        />
      }
    >
      <ScatterChart
        name={() => t('Embeddings of {model}', { model: label })}
        plot={plot}
        width={width}
        xLabel={() => t('component 1')}
        yLabel={() => t('component 2')}
        {...pointing}
      />
    </HeadedColumn>
  );
}

/** What the symbols mean. */
function Key({ classes }: { readonly classes: readonly ScatterClass[] }) {
  return (
    <ul className={styles.key}>
      {localisedLabels(classes).map(({ id, label, colour, symbol: shape, open, size }) => (
        <li key={id}>
          <svg width="14" height="14" viewBox="-7 -7 14 14" aria-hidden="true" style={{ color: colour }}>
            <path
              d={symbol(shape, Math.max(24, size))() ?? ''}
              fill={open ? 'none' : 'currentColor'}
              stroke={open ? 'currentColor' : 'none'}
            />
          </svg>
          <span>{label}</span>
        </li>
      ))}
    </ul>
  );
}
