"""The house keeps its own rules: imports go one way, every program called is declared, locks name no address."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("parsers", "archive", "crawler", "cli")


def modules(layer: str) -> list[Path]:
    return sorted((ROOT / layer).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide which layer is meant"
            yield node.module or ""


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_imports_only_itself_and_those_below(layer: str) -> None:
    allowed = LAYERS[: LAYERS.index(layer) + 1]
    assert modules(layer)
    for path in modules(layer):
        for name in imports(path):
            top = name.split(".")[0]
            assert top not in LAYERS or top in allowed, f"{path.relative_to(ROOT)} imports {name}"


def test_parsers_touch_neither_network_nor_database_nor_clock() -> None:
    forbidden = {"socket", "urllib", "http", "sqlite3", "sqlite_utils", "scrapy", "aiohttp", "time", "subprocess"}
    for path in modules("parsers"):
        tops = {name.split(".")[0] for name in imports(path)}
        assert not tops & forbidden, path


@pytest.mark.parametrize("module", ["crawler.child", "archive", "cli.crawl", "cli.status"])
def test_who_reads_nothing_waits_for_no_reader(module: str) -> None:
    code = f"import sys, {module}; print({{'trafilatura', 'pypdfium2', 'pandas'}} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"


def test_the_sample_generator_knows_nothing_of_the_reader_nor_of_the_families_that_crawl_it() -> None:
    for path in (ROOT / "crawler" / "samples").rglob("*.py"):
        names = set(imports(path))
        assert not {name.split(".")[0] for name in names} & {"parsers", "archive"}, path
        assert not [name for name in names if name.startswith("crawler.") and not name.startswith("crawler.samples")], (
            path
        )


def test_only_the_clock_asks_the_system_for_the_time() -> None:
    for layer in ("archive", "crawler", "cli"):
        for path in modules(layer):
            if path.name == "clock.py":
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    called = ast.unparse(node.func)
                    assert called not in ("datetime.now", "datetime.utcnow", "date.today", "time.time"), path


def programs_called() -> set[str]:
    """Return the programs that code or tests start, by the literal first word of the call or a path under /usr/bin."""
    found = set()
    for path in [*(p for layer in LAYERS for p in modules(layer)), *sorted((ROOT / "tests").rglob("*.py"))]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                match = re.fullmatch(r"/usr/s?bin/([\w.-]+)", node.value)
                if match:
                    found.add(match[1])
            elif isinstance(node, ast.Call) and ast.unparse(node.func) == "shutil.which" and node.args:
                if isinstance(node.args[0], ast.Constant):
                    found.add(str(node.args[0].value))
            elif isinstance(node, ast.Call) and ast.unparse(node.func).startswith("subprocess.") and node.args:
                first = node.args[0]
                if isinstance(first, ast.List) and first.elts and isinstance(first.elts[0], ast.Constant):
                    found.add(str(first.elts[0].value))
    return found - {"git"}  # a checkout has git already


def test_every_program_that_is_called_stands_in_packages_txt() -> None:
    lines = (ROOT / "packages.txt").read_text(encoding="utf-8").splitlines()
    entries = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    provided = {word for entry in entries for word in (entry[0], *entry[3:])}
    assert "chromium" in programs_called()
    assert programs_called() <= provided


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_pins_by_hash_and_names_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    pins = re.findall(r"^[\w.\[\]-]+==\S+ \\$", text, re.MULTILINE)
    assert len(pins) > 50
    assert len(re.findall(r"^[\w.\[\]-]+==", text, re.MULTILINE)) == len(pins), "a pin without a hash"


def commands(command: click.Command, name: str = "gongkai") -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            assert found is not None
            yield from commands(found, f"{name} {child}")
    else:
        yield name, command


def test_every_verb_has_help_with_an_example_and_takes_the_common_options() -> None:
    from cli import gongkai

    verbs = dict(commands(gongkai))
    assert "gongkai parse" in verbs
    assert "gongkai import" in verbs
    for name, command in verbs.items():
        assert command.help, name
        assert re.search(rf"{name}\b", command.help), f"{name} has no example"
        options = {option for parameter in command.params for option in parameter.opts}
        assert {"--archive", "--lang", "--json"} <= options, name


def test_the_command_line_reference_is_what_the_commands_say() -> None:
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    written = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert written == module.cli_reference(), "run `make docs`"


def test_every_document_that_is_linked_exists() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links {target}"
