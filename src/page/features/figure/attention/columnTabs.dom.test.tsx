import { useState } from 'react';
import { screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { show } from '../../../../testing/component';
import { ColumnTabs } from './ColumnTabs';

const TABS = ['base', 'action', 'karma'].map((id) => ({ id, label: id }));

function Tabs() {
  const [chosen, setChosen] = useState('base');
  return <ColumnTabs tabs={TABS} chosen={chosen} onChoose={setChosen} />;
}

it('arrow keys, which wrap around, Home and End choose a model; the Tab key stops at one tab only', async () => {
  const user = show(<Tabs />);
  const chosen = () => screen.getByRole('tab', { selected: true });
  await user.tab();
  for (const [key, id] of [
    ['ArrowRight', 'action'],
    ['End', 'karma'],
    ['ArrowRight', 'base'],
    ['ArrowLeft', 'karma'],
    ['Home', 'base'],
  ] as const) {
    await user.keyboard(`{${key}}`);
    expect([chosen().textContent, document.activeElement?.textContent]).toEqual([id, id]);
  }
  await user.tab();
  expect(document.activeElement).toBe(document.body);
});
