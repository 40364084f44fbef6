import { useRef, useState } from 'react';
import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { show } from '../../../testing/component';
import { rowWindow, type RowPart } from './rowWindow';
import { useGridKeys } from './useGridKeys';
import { useRowWindow } from './useRowWindow';

const log: string[] = [];

function Numbers({ rows }: { readonly rows: number }) {
  const box = useRef<HTMLDivElement>(null);
  const [pressed, setPressed] = useState<number | null>(null);
  const keys = useGridKeys({
    rows: rows + 1,
    onOpen: (row) => log.push(`open ${row}`),
    onPick: (row) => log.push(`pick ${row}`),
  });
  const parts = useRowWindow(box, {
    keys: Array.from({ length: rows }, (_, at) => String(at)),
    estimate: () => 20,
    kept: keys.row - 1,
  });
  return (
    <div ref={box}>
      <button type="button">Before</button>
      <table {...keys.table} aria-label="Numbers">
        <thead>
          <tr aria-rowindex={1}>
            <th>
              <button type="button" onClick={() => log.push('sort')}>
                Number
              </button>
            </th>
            <th>Square</th>
            <th>Notes</th>
          </tr>
        </thead>
        <tbody>
          {parts.map((part) =>
            typeof part === 'number' ? (
              <tr key={part} aria-rowindex={part + 2} data-row={part}>
                <th scope="row">
                  <button
                    type="button"
                    aria-pressed={pressed === part}
                    onClick={() => {
                      setPressed(part);
                    }}
                  >
                    n {part}
                  </button>
                </th>
                <td>{part ** 2}</td>
                <td>
                  <input aria-label={`Tag of ${part}`} /> <input aria-label={`Note on ${part}`} />
                </td>
              </tr>
            ) : (
              <tr key={`gap ${part.before}`} aria-hidden="true">
                <td style={{ height: part.gap }} />
              </tr>
            ),
          )}
        </tbody>
      </table>
    </div>
  );
}

const focused = (): string => document.activeElement!.textContent || document.activeElement!.getAttribute('aria-label')!;

describe('a table by keyboard', () => {
  it('is one stop of Tab, moves by arrows, Home and End, and keeps within itself', async () => {
    const user = show(<Numbers rows={5} />);
    await user.tab();
    await user.tab();
    expect(focused()).toBe('n 0');
    expect(document.activeElement!.tagName).toBe('TH');
    await user.keyboard('{ArrowRight}{ArrowDown}{ArrowDown}');
    expect(focused()).toBe('4');
    await user.keyboard('{Home}');
    expect(focused()).toBe('n 2');
    await user.keyboard('{Control>}{End}{/Control}{ArrowRight}{ArrowDown}{ArrowLeft}');
    expect(focused()).toBe('16');
    await user.keyboard('{Control>}{Home}{/Control}{ArrowUp}{ArrowUp}');
    expect(focused()).toBe('Number');
    await user.tab();
    expect(document.activeElement).toBe(document.body);
  });

  it('opens, picks and presses; Enter goes in among several controls, Escape out', async () => {
    log.length = 0;
    const user = show(<Numbers rows={3} />);
    screen.getByText('1', { selector: 'td' }).focus();
    await user.keyboard('{Enter} ');
    await user.keyboard('{ArrowLeft}{Enter}');
    expect(screen.getByRole('button', { name: 'n 1' }).getAttribute('aria-pressed')).toBe('true');
    await user.keyboard('{ArrowUp}{ArrowUp}{Enter}');
    expect(log).toEqual(['open 2', 'pick 2', 'sort']);
    await user.keyboard('{ArrowDown}{End}{Enter}ab c{Tab}d');
    expect(focused()).toBe('Note on 0');
    expect(screen.getByLabelText<HTMLInputElement>('Tag of 0').value).toBe('ab c');
    await user.keyboard('{Escape}{ArrowDown}');
    expect(document.activeElement).toBe(screen.getByLabelText('Tag of 1').closest('td'));
    expect(log).toHaveLength(3);
  });

  it('draws only what is seen of many rows, and the one with the focus', async () => {
    const user = show(<Numbers rows={1000} />);
    const drawn = (): number => screen.getAllByRole('row').length;
    expect(drawn()).toBeLessThan(100);
    expect(screen.getByRole('grid').getAttribute('aria-rowcount')).toBe('1001');
    screen.getByText('n 0').closest('th')!.focus();
    await user.keyboard('{Control>}{End}{/Control}{Home}');
    expect(focused()).toBe('n 999');
    expect(drawn()).toBeLessThan(100);
    await user.keyboard('{PageUp}');
    expect(focused()).toBe('n 989');
  });
});

describe('rowWindow', () => {
  const heights = Array.from({ length: 300 }, (_, at) => (at % 2 === 0 ? 30 : 50));
  const heightOf = (part: RowPart): number => (typeof part === 'number' ? heights[part]! : part.gap);

  it('draws every row that is seen, and is as high as all rows together, wherever it is scrolled', () => {
    for (const [top, kept] of [
      [0, -1],
      [5000, 0],
      [11_500, 299],
      [6000, 150],
    ] as const) {
      const parts = rowWindow(heights, top, 600, kept);
      expect(parts.reduce<number>((sum, part) => sum + heightOf(part), 0)).toBe(300 * 40);
      const rows = parts.filter((part) => typeof part === 'number');
      const first = Math.floor(top / 40);
      for (let at = first; at < Math.min(300, first + 15); at++) expect(rows).toContain(at);
      if (kept >= 0) expect(rows).toContain(kept);
      expect(rows.length).toBeLessThan(60);
      expect(rows).toEqual([...rows].sort((a, b) => a - b));
    }
  });
});
