import { t } from '../../../../words/words';
import { Checkbox, Select } from '../../../ui/controls/Choice';
import { bytes } from '../../../../readings/format';
import { useSession } from '../../../state/session/SessionContext';
import { useIntake } from '../../../state/session/intakeState';
import { isRemembered } from '../../../state/kept/remembered';
import { namedDelimiters, PART_NAMES, SHARE_NAMES, SYNTAX_NAMES, syntaxOf } from './words';
import type { SeenSource } from '../../../../runtime/intakeProtocol';
import type { SourceMapping } from '../../../../recipe/logRecipe';
import styles from './Intake.module.css';

/** What each file was recognised as, and why. */
export function FilesStep() {
  const sources = useIntake((intake) => intake.sources);
  const mappings = useIntake((intake) => intake.mappings);
  const pictures = useIntake((intake) => intake.pictures);
  const missing = useIntake((intake) => intake.missing);
  return (
    <>
      {missing !== null && (
        <p role="alert" className={styles.doubt}>
          {missing}
        </p>
      )}
      {pictures.files > 0 && (
        <p>
          {t(
            '{n, plural, one {# picture, {size}. What can be made of them stands in the report.} other {# pictures, {size}. What can be made of them stands in the report.}}',
            { n: pictures.files, size: bytes(pictures.bytes) },
          )}
        </p>
      )}
      <ul className={styles.sources}>
        {sources.map((seen, at) => (
          <li key={seen.mapping.name}>
            <SourceCard seen={seen} mapping={mappings[at]!} at={at} />
          </li>
        ))}
      </ul>
    </>
  );
}

interface SourceProps {
  readonly seen: SeenSource;
  readonly mapping: SourceMapping;
  readonly at: number;
}

function SourceCard({ seen, mapping, at }: SourceProps) {
  const { intake: session } = useSession();
  const readable = mapping.columns.length > 0;
  return (
    <section className={styles.source} aria-label={mapping.name}>
      <h3>
        <code translate="no">{mapping.name}</code> <span>{bytes(seen.size)}</span>
      </h3>
      <p className={styles.format}>{mapping.format}</p>
      <ul className={styles.reasons}>
        {seen.reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
      {isRemembered(mapping) && (
        <button
          type="button"
          className="plain"
          onClick={() => {
            session.forget(at);
          }}
        >
          {t('Forget that and guess again')}
        </button>
      )}
      {readable && (
        <div className={styles.controls}>
          <Select
            label={t('Holds')}
            value={mapping.part}
            options={PART_NAMES.map(({ value, label }) => ({ value, label: t(label) }))}
            onChange={(part) => {
              session.changeMapping(at, { part });
            }}
          />
          {mapping.part === 'events' && (
            <Select
              label={t('Belongs to')}
              value={mapping.share ?? 'all'}
              options={SHARE_NAMES.map(({ value, label }) => ({ value, label: t(label) }))}
              onChange={(share) => {
                session.changeMapping(at, { share: share === 'all' ? null : share });
              }}
            />
          )}
          <Written mapping={mapping} at={at} />
        </div>
      )}
    </section>
  );
}

/** The file's syntax; changing it inspects the file again. */
function Written({ mapping: { syntax }, at }: Pick<SourceProps, 'mapping' | 'at'>) {
  const { intake: session } = useSession();
  if (syntax.kind === 'parquet' || syntax.kind === 'npy' || syntax.kind === 'id-maps') return null;
  const usual = namedDelimiters();
  const delimiters = usual.some(({ value }) => 'delimiter' in syntax && value === syntax.delimiter)
    ? usual
    : [...usual, ...('delimiter' in syntax ? [{ value: syntax.delimiter, label: syntax.delimiter }] : [])];
  return (
    <>
      <Select
        label={t('Written as')}
        value={syntax.kind}
        options={SYNTAX_NAMES.map(({ value, label }) => ({ value, label: t(label) }))}
        onChange={(kind) => {
          session.lookAgain(at, syntaxOf(kind, 'delimiter' in syntax ? syntax.delimiter : ','));
        }}
      />
      {'delimiter' in syntax && (
        <Select
          label={t('Delimiter')}
          value={syntax.delimiter}
          options={delimiters}
          onChange={(delimiter) => {
            session.lookAgain(at, { ...syntax, delimiter });
          }}
        />
      )}
      {syntax.kind === 'delimited' && (
        <>
          <Checkbox
            label={t('First line holds column names')}
            checked={syntax.header}
            onChange={(header) => {
              session.lookAgain(at, { ...syntax, header });
            }}
          />
          <Checkbox
            label={t('Fields may be quoted')}
            checked={syntax.quoting}
            onChange={(quoting) => {
              session.lookAgain(at, { ...syntax, quoting });
            }}
          />
        </>
      )}
    </>
  );
}
