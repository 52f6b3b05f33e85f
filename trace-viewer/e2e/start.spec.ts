import { expect, type Page } from "@playwright/test";
import { currentLine, expectAccessible, expectNoSidewaysScroll, open, test, TRACE } from "./lecture";

/** The course as the real server tells it. */
async function course(page: Page): Promise<{ title: string; lectures: { id: string; title: string }[] }> {
  const response = await page.request.get("/api/course");
  return (await response.json()).course;
}

test("the start page is the course, from which a lecture opens by keyboard, and goes on where it was left", async ({
  page,
}) => {
  const { title, lectures } = await course(page);
  await open(page, "");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(title);
  await expect(page).toHaveTitle(title);
  const rows = page.getByRole("main").getByRole("list").first().getByRole("listitem");
  await expect(rows).toHaveCount(lectures.length);
  for (const [at, lecture] of lectures.entries()) await expect(rows.nth(at)).toContainText(lecture.title);
  await expect(page.getByRole("link", { name: /Go on where you were/ })).toHaveCount(0);

  const first = rows.filter({ has: page.locator(`a[href="?trace=${TRACE}"]`) }).getByRole("link");
  await page.keyboard.press("Tab");
  for (let i = 0; i < lectures.length && !(await first.evaluate((link) => link === document.activeElement)); i++)
    await page.keyboard.press("ArrowDown");
  await expect(first).toBeFocused();
  await page.keyboard.press("Enter");
  await currentLine(page).waitFor();
  await page.keyboard.press("s");
  await page.keyboard.press("s");
  await page.keyboard.press("ArrowRight");
  const left = await page.locator(".status").textContent();
  const line = await currentLine(page).getAttribute("data-line");
  await page.getByRole("link", { name: "All lectures" }).click();

  const back = page.getByRole("link", { name: /Go on where you were/ });
  await expect(back).toContainText("Lecture 1: ");
  const number = /\d[\d,]* \/ \d[\d,]*/.exec(left ?? "")?.[0];
  await expect(back).toContainText(number!);
  await back.click();
  await expect(currentLine(page)).toHaveAttribute("data-line", line!);
  await expect(page.locator(".status")).toContainText(number!);
});

for (const [size, viewport] of Object.entries({
  desktop: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
})) {
  test(`the start page on a ${size}: accessible, and no wider than the window`, async ({ page }) => {
    await page.setViewportSize(viewport);
    await page.route("**/api/traces", async (route) => {
      const traces = (await (await route.fetch()).json()).filter(({ name }: { name: string }) => name !== "lecture_02");
      const outcome = { status: "failed", message: `ValueError: ${"long ".repeat(40)}` };
      const of = (name: string, more: object) => ({ ...traces[0], name, url: `var/traces/${name}.json`, ...more });
      const own = [
        of("mine", { outcome }),
        of("long-".repeat(30), { changed: true }),
        of("no", { problem: "Not JSON." }),
      ];
      await route.fulfill({ json: [...traces, ...own] });
    });
    await open(page, "");
    await expect(page.getByRole("heading", { name: "Other traces" })).toBeVisible();
    await expect(page.getByText("python execute.py -m lecture_02")).toBeVisible();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page, "main");
  });
}

test("a course that cannot be read is told, and the traces are there all the same", async ({ page }) => {
  const problem = "lectures/course.yaml, line 9: lecture 1 of the list has no key `sumary`: did you mean `summary`?";
  await page.route("**/api/course", (route) => route.fulfill({ json: { course: null, problem } }));
  await open(page, "");
  await expect(page.getByRole("alert")).toContainText(problem);
  await expect(page.locator(`a[href="?trace=${TRACE}"]`)).toBeVisible();
  await expectAccessible(page, "main", ["light"]);
});
