"""Whatever is sent, is the answer one that the OpenAPI description tells of, and never a 500?"""

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
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

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_schema_conformance, negative_data_rejection, ignored_auth,
]  # fmt: skip
EXAMPLES = 12


@pytest.fixture(scope="module")
def crowded(tmp_path_factory):
    path = tmp_path_factory.mktemp("schema") / "store.sqlite"
    fill(path)
    centre = Centre(path)
    centre.store.plans.save(small(), "week 8", by="set-up", site="berlin")
    yield centre
    centre.store.close()


@pytest.fixture(scope="module")
def api(crowded):
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", crowded.app)


schema = schemathesis.pytest.from_fixture("api")


def bounded(examples):
    return settings(
        max_examples=examples, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip


def send(case, crowded):
    if "site" in case.path_parameters and case.meta is not None:
        # Mostly a site that is there, or hardly any request would reach a use case.
        valid = case.meta.generation.mode.is_positive
        if valid:
            case.path_parameters["site"] = "berlin"
    secret = crowded.token("ada").secret
    case.call_and_validate(headers={"Authorization": f"Bearer {secret}"}, checks=CHECKS)


@schema.parametrize()
@bounded(EXAMPLES)
def test_every_answer_is_as_described(case, crowded):
    send(case, crowded)


@pytest.mark.slow
@schema.parametrize()
@bounded(300)
def test_every_answer_is_as_described_to_many_requests(case, crowded):
    send(case, crowded)
