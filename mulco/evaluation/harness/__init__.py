"""The test splits as tasks for lm-evaluation-harness: one YAML file a config, and `utils.py`, which they call.

    lm_eval --include_path $(mulco evaluate lm-eval) --tasks mulco_code_search_zh --model hf --model_args pretrained=DIR

Rows come from the built folder that `MULCO_DATA` names, else `out/mulco`; `--metadata '{"mulco_data": "DIR"}'` names
another. Prompts are those of the style alpaca; with `--apply_chat_template --metadata '{"mulco_style": "chat"}'`
the model's chat template is filled with the plain question. Answers are read and judged as by `mulco evaluate`, so both
give the same numbers for the same answers. What a YAML file cannot say before it has seen rows is left out: CodeBLEU,
which goes by programming language, and accuracies by group.

`python -m mulco.evaluation.harness.tasks` writes the files anew.
"""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
