"""One flipped byte in a file between stages is refused by each stage that reads it."""

from importlib import import_module
from pathlib import Path

import pytest

from assay.files import files_in, md5
from assay.lineage.graph import graph
from flipped import flip
from samples import ROOT

READERS = [
    name for name in graph(ROOT / "dvc.yaml").nodes if name not in ("collect", "clean")
]  # clean reads what is raw


@pytest.mark.parametrize("stage", READERS)
def test_a_stage_refuses_a_flipped_byte_in_each_file_that_it_reads(
    line: Path, stage: str, capsys: pytest.CaptureFixture
) -> None:
    stages = graph()
    made = [Path(dep) for dep in stages.nodes[stage].deps if stages.maker(dep) not in (None, "collect")]
    files = [file for dep in made for file in (files_in(dep) if dep.is_dir() else [dep])]
    assert files
    outs = {out: md5(Path(out)) for out in stages.nodes[stage].outs}
    for file in files:
        good = file.read_bytes()
        flip(file)
        with pytest.raises(SystemExit):
            import_module(f"assay.stages.{stage}").main()
        assert str(file) in capsys.readouterr().err
        file.write_bytes(good)
    assert {out: md5(Path(out)) for out in outs} == outs
