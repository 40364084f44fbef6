import { useRef, useState, type KeyboardEvent } from 'react';
import { gflops, type ProfileNode } from '../../../../profile/tree';
import { fixed, percent } from '../../../../readings/format';
import { nodeKey, openRows, rateText, durationText, type TreeRow } from '../../../../readings/series/profileData';
import styles from './Profile.module.css';
import { t } from '../../../../words/words';

/**
 * A step as nested rows; the bar under a row shows when in the step it runs, and for how long. ↑ ↓ move over
 * rows, → and ← open and close them.
 */
export function ProfileTree({ step, label }: { readonly step: ProfileNode; readonly label: string }) {
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set([nodeKey(step)]));
  const [focused, setFocused] = useState(nodeKey(step));
  const grid = useRef<HTMLDivElement>(null);
  const rows = openRows(step, open);
  const at = Math.max(
    0,
    rows.findIndex(({ key }) => key === focused),
  );

  const toggle = ({ key, node }: TreeRow, to = !open.has(key)): void => {
    if (node.children.length === 0) return;
    const next = new Set(open);
    if (to) next.add(key);
    else next.delete(key);
    setOpen(next);
  };
  const focus = (index: number): void => {
    const row = rows[Math.min(rows.length - 1, Math.max(0, index))];
    if (row) grid.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(row.key)}"]`)?.focus();
  };
  const act = (key: string, row: TreeRow): boolean => {
    const isOpen = open.has(row.key);
    switch (key) {
      case 'ArrowDown':
        focus(at + 1);
        return true;
      case 'ArrowUp':
        focus(at - 1);
        return true;
      case 'Home':
        focus(0);
        return true;
      case 'End':
        focus(rows.length - 1);
        return true;
      case 'ArrowRight':
        if (isOpen) focus(at + 1);
        else toggle(row, true);
        return true;
      case 'ArrowLeft':
        if (isOpen) toggle(row, false);
        else focus(rows.findIndex((other) => other.key === row.parent));
        return true;
      case 'Enter':
      case ' ':
        toggle(row);
        return true;
      default:
        return false;
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = rows[at];
    if (row && act(event.key, row)) event.preventDefault();
  };

  return (
    <div ref={grid} role="treegrid" aria-label={label} className={styles.tree} onKeyDown={onKeyDown}>
      <div role="row" className={styles.header}>
        <span role="columnheader">{t('part, kernel')}</span>
        <span role="columnheader">ms</span>
        <span role="columnheader">%</span>
        <span role="columnheader">GFLOP/s</span>
      </div>
      {rows.map((row, index) => (
        <Row
          key={row.key}
          row={row}
          step={step}
          open={open.has(row.key)}
          tabIndex={index === at ? 0 : -1}
          onFocus={() => {
            setFocused(row.key);
          }}
          onToggle={() => {
            toggle(row);
          }}
        />
      ))}
    </div>
  );
}

interface RowProps {
  readonly row: TreeRow;
  readonly step: ProfileNode;
  readonly open: boolean;
  readonly tabIndex: number;
  readonly onFocus: () => void;
  readonly onToggle: () => void;
}

function Row({ row, step, open, tabIndex, onFocus, onToggle }: RowProps) {
  const { node, level, key } = row;
  const rate = gflops(node);
  const share = step.ms > 0 ? node.ms / step.ms : 0;
  const ofStep = (ms: number): string => `${step.ms > 0 ? (100 * ms) / step.ms : 0}%`;
  const dispatches = Number.isInteger(node.dispatches) ? String(node.dispatches) : node.dispatches.toFixed(1);
  return (
    <div
      role="row"
      className={styles.row}
      data-key={key}
      data-leaf={node.children.length === 0}
      aria-level={level}
      aria-expanded={node.children.length > 0 ? open : undefined}
      tabIndex={tabIndex}
      title={t('{part}: {ms} ms, {n, plural, one {{dispatches} dispatch} other {{dispatches} dispatches}} a step', {
        part: [t('step'), ...node.path].join(' › '),
        ms: fixed(node.ms, 3),
        n: Number(dispatches),
        dispatches,
      })}
      onFocus={onFocus}
      onClick={onToggle}
    >
      <span role="rowheader" translate="no" className={styles.name} style={{ paddingLeft: 12 * (level - 1) }}>
        {node.name}
      </span>
      <span role="gridcell">{durationText(node.ms)}</span>
      <span role="gridcell">{percent(share)}</span>
      <span role="gridcell">{rate === null ? '' : rateText(rate)}</span>
      <span className={styles.bar} aria-hidden="true">
        <span style={{ left: ofStep(node.start), width: ofStep(node.ms) }}>
          <span style={{ width: node.ms > 0 ? `${(100 * node.matmulMs) / node.ms}%` : 0 }} />
        </span>
      </span>
    </div>
  );
}
