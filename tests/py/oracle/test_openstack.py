"""OpenStack's own client, unchanged, lists the images of the simulated Huawei Cloud with a token."""

from __future__ import annotations

import imgferry.sim
import pytest

openstack = pytest.importorskip("openstack", reason="openstacksdk is not installed: make .venv/bin/.oracle")

#: What openstacksdk says about itself.
pytestmark = pytest.mark.filterwarnings("ignore")
SCENARIO = {"tokens": ["EXAMPLE-TOKEN"], "home": "cn-north-4"}


@pytest.mark.parametrize("suffix", ["", "/v2", "/v2/"])
def test_openstacksdk_lists_images_with_a_token(suffix: str) -> None:
    with imgferry.sim.Server(SCENARIO) as server:
        endpoint = server.url + suffix
        connection = openstack.connect(
            auth_type="admin_token",
            auth={"endpoint": endpoint, "token": "EXAMPLE-TOKEN"},
            image_endpoint_override=endpoint,
            load_yaml_config=False,
            load_envvars=False,
        )
        (found,) = connection.image.images(name="web-base")
        assert (found.id, found.status, found.name) == ("465076de-dc36-4aec-80f5-ef9d8009428f", "active", "web-base")
        # Page after page.
        assert {image.id for image in connection.image.images(limit=2)} == {image.id for image in connection.image.images()}
        assert connection.image.get_image(found.id).name == "web-base"
        with pytest.raises(openstack.exceptions.BadRequestException, match="image ID is incorrect"):
            connection.image.get_image("web-base")
        connection.close()
