import { useEffect, useState } from "react";
import { fetchCourse, type CourseAnswer } from "../../format/course";
import { fetchListing, type Listing } from "../../format/listing";

export type StartPage = CourseAnswer & { listing: Listing };

/** What there is to read, asked for at once, so that the page is set once; and again whenever it is returned to. */
export function useStartPage(): StartPage | undefined {
  const [page, setPage] = useState<StartPage>();
  useEffect(() => {
    let request = new AbortController();
    const look = async () => {
      request.abort();
      request = new AbortController();
      const { signal } = request;
      const [course, listing] = await Promise.all([fetchCourse(signal), fetchListing(signal)]);
      if (!signal.aborted) setPage({ ...course, listing });
    };
    const returned = () => document.visibilityState === "visible" && void look();
    void look();
    document.addEventListener("visibilitychange", returned);
    return () => {
      request.abort();
      document.removeEventListener("visibilitychange", returned);
    };
  }, []);
  return page;
}
