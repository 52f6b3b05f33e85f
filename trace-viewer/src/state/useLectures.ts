import { useEffect, useState } from "react";
import { fetchListing, type Listed } from "../format/listing";

const NONE: Listed[] = [];

/** The other lectures of this server, for lists that lead to them; none until they are known, or where there is no list. */
export function useLectures(): readonly Listed[] {
  const [lectures, setLectures] = useState(NONE);
  useEffect(() => {
    const request = new AbortController();
    void fetchListing(request.signal).then((answer) => {
      if (!request.signal.aborted && answer.state === "ready") setLectures(answer.traces);
    });
    return () => request.abort();
  }, []);
  return lectures;
}
