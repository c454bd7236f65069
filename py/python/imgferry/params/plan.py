"""The form of a plan: ``plan: imgferry.params.plan.Plan = {...}``. Generated: run `make generate`."""

from typing import Any, Dict, List, Literal, Optional, TypedDict, Union


_AfterOptional = TypedDict(
    "_AfterOptional",
    {
        # Its new description.
        "description": Optional[str],
        # Its new name; here `{name}` is the one it was copied under.
        "rename": Optional[str],
        # Accounts that may use it; on Huawei Cloud ids of projects.
        "share": List[str],
        # Tags to set; on Tencent Cloud they need `clouds.tencent.uin`, on Huawei Cloud `clouds.huawei.projects`.
        "tags": Dict[str, str],
    },
    total=False,
)


class After(_AfterOptional):
    """What is done to a copy once it is usable: name and description, then tags, then sharing."""


_ChainOptional = TypedDict(
    "_ChainOptional",
    {
        # Key of the destination: what arrives is copied once more, encrypted with it. Required when the source is encrypted.
        "cmk_id": str,
        # Whether images made on the way are deleted when nobody needs them any more.
        "delete_intermediates": bool,
    },
    total=False,
)


class Chain(_ChainOptional):
    """Leave to make other images on the way."""


_CloudSettingsOptional = TypedDict(
    "_CloudSettingsOptional",
    {
        # Huawei Cloud: id of the account.
        "domain_id": Optional[str],
        # Another host; `{region}` stands for the region of the call.
        "endpoint": Optional[str],
        # Huawei Cloud: id of the project by region.
        "projects": Dict[str, str],
        # Which host is signed: that of `endpoint`, or the vendor's own. `official` needs the word of the program, unless the endpoint is on loopback.
        "sign_host": Literal["endpoint", "official"],
        # Which of the vendor's sites; `main` by default.
        "site": Literal["main", "international"],
        # Tencent Cloud: id of the main account, which tags need.
        "uin": Optional[str],
    },
    total=False,
)


class CloudSettings(_CloudSettingsOptional):
    """How a cloud is reached."""


_ExportRequired = TypedDict(
    "_ExportRequired",
    {
        # Whose image it is.
        "cloud": Literal["tencent", "volcengine", "huawei"],
        # Region that it is in.
        "from": str,
        # Id of the source image.
        "image": str,
    },
    total=True,
)

_ExportOptional = TypedDict(
    "_ExportOptional",
    {
        # Prefix of the object.
        "name": Optional[str],
        # The vendor's own parameters: bucket and format.
        "params": Dict[str, Any],
    },
    total=False,
)


class Export(_ExportRequired, _ExportOptional):
    """An image that is written to a bucket of its own region."""


_PolicyOptional = TypedDict(
    "_PolicyOptional",
    {
        # How many complete listings must lack the copy before it counts as absent.
        "absences": int,
        # Copies at a time by cloud, in place of the documented numbers.
        "active": Dict[str, int],
        # What to do when a lost launch is proven absent.
        "ambiguity": Literal["probe_then_retry", "stop"],
        # First wait after a refused or failed request; doubles up to `backoff_max`, with full jitter, never zero.
        "backoff": str,
        # Longest wait between two tries; also caps the waits that error catalogues suggest, but not `Retry-After`.
        "backoff_max": str,
        # Whether the room in a destination is asked for before the first launch, where the cloud tells it: what does not fit fails at once instead of after the launch.
        "check_quota": bool,
        # Requests under way at once.
        "concurrency": int,
        # How long other keys are waited for when those that a cloud accepted before are refused, as an expired token is; after that what is not launched is stopped, what is left running, both to be resumed.
        "credentials_wait": str,
        # How long the whole job may take.
        "deadline": str,
        # How long a copy may take from its launch; after that it is left running and can be resumed.
        "lane_deadline": str,
        # Launches with a lost answer that a destination is given, each only after the one before it is proven absent.
        "launches": int,
        # Shortest time between two looks at a copy; also how late an end may be noticed.
        "poll": str,
        # Longest time between two looks at a copy; where only `poll` is given, four times that.
        "poll_max": str,
        # Requests per second by `cloud.Operation`, in place of the documented ones.
        "rates": Dict[str, float],
        # Whether destinations are looked at before the launch, so that what is there is not made again.
        "reconcile": bool,
        # How long the host should wait for one answer.
        "request_timeout": str,
        # How long a launch with a lost answer is given to show before "absent" is believed.
        "settle": str,
        # How long a source image that is still being made is waited for; after that its copies fail, unlaunched.
        "source_deadline": str,
        # How long a launched copy may stay invisible before it counts as lost.
        "visible": str,
    },
    total=False,
)


class Policy(_PolicyOptional):
    """Every number of the replication, with defaults that suit real clouds."""


_TargetRequired = TypedDict(
    "_TargetRequired",
    {
        # Region that the copy goes to.
        "region": str,
    },
    total=True,
)

_TargetOptional = TypedDict(
    "_TargetOptional",
    {
        # What is done to a copy that this job made, once it is usable.
        "after": "After",
        # Leave to make other images on the way, on Huawei Cloud and Tencent Cloud: an encrypted or shared image is first copied in its region. Also an empty record.
        "chain": "Chain",
        # Description of the copies.
        "description": Optional[str],
        # Name of the copies: `{name}` (of the source), `{src}` (its id), `{from}`, `{to}`, `{cloud}`, `{date}`, `{sha8}`. The source's own by default.
        "name": Optional[str],
        # The vendor's own further parameters of the launch.
        "params": Dict[str, Any],
    },
    total=False,
)


class Target(_TargetRequired, _TargetOptional):
    """A destination, and what differs there."""


_CopyRequired = TypedDict(
    "_CopyRequired",
    {
        # Whose image it is.
        "cloud": Literal["tencent", "volcengine", "huawei"],
        # Region that it is in.
        "from": str,
        # Id of the source image.
        "image": str,
        # Where it goes; records say what differs for their region, `params`, `after` and `chain` field by field.
        "to": List[Union[str, "Target"]],
    },
    total=True,
)

_CopyOptional = TypedDict(
    "_CopyOptional",
    {
        # What is done to a copy that this job made, once it is usable.
        "after": "After",
        # Leave to make other images on the way, on Huawei Cloud and Tencent Cloud: an encrypted or shared image is first copied in its region. Also an empty record.
        "chain": "Chain",
        # Description of the copies.
        "description": Optional[str],
        # Name of the copies: `{name}` (of the source), `{src}` (its id), `{from}`, `{to}`, `{cloud}`, `{date}`, `{sha8}`. The source's own by default.
        "name": Optional[str],
        # The vendor's own further parameters of the launch.
        "params": Dict[str, Any],
        # Whether another account shares the image.
        "shared": bool,
    },
    total=False,
)


class Copy(_CopyRequired, _CopyOptional):
    """One image and the regions it goes to."""


_PlanOptional = TypedDict(
    "_PlanOptional",
    {
        # How each cloud is reached.
        "clouds": Dict[str, "CloudSettings"],
        # Images that go to other regions.
        "copies": List["Copy"],
        # Images that are written to a bucket of their own region.
        "exports": List["Export"],
        # Every number of the replication.
        "policy": "Policy",
    },
    total=False,
)


class Plan(_PlanOptional):
    """What is to be replicated. The same document in every language."""
