"""Training: optimizers, precision, scale, feedback, and sampling from what was trained. Sorted by year."""

from tracer import Reference

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
PASCANU_2013 = Reference(
    title="On the difficulty of training recurrent neural networks",
    authors=["Razvan Pascanu", "Tomas Mikolov", "Yoshua Bengio"],
    organization="ICML 2013",
    date="2013",
    url="https://arxiv.org/abs/1211.5063",
)
KINGMA_2014 = Reference(
    title="Adam: A Method for Stochastic Optimization",
    authors=["Diederik P. Kingma", "Jimmy Ba"],
    organization="ICLR 2015",
    date="2014-12",
    url="https://arxiv.org/abs/1412.6980",
)
CHEN_2016 = Reference(
    title="Training Deep Nets with Sublinear Memory Cost",
    authors=["Tianqi Chen", "Bing Xu", "Chiyuan Zhang", "Carlos Guestrin"],
    organization="arXiv",
    date="2016-04",
    url="https://arxiv.org/abs/1604.06174",
)
LOSHCHILOV_2016 = Reference(
    title="SGDR: Stochastic Gradient Descent with Warm Restarts",
    authors=["Ilya Loshchilov", "Frank Hutter"],
    organization="ICLR 2017",
    date="2016-08",
    url="https://arxiv.org/abs/1608.03983",
)
LOSHCHILOV_2017 = Reference(
    title="Decoupled Weight Decay Regularization",
    authors=["Ilya Loshchilov", "Frank Hutter"],
    organization="ICLR 2019",
    date="2017-11",
    url="https://arxiv.org/abs/1711.05101",
)
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
KAPLAN_2020 = Reference(
    title="Scaling Laws for Neural Language Models",
    authors=["Jared Kaplan", "Sam McCandlish", "Tom Henighan", "Tom B. Brown", "and others"],
    date="2020",
    url="https://arxiv.org/abs/2001.08361",
)
HERNANDEZ_2020 = Reference(
    title="Measuring the Algorithmic Efficiency of Neural Networks",
    authors=["Danny Hernandez", "Tom B. Brown"],
    date="2020",
    url="https://arxiv.org/abs/2005.04305",
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
HU_2024 = Reference(
    title="MiniCPM: Unveiling the Potential of Small Language Models with Scalable Training Strategies",
    authors=["Shengding Hu", "Yuge Tu", "Xu Han", "and others"],
    organization="COLM 2024",
    date="2024-04",
    url="https://arxiv.org/abs/2404.06395",
)
