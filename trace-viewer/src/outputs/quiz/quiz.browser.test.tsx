import "../../theme/index.css";
import { expect, it } from "vitest";
import { render } from "vitest-browser-react";
import { userEvent } from "vitest/browser";
import type { Quiz } from "../../format/generated";
import { OutputView } from "../OutputView";

async function show(quiz: Partial<Quiz> = {}) {
  const output: Quiz = {
    kind: "quiz",
    question: "How *many*?",
    choices: ["two", "four", "eight"],
    answer: 1,
    explanation: "Thirty-two bits.",
    ...quiz,
  };
  const { container } = await render(<OutputView output={output} base="" onTarget={() => undefined} />);
  const answer = () => container.querySelector<HTMLElement>(".quiz-answer");
  const choices = () => [...container.querySelectorAll<HTMLElement>(".quiz-choice")];
  const said = () => container.querySelector("[role=status]")!.textContent;
  const reveal = () => container.querySelector<HTMLElement>(".quiz-reveal");
  return { container, answer, choices, said, reveal };
}

const verdicts = (choices: HTMLElement[]) => choices.map(({ dataset }) => dataset.verdict);

it("keeps its answer until one is chosen, and says whether it is right", async () => {
  const { answer, choices, said, reveal } = await show();
  expect(answer()!.checkVisibility()).toBe(false);
  await userEvent.click(choices()[2]);
  await expect.poll(said).toContain("Not that one");
  expect(verdicts(choices())).toEqual([undefined, undefined, "wrong"]);
  expect(answer()!.checkVisibility()).toBe(false);
  await userEvent.click(choices()[1]);
  await expect.poll(said).toBe("Right.");
  expect(verdicts(choices())).toEqual([undefined, "right", "wrong"]);
  expect(answer()!.textContent).toBe("Thirty-two bits.");
  expect(answer()!.checkVisibility()).toBe(true);
  expect(reveal()).toBeNull();
});

it("shows its answer to whoever asks", async () => {
  const { answer, choices, said, reveal } = await show();
  await userEvent.click(reveal()!);
  await expect.poll(() => answer()!.checkVisibility()).toBe(true);
  expect(verdicts(choices())).toEqual([undefined, "right", undefined]);
  expect(said()).toBe("");
});

it("may have no choices", async () => {
  const { container, answer, reveal } = await show({ choices: [], answer: -1, explanation: "Because." });
  expect(container.querySelector(".quiz-choices")).toBeNull();
  await userEvent.click(reveal()!);
  await expect.poll(() => answer()!.textContent).toBe("Because.");
});
