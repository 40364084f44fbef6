import { describe, expect, it } from 'vitest';
import { create, followReads, reading } from './store';

describe('reads of stores are followed', () => {
  const useSwitch = create<{ readonly on: boolean }>()(() => ({ on: false }));
  const useLamp = create<{ readonly colour: string }>()(() => ({ colour: 'red' }));
  const light = (): string => (useSwitch.getState().on ? useLamp.getState().colour : 'dark');

  it('names the stores that a computation read, also one inside another', () => {
    expect(reading(light).stores.size).toBe(1);
    useSwitch.setState({ on: true });
    const inner = reading(() => reading(light).value);
    expect([inner.value, inner.stores.size]).toEqual(['red', 2]);
    useSwitch.setState({ on: false });
  });

  it('follows what is read at present, and no more once it is ended', () => {
    const seen: string[] = [];
    const end = followReads(light, (value) => seen.push(value));
    expect(seen.splice(0)).toEqual(['dark']);
    useLamp.setState({ colour: 'green' });
    expect(seen).toEqual([]);
    useSwitch.setState({ on: true });
    useLamp.setState({ colour: 'blue' });
    expect(seen).toEqual(['green', 'blue']);
    useSwitch.setState({ on: false });
    useLamp.setState({ colour: 'white' });
    expect(seen).toEqual(['green', 'blue', 'dark']);
    end();
    useSwitch.setState({ on: true });
    expect(seen).toHaveLength(3);
  });
});
