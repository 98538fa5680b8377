// Gives a host a name for people, and labels.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { labelTexts } from "../lib/host_notes.ts";
import { parseLabels } from "../lib/label_lines.ts";
import type { HostInfo } from "../lib/model.ts";
import { changeHost } from "../state/host_changes.ts";
import { Dialog } from "./dialog.tsx";

export function EditHost({ host }: { readonly host: HostInfo }): JSX.Element {
  const [open, setOpen] = useState(false);
  return (
    <span>
      <button type="button" class="text-button" data-testid="edit-host" onClick={() => setOpen(true)}>
        Edit…
      </button>
      {open && <EditDialog host={host} onClose={() => setOpen(false)} />}
    </span>
  );
}

interface EditDialogProps {
  readonly host: HostInfo;
  readonly onClose: () => void;
}

function EditDialog({ host, onClose }: EditDialogProps): JSX.Element {
  const [name, setName] = useState(host.displayName);
  const [text, setText] = useState(labelTexts({ labels: host.assignedLabels }).join("\n"));
  const save = async (): Promise<string> => {
    const { labels, problem } = parseLabels(text);
    return problem === "" ? changeHost(host.name, name.trim(), labels) : problem;
  };
  return (
    <Dialog
      title={`Name and labels of ${host.id}`}
      testid="edit-dialog"
      action="Save"
      onAction={save}
      onClose={onClose}
    >
      <label class="field">
        <span>Name</span>
        <input
          class="input"
          autofocus
          placeholder={host.hostname}
          value={name}
          data-testid="edit-name"
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <label class="field">
        <span>Labels, one a line</span>
        <textarea
          class="input text-area code"
          rows={4}
          spellcheck={false}
          placeholder="env=prod"
          value={text}
          data-testid="edit-labels"
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <p class="muted">{fromAgent(host)}</p>
    </Dialog>
  );
}

/** What cannot be changed here. */
function fromAgent({ labels, assignedLabels }: HostInfo): string {
  const others = Object.entries(labels).filter(([key]) => !Object.hasOwn(assignedLabels, key));
  const texts = labelTexts({ labels: Object.fromEntries(others) });
  if (texts.length === 0) return "Labels that its agent has of its own are changed where it runs.";
  return `Its agent has ${texts.join(", ")}. A label of the same key takes the place of one of these.`;
}
