"""The application on the real stack: what stands behind it is an index in a temporary folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer import create_service, load_settings
from tests.web.site import Page, Site, make_site
from webapp import create_app


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return make_site(tmp_path_factory.mktemp("web"))


@pytest.fixture(scope="session")
def client(site: Site) -> FlaskClient:
    return create_app(site.service).test_client()


@pytest.fixture
def no_index(tmp_path: Path) -> FlaskClient:
    """The application before the first `reindex`."""
    return create_app(create_service(load_settings(index=tmp_path / "none", environ={}))).test_client()


@pytest.fixture
def page(client: FlaskClient) -> Callable[..., Page]:
    """Reads a page: `page(url)`, or `page(url, status)` where another than 200 is expected."""

    def read(url: str, status: int = 200) -> Page:
        response = client.get(url)
        assert response.status_code == status, f"{url}: {response.text[:2000]}"
        assert response.content_type == "text/html; charset=utf-8"
        return Page(response.text)

    return read
