"""Models: what they are built of, and those that were published. Sorted by year."""

from tracer import Reference

BENGIO_2003 = Reference(
    title="A Neural Probabilistic Language Model",
    authors=["Yoshua Bengio", "Réjean Ducharme", "Pascal Vincent", "Christian Jauvin"],
    organization="Journal of Machine Learning Research 3",
    date="2003",
    url="https://www.jmlr.org/papers/v3/bengio03a.html",
)
BA_2016 = Reference(
    title="Layer Normalization",
    authors=["Jimmy Lei Ba", "Jamie Ryan Kiros", "Geoffrey E. Hinton"],
    organization="arXiv",
    date="2016-07",
    url="https://arxiv.org/abs/1607.06450",
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
DEVLIN_2018 = Reference(
    title="BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding",
    authors=["Jacob Devlin", "Ming-Wei Chang", "Kenton Lee", "Kristina Toutanova"],
    organization="NAACL 2019",
    date="2018",
    url="https://arxiv.org/abs/1810.04805",
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
ZHANG_2019 = Reference(
    title="Root Mean Square Layer Normalization",
    authors=["Biao Zhang", "Rico Sennrich"],
    organization="NeurIPS 2019",
    date="2019-10",
    url="https://arxiv.org/abs/1910.07467",
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
OLSSON_2022 = Reference(
    title="In-context Learning and Induction Heads",
    authors=["Catherine Olsson", "Nelson Elhage", "Neel Nanda"],
    organization="arXiv",
    date="2022-09",
    url="https://arxiv.org/abs/2209.11895",
)
CHOWDHERY_2022 = Reference(
    title="PaLM: Scaling Language Modeling with Pathways",
    authors=["Aakanksha Chowdhery", "Sharan Narang", "Jacob Devlin"],
    organization="Journal of Machine Learning Research 24",
    date="2022-04",
    url="https://arxiv.org/abs/2204.02311",
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
