"""How each foreign client is run: what it needs, what is set in it, what counts as success.

A client is copied to a folder of its own before anything is set, so checkouts stay as they came.
What had to be changed to run it at all stands beside it in `changed`, for the report.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from onec_bridge.simulator import OLD, UT11
from onec_bridge.simulator.catalogue import PICTURE, Round, packages

HERE = Path(__file__).resolve().parent
PATIENCE = 300  # seconds for one client


class CannotRunError(Exception):
    """Something that the client needs isn't on this machine; `args[0]` says what."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """Where the sandbox listens, and as whom to sign in."""

    url: str
    user: str
    password: str


@dataclass(frozen=True, slots=True)
class Foreign:
    """One client: `project` is how people name it, `mark` a file that only it has.

    `wants` are texts that its output must hold; an output with `failure` in it never passes.
    """

    project: str
    mark: str
    needs: tuple[str, ...]
    changed: str
    run: Callable[[Path, Exchange], str]
    wants: tuple[str, ...]


def python_emulator(folder: Path, exchange: Exchange) -> str:
    """Python 2, catalogue, cookie only after checkauth."""
    _write(folder / "goods", "import", "offers")
    script = folder / "exchange.py"
    try:
        _run(sys.executable, "-W", "ignore", "-m", "lib2to3", "-wn", "--no-diffs", script)
    except subprocess.CalledProcessError as error:
        raise CannotRunError("lib2to3") from error
    source = script.read_text("utf-8")
    for old, new in (
        (r"string\.strip\((.*)\)$", r"\1.strip()"),
        (r"base64\.encodestring\(([^()]*)\)", r"base64.b64encode((\1).encode()).decode()"),
        (r"filename, chunksize=1 << 13", "filename, chunksize=1 << 16"),
    ):
        source = re.sub(old, new, source, flags=re.M)
    script.write_text(source, "utf-8")
    (folder / "termcolor.py").write_text("def colored(text, *_):\n    return str(text)\n")
    where = urlsplit(exchange.url)
    return _run(
        sys.executable,
        script,
        where.netloc,
        where.path,
        exchange.user,
        exchange.password,
        cwd=folder / "goods",
        PYTHONPATH=str(folder),
    )


def php_tester(folder: Path, exchange: Exchange) -> str:
    """PHP, makes random goods, POST for every mode."""
    for number in range(3):
        (folder / "templates" / "images" / f"{number:03}.jpg").write_bytes(PICTURE)
    signed_in = (f"url={exchange.url}", f"user={exchange.user}", f"pass={exchange.password}")
    made = _run(
        "php", "cmltester.php", "generate", "products-count=40", "categories-count=8", cwd=folder
    )
    return (
        made
        + _run("php", "cmltester.php", "serv", *signed_in, cwd=folder)
        + _run("php", "cmltester.php", "exchange", cwd=folder)
    )


def yii_client(folder: Path, exchange: Exchange) -> str:
    """The PHP class Client, goods and orders."""
    _write(folder / "goods", "import", "offers")
    arguments = (exchange.url, exchange.user, exchange.password, folder / "goods")
    return _run("php", HERE / "yii_client.php", folder / "src", *arguments)


def shell_simulator(folder: Path, exchange: Exchange) -> str:
    """Shell and curl, an archive in parts of `split`."""
    _write(folder / "goods", "import", "offers")
    settings = {
        "URL": exchange.url.rstrip("/"),
        "AGENT": "1C+Enterprise/8.3",
        "AUTH": f"{exchange.user}:{exchange.password}",
        "DIR": str(folder / "goods"),
    }
    return _run("bash", _with(folder / "tests" / "simulator1c.sh", settings), cwd=folder)


def bitrix_shell(folder: Path, exchange: Exchange) -> str:
    """Shell and wget, changes only, checkauth by another type."""
    goods = folder / "goods"
    goods.mkdir()
    for package in packages(UT11, Round(only_changes=True)):
        for upload in package.documents:
            (goods / upload.name).write_bytes(upload.read())
    script = folder / "bexch.send-cat.incr.min.sh"
    settings = {
        "remote_dir": f"{goods}/",
        "login": exchange.user,
        "password": exchange.password,
        "baseurl": exchange.url,
        "headers": "--user-agent=1C+Enterprise/8.2",
    }
    source = script.read_text("utf-8").replace("iconv -f cp1251 -t utf-8", "cat")
    source = source.replace("<<< $ret_line", "<<< $(echo $ret_line)")
    script.write_text(source, "utf-8")
    return _run("bash", _with(script, settings), cwd=folder)


FOREIGN: tuple[Foreign, ...] = (
    Foreign(
        "gebvlad/python-1c-exchange-emulate",
        "exchange.py",
        (),
        "Python 2 переведён lib2to3; termcolor подменён",
        python_emulator,
        ("success", "Обмен завершен"),
    ),
    Foreign(
        "robodal/commerceml-tester",
        "cmltester.php",
        ("php",),
        "ничего; три картинки положены в templates/images",
        php_tester,
        ("catalog.import (rests.xml):\n  [success]", "catalog.complete:\n  [success]"),
    ),
    Foreign(
        "dicrtarasov/yii2-exchange1c",
        "src/ClientController.php",
        ("php",),
        "HTTP-клиент Yii заменён на curl (tests/clients/yii_client.php)",
        yii_client,
        ("import offers.xml: ok", "sale query: ok", "sale success: ok"),
    ),
    Foreign(
        "iMega/bremen",
        "app/checkauth.lua",
        ("bash", "curl", "zip"),
        "адрес, вход и папка в начале",
        shell_simulator,
        ("success\nsuccess\nDone!",),
    ),
    Foreign(
        "iMega/teleport",
        "imega-teleport.php",
        ("bash", "curl"),
        "адрес и вход в начале; это черновик: в нём самом init и import закомментированы",
        shell_simulator,
        ("Done!",),
    ),
    Foreign(
        "parserme/bitrexchange",
        "bexch.send-cat.incr.min.sh",
        ("bash", "wget", "zip"),
        "настройки в начале; кавычки в headers и <<< для нового bash; перекодировка ответа",
        bitrix_shell,
        ("success",),
    ),
)


def _with(script: Path, settings: Mapping[str, str]) -> Path:
    """A shell script whose variables are set at its top."""
    source = script.read_text("utf-8")
    for name, value in settings.items():
        source = re.sub(rf"^{name}=.*$", f'{name}="{value}"', source, count=1, flags=re.M)
    script.write_text(source.replace("#!/bin/bash -x", "#!/bin/bash"), "utf-8")
    return script


def _write(folder: Path, *names: str) -> None:
    """The simulator's own goods, in files of those names."""
    folder.mkdir()
    plain = replace(OLD, encoding="utf-8")
    for package in packages(plain):
        for upload in package.documents:
            if upload.name.removesuffix(".xml") in names:
                (folder / upload.name).write_bytes(upload.read())


def _run(*command: str | Path, cwd: Path | None = None, **more: str) -> str:
    """Its output, errors too; raises CalledProcessError where its exit status isn't 0."""
    environment: Mapping[str, str] = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**environment, **more},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=PATIENCE,
        check=True,
    )
    return done.stdout.decode("utf-8", "replace")


def missing(client: Foreign) -> list[str]:
    """Programs that it needs and this machine lacks."""
    return [name for name in client.needs if shutil.which(name) is None]
