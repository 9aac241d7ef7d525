# SPDX-License-Identifier: Apache-2.0
"""Canaries: passwords and tokens put wherever one may be, looked for in everything a run leaves, also a
run that fails, is killed or cannot reach its endpoint. And personal data in dead letters on request."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from harness import Failed, check, check_not_in, main, program, run
from http_server import Answer, Server
from product import Work, event, lines

WORDS = ("canary-pass", "canary-token", "canary-key", "canary-secret")


def secret_url(server):
    return (server.url.replace("http://", "http://user:canary-pass@")
            + "?token=canary-token&api_key=canary-key&client_secret=canary-secret&page=1")


def search(work, done):
    """Every file below the folder of the run, and what it said."""
    for word in WORDS:
        check_not_in("said", word, done.out + done.err)
    for folder, _, names in os.walk(work.top):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                data = file.read()
            if any(word.encode() in data for word in WORDS):
                raise Failed(f"a canary is in {path}")


def leave_everything(work, *more):
    """Options by which a run leaves as much as it can."""
    return ("--metrics-out", work.path("m.prom"), "--verbose", "--spill-dir", work.top,
            "--progress", "json", *more)


def bad_and_good(work):
    work.input("a.jsonl", lines(event(i) for i in range(5)) + b"{\n" + lines([event(9, hash="x")]))


def test_a_good_run():
    with Work() as work, Server() as server:
        bad_and_good(work)
        for summary in ("text", "json"):
            done = work.run("--mail-endpoint", secret_url(server), *leave_everything(work),
                            "--summary", summary)
            search(work, done)
        check("they were used", all(WORDS[1] in r.path for r in server.requests))
        check("as a password, too", dict(server.requests[0].headers)["Authorization"][:6], "Basic ")


def test_an_endpoint_that_refuses_or_is_not_there():
    def answer(request, count):
        return Answer(400, body=b"bad token " + request.path.encode())
    with Work() as work, Server(answer) as server:
        bad_and_good(work)
        # What the receiver writes into its answer is quoted, so it must be masked as well.
        url = secret_url(server)
        done = work.run("--mail-endpoint", url, *leave_everything(work))
        search(work, done)
    with Work() as work:
        bad_and_good(work)
        done = work.run("--mail-endpoint", url, *leave_everything(work))
        search(work, done)


def test_errors():
    uris = ("mongodb://user:canary-pass@host/db", "ftp://user:canary-pass@host/",
            "x://h/?token=canary-token", "https://h/?password=canary-pass")
    with Work() as work:
        work.events(1)
        for option in ("--input", "--projects", "--latest", "--history", "--mail-endpoint", "--dead"):
            for uri in uris:
                for verb in ("run", "check"):
                    how = {"now": None, "run_id": None} if verb == "check" else {}
                    done = work.run(option, uri, verb=verb, code=None, cwd=work.top, **how)
                    for word in WORDS:
                        check_not_in(f"{option} {uri}", word, done.out + done.err)


def test_explained_and_in_the_environment():
    with Work() as work:
        url = "http://user:canary-pass@h/?token=canary-token"
        conf = work.write("../" + os.path.basename(work.top) + ".conf", f"mail-endpoint = {url}\n")
        try:
            for words, env in ((("--mail-endpoint", url), {}), (("--config", conf), {}),
                               ((), {"JOIST_MAIL_ENDPOINT": url})):
                done = run([program("deactivate"), "run", "--explain-options", *words], env=env)
                search(work, done)
                check("shown masked", "user:***@h" in done.out)
        finally:
            os.unlink(conf)


def test_after_a_crash():
    """Killed in mid-run and in the mail step: nothing in what is left lying about."""
    with Work() as work, Server(lambda *_: Answer(delay=60)) as server:
        work.generate(3000, "--dirt", "5")
        for delay in (0.02, 0.06, 0.12, 0.3, 0.6):
            process = work.start("--mail-endpoint", secret_url(server), "--memory", "16M",
                                 *leave_everything(work))
            time.sleep(delay)
            process.kill()
            search(work, work.finish(process, killed=True))


def test_out_of_memory():
    with Work() as work, Server() as server:
        bad_and_good(work)
        for n in (50, 100, 200, 300):
            done = work.run("--mail-endpoint", secret_url(server), *leave_everything(work), code=None,
                            env={"JOIST_FAIL_ALLOC": str(n)})
            search(work, done)


def test_personal_data_in_dead_letters():
    """There as it came, so that it can be replayed; with --mask-pii it is not."""
    mail = "person@canary-mail.org"
    with Work() as work:
        work.input("a.jsonl", lines([event(1, hash="x", admin_email=mail, first_name="Canaryna")]))
        work.run()
        check("as it came", mail in str(work.dead()))
        work.run("--mask-pii")
        for word in (mail, "Canaryna"):
            check_not_in("masked", word, str(work.dead()))


main(globals())
