// Icons, drawn here so that nothing is fetched for them. All are decoration: the element around them has the name.
import type { JSX } from "preact";

function Icon({ path, size = 16 }: { readonly path: string; readonly size?: number }): JSX.Element {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <path
        d={path}
        fill="none"
        stroke="currentColor"
        stroke-width="1.5"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}

export function PulseIcon(): JSX.Element {
  return <Icon path="M1 8.5h3l2-5 3.5 9 2-4H15" size={18} />;
}

export function SunIcon(): JSX.Element {
  return (
    <Icon path="M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M8 1v1M8 14v1M1 8h1M14 8h1M3 3l.7.7M12.3 12.3l.7.7M3 13l.7-.7M12.3 3.7 13 3" />
  );
}

export function MoonIcon(): JSX.Element {
  return <Icon path="M13.5 9.6A5.8 5.8 0 0 1 6.4 2.5a5.8 5.8 0 1 0 7.1 7.1Z" />;
}

export function ChevronIcon(): JSX.Element {
  return <Icon path="m4 6 4 4 4-4" size={14} />;
}

export function SearchIcon(): JSX.Element {
  return <Icon path="M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M10.5 10.5 14 14" />;
}

export function WarningIcon(): JSX.Element {
  return <Icon path="M8 2 1.5 13.5h13L8 2M8 6.5v3M8 11.6v.1" size={14} />;
}

export function EarlierIcon(): JSX.Element {
  return <Icon path="m9.5 4-4 4 4 4" size={14} />;
}

export function LaterIcon(): JSX.Element {
  return <Icon path="m6.5 4 4 4-4 4" size={14} />;
}

export function ZoomOutIcon(): JSX.Element {
  return <Icon path="M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M10.5 10.5 14 14M5 7h4" size={14} />;
}

export function ZoomInIcon(): JSX.Element {
  return <Icon path="M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M10.5 10.5 14 14M5 7h4M7 5v4" size={14} />;
}

export function CloseIcon(): JSX.Element {
  return <Icon path="m4 4 8 8M12 4l-8 8" size={14} />;
}

export function PlusIcon(): JSX.Element {
  return <Icon path="M8 3v10M3 8h10" size={14} />;
}

export function ClockIcon(): JSX.Element {
  return <Icon path="M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M8 5v3l2 1.5" size={14} />;
}
