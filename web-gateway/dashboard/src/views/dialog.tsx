// Asks before something is changed. The browser keeps the focus in it, and Escape closes it.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";

export interface DialogProps {
  readonly title: string;
  readonly testid: string;
  /** On the button that does it. */
  readonly action: string;
  /** Whether what it does cannot be undone. */
  readonly danger?: boolean;
  readonly children: ComponentChildren;
  /** Does it. Returns why it could not, as a sentence; empty if it is done, and the dialog closes. */
  readonly onAction: () => Promise<string>;
  readonly onClose: () => void;
}

export function Dialog(props: DialogProps): JSX.Element {
  const { title, testid, children, onAction, onClose } = props;
  const root = useRef<HTMLDialogElement>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const titleId = useId();
  useEffect(() => root.current?.showModal(), []);
  const close = (): void => root.current?.close();
  const onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    const reason = await onAction();
    setBusy(false);
    setProblem(reason);
    if (reason === "") close();
  };
  return (
    <dialog class="dialog" ref={root} aria-labelledby={titleId} data-testid={testid} onClose={onClose}>
      <form class="dialog-form" onSubmit={onSubmit}>
        <h2 id={titleId}>{title}</h2>
        {children}
        <Problem text={problem} />
        <Buttons {...props} busy={busy} onCancel={close} />
      </form>
    </dialog>
  );
}

function Problem({ text }: { readonly text: string }): JSX.Element | null {
  if (text === "") return null;
  return (
    <p class="problem" role="alert" data-testid="dialog-problem">
      {text}
    </p>
  );
}

interface ButtonsProps extends Pick<DialogProps, "action" | "danger"> {
  readonly busy: boolean;
  readonly onCancel: () => void;
}

function Buttons({ action, danger = false, busy, onCancel }: ButtonsProps): JSX.Element {
  return (
    <div class="dialog-buttons">
      <button type="button" class="button" autofocus data-testid="dialog-cancel" onClick={onCancel}>
        Cancel
      </button>
      <button
        type="submit"
        class={`button ${danger ? "button-danger" : "button-primary"}`}
        disabled={busy}
        data-testid="dialog-action"
      >
        {action}
      </button>
    </div>
  );
}
