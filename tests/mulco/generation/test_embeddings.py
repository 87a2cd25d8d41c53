"""Vectors from an endpoint: one of each text, in their order, or a sentence that says what is wrong."""

from __future__ import annotations

import math

import numpy as np
import pytest
from llm_server import Server

from mulco.errors import MulcoError
from mulco.generation.remote import Endpoint

TEXTS = ["def f(): pass", "排序", "a b c"]
VECTORS = [[13, 13, 3], [2, 6, 1], [5, 5, 3]]  # characters, bytes, words


def test_vectors_come_in_the_order_of_the_texts_from_any_number_of_requests() -> None:
    told: list[tuple[int, int]] = []
    with Server() as server:
        endpoint = Endpoint(server.url)
        for size in (1, 2, 3, 64):
            found = endpoint.embed(TEXTS, size, lambda done, of: told.append((done, of)))
            assert found.dtype == np.float32
            assert found.tolist() == VECTORS
        assert server.calls["POST /v1/embeddings"] == 3 + 2 + 1 + 1
        assert endpoint.embed([]).shape == (0, 0)
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3), (0, 3), (2, 3), (3, 3), (0, 3), (3, 3), (0, 3), (3, 3)]


def test_a_passing_fault_is_tried_again() -> None:
    with Server(faults=["429:0", "503"]) as server:
        assert Endpoint(server.url).embed(TEXTS).tolist() == VECTORS
        assert [asked.outcome for asked in server.log] == ["429:0", "503", "ok"]


FAULTS = {
    "400": r"scripted 400\. Run the same command again$",
    "401": r"refuses the key \(401\)\. Put yours in OPENAI_API_KEY",
    "html": r"the answer holds no embeddings \(<html><body>Service page</body></html>\)\. .* It often ends in /v1",
    "short": r"has not one vector of numbers for each of the 3 texts of a request\. Is 'test-model' a model for embed",
    "500": r"scripted 500\. Run the same command again$",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_in_a_sentence(fault: str) -> None:
    with Server(faults=[fault] * 9) as server, pytest.raises(MulcoError, match=FAULTS[fault]):
        Endpoint(server.url, retries=1).embed(TEXTS)


def test_a_model_that_is_not_there_and_an_address_without_a_server_are_told_apart() -> None:
    with Server() as server:
        with pytest.raises(MulcoError, match=r"has no model 'other', .* Name a model for embeddings"):
            Endpoint(server.url, "other").embed(TEXTS)
        url = server.url
    with pytest.raises(MulcoError, match=r"no answer .*Is the server running"):
        Endpoint(url, "test-model", retries=0).embed(TEXTS)


@pytest.mark.parametrize("odd", [[1.0], [math.nan, 0, 0], [None, 0, 0], ["a", 0, 0]])
def test_vectors_that_are_none_are_refused(odd: list[float]) -> None:
    with Server(vector=lambda text: odd if text == "排序" else [1.0, 2.0, 3.0]) as server:
        with pytest.raises(MulcoError, match="has not one vector of numbers for each of the 3 texts"):
            Endpoint(server.url).embed(TEXTS)
        if len(odd) == 1:
            with pytest.raises(MulcoError, match=r"vectors of 'test-model' differ in length \(3 and 1\)"):
                Endpoint(server.url).embed(TEXTS, 1)
