"""Nothing here ever looks beyond loopback, and nothing touches the user's own data."""

from pathlib import Path

import pytest

from toolkit.model.cache import Cache
from toolkit.model.vault import Vault


@pytest.fixture(autouse=True)
def small_world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A few loopback addresses are the whole network, a folder of this test all user data."""
    monkeypatch.setenv("MICROS_NETWORKS", "127.77.0.0/29")
    monkeypatch.setenv("MICROS_USER_DATA", str(tmp_path / "user_data"))


@pytest.fixture
def reports() -> list[str]:
    """What was said to the person."""
    return []


@pytest.fixture
def cache(tmp_path: Path, reports: list[str]) -> Cache:
    """An empty cache of nodes."""
    return Cache(tmp_path / "user_data" / "device_conn_cache.json", reports.append)


@pytest.fixture
def vault(tmp_path: Path, reports: list[str]) -> Vault:
    """A vault without secrets."""
    return Vault(tmp_path / "user_data" / "secrets.json", reports.append)
