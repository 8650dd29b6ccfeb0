import { z } from "zod";

/* When clusters may be worked on: windows and blackout dates, in a time zone of their own. */

const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
const HOURS = /^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/;

const day = z.iso.date("must be a day such as 2026-12-24");
/** The first and the last of several days. */
const days = z.strictObject({ from: day, to: day }).refine(({ from, to }) => from <= to, {
  message: "ends before it begins, so that it would never count",
  params: { remedy: "write the earlier day as `from`" },
});

/** Windows and blackouts, as the fleet file has them. */
export const maintenanceSchema = z.strictObject({
  timeZone: z
    .string()
    .refine(isTimeZone, { message: "is no time zone that is known here", params: { remedy: "write its IANA name, such as Asia/Seoul" } })
    .meta({ description: "The time zone of all that is said here, by its IANA name." }),
  windows: z
    .array(
      z.strictObject({
        days: z.array(z.enum(DAYS)).min(1).optional().meta({ description: "The days on which it opens. Default: every day." }),
        hours: z
          .string()
          .regex(HOURS, "must be hours such as 22:00-04:00")
          .refine((hours) => new Set(hours.split("-")).size > 1, {
            message: "begins when it ends, which could be the whole day as well as no moment of it",
            params: { remedy: "for the whole day leave `hours` out; else write when it ends" },
          })
          .optional()
          .meta({ description: "From when to when; one that ends before it begins ends on the next day. Default: the whole day." }),
      }),
    )
    .min(1)
    .optional()
    .meta({ description: "Operations begin only while one of them is open; one that is under way is not broken off. Default: always." }),
  blackout: z
    .array(z.union([day, days]))
    .optional()
    .meta({ description: "Days on which nothing begins, whatever the windows say: a day, or the first and the last of several." }),
});

export type Maintenance = z.infer<typeof maintenanceSchema>;

const MINUTES = 60;
const DAY_MINUTES = 24 * MINUTES;
const MINUTE_MS = 60_000;
const DAY_MS = DAY_MINUTES * MINUTE_MS;
/** Further ahead no opening is looked for. */
const HORIZON_DAYS = 400;

/** Whether an operation may begin at this moment. */
export function isOpen({ timeZone, windows, blackout = [] }: Maintenance, moment: Date): boolean {
  const { date, weekday, minutes } = local(moment, timeZone);
  if (blackout.some((each) => (typeof each === "string" ? each === date : each.from <= date && date <= each.to))) return false;
  if (windows === undefined) return true;
  return windows.some(({ days = DAYS, hours = "00:00-24:00" }) => {
    const [from, to] = span(hours);
    const opens = (offset: number) => days.includes(DAYS[(weekday + offset + 7) % 7]!);
    if (from < to) return opens(0) && from <= minutes && minutes < to;
    return (opens(0) && from <= minutes) || (opens(-1) && minutes < to);
  });
}

/** The first moment from this one on at which an operation may begin; undefined where there is none within a year. */
export function nextOpening(maintenance: Maintenance, moment: Date): Date | undefined {
  if (isOpen(maintenance, moment)) return moment;
  const { timeZone, windows = [] } = maintenance;
  const begins = [...new Set([0, ...windows.map(({ hours = "00:00-24:00" }) => span(hours)[0])])];
  const halves = Array.from({ length: 2 * 24 }, (_, half) => (half * MINUTES) / 2);
  const today = Date.parse(`${local(moment, timeZone).date}T00:00:00Z`);
  for (let day = 0; day <= HORIZON_DAYS; day++) {
    const start = today + day * DAY_MS;
    // It opens where a window begins, at midnight after a blackout, or where the clocks leave out an hour: those end at half hours.
    const even = instant(start + DAY_MS, timeZone) - instant(start, timeZone) === DAY_MS;
    const candidates = (even ? begins : [...begins, ...halves])
      .map((minutes) => instant(start + minutes * MINUTE_MS, timeZone))
      .filter((each) => each > moment.getTime() && isOpen(maintenance, new Date(each)))
      .sort((a, b) => a - b);
    if (candidates[0] !== undefined) return new Date(candidates[0]);
  }
  return undefined;
}

/** The moment at which clocks of a time zone show what those of UTC show at another. */
function instant(shown: number, timeZone: string): number {
  let guess = shown;
  for (let round = 0; round < 2; round++) {
    const { date, minutes } = local(new Date(guess), timeZone);
    guess += shown - (Date.parse(`${date}T00:00:00Z`) + minutes * MINUTE_MS);
  }
  return guess;
}

function span(hours: string): readonly [from: number, to: number] {
  const [from = 0, to = 0] = hours.split("-").map((time) => {
    const [hour = 0, minute = 0] = time.split(":").map(Number);
    return hour * MINUTES + minute;
  });
  return [from, to];
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** What calendar and clock show somewhere. */
function local(moment: Date, timeZone: string): { readonly date: string; readonly weekday: number; readonly minutes: number } {
  let format = formats.get(timeZone);
  if (format === undefined) {
    const two = "2-digit";
    format = new Intl.DateTimeFormat("en-US", {
      ...{ timeZone, hourCycle: "h23", weekday: "short" },
      ...{ year: "numeric", month: two, day: two, hour: two, minute: two },
    });
    formats.set(timeZone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, value]));
  const { year, month, day, hour, minute, weekday = "" } = parts;
  return {
    date: `${year}-${month}-${day}`,
    weekday: (DAYS as readonly string[]).indexOf(weekday.toLowerCase()),
    minutes: Number(hour) * MINUTES + Number(minute),
  };
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
