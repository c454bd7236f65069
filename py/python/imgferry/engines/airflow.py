"""Replications in Airflow: a deferrable operator, and the trigger that carries them out: ``pip install 'imgferry[airflow]'``.

    FerryOperator(
        task_id="copy",
        plan={"copies": [{"cloud": "tencent", "image": "{{ ti.xcom_pull('bake') }}", "from": "ap-guangzhou", "to": ["ap-shanghai"], "name": "golden-{{ ds }}"}]},
    )

The task gives its worker back at once; the triggerer makes the turns. The journal is in the database that ``database`` or
``IMGFERRY_DATABASE`` names, where both must reach it. The result is the report. A retry goes on with what was begun; a task
that is marked failed or cleared launches nothing more. Tasks on one account want a pool with one slot: rates are counted a task.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from contextlib import closing
from typing import Any, AsyncIterator, Dict, List, Mapping, Optional, Sequence, Union

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowException, AirflowFailException
from airflow.triggers.base import BaseTrigger, TriggerEvent

from .. import Plan, fleet, store, tick
from .. import credentials as found
from ..error import Error
from ..store import TakenOver
from ..store.database import Database
from ..types import Report

VARIABLE = "IMGFERRY_DATABASE"
#: Two triggerers may run a trigger for a while: the one that was fenced looks again so much later, in seconds.
FENCED_S = 30.0
#: When to ask again for a key that is not there, in seconds.
KEYLESS_S = 15.0
#: How long the end of a cancelled replication is waited for, in seconds: the triggerer gives it 30.
CANCEL_S = 20.0


def opened(database: Optional[str]) -> Database:
    """The database of that URL, else of the environment."""
    url = database or os.environ.get(VARIABLE)
    if not url:
        raise Error("no database was named", code="database", hint=f"give database=…, or set {VARIABLE} for workers and triggerers", hint_zh=f"请给出 database=…，或设置 {VARIABLE}")
    return store.open(url)


class FerryTrigger(BaseTrigger):
    """Carries partitions out, and fires once when all of them are over."""

    def __init__(self, partitions: Sequence[str], database: Optional[str] = None, trusted_hosts: Sequence[str] = ()) -> None:
        super().__init__()
        self.partitions = list(partitions)
        self.database = database
        self.trusted_hosts = list(trusted_hosts)

    def serialize(self) -> "tuple[str, Dict[str, Any]]":
        return f"{__name__}.{type(self).__name__}", {"partitions": self.partitions, "database": self.database, "trusted_hosts": self.trusted_hosts}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        kept = await asyncio.to_thread(opened, self.database)
        try:
            await asyncio.gather(*(self._carry(kept, partition) for partition in self.partitions))
        finally:
            kept.close()
        yield TriggerEvent({"partitions": self.partitions})

    async def on_kill(self) -> None:
        """A person has ended the task: nothing more is launched, what is launched is left running."""
        # In a thread, which goes on: Airflow 3.3 cancels this a second after it began, and again every second.
        await asyncio.shield(asyncio.to_thread(self._end))

    def _end(self) -> None:
        until = time.monotonic() + CANCEL_S
        with closing(opened(self.database)) as kept:
            for partition in self.partitions:
                kept.cancel(partition)
            for partition in self.partitions:
                while (seconds := self._turn(kept, partition)) is not None and time.monotonic() + seconds < until:
                    time.sleep(seconds)

    async def _carry(self, kept: Database, partition: str) -> None:
        while (seconds := await asyncio.to_thread(self._turn, kept, partition)) is not None:
            await asyncio.sleep(seconds)

    def _turn(self, kept: Database, partition: str) -> Optional[float]:
        _, cloud, account = partition.split(":", 2)
        try:
            keys = {cloud: found.load(cloud, profile=None if account == fleet.DEFAULT else account)}
            return tick(kept, partition, credentials=keys, trusted_hosts=self.trusted_hosts)
        except TakenOver:
            return FENCED_S
        except Error as error:
            self.log.error("%s: %s", partition, error.message)
            return KEYLESS_S


class FerryOperator(BaseOperator):
    """Copies images as a plan says; the XCom is the report. ``plan`` is templated: a dict, or a file of JSON or YAML.

    ``accounts`` names the profile of each cloud whose keys are taken; without, those of the environment, else of the vendors'
    files, where the triggerer runs. Keep a database's password out of the task: name the database by ``IMGFERRY_DATABASE``.
    """

    template_fields: Sequence[str] = ("plan", "accounts", "database")
    template_ext: Sequence[str] = (".json", ".yaml", ".yml")
    template_fields_renderers = {"plan": "json"}

    def __init__(
        self,
        *,
        plan: Union[str, Mapping[str, Any]],
        accounts: Optional[Mapping[str, str]] = None,
        database: Optional[str] = None,
        trusted_hosts: Sequence[str] = (),
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.plan = plan
        self.accounts = accounts
        self.database = database
        self.trusted_hosts = list(trusted_hosts)
        self._begun: List[str] = []

    def execute(self, context: Any) -> None:
        try:
            with closing(opened(self.database)) as kept:
                self._begun = self._begin(kept, context)
        except Error as error:
            if error.code == "database":
                raise AirflowException(told(error)) from None
            # No retry mends a plan.
            raise AirflowFailException(told(error)) from None
        trigger = FerryTrigger(self._begun, self.database, self.trusted_hosts)
        self.defer(trigger=trigger, method_name="execute_complete")

    def _begin(self, kept: Database, context: Any) -> List[str]:
        """Begins the replication, or takes it up again where an earlier try has begun it."""
        ti = context["ti"]
        name = f"{ti.dag_id}/{ti.run_id}/{ti.task_id}/{ti.map_index}".replace(":", ".")
        plan = Plan(parsed(self.plan), trusted_hosts=self.trusted_hosts)
        begun = fleet.begin(kept, plan, name=name, accounts=self.accounts, trusted_hosts=self.trusted_hosts)
        for partition in begun.partitions:
            fleet.resume(kept, partition, trusted_hosts=self.trusted_hosts)
        return begun.partitions

    def execute_complete(self, context: Any, event: Mapping[str, Any]) -> Report:
        with closing(opened(self.database)) as kept:
            report = fleet.together(fleet.report(kept, partition, self.trusted_hosts) for partition in event["partitions"])
        if report["exit_code"]:
            context["ti"].xcom_push(key="return_value", value=report)
            counts = ", ".join(f"{count} {state}" for state, count in report["counts"].items())
            first = next((row["error"] for row in report["rows"] if row["error"]), None)
            raise AirflowException(counts + (f"; {first['code']}: {first['message']}" if first else ""))
        return report

    def on_kill(self) -> None:
        """Before it is deferred; after that the trigger does it."""
        if self._begun:
            with closing(opened(self.database)) as kept:
                for partition in self._begun:
                    kept.cancel(partition)


def parsed(plan: Union[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """The plan in a text that was read from a file."""
    if not isinstance(plan, str):
        return plan
    try:
        read = json.loads(plan)
    except ValueError:
        from ..cli.yaml import parse

        read, _ = parse("plan", plan)
    if not isinstance(read, dict):
        raise Error("the plan is no object", code="plan", hint="give a dict, or a file of JSON or YAML", hint_zh="请给出字典，或 JSON/YAML 文件")
    return read


def told(error: Error) -> str:
    """An error with all its findings."""
    return "; ".join([error.message, *(problem["message"] for problem in error.problems), *([error.hint] if error.hint else [])])
