"""The YAML files of the tasks, written from the tasks and their metrics.

python -m mulco.evaluation.harness.tasks          # after a change of tasks or metrics; a test finds stale files
"""

from __future__ import annotations

from mulco.evaluation.harness import FOLDER
from mulco.evaluation.harness.utils import metrics_of
from mulco.evaluation.run import MAX_NEW_TOKENS
from mulco.row import LANGUAGES, TASKS

HEAD = "# Written by python -m mulco.evaluation.harness.tasks\n"
LOWER_IS_BETTER = ("unparsed_rate",)

COMMON = """# What the tasks have in common; without the ending .yaml, so that it is no task itself.
custom_dataset: !function utils.rows
output_type: generate_until
test_split: test
num_fewshot: 0
doc_to_text: prompt
doc_to_target: output
process_results: !function utils.results
"""


def task(config: str) -> str:
    """The YAML of one config."""
    name, _, language = config.rpartition("_")
    text = (
        f"{HEAD}include: _mulco_yaml\ntask: mulco_{config}\ndataset_kwargs:\n  config: {config}\ngeneration_kwargs:\n"
        f"  until: []\n  do_sample: false\n  temperature: 0.0\n  max_gen_toks: {MAX_NEW_TOKENS[name]}\nmetric_list:\n"
    )
    for metric in metrics_of(name, language):
        higher = str(metric not in LOWER_IS_BETTER).lower()
        text += f"- metric: {metric}\n  aggregation: !function utils.{metric}\n  higher_is_better: {higher}\n"
    return text + "metadata:\n  version: 1\n"


def group(name: str, configs: list[str]) -> str:
    """The YAML that joins tasks under one name."""
    return f"{HEAD}group: {name}\ntask:\n" + "".join(f"- mulco_{config}\n" for config in configs)


def files() -> dict[str, str]:
    """Every file of the folder by name."""
    configs = [f"{name}_{language}" for name in TASKS for language in LANGUAGES]
    groups = {"mulco": configs}
    groups |= {f"mulco_{spoken}": [c for c in configs if c.endswith(f"_{spoken}")] for spoken in LANGUAGES}
    return {
        "_mulco_yaml": COMMON,
        **{f"{config}.yaml": task(config) for config in configs},
        **{f"_group_{name}.yaml": group(name, members) for name, members in groups.items()},
    }


if __name__ == "__main__":
    for file, text in files().items():
        (FOLDER / file).write_text(text, "utf-8", newline="\n")
