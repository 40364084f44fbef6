import { useState } from 'react';
import type { Failure } from '../../../runtime/failure';
import { CopyButton } from '../../ui/controls/CopyButton';
import { useSession } from '../../state/session/SessionContext';
import styles from '../../ui/Notices.module.css';
import { T } from '../../../words/T';
import { t } from '../../../words/words';

/**
 * Why nothing can be trained here, what to do in each browser, and what still works.
 * @param late shown after the page has been drawn: it overlays the page, and moves nothing, until the user
 * docks it
 */
export function NoWebGpu({ failure, late }: { readonly failure: Failure; readonly late: boolean }) {
  const [floating, setFloating] = useState(late);
  const where = isPhone() ? <Phones /> : <Computers />;
  const session = useSession();
  const advice = (
    <>
      <p>{failure.advice}</p>
      {!isSecureContext && <p>{t('This page was not opened over HTTPS or from localhost; browsers offer WebGPU only there.')}</p>}
      {floating ? (
        <details>
          <summary>{t('Where WebGPU works')}</summary>
          {where}
        </details>
      ) : (
        where
      )}
      <p className={styles.actions}>
        <button type="button" onClick={session.probe}>
          {t('Check again')}
        </button>
        {floating && (
          <button
            type="button"
            onClick={() => {
              setFloating(false);
            }}
          >
            {t('Move to the top of the page')}
          </button>
        )}
        <CopyButton label={t('Copy details')} text={`${failure.message}\n${failure.detail}\n${navigator.userAgent}`} />
      </p>
    </>
  );
  return (
    <section className={styles.notice} role="alert" data-floating={floating ? '' : undefined}>
      {floating && isNarrow() ? (
        // One line, so that the page's content can be read.
        <details>
          <summary>
            <h2>{failure.message}</h2>
          </summary>
          {advice}
        </details>
      ) : (
        <>
          <h2>{failure.message}</h2>
          {advice}
        </>
      )}
    </section>
  );
}

/** Narrow enough for the notice to cover most of what is in view. */
function isNarrow(): boolean {
  return matchMedia('(max-width: 700px)').matches;
}

/** A handheld touch device, where flags of desktop browsers do not help. */
function isPhone(): boolean {
  return matchMedia('(hover: none) and (pointer: coarse)').matches;
}

function Phones() {
  return (
    <dl>
      <dt translate="no">Android</dt>
      <dd>{t('Chrome 121 or later on Android 12 or later, with a Qualcomm or ARM GPU. Firefox has no WebGPU there yet.')}</dd>
      <dt translate="no">iPhone, iPad</dt>
      <dd>{t('iOS or iPadOS 26 or later, in any browser.')}</dd>
      <dt>{t('Otherwise')}</dt>
      <dd>{t('Open this page on a computer: “Share” copies a link with your recipe.')}</dd>
    </dl>
  );
}

function Computers() {
  return (
    <dl>
      <dt translate="no">Chrome, Edge</dt>
      <dd>
        <T
          text="Version 113 or later. On Linux also set <code>chrome://flags/#enable-unsafe-webgpu</code> and <code>chrome://flags/#enable-vulkan</code>; see <code>chrome://gpu</code> for what blocks it."
          values={{ code: (inside) => <code translate="no">{inside}</code> }}
        />
      </dd>
      <dt translate="no">Firefox</dt>
      <dd>
        <T
          text="Version 141 or later on Windows, 145 on macOS. On Linux set <code>dom.webgpu.enabled</code> to true in <code>about:config</code>; if it then finds no adapter, <code>gfx.webgpu.ignore-blocklist</code> too."
          values={{ code: (inside) => <code translate="no">{inside}</code> }}
        />
      </dd>
      <dt translate="no">Safari</dt>
      <dd>{t('Version 26 or later.')}</dd>
      <dt>{t('No GPU')}</dt>
      <dd>
        <T
          text="Chrome can compute on the CPU: start it with <code>--enable-unsafe-webgpu --use-webgpu-adapter=swiftshader</code>."
          values={{ code: (inside) => <code translate="no">{inside}</code> }}
        />
      </dd>
    </dl>
  );
}
