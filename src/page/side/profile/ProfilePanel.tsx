import { useState } from 'react';
import { clockStep } from '../../../profile/clock';
import { profileTree, type Grouping } from '../../../profile/tree';
import { Check, Segments, Select } from '../../controls/Choice';
import { armsOf } from '../../figure/armsOf';
import { Panel } from '../../figure/panel/Panel';
import { count } from '../../format';
import { useExperiment } from '../../state/experiment';
import { useProfiling } from '../../state/profiling';
import { useSession } from '../../state/SessionContext';
import { profiledArms, profileSentence, profileTable, timeText, type ProfiledArm } from './profileData';
import { ProfileTree } from './ProfileTree';
import styles from './Profile.module.css';

/** Where a step's time goes: the switch for timing steps, and the results. */
export function ProfilePanel() {
  const record = useExperiment((experiment) => experiment.record);
  const arms = record === null ? [] : profiledArms(armsOf(record));
  return (
    <div className={styles.side}>
      <ProfileSwitch />
      {arms.length === 0 ? (
        <p className={styles.none}>No step of the run on the page was profiled.</p>
      ) : (
        <ArmProfile arms={arms} />
      )}
    </div>
  );
}

function ProfileSwitch() {
  const session = useSession();
  const on = useProfiling((profiling) => profiling.on);
  const device = useExperiment((experiment) => experiment.device);
  if (device.state === 'ready' && !device.adapter.timestamps) {
    return (
      <p>
        This adapter cannot be profiled: it has no timestamp queries (WebGPU feature <code>timestamp-query</code>). Another
        browser or a newer driver may offer them.
      </p>
    );
  }
  return (
    <div>
      <Check label="Profile this run" checked={on} onChange={session.profile} />
      <p className={styles.hint}>
        From the next step on, of this run or of the next. A profiled step is slower and gives the same numbers.
      </p>
    </div>
  );
}

const GROUPINGS: readonly { readonly value: Grouping; readonly label: string }[] = [
  { value: 'part', label: 'part' },
  { value: 'kernel', label: 'kernel' },
];

function ArmProfile({ arms }: { readonly arms: readonly ProfiledArm[] }) {
  const [chosen, setChosen] = useState('');
  const [grouping, setGrouping] = useState<Grouping>('part');
  // The last arm has all the terms in the default recipe.
  const arm = arms.find(({ id }) => id === chosen) ?? arms.at(-1)!;
  const { steps, gpuMs, wallMs, resolutionMs } = arm.profile;
  return (
    <Panel
      name="Profile"
      title="Where does a step’s time go?"
      drawn={false}
      table={() => profileTable(arms)}
      controls={
        <>
          <Select label="Arm" value={arm.id} options={arms.map(({ id, label }) => ({ value: id, label }))} onChange={setChosen} />
          <Segments label="by" value={grouping} options={GROUPINGS} onChange={setGrouping} />
        </>
      }
      sentence={profileSentence(arm)}
      caption={
        <>
          Mean of {count(steps)} profiled {steps === 1 ? 'step' : 'steps'}: {timeText(gpuMs)} ms on the GPU of {timeText(wallMs)}{' '}
          ms from call to result. Bars:{' '}
          {grouping === 'part' ? 'when in the step, and how long' : 'share of the step, longest first'};{' '}
          <span className={styles.matmul}>dark</span> in matrix products, whose GFLOP/s count 2·M·N·K. The clock moves in steps of{' '}
          {clockStep(resolutionMs)}
          {resolutionMs > 0.01 ? ': shorter kernels are right on average only.' : '.'}
        </>
      }
    >
      <ProfileTree
        key={`${arm.id} ${grouping}`}
        step={profileTree(arm.profile, grouping)}
        label={`A step of ${arm.label} by ${grouping}`}
      />
    </Panel>
  );
}
