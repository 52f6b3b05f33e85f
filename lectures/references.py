"""What the lectures cite, written out so that no network is needed. Sorted by year."""

from tracer import Reference


def cite(reference: Reference) -> str:
    """A reference as a link in Markdown, to stand in a sentence; its title shows when one points at it."""
    label = reference.label.strip("[]")
    return f'[{label}]({reference.url} "{reference.title}")'


SHANNON_1951 = Reference(
    title="Prediction and Entropy of Printed English",
    authors=["Claude E. Shannon"],
    organization="Bell System Technical Journal 30(1)",
    date="1951-01",
    url="https://doi.org/10.1002/j.1538-7305.1951.tb01366.x",
)
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
GAGE_1994 = Reference(
    title="A New Algorithm for Data Compression",
    authors=["Philip Gage"],
    organization="The C Users Journal 12(2)",
    date="1994-02",
    url="https://www.derczynski.com/papers/archive/BPE_Gage.pdf",
)
WULF_1995 = Reference(
    title="Hitting the Memory Wall: Implications of the Obvious",
    authors=["Wm. A. Wulf", "Sally A. McKee"],
    organization="ACM SIGARCH Computer Architecture News 23(1)",
    date="1995-03",
    url="https://doi.org/10.1145/216585.216588",
)
BENGIO_2003 = Reference(
    title="A Neural Probabilistic Language Model",
    authors=["Yoshua Bengio", "Réjean Ducharme", "Pascal Vincent", "Christian Jauvin"],
    organization="Journal of Machine Learning Research 3",
    date="2003",
    url="https://www.jmlr.org/papers/v3/bengio03a.html",
)
BRANTS_2007 = Reference(
    title="Large Language Models in Machine Translation",
    authors=["Thorsten Brants", "Ashok C. Popat", "Peng Xu", "Franz J. Och", "Jeffrey Dean"],
    organization="EMNLP-CoNLL 2007",
    date="2007",
    url="https://aclanthology.org/D07-1090/",
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
GLOROT_2010 = Reference(
    title="Understanding the Difficulty of Training Deep Feedforward Neural Networks",
    authors=["Xavier Glorot", "Yoshua Bengio"],
    organization="AISTATS 2010",
    date="2010",
    url="https://proceedings.mlr.press/v9/glorot10a.html",
)
DUCHI_2011 = Reference(
    title="Adaptive Subgradient Methods for Online Learning and Stochastic Optimization",
    authors=["John Duchi", "Elad Hazan", "Yoram Singer"],
    organization="Journal of Machine Learning Research 12",
    date="2011",
    url="https://www.jmlr.org/papers/v12/duchi11a.html",
)
KINGMA_2014 = Reference(
    title="Adam: A Method for Stochastic Optimization",
    authors=["Diederik P. Kingma", "Jimmy Ba"],
    organization="ICLR 2015",
    date="2014-12",
    url="https://arxiv.org/abs/1412.6980",
)
PASCANU_2013 = Reference(
    title="On the difficulty of training recurrent neural networks",
    authors=["Razvan Pascanu", "Tomas Mikolov", "Yoshua Bengio"],
    organization="ICML 2013",
    date="2013",
    url="https://arxiv.org/abs/1211.5063",
)
HOEFLER_2015 = Reference(
    title="Scientific Benchmarking of Parallel Computing Systems: "
    "Twelve Ways to Tell the Masses When Reporting Performance Results",
    authors=["Torsten Hoefler", "Roberto Belli"],
    organization="SC 2015",
    date="2015-11",
    url="https://doi.org/10.1145/2807591.2807644",
)
SENNRICH_2016 = Reference(
    title="Neural Machine Translation of Rare Words with Subword Units",
    authors=["Rico Sennrich", "Barry Haddow", "Alexandra Birch"],
    organization="ACL 2016",
    date="2016",
    url="https://arxiv.org/abs/1508.07909",
)
CHEN_2016 = Reference(
    title="Training Deep Nets with Sublinear Memory Cost",
    authors=["Tianqi Chen", "Bing Xu", "Chiyuan Zhang", "Carlos Guestrin"],
    organization="arXiv",
    date="2016-04",
    url="https://arxiv.org/abs/1604.06174",
)
BA_2016 = Reference(
    title="Layer Normalization",
    authors=["Jimmy Lei Ba", "Jamie Ryan Kiros", "Geoffrey E. Hinton"],
    organization="arXiv",
    date="2016-07",
    url="https://arxiv.org/abs/1607.06450",
)
LOSHCHILOV_2016 = Reference(
    title="SGDR: Stochastic Gradient Descent with Warm Restarts",
    authors=["Ilya Loshchilov", "Frank Hutter"],
    organization="ICLR 2017",
    date="2016-08",
    url="https://arxiv.org/abs/1608.03983",
)
VASWANI_2017 = Reference(
    title="Attention Is All You Need",
    authors=[
        "Ashish Vaswani", "Noam Shazeer", "Niki Parmar", "Jakob Uszkoreit", "Llion Jones", "Aidan N. Gomez",
        "Łukasz Kaiser", "Illia Polosukhin",
    ],
    organization="NeurIPS 2017",
    date="2017",
    url="https://arxiv.org/abs/1706.03762",
)  # fmt: skip
MICIKEVICIUS_2017 = Reference(
    title="Mixed Precision Training",
    authors=[
        "Paulius Micikevicius",
        "Sharan Narang",
        "Jonah Alben",
        "Gregory Diamos",
        "Erich Elsen",
        "David Garcia",
        "Boris Ginsburg",
        "Michael Houston",
        "Oleksii Kuchaiev",
        "Ganesh Venkatesh",
        "Hao Wu",
    ],
    organization="ICLR 2018",
    date="2017-10",
    url="https://arxiv.org/abs/1710.03740",
)
LOSHCHILOV_2017 = Reference(
    title="Decoupled Weight Decay Regularization",
    authors=["Ilya Loshchilov", "Frank Hutter"],
    organization="ICLR 2019",
    date="2017-11",
    url="https://arxiv.org/abs/1711.05101",
)
KUDO_2018 = Reference(
    title="Subword Regularization: Improving Neural Network Translation Models with Multiple Subword Candidates",
    authors=["Taku Kudo"],
    organization="ACL 2018",
    date="2018",
    url="https://arxiv.org/abs/1804.10959",
)
DEVLIN_2018 = Reference(
    title="BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding",
    authors=["Jacob Devlin", "Ming-Wei Chang", "Kenton Lee", "Kristina Toutanova"],
    organization="NAACL 2019",
    date="2018",
    url="https://arxiv.org/abs/1810.04805",
)
MILAKOV_2018 = Reference(
    title="Online normalizer calculation for softmax",
    authors=["Maxim Milakov", "Natalia Gimelshein"],
    date="2018-05",
    url="https://arxiv.org/abs/1805.02867",
)
SUTTON_2019 = Reference(
    title="The Bitter Lesson",
    authors=["Rich Sutton"],
    date="2019-03-13",
    url="http://www.incompleteideas.net/IncIdeas/BitterLesson.html",
)
RADFORD_2019 = Reference(
    title="Language Models are Unsupervised Multitask Learners",
    authors=["Alec Radford", "Jeffrey Wu", "Rewon Child", "David Luan", "Dario Amodei", "Ilya Sutskever"],
    organization="OpenAI",
    date="2019",
    url="https://cdn.openai.com/better-language-models/language_models_are_unsupervised_multitask_learners.pdf",
)
KALAMKAR_2019 = Reference(
    title="A Study of BFLOAT16 for Deep Learning Training",
    authors=["Dhiraj Kalamkar", "Dheevatsa Mudigere", "Naveen Mellempudi", "Dipankar Das"],
    organization="arXiv",
    date="2019-05",
    url="https://arxiv.org/abs/1905.12322",
)
HOLTZMAN_2019 = Reference(
    title="The Curious Case of Neural Text Degeneration",
    authors=["Ari Holtzman", "Jan Buys", "Li Du", "Maxwell Forbes", "Yejin Choi"],
    organization="ICLR 2020",
    date="2019-04",
    url="https://arxiv.org/abs/1904.09751",
)
TILLET_2019 = Reference(
    title="Triton: An Intermediate Language and Compiler for Tiled Neural Network Computations",
    authors=["Philippe Tillet", "H. T. Kung", "David Cox"],
    organization="MAPL 2019",
    date="2019-06",
    url="https://doi.org/10.1145/3315508.3329973",
)
ZHANG_2019 = Reference(
    title="Root Mean Square Layer Normalization",
    authors=["Biao Zhang", "Rico Sennrich"],
    organization="NeurIPS 2019",
    date="2019-10",
    url="https://arxiv.org/abs/1910.07467",
)
KAPLAN_2020 = Reference(
    title="Scaling Laws for Neural Language Models",
    authors=["Jared Kaplan", "Sam McCandlish", "Tom Henighan", "Tom B. Brown", "and others"],
    date="2020",
    url="https://arxiv.org/abs/2001.08361",
)
BOSTROM_2020 = Reference(
    title="Byte Pair Encoding is Suboptimal for Language Model Pretraining",
    authors=["Kaj Bostrom", "Greg Durrett"],
    organization="Findings of EMNLP 2020",
    date="2020",
    url="https://arxiv.org/abs/2004.03720",
)
HERNANDEZ_2020 = Reference(
    title="Measuring the Algorithmic Efficiency of Neural Networks",
    authors=["Danny Hernandez", "Tom B. Brown"],
    date="2020",
    url="https://arxiv.org/abs/2005.04305",
)
BROWN_2020 = Reference(
    title="Language Models are Few-Shot Learners",
    authors=["Tom B. Brown", "Benjamin Mann", "Nick Ryder", "Melanie Subbiah", "and others"],
    organization="NeurIPS 2020",
    date="2020",
    url="https://arxiv.org/abs/2005.14165",
)
XIONG_2020 = Reference(
    title="On Layer Normalization in the Transformer Architecture",
    authors=[
        "Ruibin Xiong",
        "Yunchang Yang",
        "Di He",
        "Kai Zheng",
        "Shuxin Zheng",
        "Chen Xing",
        "Huishuai Zhang",
        "Yanyan Lan",
        "Liwei Wang",
        "Tie-Yan Liu",
    ],
    organization="ICML 2020",
    date="2020-02",
    url="https://arxiv.org/abs/2002.04745",
)
SHAZEER_2020 = Reference(
    title="GLU Variants Improve Transformer",
    authors=["Noam Shazeer"],
    organization="arXiv",
    date="2020-02",
    url="https://arxiv.org/abs/2002.05202",
)
IVANOV_2020 = Reference(
    title="Data Movement Is All You Need: A Case Study on Optimizing Transformers",
    authors=["Andrei Ivanov", "Nikoli Dryden", "Tal Ben-Nun", "Shigang Li", "Torsten Hoefler"],
    organization="MLSys 2021",
    date="2020-07",
    url="https://arxiv.org/abs/2007.00072",
)
CLARK_2021 = Reference(
    title="CANINE: Pre-training an Efficient Tokenization-Free Encoder for Language Representation",
    authors=["Jonathan H. Clark", "Dan Garrette", "Iulia Turc", "John Wieting"],
    organization="TACL 2022",
    date="2021",
    url="https://arxiv.org/abs/2103.06874",
)
XUE_2021 = Reference(
    title="ByT5: Towards a token-free future with pre-trained byte-to-byte models",
    authors=[
        "Linting Xue", "Aditya Barua", "Noah Constant", "Rami Al-Rfou", "Sharan Narang", "Mihir Kale",
        "Adam Roberts", "Colin Raffel",
    ],
    organization="TACL 2022",
    date="2021",
    url="https://arxiv.org/abs/2105.13626",
)  # fmt: skip
SU_2021 = Reference(
    title="RoFormer: Enhanced Transformer with Rotary Position Embedding",
    authors=["Jianlin Su", "Yu Lu", "Shengfeng Pan", "Ahmed Murtadha", "Bo Wen", "Yunfeng Liu"],
    organization="Neurocomputing 568",
    date="2021-04",
    url="https://arxiv.org/abs/2104.09864",
)
PRESS_2021 = Reference(
    title="Train Short, Test Long: Attention with Linear Biases Enables Input Length Extrapolation",
    authors=["Ofir Press", "Noah A. Smith", "Mike Lewis"],
    organization="ICLR 2022",
    date="2021-08",
    url="https://arxiv.org/abs/2108.12409",
)
HOFFMANN_2022 = Reference(
    title="Training Compute-Optimal Large Language Models",
    authors=["Jordan Hoffmann", "Sebastian Borgeaud", "Arthur Mensch", "Elena Buchatskaya", "and others"],
    organization="NeurIPS 2022",
    date="2022",
    url="https://arxiv.org/abs/2203.15556",
)
OUYANG_2022 = Reference(
    title="Training language models to follow instructions with human feedback",
    authors=["Long Ouyang", "Jeff Wu", "Xu Jiang", "Diogo Almeida", "and others"],
    organization="NeurIPS 2022",
    date="2022",
    url="https://arxiv.org/abs/2203.02155",
)
CHOWDHERY_2022 = Reference(
    title="PaLM: Scaling Language Modeling with Pathways",
    authors=["Aakanksha Chowdhery", "Sharan Narang", "Jacob Devlin"],
    organization="Journal of Machine Learning Research 24",
    date="2022-04",
    url="https://arxiv.org/abs/2204.02311",
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
OLSSON_2022 = Reference(
    title="In-context Learning and Induction Heads",
    authors=["Catherine Olsson", "Nelson Elhage", "Neel Nanda"],
    organization="arXiv",
    date="2022-09",
    url="https://arxiv.org/abs/2209.11895",
)
YU_2023 = Reference(
    title="MEGABYTE: Predicting Million-byte Sequences with Multiscale Transformers",
    authors=[
        "Lili Yu", "Dániel Simig", "Colin Flaherty", "Armen Aghajanyan", "Luke Zettlemoyer", "Mike Lewis",
    ],
    organization="NeurIPS 2023",
    date="2023",
    url="https://arxiv.org/abs/2305.07185",
)  # fmt: skip
RAFAILOV_2023 = Reference(
    title="Direct Preference Optimization: Your Language Model is Secretly a Reward Model",
    authors=[
        "Rafael Rafailov", "Archit Sharma", "Eric Mitchell", "Stefano Ermon", "Christopher D. Manning",
        "Chelsea Finn",
    ],
    organization="NeurIPS 2023",
    date="2023",
    url="https://arxiv.org/abs/2305.18290",
)  # fmt: skip
PETROV_2023 = Reference(
    title="Language Model Tokenizers Introduce Unfairness Between Languages",
    authors=["Aleksandar Petrov", "Emanuele La Malfa", "Philip H. S. Torr", "Adel Bibi"],
    organization="NeurIPS 2023",
    date="2023",
    url="https://arxiv.org/abs/2305.15425",
)
DAO_2023 = Reference(
    title="FlashAttention-2: Faster Attention with Better Parallelism and Work Partitioning",
    authors=["Tri Dao"],
    organization="ICLR 2024",
    date="2023-07",
    url="https://arxiv.org/abs/2307.08691",
)
DELETANG_2023 = Reference(
    title="Language Modeling Is Compression",
    authors=["Grégoire Delétang", "Anian Ruoss", "Paul-Ambroise Duquenne", "and others"],
    organization="ICLR 2024",
    date="2023-09",
    url="https://arxiv.org/abs/2309.10668",
)
AINSLIE_2023 = Reference(
    title="GQA: Training Generalized Multi-Query Transformer Models from Multi-Head Checkpoints",
    authors=[
        "Joshua Ainslie",
        "James Lee-Thorp",
        "Michiel de Jong",
        "Yury Zemlyanskiy",
        "Federico Lebrón",
        "Sumit Sanghai",
    ],
    organization="EMNLP 2023",
    date="2023-05",
    url="https://arxiv.org/abs/2305.13245",
)
GROENEVELD_2024 = Reference(
    title="OLMo: Accelerating the Science of Language Models",
    authors=["Dirk Groeneveld", "Iz Beltagy", "Pete Walsh", "Akshita Bhagia", "and others"],
    organization="ACL 2024",
    date="2024",
    url="https://arxiv.org/abs/2402.00838",
)
SINGH_2024 = Reference(
    title="Tokenization counts: the impact of tokenization on arithmetic in frontier LLMs",
    authors=["Aaditya K. Singh", "DJ Strouse"],
    date="2024",
    url="https://arxiv.org/abs/2402.14903",
)
SLAGLE_2024 = Reference(
    title="SpaceByte: Towards Deleting Tokenization from Large Language Modeling",
    authors=["Kevin Slagle"],
    organization="NeurIPS 2024",
    date="2024",
    url="https://arxiv.org/abs/2404.14408",
)
LAND_2024 = Reference(
    title="Fishing for Magikarp: Automatically Detecting Under-trained Tokens in Large Language Models",
    authors=["Sander Land", "Max Bartolo"],
    organization="EMNLP 2024",
    date="2024",
    url="https://arxiv.org/abs/2405.05417",
)
TAO_2024 = Reference(
    title="Scaling Laws with Vocabulary: Larger Models Deserve Larger Vocabularies",
    authors=[
        "Chaofan Tao", "Qian Liu", "Longxu Dou", "Niklas Muennighoff", "Zhongwei Wan", "Ping Luo", "Min Lin",
        "Ngai Wong",
    ],
    organization="NeurIPS 2024",
    date="2024",
    url="https://arxiv.org/abs/2407.13623",
)  # fmt: skip
HU_2024 = Reference(
    title="MiniCPM: Unveiling the Potential of Small Language Models with Scalable Training Strategies",
    authors=["Shengding Hu", "Yuge Tu", "Xu Han", "and others"],
    organization="COLM 2024",
    date="2024-04",
    url="https://arxiv.org/abs/2404.06395",
)
ANSEL_2024 = Reference(
    title="PyTorch 2: Faster Machine Learning Through Dynamic Python Bytecode Transformation and Graph Compilation",
    authors=["Jason Ansel", "Edward Yang", "Horace He", "and others"],
    organization="ASPLOS 2024",
    date="2024-04",
    url="https://doi.org/10.1145/3620665.3640366",
)
LLAMA_2024 = Reference(
    title="The Llama 3 Herd of Models",
    organization="Meta AI",
    date="2024",
    url="https://arxiv.org/abs/2407.21783",
)
GPT4O_2024 = Reference(
    title="GPT-4o System Card",
    organization="OpenAI",
    date="2024",
    url="https://arxiv.org/abs/2410.21276",
)
PAGNONI_2024 = Reference(
    title="Byte Latent Transformer: Patches Scale Better Than Tokens",
    authors=["Artidoro Pagnoni", "Ramakanth Pasunuru", "Pedro Rodriguez", "John Nguyen", "and others"],
    organization="ACL 2025",
    date="2024",
    url="https://arxiv.org/abs/2412.09871",
)
HWANG_2025 = Reference(
    title="Dynamic Chunking for End-to-End Hierarchical Sequence Modeling",
    authors=["Sukjun Hwang", "Brandon Wang", "Albert Gu"],
    date="2025",
    url="https://arxiv.org/abs/2507.07955",
)
UNICODE_NORMALIZATION = Reference(
    title="Unicode Standard Annex #15: Unicode Normalization Forms",
    organization="The Unicode Consortium",
    url="https://www.unicode.org/reports/tr15/",
)
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
    authors=["Mohammad Shoeybi", "Mostofa Patwary", "Raul Puri", "Patrick LeGresley", "Jared Casper", "Bryan Catanzaro"],
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
