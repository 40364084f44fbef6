import { useState } from 'react';
import { clockStep } from '../../../../profile/clock';
import type { Profile } from '../../../../record/profile';
import { leftOut } from '../../../../record/shortened';
import { profileTree, type Grouping } from '../../../../profile/tree';
import { Checkbox, Segments, Select } from '../../../ui/controls/Choice';
import { armsOf } from '../../../../readings/arms/armsOf';
import { Panel } from '../../../ui/panel/Panel';
import { count } from '../../../../readings/format';
import { useExperiment } from '../../../state/run/experiment';
import { useProfiling } from '../../../state/run/profiling';
import { useSession } from '../../../state/session/SessionContext';
import {
  profiledArms,
  profileSentence,
  profileTable,
  durationText,
  type ProfiledArm,
} from '../../../../readings/series/profileData';
import { ProfileTree } from './ProfileTree';
import styles from './Profile.module.css';
import { T } from '../../../../words/T';
import { message, t } from '../../../../words/words';

/** Where a step's time goes: the switch for timing steps, and the results. */
export function ProfilePanel() {
  const record = useExperiment((experiment) => experiment.record);
  const arms = record === null ? [] : profiledArms(armsOf(record));
  return (
    <div className={styles.side}>
      <ProfileSwitch />
      {arms.length === 0 ? (
        <p className={styles.none}>
          {(record && leftOut(record, 'profiles')) ?? t('No step of the run on the page was profiled.')}
        </p>
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
        <T
          text="This adapter cannot be profiled: it has no timestamp queries (WebGPU feature <code>timestamp-query</code>). Another browser or a newer driver may offer them."
          values={{ code: (inside) => <code translate="no">{inside}</code> }}
        />
      </p>
    );
  }
  return (
    <div>
      <Checkbox label={t('Profile this run')} checked={on} onChange={session.profile} />
      <p className={styles.hint}>
        {t('From the next step on, of this run or of the next. A profiled step is slower and gives the same numbers.')}
      </p>
    </div>
  );
}

const GROUPINGS: readonly { readonly value: Grouping; readonly label: string }[] = [
  { value: 'part', label: message('part') },
  { value: 'kernel', label: message('kernel') },
];

/** Where the tiles come from that kernels are named by; null if the run does not say. */
function tileWords({ tiles }: Profile): string | null {
  switch (tiles) {
    case 'timed':
      return t(
        'Names of matrix products say their tile, rows × columns per thread: of those timed on this adapter on a similar product, the one that is fastest for their size.',
      );
    case 'preset':
      return t(
        'Names of matrix products say their tile, rows × columns per thread: from a table for this kind of adapter, on which none are timed.',
      );
    case undefined:
      return null;
  }
}

function ArmProfile({ arms }: { readonly arms: readonly ProfiledArm[] }) {
  const [chosen, setChosen] = useState('');
  const [grouping, setGrouping] = useState<Grouping>('part');
  // The last arm has all the terms in the default recipe.
  const arm = arms.find(({ id }) => id === chosen) ?? arms.at(-1)!;
  const { steps, gpuMs, wallMs, resolutionMs } = arm.profile;
  const tiles = tileWords(arm.profile);
  return (
    <Panel
      name={() => t('Profile')}
      title={t('Where does a step’s time go?')}
      drawn={false}
      table={() => profileTable(arms)}
      controls={
        <>
          <Select
            label={t('Arm')}
            value={arm.id}
            options={arms.map(({ id, label }) => ({ value: id, label }))}
            onChange={setChosen}
          />
          <Segments
            label={t('by')}
            value={grouping}
            options={GROUPINGS.map(({ value, label }) => ({ value, label: t(label) }))}
            onChange={setGrouping}
          />
        </>
      }
      sentence={profileSentence(arm)}
      caption={
        <>
          <T
            text={
              grouping === 'part'
                ? 'Mean of {n, plural, one {{steps} profiled step} other {{steps} profiled steps}}: {gpu} ms on the GPU of {wall} ms from call to result. Bars: when in the step, and how long; <dark>dark</dark> in matrix products, whose GFLOP/s count 2·M·N·K.'
                : 'Mean of {n, plural, one {{steps} profiled step} other {{steps} profiled steps}}: {gpu} ms on the GPU of {wall} ms from call to result. Bars: share of the step, longest first; <dark>dark</dark> in matrix products, whose GFLOP/s count 2·M·N·K.'
            }
            values={{
              n: steps,
              steps: count(steps),
              gpu: durationText(gpuMs),
              wall: durationText(wallMs),
              dark: (inside) => <span className={styles.matmul}>{inside}</span>,
            }}
          />{' '}
          {resolutionMs > 0.01
            ? t('The clock moves in steps of {time}: shorter kernels are right on average only.', {
                time: clockStep(resolutionMs),
              })
            : t('The clock moves in steps of {time}.', { time: clockStep(resolutionMs) })}
          {tiles !== null && ` ${tiles}`}
        </>
      }
    >
      <ProfileTree
        key={`${arm.id} ${grouping}`}
        step={profileTree(arm.profile, grouping)}
        label={
          grouping === 'part'
            ? t('A step of {arm} by part', { arm: arm.label })
            : t('A step of {arm} by kernel', { arm: arm.label })
        }
      />
    </Panel>
  );
}
