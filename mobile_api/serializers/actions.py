"""The bodies of all actions as one choice, for the API's description."""

from drf_spectacular.utils import PolymorphicProxySerializer

from server.coordination.verbs import VERBS

ANY_BODY = PolymorphicProxySerializer(
    component_name="ActionBody",
    serializers=list(dict.fromkeys(verb.body for verb in VERBS.values())),
    resource_type_field_name=None,
)
