/** A reference in words. */
import type { Reference } from "../format/generated";

/** Who and when, short enough to stand beside a link: "Vaswani et al., 2017". */
export function credit(reference: Reference): string {
  const authors = reference.authors ?? [];
  const [first] = authors;
  let who = reference.organization ?? "";
  if (first) {
    const [, second] = authors;
    who =
      authors.length > 2
        ? `${surname(first)} et al.`
        : second
          ? `${surname(first)} and ${surname(second)}`
          : surname(first);
  }
  const year = reference.date?.slice(0, 4) ?? "";
  return [who, year].filter(Boolean).join(", ");
}

/** All authors, or the first of very many. */
export function authorList(authors: string[]): string {
  const most = 12;
  const shown = authors.slice(0, most).join(", ");
  return authors.length > most ? `${shown} and ${authors.length - most} more` : shown;
}

/** A date as it is said: "June 2017". What is not a date stays as it is. */
export function spokenDate(date: string): string {
  const [, year, month, day] = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(date) ?? [];
  if (!year || !month) return date;
  const moment = new Date(`${year}-${month}-${day ?? "01"}T00:00:00Z`);
  if (Number.isNaN(moment.getTime())) return date;
  const parts: Intl.DateTimeFormatOptions = { year: "numeric", month: "long", timeZone: "UTC" };
  return moment.toLocaleDateString("en-GB", day ? { ...parts, day: "numeric" } : parts);
}

/** "Ashish Vaswani" and "Vaswani, Ashish" → "Vaswani"; "OpenAI" stays. A Chinese name in characters stays whole. */
function surname(name: string): string {
  const [before, after] = name.split(",");
  if (after !== undefined) return (before ?? name).trim();
  return name.trim().split(/\s+/).at(-1) ?? name;
}
