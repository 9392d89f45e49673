"""A new model comes into service without a failed request; one that is none does not."""

import asyncio
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assay.bundle.hashes import seal
from assay.bundle.loading import load
from assay.errors import AssayError
from assay.serving import sources
from assay.serving.model import Model, ScoreRequest
from assay.serving.sources import Folder, follow, ready
from model_serving import Client, Given, ask, bodies, port, predict, serving


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "WAIT", 0.02)
    monkeypatch.setattr(sources, "LONGEST_WAIT", 0.08)


@pytest.fixture
def folder(small_line: Path, tmp_path: Path) -> Path:
    """A copy of the model to work on."""
    return Path(shutil.copytree(small_line / "models", tmp_path / "models"))


def with_threshold(folder: Path, value: float) -> Path:
    """The same model with another threshold, and so another hash."""
    path = folder / "bundle.json"
    content = json.loads(path.read_text())
    content["threshold"]["value"] = value
    path.write_text(json.dumps(content))
    seal(folder)
    return folder


def with_calibration(folder: Path, intercept: float) -> Path:
    """The same model with other scores, and so another hash."""
    path = folder / "bundle.json"
    content = json.loads(path.read_text())
    content["recalibration"] = {"intercept": intercept, "slope": 0.7}
    path.write_text(json.dumps(content))
    seal(folder)
    return folder


def replace_at_once(folder: Path, new: Path) -> None:
    """As a careful writer does: for a moment there is no folder, never a mixed one."""
    aside, following = folder.with_name("old"), folder.with_name("following")
    shutil.copytree(new, following)
    folder.rename(aside)
    following.rename(folder)
    shutil.rmtree(aside)


def replace_file_by_file(folder: Path, new: Path) -> None:
    """As a careless one does: for a while the folder is a mixture."""
    for path in sorted(new.rglob("*"), key=lambda one: one.name != "hashes.json"):
        if path.is_file():
            shutil.copy(path, folder / path.relative_to(new))


def scores(folder: Path, records: list[dict[str, Any]]) -> list[float | None]:
    """The scores that the model in this folder gives."""
    answers = Model(load(folder), "")([ScoreRequest(record, "none") for record in records]).answers
    return [answer["score"] for answer in answers]


@pytest.mark.slow
@pytest.mark.parametrize("replace", [replace_at_once, replace_file_by_file])
def test_every_answer_under_swaps_names_the_model_that_gave_it(
    folder: Path, tmp_path: Path, raw: Any, replace: Callable[[Path, Path], None]
) -> None:
    versions = [with_calibration(Path(shutil.copytree(folder, tmp_path / f"v{one}")), one) for one in range(3)]
    records = raw.to_dict("records")[:40]
    expected = {load(one).hash: scores(one, records) for one in (folder, *versions)}
    assert len({str(one) for one in expected.values()}) == 4
    seen: dict[str, int] = dict.fromkeys(expected, 0)

    async def worker(stop: asyncio.Event, listed: bool) -> None:
        client, sent = await Client.of(port(server)), bodies(records)
        while not stop.is_set():
            for number in range(len(sent)):
                body = json.dumps(records).encode() if listed else sent[number]
                status, answer = await client.predict(body)
                content = json.loads(answer)
                of = content["model"]["hash"]
                if listed:
                    assert [one["score"] for one in content["predictions"]] == expected[of]
                    break
                assert status == (422 if "violations" in content else 200)
                if status == 200:
                    assert content["score"] == expected[of][number]
                seen[of] += 1
        client.close()

    async def swaps(stop: asyncio.Event) -> None:
        await until_seen(first)
        for version in versions:
            await asyncio.to_thread(replace, folder, version)
            await until_seen(load(version).hash)
        stop.set()

    async def until_seen(model: str) -> None:
        while not seen[model]:
            await asyncio.sleep(0.01)

    async def run() -> None:
        stop = asyncio.Event()
        await asyncio.gather(swaps(stop), worker(stop, True), *(worker(stop, False) for _ in range(8)))

    first = load(folder).hash
    with serving(Folder(folder)) as server:
        asyncio.run(asyncio.wait_for(run(), 120))
        assert "assay_swaps_total 3.0" in ask(port(server), "GET", "/metrics").text
    assert all(seen.values())


def damage(folder: Path) -> None:
    path = folder / "bundle.json"
    path.write_bytes(path.read_bytes()[:-40] + b"#" * 40)


def remove_model(folder: Path) -> None:
    next(one for one in folder.glob("model.*")).unlink()


def unknown_code(folder: Path) -> None:
    path = folder / "bundle.json"
    content = json.loads(path.read_text())
    content["code"] = {"assay.datasets.thyroid": {"files": {}, "sha256": "0" * 64}}
    path.write_text(json.dumps(content))
    seal(folder)


@pytest.mark.parametrize("harm", [damage, remove_model, unknown_code])
def test_a_model_that_is_not_whole_is_not_served_and_the_next_good_one_is(
    folder: Path, tmp_path: Path, good: dict[str, Any], harm: Callable[[Path], None], capfd: pytest.CaptureFixture
) -> None:
    bad = Path(shutil.copytree(folder, tmp_path / "bad"))
    harm(with_threshold(bad, 0.25))
    better = with_threshold(Path(shutil.copytree(folder, tmp_path / "better")), 0.5)
    with serving(Folder(folder)) as server:
        first = predict(server, good).content
        replace_at_once(folder, bad)
        wait_for(lambda: "assay_failed_swaps_total 1.0" in ask(port(server), "GET", "/metrics").text)
        asyncio.run(asyncio.sleep(0.3))  # several more looks at it
        assert predict(server, good).content == first
        assert "assay_failed_swaps_total 1.0" in ask(port(server), "GET", "/metrics").text
        replace_at_once(folder, better)
        wait_for(lambda: predict(server, good).content["threshold"] == 0.5)
    assert capfd.readouterr().err.count("the new model is not served, the former one stays") == 1


def wait_for(condition: Callable[[], bool]) -> None:
    while not condition():
        asyncio.run(asyncio.sleep(0.01))


class Faulty:
    """A source whose model cannot be had, once in a while for odd reasons."""

    def __init__(self, good: Model, errors: list[Exception]) -> None:
        self.good, self.errors, self.looks = good, errors, 0

    def sign(self) -> object:
        self.looks += 1
        return self.looks

    def load(self) -> Model:
        if self.errors:
            raise self.errors.pop(0)
        return self.good


def test_whatever_goes_wrong_the_next_model_is_tried(model: Model, capfd: pytest.CaptureFixture) -> None:
    source = Faulty(model, [OSError("disk"), KeyError("a value"), AssayError("not whole"), MemoryError()])
    served: list[Model] = []
    failed: list[int] = []

    async def run() -> None:
        task = asyncio.create_task(follow(source, served.append, lambda: failed.append(1), 0))
        while not served:
            await asyncio.sleep(0.01)
        task.cancel()

    asyncio.run(run())
    assert served[0] is model
    assert len(failed) == 4
    said = capfd.readouterr().err
    assert "a value" not in said
    assert "not whole" in said


def test_a_model_that_cannot_answer_an_example_is_not_ready(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(columns: Any) -> Any:
        raise AssayError("not the features that the model was fitted on")

    assert ready(Given(model)) is model
    monkeypatch.setattr(model.scorer, "score", broken)
    with pytest.raises(AssayError, match="not the features"):
        ready(Given(model))


def test_a_folder_tells_when_it_changed(folder: Path) -> None:
    source = Folder(folder)
    before = source.sign()
    assert source.sign() == before
    with_threshold(folder, 0.3)
    assert source.sign() not in (before, None)
    shutil.rmtree(folder)
    assert source.sign() is None


def test_the_card_comes_along_if_there_is_one(folder: Path, tmp_path: Path) -> None:
    card = tmp_path / "card.md"
    assert Folder(folder, card).load().card is None
    card.write_text("# Card")
    assert Folder(folder, card).load().about()["card"] == "# Card"
