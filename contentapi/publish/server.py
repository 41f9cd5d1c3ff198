"""``server.conf``: what nginx does with what its maps come to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO

from contentapi.publish import statuses
from contentapi.publish.conf import PREFIX, literal
from contentapi.publish.reckoning import body
from contentapi.web.problems import TITLES

#: What nginx may answer with by itself once it knows the address; before, it has words of its own.
_FAILURES = (403, 412, 413, 429, 500, 502, 503, 504)

_ABOUT_SERVER = """\
# Written by `contentapi export`, to be included in a server { } of nginx, whose root is the folder `public` beside this one.
etag off;
if_modified_since off;
max_ranges 0;
gzip off;
charset off;
absolute_redirect off;
server_tokens off;
types { }
default_type "";
"""
_LOCATIONS = """\
location / {
  if ($contentapi_unchanged) { return 418; }
  if ($contentapi_status = 204) { return 204; }
  if ($contentapi_status = 308) { return 308 $contentapi_location; }
  if ($contentapi_status = 404) { return 404; }
  if ($contentapi_status = 405) { return 405; }
  if ($contentapi_status = 406) { return 406; }
  if ($contentapi_outcome = 410) { return 419; }
  if ($contentapi_status = 410) { return 410; }
  if ($contentapi_status = 501) { return 501; }
  try_files "/$contentapi_form_file$contentapi_ending" =500;
}
location @contentapi_file {
  try_files "/$contentapi_form_file$contentapi_ending" =500;
}
location @contentapi_told {
  return 200 $contentapi_text;
}
"""


def write(out: IO[str], fields: Mapping[str, str], revision: str) -> None:
    """Writes the file. ``fields`` are the header fields there are, each with the variable that has its value."""
    broken = statuses.broken(revision)
    failed = body(broken.body).replace(TITLES[500], f"${{{PREFIX}title}}").replace(":500,", ":$status,")
    out.write(_ABOUT_SERVER)
    sent = {**fields, "etag": f"{PREFIX}etag", "content-encoding": f"{PREFIX}content_encoding"}
    out.writelines(f"add_header {name} ${variable} always;\n" for name, variable in sent.items())
    if "last-modified" not in fields:
        out.write('add_header last-modified "" always;\n')  # the time of a file says nothing of its content
    out.write(f"error_page 308 404 405 406 501 @{PREFIX}told;\nerror_page 410 @{PREFIX}file;\n")
    # A 304 has the length of what it is of, which `return 304` would say is 0.
    out.write(f"error_page 419 =410 @{PREFIX}told;\n")
    out.write(f"error_page 418 =304 @{PREFIX}file;\n")
    out.write(f"error_page {' '.join(map(str, _FAILURES))} @{PREFIX}failed;\n")
    out.write(_LOCATIONS)
    out.write(f"location @{PREFIX}failed {{\n")
    out.writelines(f"  add_header {name} {literal(value)} always;\n" for name, value in broken.head.items())
    out.write(f"  return 200 {failed};\n}}\n")
