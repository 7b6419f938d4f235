"""Mastodon.py against a node: the arguments are its address, a lab on another
node, the title of a record of that lab, and a picture; more is not read. It prints the address at
which a member lets it in, reads the code, and then a line for each step."""

import sys
import threading
import time

from mastodon import Mastodon, StreamListener

base, lab, title, picture = sys.argv[1:5]


def step(name, so=True):
    if not so:
        sys.exit("not so: " + name)
    print("ok " + name, flush=True)


def until(name, look):
    for _ in range(300):
        found = look()
        if found:
            step(name)
            return found
        time.sleep(0.1)
    sys.exit("did not come about: " + name)


client_id, client_secret = Mastodon.create_app(
    "Mastodon.py", scopes=["read", "write", "follow", "push"], api_base_url=base
)
m = Mastodon(client_id=client_id, client_secret=client_secret, api_base_url=base)
print("open " + m.auth_request_url(scopes=["read", "write", "follow", "push"]), flush=True)
m.log_in(code=sys.stdin.readline().strip(), scopes=["read", "write", "follow", "push"])

me = m.account_verify_credentials()
step("sign in", me.source is not None)
step("instance", m.instance().version.startswith("4."))
found = m.search_v2(lab, resolve=True).accounts
step("look up the lab", len(found) == 1 and found[0].group)
m.account_follow(found[0])
until("follow the lab", lambda: m.account_relationships(found[0])[0].following)
record = until("its record at home", lambda: [s for s in m.timeline_home() if title in s.content])[0]
step("card of the record", record.card.title == title and record.spoiler_text == "")

media = m.media_post(picture, description="Un carré")
mine = m.status_post("Bonjour #essai", media_ids=[media])
step("post with picture", mine.media_attachments[0].description == "Un carré" and mine.tags[0].name == "essai")
reply = m.status_reply(record, "Bravo")
step("reply", reply.in_reply_to_id == record.id)
step("thread", any(s.id == reply.id for s in m.status_context(record).descendants))
step("favourite", m.status_favourite(record).favourited)
step("boost", m.status_reblog(record).reblog.id == record.id)
step("bookmark", m.status_bookmark(record).bookmarked)
step("bookmarks", [s.id for s in m.bookmarks()] == [record.id])
step("search", any(s.id == mine.id for s in m.search_v2("bonjour").statuses))
step("notifications", any(n.type == "follow" for n in m.notifications()))

page, seen = m.timeline_home(limit=1), []
while page:
    seen += [s.id for s in page]
    page = m.fetch_next(page)
step("page down", len(seen) >= 3 and seen == sorted(seen, reverse=True))
page = m.timeline_home(limit=1, min_id=seen[-1])
up = []
while page:
    up += [s.id for s in page]
    page = m.fetch_previous(page)
step("page up", up == seen[-2::-1])


class Listener(StreamListener):
    came = threading.Event()

    def on_update(self, status):
        if "par le flux" in status.content:
            self.came.set()


listener = Listener()
handle = m.stream_user(listener, run_async=True)
until("open the stream", lambda: handle.is_alive() and handle.is_receiving())
m.status_post("par le flux")
step("stream", listener.came.wait(30))
handle.close()

m.status_delete(mine)
step("delete", mine.id not in [s.id for s in m.timeline_home()])
step("end", True)
