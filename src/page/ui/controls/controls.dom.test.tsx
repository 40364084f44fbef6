import { useState } from 'react';
import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { show } from '../../../testing/component';
import { Menu } from './Menu';
import { NumberInput } from './NumberInput';

describe('a number', () => {
  const taken: (number | null)[] = [];
  function Field({ optional = false }: { readonly optional?: boolean }) {
    const [value, setValue] = useState<number | null>(0.5);
    const take = (next: number | null): void => {
      taken.push(next);
      setValue(next);
    };
    return (
      <>
        {optional ? (
          <NumberInput aria-label="rate" optional value={value} min={0} max={1} onChange={take} />
        ) : (
          <NumberInput aria-label="rate" value={value ?? 0} min={0} max={1} onChange={take} />
        )}
        <button
          type="button"
          onClick={() => {
            setValue(0.25);
          }}
        >
          quarter
        </button>
      </>
    );
  }
  const field = (): HTMLInputElement => screen.getByRole('textbox', { name: 'rate' });

  it('stays as typed, is used if valid, and is reformatted when the field is left', async () => {
    taken.length = 0;
    const user = show(<Field />);
    await user.clear(field());
    await user.type(field(), '2e-');
    expect(field().value).toBe('2e-');
    expect(field().getAttribute('aria-invalid')).toBe('true');
    await user.type(field(), '2');
    expect(field().value).toBe('2e-2');
    expect(field().getAttribute('aria-invalid')).toBe('false');
    expect(taken.at(-1)).toBe(0.02);
    await user.tab();
    expect(field().value).toBe('0.02');
  });

  it('outside its limits stays in the field, marked as invalid, until another value arrives', async () => {
    taken.length = 0;
    const user = show(<Field />);
    await user.clear(field());
    await user.type(field(), '7');
    await user.tab();
    expect([field().value, field().getAttribute('aria-invalid'), taken]).toEqual(['7', 'true', []]);
    await user.click(screen.getByRole('button', { name: 'quarter' }));
    expect([field().value, field().getAttribute('aria-invalid')]).toEqual(['0.25', 'false']);
  });

  it('may be left out if it is optional', async () => {
    taken.length = 0;
    const user = show(<Field optional />);
    await user.clear(field());
    expect(taken).toEqual([null]);
    await user.type(field(), '1');
    expect(taken).toEqual([null, 1]);
  });
});

describe('a menu', () => {
  it('is opened, navigated and closed with keys, and returns the focus', async () => {
    const done: string[] = [];
    const entries = ['Table', 'CSV', 'SVG'].map((name) => [name, () => done.push(name)] as const);
    const user = show(<Menu label="Options" entries={entries.map(([name, act]) => [name, () => void act()])} />);
    const focused = (): string | null => document.activeElement?.textContent ?? null;
    await user.tab();
    await user.keyboard('{ArrowUp}');
    expect(focused()).toBe('SVG');
    await user.keyboard('{ArrowDown}');
    expect(focused()).toBe('Table');
    await user.keyboard('c');
    expect(focused()).toBe('CSV');
    await user.keyboard('{End}{Home}{ArrowDown}{Enter}');
    expect([done, focused(), screen.queryByRole('menu')]).toEqual([['CSV'], 'Options', null]);
    await user.keyboard('{ArrowDown}{Escape}');
    expect([screen.queryByRole('menu'), focused()]).toEqual([null, 'Options']);
    await user.keyboard('{ArrowDown}{Tab}');
    expect(screen.queryByRole('menu')).toBeNull();
    expect(done).toEqual(['CSV']);
  });
});
