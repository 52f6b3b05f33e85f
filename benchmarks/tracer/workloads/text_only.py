"""A lecture of words alone."""

from tracer import text


def main() -> None:
    text("# Words and nothing else")
    text("A lecture may have no values to show. Its steps are its paragraphs, and each is one call of `text`.")
    text(
        "What such a lecture costs is what *any* lecture costs before its first number: an interpreter, a few imports, a file."
    )
    text("- The source is read once, and its comments are searched for directives.")
    text("- Every step goes to the journal before its line runs.")
    text("- At the end the journal becomes one document.")
    text("## Formulas are text too")
    text(r"The entropy of $p$ is $H(p) = -\sum_x p(x) \log_2 p(x)$, in bits.")
    text(r"For two outcomes of probability $q$ and $1-q$ it is greatest at $q = 1/2$, where it is one bit.")
    for outcomes in (2, 4, 8, 16):
        text(f"With {outcomes} outcomes, all alike, it is the logarithm of {outcomes}.")
    text("## The end")
    text("Nothing was computed, and nothing had to be.")
