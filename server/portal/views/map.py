"""The district map for leaders: one page, its data, the card of one problem, the drawn base (Articles 10 and 13)."""

import json
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import parse_etags, quote_etag

from server.portal.district_map.base import drawn_base
from server.portal.district_map.card import card_for
from server.portal.district_map.choices import choices_for, page_words, tile_titles
from server.portal.district_map.narrowing import Narrowing
from server.portal.district_map.rows import map_data
from server.portal.visitors import Visitor, page, visitor_of
from server.problems.queries import get_for

BLANK = UUID(int=0)


@page
def show_map(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The page with its data in it: the gravest problem stands there before anything is asked for."""
    narrowing = Narrowing.read(request.GET)
    wanted = _wanted(request.GET.get("problem", ""))
    data = map_data(visitor.person, visitor.at, narrowing, wanted)
    rows = [*data["wanted"], *data["rows"]]
    first = next((row for row in rows if row[0] == str(wanted)), rows[0] if rows else None)
    problem = get_for(visitor.person, UUID(str(first[0])), visitor.at) if first else None
    return render(
        request,
        "portal/map.html",
        {
            "data": data,
            "figures": data["figures"],
            "tiles": [(name, title, data["figures"][name]) for name, title in tile_titles()],
            "ledger_query": data["ledger"],
            "card": card_for(problem, visitor.person, visitor.at) if problem else None,
            "choices": choices_for(visitor.held),
            "words": page_words(),
            "base_map": settings.BASE_MAP_URL,
            "base_map_attribution": settings.BASE_MAP_ATTRIBUTION,
            "demonstration": settings.DEMONSTRATION,
            "card_address": reverse("map_card", args=[BLANK]),
            "blank": BLANK,
        },
    )


def _wanted(given: str) -> UUID | None:
    try:
        return UUID(given)
    except ValueError:
        return None


@login_required
def map_rows(request: HttpRequest) -> HttpResponseBase:
    """What the page draws, as JSON. Its tag is made of the answer itself, so of what this person sees and nothing else."""
    visitor = visitor_of(request)
    assert visitor is not None  # noqa: S101  # login_required
    body = json.dumps(
        map_data(visitor.person, visitor.at, Narrowing.read(request.GET)), ensure_ascii=False, separators=(",", ":")
    )
    return _tagged(request, body, sha256(body.encode()).hexdigest()[:32])


@page
def show_card(request: HttpRequest, visitor: Visitor, problem_id: UUID) -> HttpResponse:
    """The card of one problem, as a piece of the page; 404 for who may not see it."""
    problem = get_for(visitor.person, problem_id, visitor.at)
    return render(request, "portal/parts/map_card.html", {"card": card_for(problem, visitor.person, visitor.at)})


@login_required
def map_base(request: HttpRequest) -> HttpResponseBase:
    """The drawn base as GeoJSON: the same for everybody, until an edition changes."""
    visitor = visitor_of(request)
    assert visitor is not None  # noqa: S101  # login_required
    body, tag = drawn_base(visitor.at)
    return _tagged(request, body, tag, "application/geo+json")


def _tagged(request: HttpRequest, body: str, tag: str, kind: str = "application/json") -> HttpResponse:
    etag = quote_etag(tag)
    answer: HttpResponse
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        answer = HttpResponse(status=304)
    else:
        answer = HttpResponse(body, content_type=kind)
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, no-cache"  # kept by this browser alone, and asked about every time
    return answer
