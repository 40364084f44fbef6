import { symbol } from 'd3';
import type { ArmMark } from '../../../scene/marks/armMark';

/** An arm's line and symbol, as in the charts. */
export function Swatch({ mark }: { readonly mark: ArmMark }) {
  return (
    <svg width="26" height="10" viewBox="0 0 26 10" aria-hidden="true" style={{ color: mark.colour, flex: 'none' }}>
      <line x1="0" x2="26" y1="5" y2="5" stroke="currentColor" strokeWidth="1.75" strokeDasharray={mark.dash} />
      <path d={symbol(mark.symbol, 26)() ?? ''} transform="translate(13 5)" fill="currentColor" />
    </svg>
  );
}
