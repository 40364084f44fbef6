import type { PngScale } from '../../../charts/export/figureSvg';
import { Menu, type MenuEntry } from '../../controls/Menu';
import styles from './Panel.module.css';

/** What a figure can be saved as. */
export type Saving = 'csv' | 'svg' | { readonly png: PngScale };

interface PanelMenuProps {
  readonly drawn: boolean;
  readonly tableOpen: boolean;
  readonly onTable: () => void;
  readonly onSave: (kind: Saving) => void;
  readonly onFullScreen: () => void;
}

const DRAWINGS: readonly (readonly [string, Saving])[] = [
  ['SVG', 'svg'],
  ['PNG', { png: 1 }],
  ['PNG 2×', { png: 2 }],
  ['PNG 4×', { png: 4 }],
];

/** What one can do with a figure. */
export function PanelMenu({ drawn, tableOpen, onTable, onSave, onFullScreen }: PanelMenuProps) {
  const savings: readonly (readonly [string, Saving])[] = [['CSV', 'csv'], ...(drawn ? DRAWINGS : [])];
  const entries: MenuEntry[] = [
    [tableOpen ? 'Hide data table' : 'Data table', onTable],
    ...savings.map(([label, kind]): MenuEntry => [
      label,
      () => {
        onSave(kind);
      },
    ]),
    ...(document.fullscreenEnabled ? [['Full screen', onFullScreen] as const] : []),
  ];
  return (
    <div className={styles.menu}>
      <Menu label="Options" entries={entries}>
        ⋯
      </Menu>
    </div>
  );
}
