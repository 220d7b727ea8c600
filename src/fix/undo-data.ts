// What a migration leaves for its way back, from the journal and from the sealed file: both may be damaged or of another
// version, so both are read field by field.
import type { ExactUndo, SectionUndo, SettingUndo, Undo, UndoSecrets } from '../aws/undo.ts';
import {
  countIn,
  fieldsOf,
  type Json,
  listIn,
  nullOr,
  oneOf,
  parsedJson,
  textIn,
  whole,
} from '../core/json-fields.ts';

/** Undefined when it is not to be understood. */
export function readUndo(value: Json): Undo | undefined {
  const { version, sections } = fieldsOf(value);
  return whole({ version: oneOf(version, [1]), sections: listIn(sections, sectionUndo) });
}

/** To be sealed; the bytes are for the caller to zero. */
export function encodeSecrets(secrets: UndoSecrets): Uint8Array {
  return new Uint8Array(Buffer.from(JSON.stringify(secrets)));
}

export function readSecrets(bytes: Uint8Array): UndoSecrets | undefined {
  const { version, lines, exact } = fieldsOf(parsedJson(Buffer.from(bytes).toString()));
  return whole({
    version: oneOf(version, [1]),
    lines: listIn(lines, (each) => listIn(each, textIn)),
    exact: listIn(exact, exactUndo),
  });
}

const kinds = ['config', 'credentials'] as const;

function sectionUndo(value: Json): SectionUndo | undefined {
  const { file, was, is, settings } = fieldsOf(value);
  return whole({
    file: oneOf(file, kinds),
    was: nullOr(was, textIn),
    is: nullOr(is, textIn),
    settings: listIn(settings, settingUndo),
  });
}

function settingUndo(value: Json): SettingUndo | undefined {
  const { name, is, was, secret } = fieldsOf(value);
  return whole({
    name: textIn(name),
    is: nullOr(is, textIn),
    was: nullOr(was, textIn),
    secret: nullOr(secret, countIn),
  });
}

function exactUndo(value: Json): ExactUndo | undefined {
  const { file, edits } = fieldsOf(value);
  return whole({
    file: oneOf(file, kinds),
    edits: listIn(edits, (edit) => {
      const { start, end, insert } = fieldsOf(edit);
      return whole({ start: countIn(start), end: countIn(end), insert: textIn(insert) });
    }),
  });
}
