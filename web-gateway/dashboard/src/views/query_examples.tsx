// A first look at what can be asked.
import type { JSX } from "preact";
import { drafts, replaceDraft, run } from "../state/query.ts";

const examples: readonly (readonly [string, string])[] = [
  ["Busy CPU by host", '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[1m]))'],
  ["Memory in use", "1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes"],
  ["The three busiest network interfaces", "topk(3, rate(node_network_receive_bytes_total[1m]))"],
  [
    "Filesystems that are nearly full",
    'node_filesystem_avail_bytes{fstype!="tmpfs"} / node_filesystem_size_bytes < 0.15',
  ],
];

export function QueryExamples(): JSX.Element {
  const choose = (text: string): void => {
    const [first] = drafts.value;
    if (first === undefined) return;
    replaceDraft(first.id, text);
    run();
  };
  return (
    <div class="card query-examples">
      <p class="muted">Ask in PromQL what was measured. For example:</p>
      <ul>
        {examples.map(([title, text]) => (
          <li key={title}>
            <button type="button" class="popup-item" data-testid="query-example" onClick={() => choose(text)}>
              <span>{title}</span>
              <code class="ellipsis muted">{text}</code>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
