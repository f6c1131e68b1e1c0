import { attributes, type Html, html } from './html.js';

/** A labelled field of a form, with what is wrong with it. */
export interface FieldView {
  readonly name: string;
  readonly label: string;
  /** What stands in it: after an error, what was typed. */
  readonly value: string;
  readonly hint?: string;
  readonly error?: string;
  /** A text of several lines. */
  readonly rows?: number;
  /** Further attributes, such as `type` and `maxlength`. */
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
}

/**
 * Label, hint, field and error, tied together for those who hear the page. The cursor is put into the first field that is
 * wrong, by the browser.
 */
export function fieldView(field: FieldView): Html {
  const { name, label, hint, error } = field;
  return html`<div class="field">
    <label for="${name}">${label}</label>
    ${hint !== undefined && html`<p class="hint" id="${name}-hint">${hint}</p>`} ${control(field)}
    ${error !== undefined && html`<p class="error" id="${name}-error">${error}</p>`}
  </div>`;
}

function control({ name, value, hint, error, rows, attributes: more }: FieldView): Html {
  const described = [hint !== undefined && `${name}-hint`, error !== undefined && `${name}-error`].filter(Boolean);
  const common = {
    id: name,
    name,
    ...more,
    'aria-invalid': error !== undefined && 'true',
    'aria-describedby': described.length > 0 && described.join(' '),
    autofocus: error !== undefined || more?.autofocus === true,
  };
  if (rows === undefined) return html`<input ${attributes({ ...common, value })} />`;
  // The line break after the tag is not part of the text; without it, one that was typed first would be lost.
  return html`<textarea ${attributes({ ...common, rows })}>${value}</textarea>`;
}
