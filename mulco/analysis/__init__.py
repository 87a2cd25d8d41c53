"""What a dataset is made of, by four factors: domain, semantic diversity, complexity and the tasks it covers.

    mulco analyze out/mulco --by source
    mulco analyze mine.jsonl theirs.jsonl

The factors are those of the study "InstructionData" (github.com/yujiachen99/InstructionData), measured here on two
cores and without a model: `result.py` says what each is, and what an analysis holds.
"""
