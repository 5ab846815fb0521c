import { type KeyboardEvent, useLayoutEffect, useRef, useState } from 'react';
import type { OpenEdit } from './use-edit';

export interface EditMessageProps {
  readonly edit: OpenEdit;
  readonly onSave: (text: string) => void;
  readonly onCancel: () => void;
}

/** Enter saves, Escape gives up. */
export function EditMessage({ edit, onSave, onCancel }: EditMessageProps) {
  const [text, setText] = useState(edit.text);
  const isEmpty = text.trim() === '';
  const editor = useRef<HTMLDivElement>(null);

  // Focusing brings the text into view, but not the buttons below it.
  useLayoutEffect(() => {
    // In braces: newer browsers return a promise here, and it must not become the effect's clean-up.
    editor.current?.scrollIntoView({ block: 'nearest' });
  }, []);

  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Escape') onCancel();
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      if (!isEmpty) onSave(text);
    }
  }

  return (
    <div ref={editor} className="edit-message">
      <textarea
        className="field"
        aria-label="Edit your message"
        rows={1}
        maxLength={2000}
        value={text}
        autoFocus
        onFocus={(event) => event.target.setSelectionRange(text.length, text.length)}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div className="edit-message-foot">
        {edit.problem === null ? (
          <span className="quiet">
            <kbd>Enter</kbd> to save, <kbd>Esc</kbd> to cancel
          </span>
        ) : (
          <span className="form-error" role="alert">
            {edit.problem}
          </span>
        )}
        <button className="button" type="button" onClick={onCancel}>
          Cancel
        </button>
        <button className="button button-primary" type="button" disabled={isEmpty} onClick={() => onSave(text)}>
          Save
        </button>
      </div>
    </div>
  );
}
