"""Every route says who may call it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI

from fundapp.kit.web.route import Route
from fundapp.main import create_app
from fundapp.people.access import Anyone, declared
from fundapp.people.permissions import RIGHTS, Action


def routes(app: FastAPI) -> Iterator[Any]:
    """All routes, those of included routers with the dependencies that came with the inclusion."""
    todo = list(app.router.routes)
    while todo:
        route = todo.pop()
        if hasattr(route, "effective_candidates"):
            todo += route.effective_candidates()
        else:
            yield route


@pytest.fixture
def app(settings: Any, clock: Any) -> Iterator[Any]:
    """One of its own, because routes are added to it here."""
    made = create_app(settings, clock=clock)
    yield made
    made.state.database.close()


@pytest.fixture
def fastapi(app: Any) -> FastAPI:
    found: FastAPI = app.fastapi
    return found


@pytest.mark.sqlite
def test_every_route_declares_its_action(fastapi):
    found = list(routes(fastapi))
    undeclared = [route.path for route in found if not declared(route)]
    assert undeclared == []
    assert len(found) > 40


@pytest.mark.sqlite
def test_a_route_without_an_action_is_found(fastapi):
    router = APIRouter(prefix="/trial", route_class=Route)
    router.get("/forgotten")(lambda: "open to all")
    inner = APIRouter(prefix="/deep")
    inner.get("/forgotten")(lambda: "open to all")
    router.include_router(inner)
    fastapi.include_router(router)
    fastapi.get("/also-forgotten")(lambda: "open to all")
    undeclared = {route.path for route in routes(fastapi) if not declared(route)}
    assert undeclared == {"/trial/forgotten", "/trial/deep/forgotten", "/also-forgotten"}


@pytest.mark.sqlite
def test_an_action_given_with_the_inclusion_counts(fastapi):
    router = APIRouter(prefix="/trial")
    router.get("/public")(lambda: "open to all")
    fastapi.include_router(router, dependencies=[Anyone])
    assert [declared(route) for route in routes(fastapi) if route.path == "/trial/public"] == [{Action.ANYONE}]


@pytest.mark.sqlite
def test_every_declared_action_is_given_to_somebody(fastapi):
    asked = {action for route in routes(fastapi) for action in declared(route)}
    assert asked - {Action.ANYONE, Action.SIGNED_IN} <= set(RIGHTS)


@pytest.mark.sqlite
def test_every_route_that_changes_something_runs_in_the_transaction_of_the_request(fastapi):
    for route in routes(fastapi):
        if set(route.methods) - {"GET", "HEAD"}:
            assert isinstance(route.original_route, Route), route.path


@pytest.mark.sqlite
def test_no_route_answers_get_and_post_alike(fastapi):
    for route in routes(fastapi):
        assert not ({"GET", "POST"} <= set(route.methods)), route.path


@pytest.mark.sqlite
def test_what_strangers_may_post_is_little(fastapi):
    posts = {
        route.path
        for route in routes(fastapi)
        if set(route.methods) - {"GET", "HEAD"} and declared(route) == {Action.ANYONE}
    }
    assert {path for path in posts if not path.startswith("/people/")} == {
        "/calls/{id}/questions",
        "/rating/clearance/{key}",
    }


@pytest.mark.sqlite
def test_a_stranger_is_sent_to_sign_in_from_every_page_that_is_not_public(fastapi, client):
    stranger, seen = client(), 0
    for route in routes(fastapi):
        if "GET" in route.methods and Action.ANYONE not in declared(route):
            answer = stranger.get(re.sub(r"{[^}]+}", "1", route.path))
            assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/people/sign-in"), (
                route.path
            )
            seen += 1
    assert seen > 10


@pytest.mark.sqlite
def test_a_stranger_can_post_nothing_that_is_not_public(fastapi, client):
    stranger, seen = client(), 0
    for route in routes(fastapi):
        if "POST" in route.methods and Action.ANYONE not in declared(route):
            answer = stranger.post(re.sub(r"{[^}]+}", "1", route.path))
            assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/people/sign-in"), (
                route.path
            )
            seen += 1
    assert seen > 10
