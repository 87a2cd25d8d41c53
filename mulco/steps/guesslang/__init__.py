"""guesslang 2.2.1's model in NumPy: the programming language of a text, among 54, without TensorFlow.

    from mulco.steps.guesslang import Guess

    guess = Guess()
    guess.language_name("SELECT id, name FROM users WHERE age > 30;\\n")  # "SQL"
    guess.probabilities("package main\\n")[:2]                           # [("Go", 0.0...), ...], most probable first
    guess.probabilities_batch(["x = 1", "int x = 1;"])                  # (2, 54), in the order of supported_languages

The model is that of the package guesslang (Copyright (c) 2021 Y. SOMDA, MIT, see LICENSE beside this file); its weights
were converted by `convert`. Its probabilities are the original's to within 1e-5: `benchmarks/guesslang_reference.py`
compares them.
"""

from mulco.steps.guesslang.guess import Guess

__all__ = ["Guess"]
