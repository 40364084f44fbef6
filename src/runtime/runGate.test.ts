import { describe, expect, it } from 'vitest';
import type { Phase } from './protocol';
import { isCalledOff } from './rpc/messages';
import { RunGate } from './runGate';

/** A run of endless steps behind a gate, counting them. */
function endless(paused: boolean): { gate: RunGate; steps: () => number; phases: Phase[]; ended: Promise<void> } {
  const phases: Phase[] = [];
  const gate = new RunGate(paused, (phase) => phases.push(phase));
  let steps = 0;
  const ended = (async () => {
    while ((await gate.pass()) === 'go') steps += 1;
  })();
  return { gate, steps: () => steps, phases, ended };
}

const turns = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));

describe('RunGate', () => {
  it('runs until stopped', async () => {
    const { gate, steps, ended } = endless(false);
    await turns();
    expect(steps()).toBeGreaterThan(1);
    gate.stop();
    await ended;
  });

  it('holds before the first step when started paused, steps once, resumes and pauses', async () => {
    const { gate, steps, phases, ended } = endless(true);
    await turns();
    expect(steps()).toBe(0);
    expect(phases).toEqual(['paused']);
    gate.step();
    await turns();
    expect(steps()).toBe(1);
    gate.resume();
    await turns();
    expect(steps()).toBeGreaterThan(2);
    gate.pause();
    await turns();
    const held = steps();
    await turns();
    expect(steps()).toBe(held);
    gate.stop();
    await ended;
  });

  it('says that it is paused once all steps so far have been reported', async () => {
    const said: string[] = [];
    const gate = new RunGate(true, (phase) => said.push(phase));
    const settle = async (): Promise<void> => {
      await turns();
      said.push('settled');
    };
    const first = gate.pass(settle);
    await turns();
    await turns();
    expect(said).toEqual(['settled', 'paused']);
    gate.resume();
    await first;
    // A run that goes on, or ends, is not held.
    await gate.pass(settle);
    gate.stop();
    await gate.pass(settle);
    expect(said.filter((word) => word === 'settled')).toHaveLength(1);
  });

  it('reports that it runs as soon as it is resumed, even during a step, but not before the first', async () => {
    const phases: Phase[] = [];
    const gate = new RunGate(true, (phase) => phases.push(phase));
    gate.step();
    gate.resume();
    expect(phases).toEqual([]);
    gate.step();
    expect(await gate.pass()).toBe('go');
    expect(phases).toEqual(['paused']);
    gate.resume();
    expect(phases).toEqual(['paused', 'running']);
  });

  it('cancels the preparation before the first step when stopped', () => {
    const { gate } = endless(true);
    expect(gate.signal.aborted).toBe(false);
    gate.stop();
    expect(isCalledOff(gate.signal.reason)).toBe(true);
  });
});
