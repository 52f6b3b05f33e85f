"""Lecture 1: why build language models from scratch, and the first part to build: the tokenizer.

python execute.py -m lecture_01
"""

import itertools
import math
import sys
import time
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

from lectures import references as ref
from lectures.images.charts import bar_chart, line_chart, pair_chart
from lectures.images.tokens import characters_and_bytes, quoted, spelled, token_rows
from lectures.images.trees import merge_tree
from lectures.lm.bpe_fast import learn_merges_fast
from lectures.lm.tokenizer import (
    GPT2_PATTERN,
    ByteTokenizer,
    CharacterTokenizer,
    Merges,
    Tokenizer,
    WordTokenizer,
    apply_merges,
    best_pair,
    build_vocabulary,
    compression_ratio,
    count_pairs,
    count_pretokens,
    learn_merges,
    merge_pair,
    pretokenize,
    split_bytes,
    train_bpe,
    train_bpe_naive,
)
from lectures.references import cite
from tracer import code, graph, image, link, make_graph, note, plot, table, text

AnyTokenizer = CharacterTokenizer | ByteTokenizer | WordTokenizer | Tokenizer


def main() -> None:
    text("# Lecture 1: From text to tokens")
    text(
        "Welcome to *Language modeling from scratch*. In this course you build every part of a language model yourself: "
        "the tokenizer, the network, the training loop, the kernels that make it fast, the data that feeds it and the "
        "methods that align it. This first lecture asks why anyone should, and then builds the first part."
    )
    text(
        "**This page is a program that has run.** The words are in its `text()` calls; every number in them was computed "
        "a few lines above. Step through it, step *into* any call, and look at the values beside the code."
    )
    note(
        "Seventy minutes: about twenty for why and what, ten for characters, bytes and words, thirty for byte-pair "
        "encoding, ten for pitfalls and the quiz. If time is short, skip *How large should it be?*"
    )
    overview()

    # Half one: why, and what
    why_from_scratch()
    why_efficiency_decides()
    what_the_course_builds()

    # Half two: the tokenizer
    what_a_tokenizer_is()
    characters()
    utf8_bytes()
    words()

    # Byte-pair encoding
    merges_by_hand()
    warm_up_solved()
    from_characters_to_bytes()
    encoding_is_not_training()
    pre_tokenization()
    special_tokens()
    ties()

    # On real text
    tokenizer = a_real_text()

    # What can go wrong, what else there is
    pitfalls(tokenizer)
    without_a_tokenizer()
    quiz(tokenizer)
    whats_next(tokenizer)


def overview() -> None:
    text("## In this lecture")
    text(
        "**In short.** A language model is a probability distribution over sequences of integers. Something has to turn "
        "text into integers and back. That something, the tokenizer, decides how long the sequences are, how large the "
        "vocabulary is, and so what every later part of the model costs."
    )
    text(
        "**Four key concepts**\n"
        "1. *From scratch*: what you can build, you can reason about.\n"
        "2. *Efficiency*: accuracy per unit of resource, the quantity every design decision in this course is judged by.\n"
        "3. *Tokenization*: a reversible map between strings and sequences of integers.\n"
        "4. *Byte-pair encoding* (BPE): a tokenizer that is learned from data by merging frequent neighbors."
    )
    text(
        "**Questions to keep in mind**\n"
        "1. Why build a model from scratch when better ones can be downloaded?\n"
        "2. How does efficiency shape a design at every level, from the tokenizer to the data?\n"
        "3. What would happen if we gave a model raw bytes?\n"
        "4. What do we trade between the size of the vocabulary, the length of the sequence and the rare words?"
    )
    text(
        "**Warm-up.** Write down your answers now; the lecture computes them later.\n"
        "1. Which pair of neighbors does BPE merge next: (a) the longest, (b) the rarest, (c) the most frequent, "
        "(d) the first in the alphabet?\n"
        "2. How many entries does the vocabulary of a byte tokenizer have, and are its sequences long or short?\n"
        "3. In `unusual_users`, replace every `u` followed by `s` by one new symbol `Z`. What is the sequence now?"
    )
    text(
        "**You will need** Python, some linear algebra and probability, and the basics of deep learning. Today not even "
        "those: this lecture uses nothing beyond Python."
    )


def why_from_scratch() -> None:
    text("## Why from scratch?")
    text(
        "Researchers used to write their models themselves. Then they fine-tuned models others had trained; now many only "
        "prompt them. Each step up is a fine bargain, until the layer below leaks: the model miscounts letters, adds "
        "two numbers wrongly, charges many times more for a sentence in Hindi than for the same in English. "
        "Today's lecture explains all three, and none of them can be explained from above the API."
    )
    text("A few milestones on the way here. At the end of the course you can read each of these papers in detail:")
    text(
        f"- How predictable is English? A game of guessing the next letter: {cite(ref.SHANNON_1951)}\n"
        f"- A neural network predicts the next word: {cite(ref.BENGIO_2003)}\n"
        f"- Counts of word sequences in a text of two trillion words: {cite(ref.BRANTS_2007)}\n"
        f"- Attention without recurrence, the Transformer: {cite(ref.VASWANI_2017)}\n"
        f"- Pre-train once, fine-tune for each task: {cite(ref.DEVLIN_2018)}\n"
        f"- No fine-tuning, tasks as text to be continued (GPT-2): {cite(ref.RADFORD_2019)}\n"
        f"- Loss falls predictably with size, data and compute: {cite(ref.KAPLAN_2020)}\n"
        f"- Tasks learned from examples in the prompt (GPT-3): {cite(ref.BROWN_2020)}\n"
        f"- How to split a compute budget between size and data (Chinchilla): {cite(ref.HOFFMANN_2022)}"
    )  # @stepover

    text("### Open, half open, closed")
    text("How much of a model others let you see varies, and it limits what you can learn by looking:")
    table(
        [
            ["closed", "GPT-4o", "an API, a report", "weights, data"],
            ["open weights", "Llama 3", "weights, a paper", "the data"],
            ["open source", "OLMo", "weights, code, data, logs", "little"],
        ],
        columns=["kind", "example", "you get", "you do not get"],
    )
    text(
        f"Their own accounts: {cite(ref.GPT4O_2024)}, {cite(ref.LLAMA_2024)}, {cite(ref.GROENEVELD_2024)}."
    )  # @stepover

    text("### What a small model can and cannot teach")
    text(
        "We cannot train a frontier model here, and a small model is not a large one in miniature. One thing that changes "
        "can be computed right now: where the arithmetic goes. Multiplying an $a \\times b$ matrix by a $b \\times c$ one "
        "takes $2abc$ FLOPs (floating-point operations), so one forward pass of a GPT-2 costs:"
    )
    flops = forward_flops(tokens=1024)  # @inspect flops
    total = sum(flops.values())  # @inspect total
    share = flops["feed-forward"] / total  # @inspect share
    text(
        f"GPT-2 small spends **{share:.0%}** of its {total:.2e} FLOPs in the feed-forward layers. Now the larger ones:"
    )
    sizes = {"small": (768, 12), "medium": (1024, 24), "large": (1280, 36), "XL": (1600, 48)}  # @inspect sizes
    rows = flops_by_part(sizes)  # @stepover @inspect rows[0]
    plot(
        bar_chart(rows, x="GPT-2", y="share of FLOPs (%)", color="part", horizontal=True, longest=100),
        alt="Stacked bars for four sizes of GPT-2: the feed-forward share grows with size, the output head's share shrinks.",
    )  # @stepover
    head = [row["share of FLOPs (%)"] for row in rows if row["part"] == "output head"]  # @inspect head
    largest = next(row["share of FLOPs (%)"] for row in rows if row["GPT-2"] == "XL" and row["part"] == "feed-forward")
    text(
        f"From small to XL the feed-forward share grows to **{largest:.0f}%**, while the output head, which scores "
        f"every entry of the vocabulary, shrinks from {head[0]:.0f}% to {head[-1]:.0f}%. Optimize the wrong part at small "
        "scale and you have learned something untrue. So three kinds of knowledge travel differently:"
    )
    text(
        "- **Mechanics** (what a tokenizer, a Transformer, a kernel *is*): travels completely. We build all of it.\n"
        "- **Mindset** (count the bytes and the FLOPs, take scale seriously): travels completely.\n"
        "- **Intuition** (which choice gives the better model): travels only in part; some of it is known from "
        "experiments at scale alone."
    )


def forward_flops(tokens: int, width: int = 768, layers: int = 12, vocabulary: int = 50_257) -> dict[str, int]:
    """FLOPs of the matrix products in one forward pass of a GPT-2-like model over a sequence of `tokens`."""
    return {
        "projections": layers * 2 * tokens * width * 4 * width,  # queries, keys, values, output
        "attention": layers * 2 * 2 * tokens * tokens * width,  # every query with every key; then the weighted values
        "feed-forward": layers * 2 * 2 * tokens * width * 4 * width,  # up to four times the width, and down again
        "output head": 2 * tokens * width * vocabulary,  # one score for each entry of the vocabulary
    }


def why_efficiency_decides() -> None:
    text("## Why efficiency decides")
    text("One line of arithmetic stands behind this whole course:")
    text("$$\\text{accuracy} = \\text{efficiency} \\times \\text{resources}$$")
    text(
        "*Resources* are compute, memory, data and time. *Efficiency* is what you get out of each unit of them. When "
        "resources are small, efficiency is all you have; when they are huge, waste is what you cannot afford."
    )
    text(
        f"The *bitter lesson* ({cite(ref.SUTTON_2019)}) is that general methods which profit from more computation win in "
        "the end. It is often misread as *only scale matters, algorithms do not*. The lesson is about **algorithms that "
        f"scale**. How much do they matter? {cite(ref.HERNANDEZ_2020)} measured the compute needed to reach a fixed accuracy "
        "in image recognition:"
    )  # @stepover
    saving, years = 44, 2019 - 2012  # from their abstract @inspect saving years
    doubling_months = 12 * years / math.log2(saving)  # @inspect doubling_months
    text(
        f"A saving of **{saving}×** in {years} years: the same result for half the compute every "
        f"**{doubling_months:.0f} months**, on top of whatever the hardware gained."
    )

    text("### What a tokenizer does to the bill")
    text(
        "Efficiency begins before the first layer. Take a document and GPT-2 small. Cut into single bytes, the document is a "
        "sequence of as many tokens; cut into tokens of four bytes each, it is a quarter as long:"
    )
    document = 4096  # bytes @inspect document
    as_bytes = forward_flops(document, vocabulary=256)  # @stepover @inspect as_bytes
    as_tokens = forward_flops(document // 4)  # @stepover @inspect as_tokens
    cheaper = {part: as_bytes[part] / as_tokens[part] for part in as_bytes}  # @inspect cheaper
    text(
        f"Attention, which looks at every pair of positions, becomes **{cheaper['attention']:.0f} times** cheaper; the "
        f"layers that look at one position at a time become **{cheaper['feed-forward']:.0f} times** cheaper. Only the "
        f"output head pays more, for its larger vocabulary: {1 / cheaper['output head']:.0f} times more. All in all the "
        f"same document costs **{sum(as_bytes.values()) / sum(as_tokens.values()):.1f} times** less."
    )
    rows = [
        {"bytes per token": ratio, "part": part, "GFLOPs": flops / 1e9}
        for ratio in (1, 2, 3, 4, 5, 6)
        for part, flops in forward_flops(round(document / ratio), vocabulary=256 if ratio == 1 else 50_257).items()
    ]  # @stepover
    plot(
        bar_chart(rows, x="bytes per token", y="GFLOPs", color="part"),
        alt=f"Stacked bars: cost of a document of {document:,} bytes for 1 to 6 bytes per token. Attention shrinks fastest.",
    )  # @stepover
    text(
        "For training, the usual estimate is $6ND$ FLOPs for $N$ parameters and $D$ tokens (next lecture derives it). Feed "
        "the same fifteen terabytes of text to the same model of seven billion parameters, on 1,024 H100 GPUs at half of "
        "their peak speed:"
    )
    machine = 1024 * 989.4e12 * 0.5  # FLOP/s: GPUs, dense bf16 peak of each, the half of it we hope for
    days_as_bytes = training_days(15e12, 1, machine)  # @inspect days_as_bytes
    days_as_tokens = training_days(15e12, 4, machine)  # @inspect days_as_tokens
    text(
        f"**{days_as_bytes:.1f} days** as bytes, **{days_as_tokens:.1f} days** as tokens of four bytes, before attention "
        "is even counted. A tokenizer costs a few seconds to train. Few investments in this course pay as well."
    )
    note(
        "Ask before the reveal: if the tokenizer compresses twice as well, which of the four parts gets four times cheaper?"
    )


def training_days(text_bytes: float, bytes_per_token: float, flops_per_second: float, parameters: float = 7e9) -> float:
    tokens = text_bytes / bytes_per_token
    flops = 6 * parameters * tokens
    return flops / flops_per_second / (24 * 60 * 60)


def what_the_course_builds() -> None:
    text("## What we will build")
    text(
        "Six parts, each with code you can step into. The arrows say what feeds what. *Systems* has a box of its own here: "
        "it is what makes training, and everything after it, affordable."
    )
    graph(
        make_graph(
            [
                {"id": "data", "label": "data processing", "x": 80, "y": 60},
                {"id": "tokenizer", "label": "tokenization", "x": 280, "y": 60},
                {"id": "architecture", "label": "architecture", "x": 470, "y": 60},
                {"id": "training", "label": "training", "x": 470, "y": 170},
                {"id": "systems", "label": "systems", "x": 650, "y": 170},
                {"id": "scaling", "label": "scaling laws", "x": 280, "y": 170},
                {"id": "alignment", "label": "alignment", "x": 470, "y": 280},
            ],
            [
                {"source": "data", "target": "tokenizer", "label": "text"},
                {"source": "tokenizer", "target": "architecture", "label": "ids"},
                {"source": "architecture", "target": "training", "label": "loss"},
                {"source": "systems", "target": "training", "label": "speed"},
                {"source": "scaling", "target": "training", "label": "N and D"},
                {"source": "data", "target": "scaling", "label": "how much"},
                {"source": "training", "target": "alignment", "label": "base model"},
            ],
            width=720,
            height=340,
        )
    )
    text(
        "1. **Data processing**: raw web pages into text worth learning from: extraction, filtering, deduplication.\n"
        "2. **Tokenization**: text into integers. Today.\n"
        "3. **Architecture**: a Transformer with the parts in use today (RoPE, SwiGLU, RMSNorm), and where they come from.\n"
        "4. **Training**: loss, optimizer, schedule, mixed precision, on one GPU and on many; and the *systems* below it: "
        "kernels, parallelism, inference.\n"
        "5. **Scaling laws**: learn at small scale what to do at large scale.\n"
        "6. **Alignment**: from a model that continues text to one that is useful: fine-tuning, preferences, reasoning "
        f"({cite(ref.OUYANG_2022)}, {cite(ref.RAFAILOV_2023)})."
    )  # @stepover
    text(
        "Efficiency shapes each of them: deduplication saves training on the same page twice, a tokenizer shortens the "
        "sequence, sharing keys and values between heads shrinks what must be remembered, kernels save trips to "
        "memory, scaling laws save failed runs. An example from *systems*: when a model answers, it first reads the prompt, all "
        "positions at once (**prefill**, limited by compute), and then writes one token at a time (**decode**, limited by "
        "memory: every weight is fetched for a single token). Two very different programs hide in one chat window."
    )


def what_a_tokenizer_is() -> None:
    text("## What is a tokenizer?")
    text(
        "A language model knows only integers. A tokenizer is a pair of functions: `encode` takes a string to a list of "
        "integers (the *ids* of its *tokens*), `decode` takes them back. One contract binds the two, for every string $s$:"
    )
    text("$$\\text{decode}(\\text{encode}(s)) = s$$")
    code(
        """
        class SomeTokenizer:
            def encode(self, string: str) -> list[int]: ...
            def decode(self, ids: list[int]) -> str: ...
        """,
    )
    text(
        "Two numbers describe it. The **vocabulary size** is how many different ids there are: the model has a vector for "
        "each, and its last layer scores them all. The **compression ratio** is how many bytes of text one token "
        "stands for:"
    )
    string = "Hello, 🌍! 你好!"  # @inspect string
    num_bytes = len(string.encode("utf-8"))  # @inspect num_bytes
    ids = ByteTokenizer().encode(string)  # @stepover @inspect ids
    ratio = compression_ratio(string, ids)  # @inspect ratio
    text(
        f"That was the simplest tokenizer there is, and its ratio is {ratio:.1f}: {num_bytes} bytes, {len(ids)} tokens. "
        "Higher is shorter, and we just saw what shorter is worth. But a ratio is bought with vocabulary, and some ways of "
        "buying it break the contract. Let us look at three simple tokenizers before the one that is used."
    )


def characters() -> None:
    text("## Characters")
    text(
        "A string is already a sequence of characters, and Unicode has numbered them all. In Python `ord` gives the number "
        "of a character and `chr` the character of a number. That is a tokenizer:"
    )
    string = "Hello, 🌍! 你好!"  # @inspect string len(string)
    tokenizer = CharacterTokenizer()
    ids = tokenizer.encode(string)  # @inspect ids
    back = tokenizer.decode(ids)  # @inspect back
    assert back == string
    world = ord("🌍")  # @inspect world
    text(
        f"It keeps the contract and no character is unknown. But the id of 🌍 is **{world:,}**, so the vocabulary must be "
        "at least that large. How many characters has Unicode given out?"
    )
    categories = Counter(map(unicodedata.category, map(chr, range(sys.maxunicode + 1))))  # @inspect len(categories)
    unused = categories["Cn"] + categories["Co"] + categories["Cs"]  # unassigned, private, surrogates @inspect unused
    assigned = sys.maxunicode + 1 - unused  # @inspect assigned
    text(
        f"**{assigned:,}** in Unicode {unicodedata.unidata_version}. Most of them a model meets almost never, yet each "
        "claims a vector and a score: a bad bargain. And the sequence is not even short:"
    )
    ratio = compression_ratio(string, ids)  # @stepover @inspect ratio
    text(
        f"{len(ids)} tokens for {len(string.encode())} bytes: a ratio of {ratio:.2f} here, and close to 1 for English."
    )


def utf8_bytes() -> None:
    text("## Bytes")
    text(
        "Underneath, text is bytes. UTF-8 writes a character as one to four of them: one for the 128 characters of "
        "ASCII, more for all others. The same string once more:"
    )
    string = "Hello, 🌍! 你好!"  # @inspect string
    data = string.encode("utf-8")  # @inspect data len(data)
    image(
        characters_and_bytes(string),
        alt=f"The {len(string)} characters of the string above its {len(data)} bytes; four for the globe, three for 你 and 好.",
    )  # @stepover
    tokenizer = ByteTokenizer()
    ids = tokenizer.encode(string)  # @inspect ids max(ids)
    assert tokenizer.decode(ids) == string
    text(
        "The vocabulary is tiny, 256 entries, and complete: there is no text, in any script, that it cannot encode. The "
        "price is the length. By definition the compression ratio is 1, the worst of all:"
    )
    ratio = compression_ratio(string, ids)  # @stepover @inspect ratio
    assert ratio == 1.0
    text(
        "A second, smaller price: bytes are not characters. Not every sequence of bytes is valid UTF-8, and a model that "
        "writes byte after byte can stop in the middle of a character:"
    )
    cut_off = tokenizer.decode(ids[:9])  # @inspect cut_off
    text(
        f"`{cut_off}` ends in the replacement character, U+FFFD. Whoever streams tokens to a screen must hold back "
        "bytes until they form a character."
    )


def words() -> None:
    text("## Words")
    text(
        "The other extreme, and the classical choice of natural language processing: split the text into words and "
        "number the words of a training text."
    )
    training = "the cat sat on the mat. the dog sat on the cat!"  # @inspect training
    tokenizer = WordTokenizer.from_text(training)  # @stepover @inspect tokenizer.words
    ids = tokenizer.encode(training)  # @inspect ids
    text("Short sequences, and every token means something. Now a new sentence:")
    sentence = "the catfish sat on the dog."  # @inspect sentence
    ids = tokenizer.encode(sentence)  # @inspect ids
    decoded = tokenizer.decode(ids)  # @inspect decoded
    text(
        f"`{decoded}`: the contract is broken. We cannot know all words beforehand; names, typing errors, numbers and "
        "words of other languages all collapse into one id that says nothing. Worse, a model is *rewarded* for predicting "
        "`<unk>`, so models with different vocabularies cannot be compared by their loss."
    )
    text(
        "How often does it happen? Take a real book, Newton's *Opticks* (1730), learn the words of its first nine tenths, "
        "and look at the last tenth:"
    )
    train, held_out = real_text()  # @stepover @inspect train[:60] len(train) len(held_out)
    known = Counter(WordTokenizer.split(train))  # @stepover @inspect len(known)
    rows = [unknown_share(known, held_out, size) for size in (100, 300, 1_000, 3_000, len(known))]  # @stepover
    plot(
        line_chart(rows, x="vocabulary size", y="unknown words (%)", log_x=True),
        alt="The share of unknown words in new text falls as the vocabulary grows, but not to zero.",
    )  # @stepover
    text(
        f"Even with all {len(known):,} different words and signs of the training text in the vocabulary, "
        f"**{rows[-1]['unknown words (%)']:.1f}%** of the words in the rest of the same book are unknown. Language always "
        "makes new words: the tail is long, and it holds the words that matter, since rare words carry the most information."
    )


def real_text() -> tuple[str, str]:
    """Newton's *Opticks*, cut between two paragraphs into its first nine tenths, to learn from, and the rest, to test on."""
    book = (Path(__file__).parent / "data" / "opticks.txt").read_text(encoding="utf-8")
    cut = book.index("\n\n", len(book) * 9 // 10)
    return book[:cut], book[cut:]


def merges_by_hand() -> None:
    text("## Byte-pair encoding, by hand")
    text(
        "We want a vocabulary that is small *and* sequences that are short *and* nothing unknown. The idea that gives all "
        f"three was a data compressor first ({cite(ref.GAGE_1994)}), came to language through translation "
        f"({cite(ref.SENNRICH_2016)}) and to language models with GPT-2 ({cite(ref.RADFORD_2019)}): **let frequency decide**. "
        "What is common gets a token of its own; what is rare is spelled out."
    )  # @stepover
    text(
        "**Training** a byte-pair encoding:\n"
        "1. Split the text into the smallest symbols.\n"
        "2. Count every pair of neighbors.\n"
        "3. Replace the most frequent pair by a new symbol, everywhere.\n"
        "4. Back to 2, until the vocabulary is as large as you want it."
    )
    note(
        "Let the audience count the first pairs aloud, then step through the loop. Step into `merge_pair` once, and over it "
        "the second time."
    )
    text("Let us do this slowly, on three words. Each character is one symbol:")
    word = tuple("low lower lowest")  # @inspect word len(word)

    text("### Count the pairs")
    counts: dict[tuple[str, str], int] = {}
    for pair in itertools.pairwise(word):  # @inspect pair
        counts[pair] = counts.get(pair, 0) + 1  # @inspect counts
    plot(pair_chart(counts), alt="Bars: how often each pair of neighbors occurs; l-o and o-w lead.")  # @stepover
    text(
        "Two pairs are tied at the top. We need a rule, and today's by hand is: **the one seen first** wins (later we will "
        "see that rules differ, and why it matters)."
    )
    best = best_pair(counts, tie="first")  # @inspect best

    text("### Merge the winner")
    text("The new symbol gets a name. Let us write `Z` for it; then replace, from left to right:")
    word = merge_pair(word, best, "Z")  # @inspect word len(word)
    text(f"{quoted(word)}: {len('low lower lowest')} symbols have become {len(word)}.")  # @stepover

    text("### And again")
    text(
        "Count anew: `l` and `o` are gone, `Z` has neighbors of its own. This time step into the library's own function. It "
        "takes words with their frequencies; ours is a single word that occurs once."
    )
    link(count_pairs)
    counts = count_pairs({word: 1})  # @inspect counts
    plot(pair_chart(counts), alt="Bars: pair counts after the first merge; Z-w leads.")  # @stepover
    best = best_pair(counts, tie="first")  # @inspect best
    word = merge_pair(word, best, "Y")  # @inspect word len(word)
    text(
        f"{quoted(word)}. After two merges `Y` stands for `low`: the algorithm has found the stem that the three words "
        "share, and nobody told it what a word is."
    )  # @stepover

    text("### The loop")
    text(
        "The rest is repetition. In the library a merged symbol is the two parts written together, so its name says what it is:"
    )
    link(learn_merges)
    merges = learn_merges({tuple("low lower lowest"): 1}, num_merges=6, tie="first")  # @stepover @inspect merges
    history = merge_history("low lower lowest", merges)  # @stepover
    image(token_rows(history), alt="The text after each of six merges: ever fewer, ever longer symbols.")  # @stepover
    text(
        "From the third merge on a space is part of a symbol: to the algorithm it is a character like any other. We will "
        "want a say in that soon. The vocabulary grows by exactly one entry a merge, and the text gets shorter: that is "
        "the dial we were looking for."
    )


def warm_up_solved() -> None:
    text("## The warm-up, solved")
    text("1. BPE merges **the most frequent** pair: answer (c).")
    text("2. A byte vocabulary has **256** entries, and its sequences are **long**.")
    text("3. And `unusual_users`? First, is the pair (u, s) what BPE itself would merge?")
    word = tuple("unusual_users")  # @inspect word len(word)
    counts = count_pairs({word: 1})  # @inspect counts
    best = best_pair(counts)  # @inspect best
    text(
        f"It is: {quoted(best)} occurs {counts[best]} times, every other pair once. So there is no tie to break. Merge it, "
        "watching the position move by two where the pair stands and by one where it does not:"
    )  # @stepover
    word = merge_pair(word, best, "Z")  # @inspect word len(word)
    assert " ".join(word) == "u n Z u a l _ Z e r s"
    text(f"{quoted(word)}. Did you have it?")  # @stepover


def from_characters_to_bytes() -> None:
    text("## From characters to bytes")
    text(
        "Start from characters and some will be missing from your training text: the unknown returns. GPT-2 took the step "
        "that settles it: **start from bytes**. The first 256 ids are the bytes, every merge adds one id, and nothing is "
        "ever unknown, for in the worst case a string falls back to its bytes. The whole training loop:"
    )
    data = b"the cat in the hat"  # @inspect data len(data)
    ids = tuple(data)  # @inspect ids
    vocabulary = {i: bytes([i]) for i in range(256)}  # @inspect len(vocabulary)
    merges: dict[tuple[int, int], int] = {}
    for new in range(256, 259):  # @inspect new
        counts = count_pairs({ids: 1})  # @stepover @inspect len(counts)
        pair = best_pair(counts, tie="first")  # @stepover @inspect pair counts[pair]
        ids = merge_pair(ids, pair, new)  # @stepover @inspect ids
        merges[pair] = new  # @inspect merges
        vocabulary[new] = vocabulary[pair[0]] + vocabulary[pair[1]]  # @inspect vocabulary[new]
    text("To **decode**, look every id up and join the bytes:")
    decoded = b"".join(vocabulary[i] for i in ids).decode("utf-8")  # @inspect decoded
    ratio = compression_ratio(decoded, list(ids))  # @stepover @inspect ratio
    text(
        f"Three merges: {len(data)} bytes are now {len(ids)} tokens, a compression ratio of {ratio}. The third merge, 258, is "
        f"{quoted([vocabulary[258].decode()])}, with its space: a token may end anywhere."
    )  # @stepover


def encoding_is_not_training() -> None:
    text("## Encoding is not training")
    text(
        "The most common confusion about BPE. **Training** counts pairs, once, on a training text, and leaves a list of "
        "merges. **Encoding** applies that list to any text, in the order in which it was learned. It never counts "
        "anything: what is frequent in the text at hand does not matter."
    )
    merges = learn_merges({tuple("low lower lowest"): 1}, num_merges=6, tie="first")  # @stepover @inspect merges
    ranks = {pair: rank for rank, pair in enumerate(merges)}  # @inspect ranks
    text(
        "Encode a text that the training never saw. While any neighbors are a known merge, make the one learned first:"
    )
    word = tuple("a slower slow")  # @inspect word
    while True:
        known = [pair for pair in itertools.pairwise(word) if pair in ranks]  # @inspect known
        if not known:
            break
        pair = min(known, key=lambda pair: ranks[pair])  # @inspect pair
        word = merge_pair(word, pair, pair[0] + pair[1])  # @stepover @inspect word
    text(
        f"{quoted(word)}. The library keeps this loop as `apply_merges`, written to be read. A tokenizer in "
        "service does the same faster, and remembers the words it has met:"
    )  # @stepover
    link(apply_merges)
    text("What would go wrong if encoding counted? Here is a text in which another pair is frequent:")
    string = "allow all malls"  # @inspect string
    encoded = apply_merges(string, ranks)  # @stepover @inspect encoded
    recounted = learn_merges({tuple(string): 1}, num_merges=3, tie="first")  # @stepover @inspect recounted
    text(
        f"Encoding gives {quoted(encoded)}, which uses the only merges the vocabulary has. Counting anew would propose "
        f"{', '.join(quoted(pair) for pair in recounted)}: symbols with no id and no vector, never seen by the model."
    )  # @stepover
    text("The order matters too. If the merge of `b` and `c` was learned before that of `a` and `b`:")
    ordered = apply_merges("abc", {("b", "c"): 0, ("a", "b"): 1})  # @stepover @inspect ordered
    text(
        f"{quoted(ordered)}, though a reader going from left to right would have taken `ab` first. Encoding replays "
        "history; it does not look for the fewest tokens."
    )  # @stepover
    note(
        "A good moment for a show of hands: does encoding the training text itself give the same segmentation as training "
        "left it in? (Yes: replaying the same merges in the same order on the same text does the same thing.)"
    )


def pre_tokenization() -> None:
    text("## Pre-tokenization: where merges must stop")
    text(
        "Left alone, BPE merges across spaces and punctuation. See what it learns from a page of English, and then from the "
        "same page with a fence around every word:"
    )
    page = real_text()[0][:3000]  # @stepover @inspect len(page)
    _, free = train_bpe_naive(page, num_merges=60, pretokenization=False)  # @stepover @inspect free[-12:]
    _, fenced = train_bpe_naive(page, num_merges=60)  # @stepover @inspect fenced[-12:]
    crossing = [a + b for a, b in free if b" " in (a + b).lstrip(b" ")]  # @inspect crossing
    fenced_in = [a + b for a, b in fenced if b" " in (a + b).lstrip(b" ")]  # @inspect fenced_in
    text(
        f"Of {len(free)} merges {len(crossing)} reach across a space or end in one; with the fence {len(fenced_in)} do. "
        "Such tokens spend vocabulary on accidents: `dog.`, `dog!` and `dog?` would each be learned separately, and the "
        "model would have to discover that they share a dog. So the text is first cut into **pre-tokens**, and merges "
        "happen only inside one. GPT-2's pattern:"
    )
    code(GPT2_PATTERN, language="regex")
    text(
        "From left to right: English contractions; a run of letters, of digits, or of other signs, each with one space "
        "before it; white space. Note where the space goes: it belongs to the *next* word. What it does to a "
        "sentence:"
    )
    sentence = "I'll bet 1,299 coins that unusual_users don't read  twice!\n"  # @inspect sentence
    pretokens = pretokenize(sentence)  # @stepover @inspect pretokens
    assert "".join(pretokens) == sentence
    image(
        token_rows({"pre-tokens": [pretoken.encode() for pretoken in pretokens]}),
        alt="The sentence cut into pre-tokens; most words carry the space before them.",
    )  # @stepover
    text(
        "Pre-tokens also make training fast. A word that occurs a thousand times is stored once, with its frequency, and "
        "counted once. The toy corpus of Sennrich and others is four such words:"
    )
    corpus = {"low": 5, "lower": 2, "widest": 3, "newest": 6}  # @inspect corpus
    split = {tuple(word): frequency for word, frequency in corpus.items()}  # @inspect split
    counts = count_pairs(split)  # @inspect counts
    merges = learn_merges(split, num_merges=6, tie="greatest")  # @stepover @inspect merges
    newest = apply_merges("newest", {pair: rank for rank, pair in enumerate(merges)})  # @stepover @inspect newest
    text(
        f"The pair (e, s) is seen {counts['e', 's']} times without looking at more than four words. After six merges "
        f"`newest` is {quoted(newest)}."
    )  # @stepover


def special_tokens() -> None:
    text("## Special tokens")
    text(
        "Some tokens stand for no text at all: the end of a document, the turn of a speaker. They are given ids by hand, "
        "cut out before anything else happens, and never merged. GPT-2 has one, `<|endoftext|>`, which tells the model that "
        "what follows has nothing to do with what came before."
    )
    gpt2_vocabulary = 256 + 50_000 + 1  # bytes, merges, one special token @inspect gpt2_vocabulary
    text(f"That is where GPT-2's odd vocabulary size comes from: {gpt2_vocabulary:,}. The same in small:")
    documents = "low lower<|endoftext|>lowest"  # @inspect documents
    vocabulary, merges = train_bpe_naive(documents, 4, ["<|endoftext|>"])  # @stepover @inspect merges
    plain = Tokenizer(vocabulary, merges).encode(documents)  # @stepover @inspect plain len(plain)
    knowing = Tokenizer(vocabulary, merges, ["<|endoftext|>"])  # @stepover
    special = knowing.encode(documents)  # @stepover @inspect special len(special)
    text(
        f"With the special token declared the text is {len(special)} tokens long, without it {len(plain)}: to a tokenizer "
        f"that does not know it, `<|endoftext|>` is {len('<|endoftext|>')} characters of text. Which of the two you want "
        "is a question of safety as well. If a user types it, it should be text; only your own program may "
        "end a document. Keep the two ways of encoding apart."
    )


def ties() -> None:
    text("## Ties: a small rule with consequences")
    text(
        "Frequencies tie all the time, and then the trainer needs a rule. Three are in use: the pair *first seen*; the "
        "lexicographically *greatest* pair (our `train_bpe`); the pair with the *smallest ids* (Hugging Face's trainer). "
        "Each is as good as the others, but they build different vocabularies from the same text:"
    )
    corpus = {tuple("low lower lowest"): 1}
    first = learn_merges(corpus, num_merges=4, tie="first")  # @stepover @inspect first
    greatest = learn_merges(corpus, num_merges=4, tie="greatest")  # @stepover @inspect greatest
    text(
        "Both find `low`, by different roads, and part after that: "
        f"{quoted(a + b for a, b in first)} against {quoted(a + b for a, b in greatest)}. Now on a page of text:"
    )  # @stepover
    page = real_text()[0][:3000]  # @stepover
    by_first = Tokenizer(*train_bpe_naive(page, 60, tie="first"))  # @stepover
    by_greatest = Tokenizer(*train_bpe_naive(page, 60, tie="greatest"))  # @stepover
    same = len(set(by_first.merges) & set(by_greatest.merges))  # @inspect same
    sentence = "I wonder when I was wrong"  # @inspect sentence
    ids = by_first.encode(sentence)  # @stepover @inspect ids
    read = by_greatest.decode(ids)  # @stepover @inspect read
    text(
        f"Of 60 merges {same} are the same, but some sit in another place, under another id. Encode with one and decode "
        f"with the other: `{sentence}` comes back as `{read}`. A model and its tokenizer belong together. Ship the merges, "
        "never the recipe alone."
    )


def a_real_text() -> Tokenizer:
    text("## On a real text")
    train, held_out = real_text()  # @stepover @inspect len(train) len(held_out)
    text(
        f"Now the whole book: {len(train):,} characters of the *Opticks* to learn from, {len(held_out):,} to test on. Never "
        "judge a tokenizer by the text it was trained on alone. Our trainer so far counts everything anew for every merge. "
        "How long would that take?"
    )
    link(count_pretokens)
    pretokens = count_pretokens(train)  # @stepover @inspect len(pretokens) pretokens.most_common(4)
    naive_ms = milliseconds_per_merge(pretokens)  # @stepover @inspect naive_ms
    start = time.perf_counter()
    merges = learn_merges_fast(pretokens, num_merges=10_000)  # @stepover @inspect len(merges) merges[:6]
    fast_ms = 1000 * (time.perf_counter() - start) / len(merges)  # @inspect fast_ms
    text(
        f"{naive_ms:.0f} ms a merge against **{fast_ms:.3f} ms**: the fast trainer finds the same merges "
        f"{naive_ms / fast_ms:,.0f} times faster. Its idea: a merge changes only the counts of the pairs around the places "
        "where it happens, so remember for each pair where it occurs, and correct instead of recount. It "
        f"was asked for ten thousand merges and stopped after {len(merges):,}: then every word of the text was a single token "
        "and no pair was left. For files, with several processes, it is `train_bpe`:"
    )
    link(learn_merges_fast)
    link(train_bpe)

    text("### What it learned")
    first_merges = merges[: 4096 - 256]  # what a vocabulary of 4,096 has room for
    learned = [left + right for left, right in first_merges]  # @inspect len(learned)
    text("The first forty merges, in order. Letters that go together, then little words, each with its space:")
    image(
        token_rows({"merges 1 to 40": learned[:40]}), alt="The first forty tokens learned, ' t', ' th', ' the' leading."
    )  # @stepover
    longest = sorted(learned, key=len)[-12:]  # @inspect longest
    text("And the longest. From these alone you could guess the book:")
    image(
        token_rows({"the twelve longest": longest}), alt="The twelve longest tokens, among them long words of optics."
    )  # @stepover
    lights = [token for token in learned if token.strip().lower() == b"light"]  # @inspect lights
    text(
        f"Not all of it is wisdom. *Light* is there {len(lights)} times, {', '.join(quoted([t.decode()]) for t in lights)}: "
        "the model must learn for itself that these ids mean the same. And every token has a history, a tree "
        "that says how the bytes of one word came together:"
    )
    tree = merge_tree(b" Refraction", merges)  # @stepover
    graph(tree)

    text("### Against the others")
    tokenizer = book_tokenizer(merges, vocab_size=4096)  # @inspect tokenizer.vocab_size
    smaller = book_tokenizer(merges, vocab_size=1024)  # @stepover @inspect smaller.vocab_size
    by_words = WordTokenizer.from_text(train)  # @stepover @inspect by_words.vocab_size
    rows = [
        comparison("characters", CharacterTokenizer(), held_out),
        comparison("bytes", ByteTokenizer(), held_out),
        comparison("words", by_words, held_out),
        comparison("BPE", smaller, held_out),
        comparison("BPE", tokenizer, held_out),
    ]  # @stepover
    table(
        rows,
        columns=["tokenizer", "vocabulary", "tokens", "bytes per token", "tokens lost"],
        caption="The held-out tenth of the Opticks",
    )
    text(
        f"With fewer entries than the words need ({tokenizer.vocab_size:,} against {by_words.vocab_size:,}), BPE makes the "
        f"sequence {rows[2][2] / rows[4][2]:.1f} times shorter than words do, since a space costs it nothing, and loses no "
        f"token where words lose {rows[2][4]:,}. See for yourself, on a sentence that Newton did not write:"
    )
    sentence = "Tokenization isn't optics: unusual_users weigh 1,299 prisms of Light.\n"  # @inspect sentence
    cuts = {
        "bytes": [bytes([i]) for i in ByteTokenizer().encode(sentence)],
        "words": [by_words.words[i].encode() for i in by_words.encode(sentence)],
        f"BPE, {smaller.vocab_size:,}": [smaller.vocab[i] for i in smaller.encode(sentence)],
        f"BPE, {tokenizer.vocab_size:,}": [tokenizer.vocab[i] for i in tokenizer.encode(sentence)],
    }  # @stepover
    image(token_rows(cuts), alt="One sentence cut by four tokenizers into colored boxes, one box a token.")  # @stepover

    text("### Vocabulary against length")
    text(
        "The merges are ordered, so the first thousand of them *are* the tokenizer with a thousand merges. One training "
        "gives every size, and one encoding, which notes how much each merge saves, gives the whole curve:"
    )
    sizes = [256, 512, 1024, 1536, 2048, 3072, 4096, 6144, 256 + len(merges)]  # @inspect sizes
    texts = {"training text": train[: len(held_out)], "new text": held_out}  # @stepover
    curve = compression_curve(merges, sizes, texts)  # @stepover @inspect curve[-2:]
    plot(
        line_chart(curve, x="vocabulary size", y="bytes per token", color="measured on", log_x=True),
        alt="Bytes per token against vocabulary size: both curves rise, the one for new text more slowly.",
    )  # @stepover
    new = {row["vocabulary size"]: row["bytes per token"] for row in curve if row["measured on"] == "new text"}
    gain = (new[4096] - new[512]) / math.log2(4096 / 512)  # @inspect gain
    text(
        f"Two lessons. From {sizes[1]:,} entries to {sizes[6]:,} each *doubling* of the vocabulary buys the new text about "
        f"{gain:.1f} bytes per token: the price doubles, the gain does not. And the curves part: late merges are words of *this* "
        "text, which help elsewhere only if the words return. A tokenizer can overfit."
    )
    lengths = token_lengths(tokenizer, held_out)  # @stepover
    plot(
        bar_chart(lengths, x="bytes in the token", y="share of tokens (%)"),
        alt="Histogram of token lengths on new text: most are one to five bytes, with a tail past ten.",
    )  # @stepover
    text(
        "How long the tokens are, on new text. The single bytes are mostly punctuation; the tail is the words of optics."
    )

    text("### How large should it be?")
    text(
        "A larger vocabulary shortens the sequence, and makes the output head dearer: it scores every entry at every "
        "position. So there is a best size. With the measured curve and `forward_flops` from above, what does a short document "
        "cost three models of different size?"
    )
    models = {"tiny": (64, 2), "small": (256, 6), "GPT-2 small": (768, 12)}  # width and layers @inspect models
    costs = relative_costs(curve, models, document=1024)  # @stepover
    plot(
        line_chart(
            [row for row in costs if row["vocabulary size"] > 256],
            "vocabulary size",
            "cost (bytes = 100)",
            "model",
            log_x=True,
        ),
        alt="Cost against vocabulary size: the smaller the model, the earlier its cost is lowest and rises again.",
    )  # @stepover
    best = {model: cheapest_vocabulary(costs, model) for model in models}  # @stepover @inspect best
    text(
        f"Cheapest are {best['tiny']:,} entries for the tiny model, {best['small']:,} for the small one "
        f"and {best['GPT-2 small']:,}, the most this book can give, for GPT-2 small. **Larger models want larger "
        f"vocabularies**; {cite(ref.TAO_2024)} found the same for the loss, the half of the question that FLOPs cannot answer."
    )  # @stepover
    return tokenizer


def book_tokenizer(merges: Merges, vocab_size: int) -> Tokenizer:
    merges = merges[: vocab_size - 256]
    return Tokenizer(build_vocabulary(merges), merges)  # @stepover


def pitfalls(tokenizer: Tokenizer) -> None:
    text("## Pitfalls")
    train, _ = real_text()  # @stepover @inspect tokenizer.vocab_size
    note(
        "Numbers and languages raise the most questions; leave time for them. Glitch tokens can be left to the reader."
    )
    text("First the three that cost the most time, then six that surprise everyone once.")
    text(
        "- **Taking encoding for training.** Training counts; encoding replays. An encoder that looks at frequencies is wrong.\n"
        "- **Taking the bitter lesson for *only scale counts*.** What scales is an algorithm, and most are wasteful.\n"
        "- **Underestimating the data.** What the tokenizer and the model learn from decides what they know. Raw web "
        "text is mostly menus, advertisements and repetition; most of the work is in getting from there to text."
    )
    text("### Numbers")
    text("Digits merge like letters do. Which numbers are one token is an accident of the training text:")
    numbers = ["1/9", "1730", "1731", "1299", "12345678"]  # @inspect numbers
    table(
        [[number, spelled(cut(tokenizer, number)), len(tokenizer.encode(number))] for number in numbers],
        columns=["number", "tokens", "how many"],
    )  # @stepover
    text(
        "To add two numbers the model must first learn, token by token, what digits they hide. So recent tokenizers cut "
        "numbers into single digits or groups of three, and even the direction of the grouping shows in the answers "
        f"({cite(ref.SINGH_2024)})."
    )  # @stepover

    text("### Letters")
    seen = tokenizer.encode(" Refraction")  # @stepover @inspect seen
    text(
        f"How many *r* are in *Refraction*? You count letters; the model sees {seen}, and may never have been told "
        "how that is spelled."
    )

    text("### Trailing spaces")
    text(
        "A space belongs to the word after it. A prompt that ends in a space has torn off the beginning of the next token:"
    )
    clean = cut(tokenizer, "The Rays of Light")  # @stepover @inspect clean
    torn = cut(tokenizer, "The Rays of ") + cut(tokenizer, "Light")  # @stepover @inspect torn
    lone_spaces = tokenizer.encode(train).count(ord(" "))  # @stepover @inspect lone_spaces
    spaces = train.count(" ")  # @inspect spaces
    text(
        f"{quoted(clean)} against {quoted(torn)}. Of the {spaces:,} spaces in the training text only {lone_spaces:,} are a "
        "token of their own: the model has hardly seen what you ask it to continue."
    )  # @stepover

    text("### One look, two strings")
    text("Unicode can write *é* as one character or as *e* with an accent that combines with it. They look the same:")
    composed = unicodedata.normalize("NFC", "café")  # @inspect composed len(composed)
    decomposed = unicodedata.normalize("NFD", "café")  # @inspect decomposed len(decomposed)
    equal = composed == decomposed  # @inspect equal
    tokens = cut(tokenizer, composed), cut(tokenizer, decomposed)  # @stepover @inspect tokens
    text(
        f"Equal? {equal}. Other characters, other bytes, {len(tokens[0])} tokens against {len(tokens[1])}. Normalizing all "
        "text (to NFC, usually) helps, but then $\\text{decode}(\\text{encode}(s))$ is the *normalized* $s$: decide it on "
        "purpose, and once."
    )
    link(ref.UNICODE_NORMALIZATION)

    text("### Glitch tokens")
    text(
        "An entry can be in the vocabulary and yet never be used: a step on the way to a longer token, or a string that "
        "filled the tokenizer's training text and not the model's. Let us look in ours:"
    )
    uses = Counter(tokenizer.encode(train))  # @stepover @inspect len(uses)
    learned = [token for i, token in tokenizer.vocab.items() if i >= 256]  # @inspect len(learned)
    unused = [token for token in learned if uses[tokenizer.ids[token]] == 0]  # @inspect len(unused) unused[:8]
    strangest = max(unused, key=len)  # @inspect strangest
    text(
        f"**{len(unused)}** of the {len(learned):,} learned tokens do not occur once in the encoded text "
        f"they were learned from, `{strangest.decode()}` for one. Their vectors are never trained and stay as random as "
        "they began. In a published model such a token in the prompt can bring out nonsense; `SolidGoldMagikarp`, "
        f"once the name of a user, became the most famous. Their vectors betray them: {cite(ref.LAND_2024)}."
    )  # @stepover

    text("### Other languages")
    text(
        "A tokenizer is generous to what it was trained on. The same sentence, article 1 of the Universal Declaration of "
        "Human Rights, in six languages:"
    )
    rows = language_costs(tokenizer)  # @stepover
    plot(
        bar_chart(rows, x="language", y="tokens", horizontal=True),
        alt="Tokens needed for one sentence in six languages; English needs the fewest, Hindi by far the most.",
    )  # @stepover
    costs = {str(row["language"]): int(row["tokens"]) for row in rows}  # @inspect costs
    text(
        f"Hindi costs **{costs['Hindi'] / costs['English']:.1f} times** as much as English: in money, since services charge "
        "by the token, in time, and in how much fits in the context. Ours is extreme, trained on a single English book, but "
        f"published tokenizers have shown gaps of up to fifteen times ({cite(ref.PETROV_2023)}). That was the last of "
        "the three leaks of the beginning."
    )  # @stepover


def without_a_tokenizer() -> None:
    text("## Could we do without?")
    text(
        "A tokenizer is the last part of a language model that is not learned with the rest. Give the model bytes and all these "
        "pitfalls go; what returns is the length. The attempts differ in how they shorten the sequence inside the model:"
    )
    text(
        f"- **CANINE** ({cite(ref.CLARK_2021)}): characters, hashed into vectors, sampled down to a shorter sequence.\n"
        f"- **ByT5** ({cite(ref.XUE_2021)}): not at all; plain bytes in an ordinary Transformer, with a heavier encoder.\n"
        f"- **MegaByte** ({cite(ref.YU_2023)}): patches of a fixed number of bytes, a large model over patches, a small one "
        "inside each.\n"
        f"- **SpaceByte** ({cite(ref.SLAGLE_2024)}): the large model works after spaces only; the word returns, as "
        "architecture.\n"
        f"- **BLT** ({cite(ref.PAGNONI_2024)}): patches begin where the next byte is hard to predict, so that compute goes "
        "where the surprise is.\n"
        f"- **H-Net** ({cite(ref.HWANG_2025)}): where to cut is learned with everything else, in several levels."
    )  # @stepover
    text(
        "Why patches help is arithmetic. Attention over $n$ bytes looks at $n^2$ pairs. With patches of $p$ bytes it is "
        "$(n/p)^2$ pairs of patches and $p^2$ pairs inside each of the $n/p$ patches:"
    )
    n = 8192  # @inspect n
    pairs = {p: (n // p) ** 2 + (n // p) * p**2 for p in (1, 2, 4, 8, 16, 32, 64, 128)}  # @inspect pairs
    best_patch = min(pairs, key=lambda p: pairs[p])  # @inspect best_patch
    plot(
        line_chart(
            [{"patch size": p, "pairs": k} for p, k in pairs.items()], x="patch size", y="pairs", log_x=True, log_y=True
        ),
        alt="Pairs of positions attended to, against patch size: falls steeply, then rises again.",
    )  # @stepover
    text(
        f"For {n:,} bytes patches of **{best_patch}** are best of these: {pairs[1] / pairs[best_patch]:,.0f} times fewer pairs "
        "than byte by byte. The results are promising, some match BPE models of several billion parameters for the same "
        "compute; but at the time of writing no frontier model is known to be built so. Until then tokenization is a "
        "necessary evil, and BPE, simple, greedy and thirty years old, is how it is done."
    )
    text(
        f"Nor is BPE the only way to choose subwords: *unigram* tokenizers ({cite(ref.KUDO_2018)}) start with a large "
        f"vocabulary and prune it by likelihood, and {cite(ref.BOSTROM_2020)} found them the better choice for pre-training."
    )  # @stepover


def quiz(tokenizer: Tokenizer) -> None:
    text("## Quiz")
    text("Answer each question before you step on.")
    text("**1.** Name something about a language model that you can understand only by building it.")
    text(
        "*One answer.* Why a prompt that ends in a space gives worse answers: nothing in the API says that "
        "the space belongs to the next token. You know once you have written the pre-tokenizer."
    )
    text("**2.** Which of *prefill* and *decode* is limited by memory, and why?")
    text(
        "*Decode.* Each new token needs every weight of the model once, and does little arithmetic with it; prefill "
        "uses each weight for all positions of the prompt at once."
    )
    text("**3.** What does BPE trade, and how do you set the balance?")
    text(
        "*Vocabulary against sequence length*, by the number of merges: none is the byte tokenizer, all are words. Rare "
        "words are spelled out of pieces, so that nothing is ever unknown."
    )
    text("**4.** GPT-4o, Llama 3 and OLMo: which is closed, which has open weights, which is open source?")
    text(
        "*In that order.* With open weights you can run the model and change it; only open data and code let you find out why "
        "it is as it is, or make it again."
    )
    text(
        "**5.** A friend trains BPE on a text and then encodes *another* text by training on it, too. What will the model see?"
    )
    text(
        "*Ids that mean something else each time.* Merge number 300 of one text is not that of the other. Training "
        "happens once; its merges are part of the model for ever."
    )
    text("**6.** On which text is the compression ratio of a BPE tokenizer 1?")
    text(
        "*One in which no two neighbors were ever merged*, another script for example, or random bytes. Below 1 it never falls:"
    )
    greek = "φῶς"  # light @inspect greek
    ratio = compression_ratio(greek, tokenizer.encode(greek))  # @stepover @inspect ratio
    assert ratio == 1.0


def whats_next(tokenizer: Tokenizer) -> None:
    text("## Take away")
    text(
        "- A tokenizer maps strings to ids and back; $\\text{decode}(\\text{encode}(s)) = s$.\n"
        "- Characters, bytes and words each fail in one way: vocabulary, length, unknowns. BPE learns the balance from "
        "frequencies.\n"
        "- Training counts, once. Encoding replays the merges.\n"
        "- Compression is compute: attention shrinks with its square.\n"
        "- The tokenizer is part of the model, with its own bias: by language, by spelling, by what its training text held."
    )
    table(
        [
            [
                "characters",
                f"{CharacterTokenizer.vocab_size:,} code points",
                "long",
                "none, but most ids are never met",
            ],
            ["bytes", f"{ByteTokenizer.vocab_size}", "longest", "none"],
            ["words", "unbounded", "short", "many, all of them <unk>"],
            ["BPE", "as many as you like", "short", "none: falls back to bytes"],
        ],
        columns=["tokenizer", "vocabulary", "sequences", "unknown text"],
        caption="Four tokenizers",
    )
    text(
        "And the four questions of the beginning:\n"
        "1. *Why from scratch?* The failures you saw today are made below the API, and can be understood only there.\n"
        "2. *How does efficiency shape the design?* Today it chose the vocabulary; next it chooses shapes, kernels and data.\n"
        "3. *Raw bytes?* Nothing is ever unknown, and everything is several times as long; attention pays the square.\n"
        "4. *What is traded?* Entries against length. Frequent words are bought whole, rare ones in pieces."
    )
    text("How the ideas of the course hang together:")
    graph(
        make_graph(
            [
                {"id": "efficiency", "label": "efficiency", "x": 310, "y": 40},
                {"id": "scaling", "label": "scaling laws (N, D)", "x": 500, "y": 40},
                {"id": "kernels", "label": "kernels, parallelism", "x": 110, "y": 40},
                {"id": "data", "label": "data", "x": 60, "y": 150},
                {"id": "tokenization", "label": "tokenization", "x": 200, "y": 150},
                {"id": "architecture", "label": "architecture", "x": 350, "y": 150},
                {"id": "training", "label": "training", "x": 490, "y": 150},
                {"id": "alignment", "label": "alignment", "x": 600, "y": 150},
                {"id": "trade", "label": "length ↔ vocabulary", "x": 150, "y": 250},
                {"id": "parts", "label": "RoPE, SwiGLU, RMSNorm", "x": 365, "y": 250},
                {"id": "methods", "label": "SFT, DPO", "x": 560, "y": 250},
            ],
            [
                {"source": "efficiency", "target": "kernels"},
                {"source": "efficiency", "target": "scaling"},
                {"source": "efficiency", "target": "tokenization"},
                {"source": "efficiency", "target": "architecture"},
                {"source": "scaling", "target": "training"},
                {"source": "data", "target": "tokenization"},
                {"source": "tokenization", "target": "architecture"},
                {"source": "architecture", "target": "training"},
                {"source": "training", "target": "alignment"},
                {"source": "tokenization", "target": "trade"},
                {"source": "architecture", "target": "parts"},
                {"source": "alignment", "target": "methods"},
            ],
            width=680,
            height=300,
        )
    )

    text("### Try it yourself")
    text(
        "**Does a book fit?** A model has a context of 128K tokens. Would the whole *Opticks* fit, as bytes and with our "
        "tokenizer? Change the file, the vocabulary or the context, and run the lecture again:"
    )
    context = 128 * 1024  # @inspect context
    book = "".join(real_text())  # @stepover @inspect len(book)
    tokens = len(tokenizer.encode(book))  # @stepover @inspect tokens
    share = {"bytes": len(book.encode("utf-8")) / context, "BPE": tokens / context}  # @inspect share
    text(
        f"As bytes it fills the context **{share['bytes']:.1f} times**, with our {tokenizer.vocab_size:,} entries "
        f"**{share['BPE']:.1f} times**."
    )
    text(
        "**Then:**\n"
        "1. Train on a text of your own. What are its longest tokens? Could a stranger guess the text from them?\n"
        "2. Change the tie rule in `merges_by_hand`. From which merge on does the history differ?\n"
        "3. Write a pre-tokenizer that cuts numbers into groups of three from the right. What happens to the ratio?\n"
        "4. *A small study:* a unigram tokenizer against BPE with the same vocabulary, by perplexity per byte and on one task."
    )
    text("## Next time")
    text(
        "The ids are ready; now they become tensors. Lecture 2 counts what every operation on them costs, in bytes and in FLOPs, "
        "until you can say how long a training run will take before it starts."
    )
    link(title="Stanford CS336: a university course on the same subject", url="https://cs336.stanford.edu/")
    note(
        "Close with the question for next time: how long does a 70-billion-parameter model train on 15 trillion tokens?"
    )


# ----------------------------------------- what the lecture measures, in order of use


def flops_by_part(sizes: dict[str, tuple[int, int]]) -> list[dict[str, str | float]]:
    rows: list[dict[str, str | float]] = []
    for name, (width, layers) in sizes.items():
        flops = forward_flops(1024, width, layers)
        total = sum(flops.values())
        rows += [{"GPT-2": name, "part": part, "share of FLOPs (%)": 100 * n / total} for part, n in flops.items()]
    return rows


def unknown_share(known: Counter[str], held_out: str, size: int) -> dict[str, float]:
    vocabulary = {word for word, _ in known.most_common(size)}
    pieces = [piece for piece in WordTokenizer.split(held_out) if piece[0].isalnum()]
    unknown = sum(piece not in vocabulary for piece in pieces)
    return {"vocabulary size": size, "unknown words (%)": 100 * unknown / len(pieces)}


def merge_history(string: str, merges: list[tuple[str, str]]) -> dict[str, list[bytes]]:
    """The symbols of the string before any merge and after each, named for the picture of them."""
    word = tuple(string)
    history = {"before": [symbol.encode() for symbol in word]}
    for number, (left, right) in enumerate(merges, start=1):
        word = merge_pair(word, (left, right), left + right)
        history[f"merge {number}, {spelled([left])} + {spelled([right])}"] = [symbol.encode() for symbol in word]
    return history


def milliseconds_per_merge(pretokens: Counter[str], num_merges: int = 4) -> float:
    corpus = {tuple(word): frequency for word, frequency in pretokens.items()}
    start = time.perf_counter()
    learn_merges(corpus, num_merges)
    return 1000 * (time.perf_counter() - start) / num_merges


def comparison(name: str, tokenizer: AnyTokenizer, string: str) -> list[Any]:
    ids = tokenizer.encode(string)
    lost = ids.count(0) if isinstance(tokenizer, WordTokenizer) else 0
    return [name, tokenizer.vocab_size, len(ids), round(compression_ratio(string, ids), 2), lost]


def compression_curve(merges: Merges, sizes: list[int], texts: dict[str, str]) -> list[dict[str, Any]]:
    """Bytes per token for every vocabulary size, from one encoding: later merges only shorten what earlier ones left."""
    rows: list[dict[str, Any]] = []
    for name, string in texts.items():
        num_bytes = len(string.encode("utf-8"))
        saved = tokens_saved(merges, string)
        for size in sizes:
            ratio = num_bytes / (num_bytes - sum(saved[: size - 256]))
            rows.append({"vocabulary size": size, "bytes per token": ratio, "measured on": name})
    return rows


def tokens_saved(merges: Merges, string: str) -> list[int]:
    """By how many tokens each merge, in the order of training, makes the string shorter."""
    ranks = {pair: rank for rank, pair in enumerate(merges)}
    saved = [0] * len(merges)
    for pretoken, frequency in count_pretokens(string).items():
        word = split_bytes(pretoken)
        while known := [ranks[pair] for pair in itertools.pairwise(word) if pair in ranks]:
            left, right = merges[min(known)]
            shorter = merge_pair(word, (left, right), left + right)
            saved[min(known)] += frequency * (len(word) - len(shorter))
            word = shorter
    return saved


def token_lengths(tokenizer: Tokenizer, string: str) -> list[dict[str, Any]]:
    counts = Counter(len(tokenizer.vocab[i]) for i in tokenizer.encode(string))
    return [
        {"bytes in the token": length, "share of tokens (%)": 100 * counts[length] / counts.total()}
        for length in range(1, max(counts) + 1)
    ]


def relative_costs(
    curve: list[dict[str, Any]], models: dict[str, tuple[int, int]], document: int
) -> list[dict[str, Any]]:
    """What a document of so many bytes costs each model at each point of the curve for new text, if bytes cost 100."""
    points = [row for row in curve if row["measured on"] == "new text"]
    rows: list[dict[str, Any]] = []
    for model, (width, layers) in models.items():
        flops = [
            sum(forward_flops(round(document / row["bytes per token"]), width, layers, row["vocabulary size"]).values())
            for row in points
        ]
        rows += [
            {"vocabulary size": row["vocabulary size"], "cost (bytes = 100)": 100 * cost / flops[0], "model": model}
            for row, cost in zip(points, flops, strict=True)
        ]
    return rows


def cut(tokenizer: Tokenizer, string: str) -> list[str]:
    """The tokens of a string as strings; bytes that are no character by themselves become U+FFFD."""
    return [tokenizer.decode([i]) for i in tokenizer.encode(string)]


def language_costs(tokenizer: Tokenizer) -> list[dict[str, Any]]:
    sentences = {
        "English": "All human beings are born free and equal in dignity and rights.",
        "French": "Tous les êtres humains naissent libres et égaux en dignité et en droits.",
        "German": "Alle Menschen sind frei und gleich an Würde und Rechten geboren.",
        "Russian": "Все люди рождаются свободными и равными в своем достоинстве и правах.",
        "Chinese": "人人生而自由，在尊严和权利上一律平等。",
        "Hindi": "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है।",
    }
    return [
        {
            "language": language,
            "tokens": len(tokenizer.encode(s)),
            "characters": len(s),
            "bytes": len(s.encode("utf-8")),
        }
        for language, s in sentences.items()
    ]


def cheapest_vocabulary(costs: list[dict[str, Any]], model: str) -> int:
    rows = [row for row in costs if row["model"] == model]
    return int(min(rows, key=lambda row: row["cost (bytes = 100)"])["vocabulary size"])
