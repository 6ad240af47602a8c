/** Times as people read them. All pure: now comes in as an argument. */

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** "just now", "4 min ago", "in 6 h 12 min", "yesterday", "3 Oct 2026". */
export function relativeTime(at: number, now: number): string {
  const ahead = at > now;
  const distance = Math.abs(now - at);
  if (distance < minute) return ahead ? "in under a minute" : "just now";
  if (distance < day) return ahead ? `in ${duration(distance)}` : `${shortDuration(distance)} ago`;
  const days = calendarDays(at, now);
  if (days === -1) return "yesterday";
  if (days === 1) return "tomorrow";
  if (days < 0 && days > -14) return `${-days} days ago`;
  if (days > 0 && days < 60) return `in ${days} days`;
  return shortDate(at);
}

/** The two largest units: "6 h 12 min", "9 min 48 s", "12 s". */
export function duration(milliseconds: number): string {
  const total = Math.max(0, Math.round(milliseconds / 1000));
  const days = Math.floor(total / 86_400);
  const hours = Math.floor((total % 86_400) / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const seconds = total % 60;
  if (days) return join(`${days} d`, hours && `${hours} h`);
  if (hours) return join(`${hours} h`, minutes && `${minutes} min`);
  if (minutes) return join(`${minutes} min`, seconds && `${seconds} s`);
  return `${seconds} s`;
}

export function exactTime(at: number): string {
  return exact.format(at);
}

export function shortDate(at: number): string {
  return date.format(at);
}

export function clockTime(at: number): string {
  return time.format(at);
}

const exact = new Intl.DateTimeFormat("en-GB", {
  weekday: "short",
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  timeZoneName: "short",
});
const date = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

function shortDuration(milliseconds: number): string {
  return milliseconds < hour ? `${Math.floor(milliseconds / minute)} min` : `${Math.floor(milliseconds / hour)} h`;
}

function calendarDays(at: number, now: number): number {
  return Math.round((new Date(at).setHours(12, 0, 0, 0) - new Date(now).setHours(12, 0, 0, 0)) / day);
}

function join(large: string, small: string | 0): string {
  return small ? `${large} ${small}` : large;
}
