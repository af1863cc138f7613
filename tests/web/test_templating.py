"""What templates write is escaped, whatever way it takes."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, UndefinedError
from markupsafe import Markup

from indexer import create_service
from tests.web.site import Site
from webapp import create_app
from webapp.templating import escaped

HOSTILE = """<script>"x" & 'y'</script>"""


@pytest.fixture
def environment(site: Site) -> Environment:
    return create_app(create_service(site.settings)).jinja_env


@given(st.text())
def test_escaped_text_means_itself_and_holds_no_sign_of_html(text: str):
    made = escaped(text)
    assert html.unescape(made) == html.unescape(html.escape(text))
    assert not set("<>\"'") & set(made)


@pytest.mark.parametrize(
    ("template", "value"),
    [
        ("{{ value }}", HOSTILE),
        ('<a title="{{ value }}">', HOSTILE),
        ("{% macro said(text) %}{{ text }}{% endmacro %}{{ said(value) }}", HOSTILE),
        ("{% set kept = value %}{{ kept }}", HOSTILE),
        ("{% set kept %}{{ value }}{% endset %}{{ kept }}", HOSTILE),
        ("{{ value ~ value }}", HOSTILE),
        ("{{ [value]|join }}", HOSTILE),
        ("{{ value|upper }}", HOSTILE),
        ("{{ value }}", [HOSTILE]),
    ],
)
def test_nothing_that_a_template_writes_is_html(environment: Environment, template: str, value: object):
    made = environment.from_string(template).render(value=value)
    assert "<script" not in made.lower()
    assert "&lt;script" in made.lower()
    assert "&amp;lt;" not in made.lower(), "escaped once"


def test_html_and_numbers_stay_what_they_are(environment: Environment):
    assert environment.from_string("{{ html }} {{ number }}").render(html=Markup("<b>é</b>"), number=3) == "<b>é</b> 3"


def test_a_missing_name_is_an_error(environment: Environment):
    with pytest.raises(UndefinedError):
        environment.from_string("{{ nobody }}").render()


def test_templates_are_compiled_to_it(environment: Environment):
    assert "environment.escaped(" in environment.compile("{{ value }}", raw=True)
