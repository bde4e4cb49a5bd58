"""Whatever is sent, is the answer one that the OpenAPI description tells of, and never a 500?"""

import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from tests.adapters.store.made_plans import small
from tests.rest.centres import Centre, fill
from wfm.rest import make

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_schema_conformance,
]  # fmt: skip
EXAMPLES, MANY = 8, 200
SLOW = pytest.mark.slow
# The description needs no store.
OPERATIONS = [
    (found.ok().method.upper(), found.ok().path)
    for found in schemathesis.openapi.from_dict(make(None).openapi()).get_all_operations()
]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=SLOW)])
def crowded(request, tmp_path_factory):
    path = str(tmp_path_factory.mktemp("schema") / "store.sqlite")
    if request.param == "postgresql":
        path = request.getfixturevalue("cluster").database()
    fill(path)
    centre = Centre(path)
    centre.store.plans.save(small(), "week 8", by="set-up", site="berlin")
    yield centre
    centre.store.close()


@pytest.fixture(scope="module")
def api(crowded):
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", crowded.app)


def ask(api, crowded, method, path, *, mode, examples):
    """Send requests, as described or not, and hold every answer to the description."""
    header = {"Authorization": f"Bearer {crowded.token('ada').secret}"}
    wrong = mode is GenerationMode.NEGATIVE
    checks = [*CHECKS, *([negative_data_rejection] if wrong else [ignored_auth])]
    seen = []

    @given(case=api[path][method].as_strategy(generation_mode=mode))
    @settings(max_examples=examples, deadline=None, derandomize=True, database=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    def send(case):
        if not wrong and "site" in case.path_parameters:
            # A site that is there, or hardly any request would reach a use case.
            case.path_parameters["site"] = "berlin"
        seen.append(case.call_and_validate(headers=header, checks=checks).status_code)

    send()
    assert seen


def test_the_description_tells_of_every_route():
    assert len(OPERATIONS) > 30


def test_every_form_of_an_answer_and_a_request_shows_an_example_of_itself():
    told = make(None).openapi()
    schemas = told["components"]["schemas"]
    named = set()
    for path, ways in told["paths"].items():
        for method, way in ways.items():
            answer = next(found for code, found in way["responses"].items() if code < "3")
            for found in (way.get("requestBody", {}), answer):
                schema = found.get("content", {}).get("application/json", {}).get("schema", {})
                if "$ref" in schema:
                    named.add(schema["$ref"].rsplit("/", 1)[1])
                    assert "example" in schemas[schema["$ref"].rsplit("/", 1)[1]], (method, path)
    assert len(named) > 25
    for schema in schemas.values():
        if "example" in schema:
            whole = {**schema, "components": told["components"]}
            jsonschema.Draft202012Validator(whole).validate(schema["example"])


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_answer_is_as_described(api, crowded, method, path):
    ask(api, crowded, method, path, mode=GenerationMode.POSITIVE, examples=EXAMPLES)


@pytest.mark.parametrize(("method", "path"), [one for one in OPERATIONS if "{" in one[1]])
def test_what_is_not_as_described_is_refused(api, crowded, method, path):
    ask(api, crowded, method, path, mode=GenerationMode.NEGATIVE, examples=EXAMPLES)


@pytest.mark.slow
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize(("method", "path"), [one for one in OPERATIONS if "{" in one[1]])
def test_many_more_requests_are_answered_as_described(api, crowded, method, path, mode):
    ask(api, crowded, method, path, mode=mode, examples=MANY)
