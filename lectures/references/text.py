"""Text as numbers: predicting it, cutting it into tokens. Sorted by year."""

from tracer import Reference

SHANNON_1951 = Reference(
    title="Prediction and Entropy of Printed English",
    authors=["Claude E. Shannon"],
    organization="Bell System Technical Journal 30(1)",
    date="1951-01",
    url="https://doi.org/10.1002/j.1538-7305.1951.tb01366.x",
)
GAGE_1994 = Reference(
    title="A New Algorithm for Data Compression",
    authors=["Philip Gage"],
    organization="The C Users Journal 12(2)",
    date="1994-02",
    url="https://www.derczynski.com/papers/archive/BPE_Gage.pdf",
)
BRANTS_2007 = Reference(
    title="Large Language Models in Machine Translation",
    authors=["Thorsten Brants", "Ashok C. Popat", "Peng Xu", "Franz J. Och", "Jeffrey Dean"],
    organization="EMNLP-CoNLL 2007",
    date="2007",
    url="https://aclanthology.org/D07-1090/",
)
SENNRICH_2016 = Reference(
    title="Neural Machine Translation of Rare Words with Subword Units",
    authors=["Rico Sennrich", "Barry Haddow", "Alexandra Birch"],
    organization="ACL 2016",
    date="2016",
    url="https://arxiv.org/abs/1508.07909",
)
KUDO_2018 = Reference(
    title="Subword Regularization: Improving Neural Network Translation Models with Multiple Subword Candidates",
    authors=["Taku Kudo"],
    organization="ACL 2018",
    date="2018",
    url="https://arxiv.org/abs/1804.10959",
)
BOSTROM_2020 = Reference(
    title="Byte Pair Encoding is Suboptimal for Language Model Pretraining",
    authors=["Kaj Bostrom", "Greg Durrett"],
    organization="Findings of EMNLP 2020",
    date="2020",
    url="https://arxiv.org/abs/2004.03720",
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
YU_2023 = Reference(
    title="MEGABYTE: Predicting Million-byte Sequences with Multiscale Transformers",
    authors=[
        "Lili Yu", "Dániel Simig", "Colin Flaherty", "Armen Aghajanyan", "Luke Zettlemoyer", "Mike Lewis",
    ],
    organization="NeurIPS 2023",
    date="2023",
    url="https://arxiv.org/abs/2305.07185",
)  # fmt: skip
PETROV_2023 = Reference(
    title="Language Model Tokenizers Introduce Unfairness Between Languages",
    authors=["Aleksandar Petrov", "Emanuele La Malfa", "Philip H. S. Torr", "Adel Bibi"],
    organization="NeurIPS 2023",
    date="2023",
    url="https://arxiv.org/abs/2305.15425",
)
DELETANG_2023 = Reference(
    title="Language Modeling Is Compression",
    authors=["Grégoire Delétang", "Anian Ruoss", "Paul-Ambroise Duquenne", "and others"],
    organization="ICLR 2024",
    date="2023-09",
    url="https://arxiv.org/abs/2309.10668",
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
