# SPDX-License-Identifier: Apache-2.0
"""tools/deploy/cloud-run: the two files against the API's own description, the commands by what gcloud is told.

The descriptions of Cloud Run and Cloud Scheduler that Google publishes come with the Python package
google-api-python-client; only its files are used. A field they do not know, a value of another type, an annotation
that the kind of object does not take: each is a failure. gcloud itself is not here, so a script in its place
writes down what it is told."""
import json
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from harness import BUILD, SOURCE, Folder, check, check_in, check_not_in, main, run, skip

FOLDER = os.path.join(SOURCE, "tools", "deploy", "cloud-run")
PACKAGE = "google-api-python-client==2.202.0"
VALUES = {"PROJECT": "a-project", "REGION": "europe-west1", "IMAGE": "registry.example/joist:1",
          "STORAGE": "gs://a-bucket/events", "LATEST_SECRET": "joist-latest",
          "HISTORY": "bigquery://a-project/joist", "ANALYTICS": "bigquery://a-project/charts"}
RECORDER = """#!/bin/sh
# What gcloud is told, a line a call; files it is given are kept. `describe` finds what $FOUND says.
printf '%s\\n' "$*" >>"$RECORD/calls"
for word in "$@"; do
    case $word in *.yaml) cp "$word" "$RECORD" ;; esac
done
case " $* " in *" describe "*) [ -n "${FOUND-}" ] ;; esac
"""


def published(name):
    """The description of an API, as JSON."""
    folder = os.path.join(os.path.abspath(BUILD), "deploy-venv")
    path = os.path.join(folder, "documents", name)
    if not os.path.exists(path):
        python = os.path.join(folder, "bin", "python")
        for args in ([sys.executable, "-m", "venv", folder],
                     [python, "-m", "pip", "install", "-q", "--no-deps", PACKAGE]):
            done = subprocess.run(args, capture_output=True, text=True, check=False)
            if done.returncode:
                skip(f"{PACKAGE} cannot be installed: {done.stderr.strip()[-200:]}")
        found = subprocess.run([python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"],
                               capture_output=True, text=True, check=True).stdout.strip()
        shutil.copytree(os.path.join(found, "googleapiclient/discovery_cache/documents"),
                        os.path.dirname(path))
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def yaml_of(text):
    try:
        import yaml
    except ImportError:
        skip("no yaml for Python (apt-get install python3-yaml)")
    return yaml.safe_load(text)


# ---- a value against a description ---------------------------------------------------------------
PLAIN = {"string": str, "boolean": bool, "integer": int, "number": (int, float)}


def faults(schemas, schema, value, at):
    """Everything about the value that the schema does not allow, one line each."""
    if "$ref" in schema:
        return members(schemas, schemas[schema["$ref"]], value, at)
    kind = schema["type"]
    if kind == "array":
        if not isinstance(value, list):
            return [f"{at}: no list"]
        return [f for i, item in enumerate(value)
                for f in faults(schemas, schema["items"], item, f"{at}[{i}]")]
    if kind == "object":
        if not isinstance(value, dict):
            return [f"{at}: no object"]
        return [f for key, item in value.items()
                for f in faults(schemas, schema["additionalProperties"], item, f"{at}.{key}")]
    good = isinstance(value, PLAIN[kind]) and (kind == "boolean" or not isinstance(value, bool))
    if good and "enum" in schema:
        good = value in schema["enum"]
    return [] if good else [f"{at}: {value!r} is no {schema.get('format', kind)}"]


def members(schemas, schema, value, at):
    if not isinstance(value, dict):
        return [f"{at}: no object"]
    found = []
    for key, item in value.items():
        known = schema["properties"].get(key)
        found += faults(schemas, known, item, f"{at}.{key}") if known else [f"{at}.{key}: unknown"]
    return found


def object_faults(api, value):
    """The faults of a Service or Job as a whole."""
    return members(api["schemas"], api["schemas"][value["kind"]], value, value["kind"])


def takes(api, annotation):
    """The kinds of object that take an annotation, by the description's own list."""
    text = api["schemas"]["ObjectMeta"]["properties"]["annotations"]["description"]
    found = re.search(rf"`{re.escape(annotation)}`: ([\w, ]+)", text)
    return {kind.strip() for kind in found[1].split(",")} if found else set()


# ---- what `deploy` makes -------------------------------------------------------------------------
def deploy(folder, *args, found="", **values):
    """The result of the script, the calls of gcloud and the files that it was given."""
    os.makedirs(folder.path("record"), exist_ok=True)
    os.chmod(folder.write("bin/gcloud", RECORDER), 0o755)
    env = VALUES | values | {"RECORD": folder.path("record"), "FOUND": found,
                             "PATH": folder.path("bin") + ":" + os.environ["PATH"]}
    done = run([os.path.join(FOLDER, "deploy"), *args], env={k: v for k, v in env.items() if v is not None})
    calls, files = [], {}
    for name in os.listdir(folder.path("record")):
        with open(folder.path("record", name), encoding="utf-8") as file:
            text = file.read()
        if name == "calls":
            calls = text.splitlines()
        else:
            files[name] = yaml_of(text)
    return done, calls, files


def made(folder, *args, **values):
    done, calls, files = deploy(folder, *args, **values)
    check(f"deploy\n{done}\n", done.code, 0)
    return calls, files


def test_fields_are_those_of_the_api():
    api = published("run.v1.json")
    with Folder() as folder:
        files = made(folder)[1]
        check("two files", sorted(files), ["collector.yaml", "hourly.yaml"])
        for name, value in files.items():
            check(f"{name}: faults", object_faults(api, value), [])


def test_a_fault_would_be_seen():
    api = published("run.v1.json")
    with Folder() as folder:
        job = made(folder)[1]["hourly.yaml"]
    task = job["spec"]["template"]["spec"]["template"]["spec"]
    task["maxRetries"], task["retries"] = "one", 1
    check("a wrong type and an unknown name", object_faults(api, job),
          ["Job.spec.template.spec.template.spec.maxRetries: 'one' is no int32",
           "Job.spec.template.spec.template.spec.retries: unknown"])


def test_annotations_belong_where_they_are():
    api = published("run.v1.json")
    with Folder() as folder:
        files = made(folder)[1]
    for kind, meta in (("Service", files["collector.yaml"]["metadata"]),
                       ("Revision", files["collector.yaml"]["spec"]["template"]["metadata"]),
                       ("Job", files["hourly.yaml"]["metadata"]),
                       ("Execution", files["hourly.yaml"]["spec"]["template"]["metadata"])):
        for name in meta.get("annotations", {}):
            check(f"{name} of a {kind}", kind in takes(api, name))


def test_one_task_that_may_be_tried_again():
    with Folder() as folder:
        job = made(folder)[1]["hourly.yaml"]["spec"]["template"]["spec"]
    check("one writer", (job["taskCount"], job["parallelism"]), (1, 1))
    task = job["template"]["spec"]
    check("retries of the API's range", 0 <= task["maxRetries"] <= 10)
    check("at most a day, so that a run that hangs is ended", 3600 <= int(task["timeoutSeconds"]) <= 86400)


def test_nothing_is_left_to_fill_in():
    with Folder() as folder:
        calls, files = made(folder)
        check_not_in("no name in braces", "${", json.dumps(files) + "".join(calls))
        env = {e["name"]: e for e in
               files["hourly.yaml"]["spec"]["template"]["spec"]["template"]["spec"]["containers"][0]["env"]}
        check("a value", env["JOIST_HISTORY"]["value"], VALUES["HISTORY"])
        check("the latest store is a secret", env["JOIST_LATEST"]["valueFrom"]["secretKeyRef"],
              {"name": "joist-latest", "key": "latest"})


# ---- the schedule --------------------------------------------------------------------------------
def schedule(calls):
    """The flags of the call that makes the schedule."""
    line = [c for c in calls if " scheduler jobs create " in c or " scheduler jobs update " in c]
    check("one schedule", len(line), 1)
    return dict(re.findall(r"--([a-z-]+)=(.*?)(?= --|$)", line[0]))


def seconds(text):
    return int(text.removesuffix("s"))


def test_schedule():
    with Folder() as folder:
        flags = schedule(made(folder)[0])
    check("at minute 5 of each hour", flags["schedule"], "5 * * * *")
    check("in UTC", flags["time-zone"], "Etc/UTC")
    check_in("the job", "/projects/a-project/locations/europe-west1/jobs/joist-hourly:run", flags["uri"])
    check("retries", 0 < int(flags["max-retry-attempts"]) <= 5)
    longest = int(flags["max-retry-attempts"]) * (seconds(flags["max-backoff"]) + seconds(flags["attempt-deadline"]))
    check("they are over before the next hour", longest < 3300)


def test_schedule_as_the_api_has_it():
    """The flags as the fields they stand for: those exist, and the call is one that the job's API has."""
    api, cloud_run = published("cloudscheduler.v1.json"), published("run.v2.json")
    with Folder() as folder:
        flags = schedule(made(folder)[0])
    job = {"schedule": flags["schedule"], "timeZone": flags["time-zone"],
           "attemptDeadline": flags["attempt-deadline"],
           "httpTarget": {"uri": flags["uri"], "httpMethod": flags["http-method"],
                          "oauthToken": {"serviceAccountEmail": flags["oauth-service-account-email"],
                                         "scope": flags["oauth-token-scope"]}},
           "retryConfig": {"retryCount": int(flags["max-retry-attempts"]),
                           "minBackoffDuration": flags["min-backoff"], "maxBackoffDuration": flags["max-backoff"],
                           "maxDoublings": int(flags["max-doublings"])}}
    check("faults", members(api["schemas"], api["schemas"]["Job"], job, "Job"), [])
    call = cloud_run["resources"]["projects"]["resources"]["locations"]["resources"]["jobs"]["methods"]["run"]
    check("the method", call["httpMethod"], flags["http-method"])
    path = flags["uri"].removeprefix(cloud_run["rootUrl"])
    pattern = re.escape(call["flatPath"])
    for name in re.findall(r"\\\{\w+\\\}", pattern):
        pattern = pattern.replace(name, "[^/]+")
    check(f"{path} is {call['flatPath']}", bool(re.fullmatch(pattern, path)))
    check("the scope is one that it takes", flags["oauth-token-scope"] in call["scopes"])


# ---- the script ----------------------------------------------------------------------------------
def test_the_second_time_updates():
    with Folder() as folder:
        calls = made(folder)[0]
        check("accounts are made", sum(" service-accounts create " in c for c in calls), 3)
        check("a schedule is made", sum(" scheduler jobs create " in c for c in calls), 1)
    with Folder() as folder:
        calls = made(folder, found="yes")[0]
        check("no account is made", sum(" service-accounts create " in c for c in calls), 0)
        check("the schedule is changed", sum(" scheduler jobs update " in c for c in calls), 1)


def test_print_does_nothing():
    with Folder() as folder:
        done, calls, _ = deploy(folder, "--print")
        check(f"exit code\n{done}\n", done.code, 0)
        check("gcloud is not called", calls, [])
        check_in("the commands", "scheduler jobs create http joist-hourly", done.out)
        check_in("the files", "kind: Job", done.out)


def test_what_is_refused():
    with Folder() as folder:
        for why, args, values in (("no value", [], {"IMAGE": None}), ("another option", ["--prnt"], {}),
                                  ("a quote", [], {"HISTORY": 'x"\n- y'})):
            done, calls, _ = deploy(folder, *args, **values)
            check(f"{why}: exit code\n{done}\n", done.code != 0)
            check(f"{why}: nothing was done", calls, [])


main(globals())
