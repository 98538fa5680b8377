// The query page, fetched when it is first looked at: its editor is larger than all the rest.
import { signal } from "@preact/signals";
import type { ComponentType, JSX } from "preact";
import { useEffect } from "preact/hooks";

type Loaded =
  | { readonly kind: "not yet" }
  | { readonly kind: "loading" }
  | { readonly kind: "failed" }
  | { readonly kind: "ready"; readonly Page: ComponentType };

const loaded = signal<Loaded>({ kind: "not yet" });

export function LazyQueryPage(): JSX.Element {
  useEffect(() => void load(), []);
  const state = loaded.value;
  switch (state.kind) {
    case "ready":
      return <state.Page />;
    case "failed":
      return <FailedPage />;
    case "not yet":
    case "loading":
      return <p class="card empty">Loading the editor…</p>;
  }
}

function FailedPage(): JSX.Element {
  return (
    <div class="card empty" role="alert">
      <p>The query page could not be loaded: the gateway does not answer, or has a newer dashboard by now.</p>
      <button type="button" class="button" onClick={() => location.reload()}>
        Reload
      </button>
    </div>
  );
}

async function load(): Promise<void> {
  if (loaded.value.kind === "ready" || loaded.value.kind === "loading") return;
  loaded.value = { kind: "loading" };
  try {
    const { QueryPage } = await import("./query_page.tsx");
    loaded.value = { kind: "ready", Page: QueryPage };
  } catch {
    loaded.value = { kind: "failed" };
  }
}
