"""Licences: what each permits, that unknown permits nothing, and the filter on every route."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import mulco
from mulco.build import build
from mulco.catalog import catalog
from mulco.errors import UsageError
from mulco.licenses import TERMS, permits, traits
from mulco.manifest import Manifest
from mulco.plan import Settings, make_plan


@pytest.mark.parametrize(
    ("expression", "commercial", "permissive", "redistributable"),
    [
        ("MIT", True, True, True),
        ("C-UDA-1.0 AND GPL-2.0-only", True, False, True),
        ("CC-BY-SA-3.0", True, False, True),
        ("CC-BY-NC-4.0", False, False, True),
        ("LicenseRef-no-redistribution", False, False, False),
        ("LicenseRef-unknown", False, False, False),
        ("MIT AND LicenseRef-unknown", False, False, False),
        ("MIT OR GPL-2.0-only", False, False, False),
    ],
)
def test_what_a_licence_permits(expression: str, commercial: bool, permissive: bool, redistributable: bool) -> None:
    wanted = ("commercial", "permissive", "redistributable")
    assert [permits(expression, name) for name in wanted] == [commercial, permissive, redistributable]


def test_a_list_names_licences_and_classes_and_unknown_is_in_none() -> None:
    assert permits("CC-BY-NC-4.0", "CC-BY-NC-4.0,MIT")
    assert permits("MIT", "CC-BY-NC-4.0, commercial")
    assert not permits("C-UDA-1.0 AND GPL-2.0-only", "C-UDA-1.0")
    with pytest.raises(UsageError, match=r"no licence 'LicenseRef-unknown'"):
        permits("MIT", "LicenseRef-unknown")
    with pytest.raises(UsageError, match=r"no licence 'commercal'\. Close matches: commercial"):
        permits("MIT", "commercal")


def test_restrictions_have_a_word_each() -> None:
    expressions = ("MIT", "C-UDA-1.0 AND GPL-2.0-only", "CC-BY-NC-4.0", "LicenseRef-research-only",
                   "LicenseRef-no-redistribution", "LicenseRef-unknown")  # fmt: skip
    assert [list(traits(expression)) for expression in expressions] == [
        [], ["share-alike"], ["non-commercial"], ["research-only"], ["non-commercial", "no-redistribution"],
        ["unknown"],
    ]  # fmt: skip


def test_every_source_states_a_licence_that_is_understood_or_openly_unknown() -> None:
    for source in catalog().sources.values():
        for part in source.license.id.split(" AND "):
            assert part in TERMS or part == "LicenseRef-unknown", source.name


@pytest.mark.upstream
def test_a_filtered_build_holds_permitted_rows_alone_and_counts_the_others(upstream: Path, tmp_path: Path) -> None:
    def built(licenses: str | None) -> Path:
        plan = make_plan(["code_generation_zh"], Settings(upstream, "none", licenses=licenses))
        return build(plan, tmp_path / str(licenses)).folder

    whole, commercial = Manifest.load(built(None)), Manifest.load(built("commercial"))
    kept = Counter({name: n for name, n in whole.total("licenses").items() if permits(name, "commercial")})
    assert commercial.total("licenses") == kept
    dropped = sum(sum(entry["dropped"].get("licenses", {}).values()) for entry in commercial.counts)
    assert whole.rows() == commercial.rows() + dropped
    aside = [pq.read_table(path) for path in (tmp_path / "commercial.dropped").rglob("*.parquet")]
    assert sum(table.num_rows for table in aside) == dropped
    assert {reason for table in aside for reason in table.column("reason").to_pylist()} == {"LicenseRef-unknown"}


@pytest.mark.upstream
def test_load_dataset_takes_the_filter_from_a_fresh_build_and_from_a_built_folder(
    upstream: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def licensed() -> Counter[str]:
        rows = mulco.load_dataset("mulco", "defect_detection_en", licenses="permissive", cache_dir=str(tmp_path / "hf"))
        return Counter(name for split in rows.values() for name in split["license"])

    fresh = licensed()
    assert set(fresh) == {"Apache-2.0"}
    folder = build(make_plan(["defect_detection_en"], Settings(upstream)), tmp_path / "built").folder
    monkeypatch.setenv("MULCO_DATA", str(folder))
    assert licensed() == fresh
