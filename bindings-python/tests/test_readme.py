"""The examples of the two READMEs run as they stand."""

import re
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
BLOCKS = [
    pytest.param(block, id=f"{readme.parent.name}/{readme.name}-{n}")
    for readme in (HERE.parent / "README.md", HERE.parent.parent / "README.md")
    for n, block in enumerate(re.findall(r"```python\n(.*?)```", readme.read_text(encoding="utf-8"), re.S))
]


@pytest.mark.parametrize("block", BLOCKS)
def test_example(block, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exec(compile(block, "README.md", "exec"), {"__name__": "__main__"})
    assert "2026-05-04 17:00" in capsys.readouterr().out


def test_both_readmes_have_an_example():
    assert len(BLOCKS) >= 2
