import { screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { show } from '../../../testing/component';
import { Term } from './Term';
import { definitionOf } from '../../../readings/glossary';

it('a term shows its definition on focus and under the pointer, which may move onto it, until Escape', async () => {
  const user = show(<Term id="sink">sinks</Term>);
  const tip = () => screen.queryByRole('tooltip');
  expect(tip()).toBeNull();
  await user.tab();
  expect(tip()?.textContent).toBe(definitionOf('sink'));
  await user.keyboard('{Escape}');
  expect(tip()).toBeNull();
  await user.hover(screen.getByText('sinks'));
  await user.hover(tip()!);
  expect(tip()?.textContent).toBe(definitionOf('sink'));
  await user.keyboard('{Escape}');
  expect(tip()).toBeNull();
});
