// Times of day and lengths of time for people.

const secondsOfMinute = 60;
const secondsOfHour = 3600;
const secondsOfDay = 86_400;

/** The local time of day, `HH:MM:SS` or without the seconds. */
export function formatTimeOfDay(timeSeconds: number, withSeconds = true): string {
  const time = new Date(timeSeconds * 1000);
  const parts = [time.getHours(), time.getMinutes(), ...(withSeconds ? [time.getSeconds()] : [])];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** A label of a time axis: the local time of day, and at midnight the date instead. */
export function formatTimeTick(timeSeconds: number, withSeconds: boolean): string {
  const time = new Date(timeSeconds * 1000);
  const isMidnight = time.getHours() + time.getMinutes() + time.getSeconds() === 0;
  return isMidnight && !withSeconds
    ? `${months[time.getMonth()] ?? ""} ${time.getDate()}`
    : formatTimeOfDay(timeSeconds, withSeconds);
}

/** Two moments, with the date of the second only where it is another: `2026-11-21 10:00:00 – 12:00:00`. */
export function formatWindow(fromSeconds: number, toSeconds: number): string {
  const from = formatDateTime(fromSeconds * 1000);
  const to = formatDateTime(toSeconds * 1000);
  const [day = "", time = ""] = to.split(" ");
  return `${from} – ${from.startsWith(day) ? time : to}`;
}

/** The local date and time, `YYYY-MM-DD HH:MM:SS`; `–` if not known. */
export function formatDateTime(timeMs: number | undefined): string {
  if (timeMs === undefined) return "–";
  const time = new Date(timeMs);
  const date = [time.getFullYear(), time.getMonth() + 1, time.getDate()];
  return `${date.map((part) => String(part).padStart(2, "0")).join("-")} ${formatTimeOfDay(timeMs / 1000)}`;
}

/** A length of time in its two greatest units, such as `12 d 4 h` or `3 min 7 s`; `–` if not known. */
export function formatDuration(seconds: number | undefined): string {
  if (seconds === undefined || !Number.isFinite(seconds)) return "–";
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < secondsOfMinute) return `${whole} s`;
  if (whole < secondsOfHour) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < secondsOfDay)
    return `${Math.floor(whole / secondsOfHour)} h ${Math.floor((whole % secondsOfHour) / 60)} min`;
  return `${Math.floor(whole / secondsOfDay)} d ${Math.floor((whole % secondsOfDay) / secondsOfHour)} h`;
}

/** A length of time with hundredths, as top(1) shows CPU time: `1:02.50` or `3:04:05`. */
export function formatCpuTime(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${(seconds % 60).toFixed(2).padStart(5, "0")}`;
  const rest = [minutes % 60, Math.floor(seconds % 60)].map((part) => String(part).padStart(2, "0"));
  return `${Math.floor(minutes / 60)}:${rest.join(":")}`;
}
