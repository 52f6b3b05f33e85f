"""Lines that end in `# t` are timed by the program, and no others are."""

from __future__ import annotations

import ast
import textwrap

import pytest

from tracer.sources.statements import StatementTable
from tracer.sources.timing import timed_lines

PROGRAMS = {
    "a clock before and after": """
        import time
        def main():
            x = make()
            start = time.perf_counter()  # t
            y = f(x)  # t
            elapsed = time.perf_counter() - start  # t
            z = g(y)
    """,
    "under another name": """
        from time import perf_counter_ns as clock
        def main():
            a = clock()  # t
            f()  # t
            b = clock()  # t
            g()
            print((b - a) / 1e9)
    """,
    "a benchmark with a warm-up, a synchronisation and a list of times": """
        import time
        import torch
        def benchmark(run, warmups=1, trials=3):
            for _ in range(warmups):
                run()
            torch.cuda.synchronize()
            times = []
            for trial in range(trials):
                start = time.time()  # t
                run()  # t
                if torch.cuda.is_available():  # t
                    torch.cuda.synchronize()  # t
                end = time.time()  # t
                times.append((end - start) * 1000)
            return sum(times) / len(times)
    """,
    "two timings, and work between them": """
        from time import perf_counter
        def main():
            start = perf_counter()  # t
            slow()  # t
            slow_seconds = perf_counter() - start  # t
            prepare()
            start = perf_counter()  # t
            fast()  # t
            fast_seconds = perf_counter() - start  # t
            print(slow_seconds / fast_seconds)
    """,
    "two loops that time themselves, and work between them": """
        import time
        def main():
            for f in functions:
                start = time.monotonic()  # t
                f()  # t
                print(time.monotonic() - start)  # t
            model = train()
            for f in functions:
                start = time.monotonic()  # t
                f()  # t
                print(time.monotonic() - start)  # t
    """,
    "a loop that looks at the clock now and then": """
        import time
        def main():
            model = make()
            start = time.time()  # t
            for step in range(100):  # t
                train(model)  # t
                if step % 10 == 0:  # t
                    print(step, time.time() - start)  # t
            evaluate(model)
    """,
    "until the time is up": """
        import time
        def main():
            start = time.process_time()  # t
            while time.process_time() - start < 1:  # t
                f()  # t
            g()
    """,
    "laps": """
        import time
        def main():
            t0 = time.perf_counter()  # t
            f()  # t
            t1 = time.perf_counter()  # t
            g()  # t
            t2 = time.perf_counter()  # t
            print(t1 - t0, t2 - t1)
            h()
    """,
    "laps in a loop": """
        import time
        def main():
            before = time.perf_counter()  # t
            for f in functions:  # t
                f()  # t
                now = time.perf_counter()  # t
                times.append(now - before)  # t
                before = now  # t
    """,
    "readings kept where nobody can follow them": """
        import time
        class Run:
            def go(self):
                self.start = time.time()  # t
                f()  # t
                self.seconds = time.time() - self.start  # t
                g()
    """,
    "a reading in a try, and one in its finally": """
        import time
        def main():
            start = time.time()  # t
            try:  # t
                f()  # t
            except ValueError:  # t
                g()  # t
            finally:
                print(time.time() - start)  # t
    """,
    "a function that only reads the clock": """
        import time, torch
        def now():
            torch.cuda.synchronize()
            return time.perf_counter()
        def main():
            start = now()  # t
            f()  # t
            seconds = now() - start  # t
            g()
    """,
    "a function that measures, called twice": """
        import time
        def seconds(f):
            start = time.perf_counter()  # t
            f()  # t
            return time.perf_counter() - start  # t
        def main():
            a = seconds(f)
            x = prepare()
            b = seconds(g)
            print(a / b)
    """,
    "CUDA events": """
        import torch
        def main():
            start = torch.cuda.Event(enable_timing=True)
            end = torch.cuda.Event(enable_timing=True)
            x = make()
            start.record()  # t
            y = f(x)  # t
            end.record()  # t
            torch.cuda.synchronize()
            milliseconds = start.elapsed_time(end)
            g(y)
    """,
    "lists of CUDA events": """
        from torch.cuda import Event, synchronize
        def main():
            starts = [Event(enable_timing=True) for _ in range(10)]
            ends = [Event(enable_timing=True) for _ in range(10)]
            warm_up()
            for i in range(10):
                cache.zero_()
                starts[i].record()  # t
                f()  # t
                ends[i].record()  # t
            synchronize()
            times = [s.elapsed_time(e) for s, e in zip(starts, ends)]
    """,
    "calls that time what they are given": """
        import timeit
        from triton.testing import do_bench
        from torch.utils import benchmark
        def main():
            a = timeit.timeit(f, number=10)  # t
            x = make()
            b = do_bench(  # t
                lambda: g(x)
            )
            timer = benchmark.Timer("f(x)", globals={"f": f})  # t
            y = make()
            c = timer.blocked_autorange()  # t
            h(y)
    """,
    "torch's profiler": """
        import torch
        from torch.profiler import ProfilerActivity, profile
        def main():
            f()
            with profile(activities=[ProfilerActivity.CPU]) as prof:  # t
                for _ in range(3):  # t
                    f()  # t
                    prof.step()  # t
            print(prof.key_averages().table())
            p = profile()
            g()
            p.start()  # t
            f()  # t
            p.stop()  # t
    """,
    "a context of the file's own": """
        import contextlib, time
        @contextlib.contextmanager
        def timed(name):
            start = time.perf_counter()  # t
            yield  # t
            print(name, time.perf_counter() - start)  # t
        class Timer:
            def __enter__(self):
                self.start = time.perf_counter()
                return self
            def __exit__(self, *error):
                self.seconds = time.perf_counter() - self.start
        def main():
            with timed("f"):  # t
                f()  # t
            g()
            with Timer() as timer:  # t
                f()  # t
            print(timer.seconds)
    """,
    "a clock that is only read": """
        import time, random
        def main():
            for step in range(10):
                train()
                print(step, time.time())
            f()
        def log(message):
            random.seed(7)
            print(time.time(), message)
    """,
    "no clock at all": """
        def main():
            start = clock()
            f()
            record = start.record()
            print(clock() - start, timeit(f))
    """,
    "a record that is no event's": """
        import time
        def main():
            tape.record()
            f()
            tape.record()
            time.sleep(0)
    """,
    "functions defined within a timing": """
        import time
        def main():
            start = time.time()  # t
            @decorated  # t
            def inner():
                f()
            inner()  # t
            print(time.time() - start)  # t
    """,
    "case and elif": """
        import time
        def main(x):
            start = time.time()  # t
            match x:  # t
                case 1:  # t
                    f()  # t
            if x:  # t
                f()  # t
            elif time.time() - start > 1:  # t
                g()  # t
            h()
    """,
    "handed in, and by assignment": """
        import time
        tick = time.perf_counter
        lap = lambda: time.perf_counter()
        def main(clock=time.monotonic):
            a = clock()  # t
            f()  # t
            print(clock() - a)  # t
            g()
            b = tick()  # t
            f()  # t
            print(tick() - b)  # t
            g()
            if (c := lap()):  # t
                f()  # t
            print(lap() - c)  # t
    """,
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_timed_lines(name: str) -> None:
    source = textwrap.dedent(PROGRAMS[name]).lstrip("\n")
    lines = source.splitlines()
    timed = timed_lines(ast.parse(source))
    marked = [
        line + ("  # t" if number in timed else "")
        for number, line in enumerate((x.split("  # t")[0] for x in lines), 1)
    ]
    assert "\n".join(marked) == "\n".join(lines)
    table = StatementTable(source)
    assert all(table.at(line)[0] == line for line in timed)
    assert set(timed.values()) <= timed.keys()


def test_each_line_knows_where_its_timing_begins() -> None:
    source = textwrap.dedent(PROGRAMS["two timings, and work between them"]).lstrip("\n")
    assert timed_lines(ast.parse(source)) == {3: 3, 4: 3, 5: 3, 7: 7, 8: 7, 9: 7}


def test_a_timing_within_a_timing_begins_with_the_outer_one() -> None:
    source = textwrap.dedent(PROGRAMS["laps in a loop"]).lstrip("\n")
    assert set(timed_lines(ast.parse(source)).values()) == {3}


def test_any_number_of_elifs() -> None:
    branches = "\n".join(f"elif x == {n}:\n    f()" for n in range(500))
    source = f"import time\nstart = time.time()\nif x:\n    f()\n{branches}\nprint(time.time() - start)\n"
    assert len(timed_lines(ast.parse(source))) == 1004
