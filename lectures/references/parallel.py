"""Many machines: messages, and the ways to cut a model. Sorted by year."""

from tracer import Reference

THAKUR_2005 = Reference(
    title="Optimization of Collective Communication Operations in MPICH",
    authors=["Rajeev Thakur", "Rolf Rabenseifner", "William Gropp"],
    organization="International Journal of High Performance Computing Applications 19(1)",
    date="2005-02",
    url="https://doi.org/10.1177/1094342005051521",
)
PATARASUK_2009 = Reference(
    title="Bandwidth Optimal All-reduce Algorithms for Clusters of Workstations",
    authors=["Pitch Patarasuk", "Xin Yuan"],
    organization="Journal of Parallel and Distributed Computing 69(2)",
    date="2009-02",
    url="https://doi.org/10.1016/j.jpdc.2008.09.002",
)
SHAZEER_2017 = Reference(
    title="Outrageously Large Neural Networks: The Sparsely-Gated Mixture-of-Experts Layer",
    authors=["Noam Shazeer", "Azalia Mirhoseini", "Krzysztof Maziarz", "Andy Davis", "and others"],
    organization="ICLR 2017",
    date="2017-01",
    url="https://arxiv.org/abs/1701.06538",
)
HUANG_2018 = Reference(
    title="GPipe: Efficient Training of Giant Neural Networks using Pipeline Parallelism",
    authors=["Yanping Huang", "Youlong Cheng", "Ankur Bapna", "Orhan Firat", "and others"],
    organization="NeurIPS 2019",
    date="2018-11",
    url="https://arxiv.org/abs/1811.06965",
)
MCCANDLISH_2018 = Reference(
    title="An Empirical Model of Large-Batch Training",
    authors=["Sam McCandlish", "Jared Kaplan", "Dario Amodei", "and the OpenAI Dota Team"],
    date="2018-12",
    url="https://arxiv.org/abs/1812.06162",
)
SHOEYBI_2019 = Reference(
    title="Megatron-LM: Training Multi-Billion Parameter Language Models Using Model Parallelism",
    authors=[
        "Mohammad Shoeybi",
        "Mostofa Patwary",
        "Raul Puri",
        "Patrick LeGresley",
        "Jared Casper",
        "Bryan Catanzaro",
    ],
    date="2019-09",
    url="https://arxiv.org/abs/1909.08053",
)
RAJBHANDARI_2019 = Reference(
    title="ZeRO: Memory Optimizations Toward Training Trillion Parameter Models",
    authors=["Samyam Rajbhandari", "Jeff Rasley", "Olatunji Ruwase", "Yuxiong He"],
    organization="SC 2020",
    date="2019-10",
    url="https://arxiv.org/abs/1910.02054",
)
LI_2020 = Reference(
    title="PyTorch Distributed: Experiences on Accelerating Data Parallel Training",
    authors=["Shen Li", "Yanli Zhao", "Rohan Varma", "Omkar Salpekar", "and others"],
    organization="VLDB 2020",
    date="2020-06",
    url="https://arxiv.org/abs/2006.15704",
)
LEPIKHIN_2020 = Reference(
    title="GShard: Scaling Giant Models with Conditional Computation and Automatic Sharding",
    authors=["Dmitry Lepikhin", "HyoukJoong Lee", "Yuanzhong Xu", "Dehao Chen", "and others"],
    organization="ICLR 2021",
    date="2020-06",
    url="https://arxiv.org/abs/2006.16668",
)
NARAYANAN_2021 = Reference(
    title="Efficient Large-Scale Language Model Training on GPU Clusters Using Megatron-LM",
    authors=["Deepak Narayanan", "Mohammad Shoeybi", "Jared Casper", "Patrick LeGresley", "and others"],
    organization="SC 2021",
    date="2021-04",
    url="https://arxiv.org/abs/2104.04473",
)
KORTHIKANTI_2022 = Reference(
    title="Reducing Activation Recomputation in Large Transformer Models",
    authors=[
        "Vijay Korthikanti",
        "Jared Casper",
        "Sangkug Lym",
        "Lawrence McAfee",
        "Michael Andersch",
        "Mohammad Shoeybi",
        "Bryan Catanzaro",
    ],
    organization="MLSys 2023",
    date="2022-05",
    url="https://arxiv.org/abs/2205.05198",
)
ZHAO_2023 = Reference(
    title="PyTorch FSDP: Experiences on Scaling Fully Sharded Data Parallel",
    authors=["Yanli Zhao", "Andrew Gu", "Rohan Varma", "Liang Luo", "and others"],
    organization="VLDB 2023",
    date="2023-04",
    url="https://arxiv.org/abs/2304.11277",
)
LIU_2023 = Reference(
    title="Ring Attention with Blockwise Transformers for Near-Infinite Context",
    authors=["Hao Liu", "Matei Zaharia", "Pieter Abbeel"],
    organization="ICLR 2024",
    date="2023-10",
    url="https://arxiv.org/abs/2310.01889",
)
