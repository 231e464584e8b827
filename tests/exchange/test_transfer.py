"""What goes over a poor line: pages and files are packed, and a first visit stays light."""

import re

KILOBYTE = 1024


def transferred(client, url):
    """Bytes of the answer's body as sent."""
    with client.stream("GET", url, headers={"accept-encoding": "gzip"}) as answer:
        assert answer.status_code == 200, url
        return sum(len(part) for part in answer.iter_raw()), answer.headers


def test_a_first_visit_weighs_at_most_100_kilobytes_and_a_page_after_it_at_most_30(client):
    visitor = client()
    page, headers = transferred(visitor, "/calls")
    assert headers["content-encoding"] == "gzip"
    assert page < 30 * KILOBYTE
    found = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', visitor.get("/calls").text))
    assert len(found) == 4
    assert page + sum(transferred(visitor, url)[0] for url in found) < 100 * KILOBYTE
