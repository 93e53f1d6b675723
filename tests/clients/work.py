"""The work that every client does against the double (and, with KURRENT_URL, against a server), in Python: what it writes, reads and is refused is compared."""

import subprocess
import sys
import threading
import time
import uuid

from kurrentdbclient import KurrentDBClient, NewEvent, StreamState
from kurrentdbclient.events import CaughtUp, Checkpoint
from kurrentdbclient.exceptions import (
    KurrentDBClientError,
    NotFoundError,
    StreamIsDeletedError,
    WrongCurrentVersionError,
)

done = 0


def check(what, holds):
    global done
    if not holds:
        print(f"FAILED: {what}")
        sys.exit(1)
    done += 1


def refused(what, kind, work):
    try:
        work()
    except kind:
        check(what, True)
    else:
        check(what, False)


def new(kind, text):
    return NewEvent(type=kind, data=text.encode(), metadata=b'{"by":"python"}', id=uuid.uuid4())


def run(url, double):
    client = KurrentDBClient(uri=url)
    tag = uuid.uuid4().hex[:8]
    one, two = f"one{tag}-1", f"two{tag}-1"

    # Appending: every kind of expectation, and what is done twice is done once.
    first = [new("Opened", '{"n":1}'), new("Renamed", '{"n":2}')]
    at = client.append_to_stream(one, current_version=StreamState.NO_STREAM, events=first)
    check("the same append is answered the same", client.append_to_stream(one, current_version=StreamState.NO_STREAM, events=first) == at)
    refused("a stream that is there", WrongCurrentVersionError, lambda: client.append_to_stream(one, current_version=StreamState.NO_STREAM, events=[new("Opened", "{}")]))
    refused("a revision that is past", WrongCurrentVersionError, lambda: client.append_to_stream(one, current_version=0, events=[new("Renamed", "{}")]))
    refused("a stream that is not there", WrongCurrentVersionError, lambda: client.append_to_stream(two, current_version=StreamState.EXISTS, events=[new("Renamed", "{}")]))
    client.append_to_stream(one, current_version=1, events=[new("Renamed", '{"n":3}')])
    client.append_to_stream(two, current_version=StreamState.ANY, events=[new("Opened", '{"m":1}')])
    client.append_to_stream(two, current_version=StreamState.EXISTS, events=[new("Closed", '{"m":2}')])
    # The other way of appending: one event a message.
    client.append_event(two, current_version=1, event=new("Reopened", '{"m":3}'))
    check("the revision", client.get_current_version(two) == 2)

    # Reading.
    events = client.get_stream(one)
    check("what was written", [(e.type, e.stream_position, e.data) for e in events] == [("Opened", 0, b'{"n":1}'), ("Renamed", 1, b'{"n":2}'), ("Renamed", 2, b'{"n":3}')])
    check("ids and metadata", events[0].id == first[0].id and events[0].metadata == b'{"by":"python"}')
    check("a time", events[0].recorded_at is not None and abs(events[0].recorded_at.timestamp() - time.time()) < 120)
    check("from a revision", [e.stream_position for e in client.get_stream(one, stream_position=1)] == [1, 2])
    check("backwards", [e.stream_position for e in client.get_stream(one, backwards=True, limit=2)] == [2, 1])
    refused("a stream that never was", NotFoundError, lambda: client.get_stream(f"none-{tag}"))
    mine = f".*{tag}-1"
    found = [e for e in client.read_all(filter_include=[mine], filter_by_stream_name=True)]
    check("all, in order", [(e.stream_name, e.stream_position) for e in found] == [(one, 0), (one, 1), (one, 2), (two, 0), (two, 1), (two, 2)])
    check("positions grow", all(a.commit_position < b.commit_position for a, b in zip(found, found[1:])))
    check("all, by type", [e.type for e in client.read_all(filter_include=["Renamed"], commit_position=found[0].commit_position) if tag in e.stream_name] == ["Renamed", "Renamed"])
    # From a position on, that of it included.
    check("from a position", [e.id for e in client.read_all(commit_position=found[2].commit_position, filter_include=[mine], filter_by_stream_name=True)] == [e.id for e in found[2:]])
    check("all, backwards", [e.id for e in client.read_all(backwards=True, filter_include=[mine], filter_by_stream_name=True, limit=2)] == [found[5].id, found[4].id])

    # Following: a stream, and all of them through a filter, with marks of how far that came.
    followed = client.subscribe_to_stream(one, stream_position=0)
    check("what comes after a revision", [next(followed).stream_position for _ in range(2)] == [1, 2])
    threading.Timer(0.3, lambda: client.append_to_stream(one, current_version=2, events=[new("Renamed", '{"n":4}')])).start()
    check("what comes later", next(followed).data == b'{"n":4}')
    followed.stop()
    every = client.subscribe_to_all(commit_position=found[0].commit_position, filter_include=[mine], filter_by_stream_name=True, include_checkpoints=True, include_caught_up=True, window_size=1, checkpoint_interval_multiplier=1)
    seen, marks, level = [], 0, False
    for event in every:
        if isinstance(event, Checkpoint):
            marks += 1
        elif isinstance(event, CaughtUp):
            level = True
        else:
            seen.append(event.id)
        if level and marks > 0 and len(seen) >= 6:
            break
    every.stop()
    check("all that comes after a position", seen[:5] == [e.id for e in found[1:]])

    # Deleting: it reads as if it had never been, and goes on where it was; a tombstone is for ever.
    client.delete_stream(two, current_version=2)
    refused("a deleted stream", NotFoundError, lambda: client.get_stream(two))
    client.append_to_stream(two, current_version=StreamState.NO_STREAM, events=[new("Opened", '{"m":4}')])
    check("it goes on", [e.stream_position for e in client.get_stream(two)] == [3])
    refused("another revision than is there", WrongCurrentVersionError, lambda: client.delete_stream(two, current_version=1))
    client.tombstone_stream(two, current_version=StreamState.ANY)
    refused("a tombstoned stream", StreamIsDeletedError, lambda: client.get_stream(two))
    refused("writing to it", StreamIsDeletedError, lambda: client.append_to_stream(two, current_version=StreamState.ANY, events=[new("Opened", "{}")]))

    # An answer that is lost: done again, it is done once.
    if double:
        tell(double, "lose 1")
        last = [new("Renamed", '{"n":5}')]
        for attempt in range(5):
            try:
                client.append_to_stream(one, current_version=3, events=last)
                break
            except KurrentDBClientError:
                time.sleep(0.2)
        else:
            check("it is connected again", False)
        check("it was done once", [e.stream_position for e in client.get_stream(one)] == [0, 1, 2, 3, 4])
        tell(double, "cut")
        check("after a cut", len(list(KurrentDBClient(uri=url).get_stream(one))) == 5)
    client.close()


def tell(double, word):
    double.stdin.write(word + "\n")
    double.stdin.flush()
    double.stdout.readline()


if __name__ == "__main__":
    given = sys.argv[1]
    if given.split(":")[0] in ("kurrentdb", "esdb", "kurrentdb+discover", "esdb+discover"):
        run(given, None)
    else:
        with subprocess.Popen([given], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            try:
                run(process.stdout.readline().strip(), process)
            finally:
                process.stdin.close()
    print(f"python pass {done}")
