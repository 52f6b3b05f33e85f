import { lastAtMost } from "../columns";
import type { Lecture } from "../lecture";
import type { Hit } from "./hit";

/** The hits of one part of the lecture. */
export interface Group {
  id: string;
  title: string;
  hits: Hit[];
}

/**
 * Hits by place, in the order of the lecture: moments that answer a question first, then by section, then code that did not
 * run, by file. Hits on the same line stand together.
 */
export function arrange({ trace, headings, title }: Lecture, hits: readonly Hit[]): Group[] {
  const sections = headings.toSorted((a, b) => a.position - b.position);
  const sectionOf = (position: number) => lastAtMost(position, 0, sections.length, (index) => sections[index].position);
  const groups = new Map<string, Group & { order: number }>();
  const into = (id: string, order: number, name: string, hit: Hit) => {
    const group = groups.get(id);
    if (group) group.hits.push(hit);
    else groups.set(id, { id, order, title: name, hits: [hit] });
  };
  for (const hit of hits) {
    if (hit.answer) into("answers", -2, `Where ${hit.answer}`, hit);
    else if (hit.position < 0)
      into(`file ${hit.file}`, sections.length + hit.file, `Did not run: ${trace.files[hit.file].path}`, hit);
    else {
      const section = sectionOf(hit.position);
      into(`section ${section}`, section, section < 0 ? title : sections[section].text, hit);
    }
  }
  return [...groups.values()]
    .sort((a, b) => a.order - b.order)
    .map(({ id, title: name, hits: inside }) => ({ id, title: name, hits: byPlace(inside) }));
}

/** In the order of the lecture, what is on one line beside the first of it. */
function byPlace(hits: Hit[]): Hit[] {
  const places = new Map<string, Hit[]>();
  for (const hit of hits.toSorted((a, b) => a.position - b.position || a.file - b.file || a.line - b.line)) {
    const place = hit.answer ? hit.id : `${hit.file} ${hit.line}`;
    const there = places.get(place);
    if (there) there.push(hit);
    else places.set(place, [hit]);
  }
  return [...places.values()].flat();
}
