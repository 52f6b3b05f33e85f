import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { traceFromText } from "../logic/trace-from-text";
import { loadTrace, traceURL } from "./load";
import { allowedOrigins } from "./origins";

function allow(content: string): void {
  const tag = document.createElement("meta");
  tag.name = "allowed-trace-origins";
  tag.content = content;
  document.head.append(tag);
}

const asked = () => vi.mocked(fetch).mock.calls.map(([url, options]) => [String(url), options!] as const);

beforeEach(() => {
  vi.stubGlobal(
    "fetch",
    vi.fn(async () => new Response(JSON.stringify(traceFromText("1\n2")))),
  );
});

afterEach(() => {
  document.head.querySelectorAll("meta").forEach((tag) => tag.remove());
  vi.unstubAllGlobals();
});

describe("origins that traces may come from", () => {
  it("are none unless the page says so, and in its head", () => {
    expect(allowedOrigins()).toEqual([]);
    document.body.innerHTML = '<meta name="allowed-trace-origins" content="https://example.org">';
    expect(allowedOrigins()).toEqual([]);
    document.body.innerHTML = "";
  });

  it("are read from a list; what is no origin is left out", () => {
    allow(
      "https://example.org  http://localhost:9000/x, * data: javascript:alert(1) file:/// blob:https://b.org 'self'",
    );
    expect(allowedOrigins()).toEqual(["https://example.org", "http://localhost:9000"]);
  });

  it("let their traces be asked for, without cookies, without saying by whom, and without being led on", async () => {
    allow("https://example.org");
    await loadTrace("https://example.org/t.json");
    const [[url, options]] = asked();
    expect(url).toBe("https://example.org/t.json");
    expect(options).toMatchObject({ credentials: "omit", referrerPolicy: "no-referrer", redirect: "error" });
    await loadTrace("var/traces/t.json");
    expect(asked()[1][1]).toMatchObject({ credentials: "same-origin" });
  });

  it("are those and no others", async () => {
    allow("https://example.org");
    const others = [
      "http://example.org/t.json",
      "https://example.org:8443/t",
      "https://a.example.org/t",
      "//evil.org/t",
    ];
    for (const path of [...others, "https://example.org@evil.org/t", "data:application/json,{}"]) {
      expect(traceURL(path)).toBeNull();
      await expect(loadTrace(path)).rejects.toThrow("of its own address only");
    }
    expect(fetch).not.toHaveBeenCalled();
  });

  it("say what may be wrong when they do not answer, or have no such trace", async () => {
    allow("https://example.org");
    vi.mocked(fetch).mockRejectedValue(new TypeError("Failed to fetch"));
    await expect(loadTrace("https://example.org/t.json")).rejects.toThrow(
      "example.org does not answer, or does not let",
    );
    vi.mocked(fetch).mockResolvedValue(new Response("", { status: 404 }));
    await expect(loadTrace("https://example.org/t.json")).rejects.toThrow("answered 404");
  });
});
