"""The machine: memories, kernels, measuring, tools. Sorted by year."""

from tracer import Reference

LITTLE_1961 = Reference(
    title="A Proof for the Queuing Formula: L = λW",
    authors=["John D. C. Little"],
    organization="Operations Research 9(3)",
    date="1961-06",
    url="https://doi.org/10.1287/opre.9.3.383",
)
LAM_1991 = Reference(
    title="The Cache Performance and Optimizations of Blocked Algorithms",
    authors=["Monica S. Lam", "Edward E. Rothberg", "Michael E. Wolf"],
    organization="ASPLOS 1991",
    date="1991-04",
    url="https://doi.org/10.1145/106972.106981",
)
WULF_1995 = Reference(
    title="Hitting the Memory Wall: Implications of the Obvious",
    authors=["Wm. A. Wulf", "Sally A. McKee"],
    organization="ACM SIGARCH Computer Architecture News 23(1)",
    date="1995-03",
    url="https://doi.org/10.1145/216585.216588",
)
LINDHOLM_2008 = Reference(
    title="NVIDIA Tesla: A Unified Graphics and Computing Architecture",
    authors=["Erik Lindholm", "John Nickolls", "Stuart Oberman", "John Montrym"],
    organization="IEEE Micro 28(2)",
    date="2008-03",
    url="https://doi.org/10.1109/MM.2008.31",
)
WILLIAMS_2009 = Reference(
    title="Roofline: An Insightful Visual Performance Model for Multicore Architectures",
    authors=["Samuel Williams", "Andrew Waterman", "David Patterson"],
    organization="Communications of the ACM 52(4)",
    date="2009-04",
    url="https://doi.org/10.1145/1498765.1498785",
)
HOEFLER_2015 = Reference(
    title="Scientific Benchmarking of Parallel Computing Systems: "
    "Twelve Ways to Tell the Masses When Reporting Performance Results",
    authors=["Torsten Hoefler", "Roberto Belli"],
    organization="SC 2015",
    date="2015-11",
    url="https://doi.org/10.1145/2807591.2807644",
)
MILAKOV_2018 = Reference(
    title="Online normalizer calculation for softmax",
    authors=["Maxim Milakov", "Natalia Gimelshein"],
    date="2018-05",
    url="https://arxiv.org/abs/1805.02867",
)
TILLET_2019 = Reference(
    title="Triton: An Intermediate Language and Compiler for Tiled Neural Network Computations",
    authors=["Philippe Tillet", "H. T. Kung", "David Cox"],
    organization="MAPL 2019",
    date="2019-06",
    url="https://doi.org/10.1145/3315508.3329973",
)
IVANOV_2020 = Reference(
    title="Data Movement Is All You Need: A Case Study on Optimizing Transformers",
    authors=["Andrei Ivanov", "Nikoli Dryden", "Tal Ben-Nun", "Shigang Li", "Torsten Hoefler"],
    organization="MLSys 2021",
    date="2020-07",
    url="https://arxiv.org/abs/2007.00072",
)
DAO_2022 = Reference(
    title="FlashAttention: Fast and Memory-Efficient Exact Attention with IO-Awareness",
    authors=["Tri Dao", "Daniel Y. Fu", "Stefano Ermon", "Atri Rudra", "Christopher Ré"],
    organization="NeurIPS 2022",
    date="2022-05",
    url="https://arxiv.org/abs/2205.14135",
)
ROGOZHNIKOV_2022 = Reference(
    title="Einops: Clear and Reliable Tensor Manipulations with Einstein-like Notation",
    authors=["Alex Rogozhnikov"],
    organization="ICLR 2022",
    date="2022",
    url="https://openreview.net/forum?id=oapKSVM2bcj",
)
DAO_2023 = Reference(
    title="FlashAttention-2: Faster Attention with Better Parallelism and Work Partitioning",
    authors=["Tri Dao"],
    organization="ICLR 2024",
    date="2023-07",
    url="https://arxiv.org/abs/2307.08691",
)
ANSEL_2024 = Reference(
    title="PyTorch 2: Faster Machine Learning Through Dynamic Python Bytecode Transformation and Graph Compilation",
    authors=["Jason Ansel", "Edward Yang", "Horace He", "and others"],
    organization="ASPLOS 2024",
    date="2024-04",
    url="https://doi.org/10.1145/3620665.3640366",
)
