"""Where a command takes its keys from: ``--profile``, ``--accounts`` and ``--account``, else wherever they are found."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Dict, Iterable, List, Sequence

from ..credentials import ENVIRONMENT, load
from ..error import Error

if TYPE_CHECKING:
    from .. import Credentials


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--profile",
        action="append",
        default=[],
        metavar="[CLOUD=]NAME",
        help="take the keys of this profile of the vendors' own tools (tccli, ve, hcloud) and SDKs, not those of the environment; repeatable",
    )


    parser.add_argument("--accounts", metavar="FILE", help="accounts and roles: which key each has, and which role it takes; see the documentation of accounts")
    parser.add_argument("--account", action="append", default=[], metavar="NAME", help="work with this account of --accounts, one a cloud; repeatable")


class Source:
    """Where the keys of a command come from, as its options say. Each is read anew whenever it is asked for."""

    def __init__(self, options: argparse.Namespace, clouds: Iterable[str]) -> None:
        clouds = list(clouds)
        self.profiles = chosen(options.profile, clouds)
        self.accounts = None
        if options.accounts or options.account:
            # Most do without.
            from . import accounts

            self.accounts = accounts.chosen(options.accounts, options.account)
        for cloud, account in self.accounts.chosen.items() if self.accounts else ():
            if cloud not in clouds:
                raise Error(
                    f"--account {account['name']} would change nothing: there is nothing for {cloud}",
                    code="usage",
                    hint=f"leave --account {account['name']} out",
                    hint_zh=f"请去掉 --account {account['name']}",
                )
            if cloud in self.profiles:
                raise Error(f"--account {account['name']} and --profile both name a key of {cloud}", code="usage", hint="give one of them", hint_zh="请只给出其中一个")

    def load(self, cloud: str, fresh: bool = False) -> Credentials:
        """The key of a cloud; ``fresh`` where the one before was refused. Raises ``Error`` where there is none."""
        if self.accounts and cloud in self.accounts.chosen:
            return self.accounts.load(cloud, fresh)
        return load(cloud, profile=self.profiles.get(cloud))


def words(options: argparse.Namespace) -> List[str]:
    """The options that choose keys, for a line that goes on with the run."""
    given = [word for name in options.profile for word in ("--profile", name)]
    given += ["--accounts", options.accounts] if options.accounts else []
    return given + [word for name in options.account for word in ("--account", name)]


def chosen(given: Sequence[str], clouds: Iterable[str]) -> Dict[str, str]:
    """The profile of each cloud that one is named for. ``clouds`` are those whose keys are wanted."""
    wanted = set(clouds)
    of_all: Dict[str, str] = {}
    of_one: Dict[str, str] = {}
    for text in given:
        cloud, _, name = text.partition("=")
        if cloud not in ENVIRONMENT:
            cloud, name = "", text
        if not name:
            raise Error(f"--profile {text!r} has no name", code="profile", hint="write it like --profile work", hint_zh="写法如 --profile work")
        if cloud and cloud not in wanted:
            raise Error(
                f"--profile {text} would change nothing: there is nothing for {cloud}",
                code="usage",
                hint=f"leave --profile {text} out",
                hint_zh=f"请去掉 --profile {text}",
            )
        if cloud:
            of_one[cloud] = name
        else:
            of_all = dict.fromkeys(wanted, name)
    return {**of_all, **of_one}
