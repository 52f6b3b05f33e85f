import "./quiz.css";
import { useState } from "react";
import type { Quiz } from "../../format/generated";
import { Markdown } from "../../markdown/Markdown";
import type { OutputProps } from "../OutputView";

/** More than a reader could weigh. */
const MOST_CHOICES = 20;

/** `quiz()`: a question, what one may choose, and behind a button or a choice the answer. On paper it is there. */
export function QuizOutput({ output: { question, choices, answer, explanation }, base }: OutputProps<Quiz>) {
  const [tried, setTried] = useState<readonly number[]>([]);
  const [asked, setAsked] = useState(false);
  const found = tried.includes(answer);
  const open = found || asked;
  const last = tried.at(-1);
  return (
    <section className="quiz" aria-label="Question">
      <div className="quiz-question">
        <Markdown text={question} base={base} />
      </div>
      {choices.length > 0 && (
        <ul className="quiz-choices">
          {choices.slice(0, MOST_CHOICES).map((choice, index) => (
            <li key={choice}>
              <button
                type="button"
                className="quiz-choice"
                aria-pressed={tried.includes(index)}
                data-verdict={verdict(index)}
                data-right={index === answer || undefined}
                onClick={() => !open && !tried.includes(index) && setTried([...tried, index])}
              >
                <span className="quiz-sign" aria-hidden="true" />
                <Markdown text={choice} base={base} />
              </button>
            </li>
          ))}
        </ul>
      )}
      <div className="quiz-foot">
        <p className="quiz-said" role="status">
          {found ? "Right." : last !== undefined && !open && "Not that one. Try again, or see the answer."}
        </p>
        {!open && (
          <button type="button" className="quiz-reveal" onClick={() => setAsked(true)}>
            Show the answer
          </button>
        )}
      </div>
      {explanation && (
        <div className="quiz-answer" hidden={!open}>
          <Markdown text={explanation} base={base} />
        </div>
      )}
    </section>
  );

  function verdict(index: number): "right" | "wrong" | undefined {
    if (index === answer) return open ? "right" : undefined;
    return tried.includes(index) ? "wrong" : undefined;
  }
}
