"""Fills a workspace with made-up connections: seed-connections.py DATABASE COUNT [--for-flows]. For measurements only.

With --for-flows they have the names that the cards of generated exports ask for (tests/src/flow_generator.rs).
"""

import json
import sqlite3
import sys
import uuid

CONNECTORS = [
    ("github", "GitHub"), ("gmail", "Gmail"), ("okta", "Okta"), ("slack", "Slack"), ("jira", "Jira"),
    ("salesforce", "Salesforce"), ("aws-s3", "AWS S3"), ("pagerduty", "PagerDuty"), ("sendgrid", "SendGrid"),
]
STATUS = ["connected"] * 17 + ["reauthorize", "test_failed", "finish_signing_in"]
TEAMS = ["payments", "platform", "support", "growth", "finance", "people", "security", "data"]


FOR_FLOWS = ["okta", "slack", "gmail", "github", "jira", "salesforce"]


def rows(count, for_flows):
    for index in range(count):
        connector, connector_name = CONNECTORS[index * 7 % len(CONNECTORS)]
        team = TEAMS[index * 5 % len(TEAMS)]
        name = f"{connector_name} – {team} {index:06}"
        if for_flows:
            connector = connector_name = FOR_FLOWS[index % len(FOR_FLOWS)]
            name = f"{connector} {index // len(FOR_FLOWS)}"
        description = f"Used by the {team} team, job {index * 37 % 9973}"
        account = f"bot-{index * 13 % 5003}@{team}.example"
        tested = 1_790_000_000_000 + index * 1000
        yield (
            str(uuid.UUID(int=index + 1)), name, name.lower(), description, connector, connector_name, "oauth2",
            "{}", "[]", account, account, STATUS[index * 11 % len(STATUS)], tested, tested, "ok",
            json.dumps({"at": tested, "verdict": "ok", "status": 200, "message": "", "hint": None,
                        "provider_error": None, "took_ms": 80}),
            index % 7, bytes(700), f"{name} {description} {account} {connector_name}".lower(),
        )


database = sqlite3.connect(sys.argv[1])
database.executemany(
    """insert into connections (id, name, name_key, description, connector, connector_name, method, settings,
        scopes_requested, account_id, account_name, status, created_at, last_test_at, last_test_verdict, last_test,
        flows, sealed, search)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
    rows(int(sys.argv[2]), "--for-flows" in sys.argv[3:]),
)
database.commit()
