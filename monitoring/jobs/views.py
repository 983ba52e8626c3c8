"""Pages of long work: one's own jobs, how far one is, its file; for administrators the queue."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from monitoring.accounts import access_log
from monitoring.accounts.access import allowed
from monitoring.accounts.fresh import fresh_sign_in
from monitoring.accounts.models import Action
from monitoring.jobs import asking, pulse, reading
from monitoring.jobs.models import Job, State

#: Seconds after which a page without scripts looks again.
AGAIN = 5


@require_safe
def index(request):
    """What the person asked for; administrators see the queue of the whole site as well."""
    context = {"jobs": reading.of(request.user)}
    if allowed(request.user, "job.view_all"):
        context["queue"], context["everybody"] = reading.of_everybody()
    context["may_back_up"] = allowed(request.user, "backup.make")
    return render(request, "jobs/list.html", context)


@require_safe
def job(request, uuid):
    """How far a job is, what came of it. ``?then=go``: on to where it leads, once it is done."""
    found = _own(request, uuid)
    # A file is no page: it is offered here.
    leads = found.state == State.DONE and found.result and not found.file_name
    if request.GET.get("then") == "go" and leads:
        if found.told:
            messages.success(request, found.told)
        return redirect(found.result)
    still = request.GET.get("refresh") == "no"
    context = {
        "shown": reading.show(found),
        "job": found,
        "back": reading.back_of(found),
        "stopping": found.is_open and pulse.asked_to_stop(found),
        "again": 0 if still else AGAIN,
    }
    return render(request, "jobs/job.html", context)


@require_safe
def state(request, uuid):
    """The same for the script of the page."""
    return JsonResponse(reading.as_json(reading.show(_own(request, uuid))))


@require_POST
def cancel(request, uuid):
    """Stop a job that waits or is under way; nothing of it stays."""
    found = _own(request, uuid)
    asking.cancel(found)
    return redirect(found)


@require_safe
@fresh_sign_in
def file(request, uuid):
    """The file that a job made, for who asked for it and still may; an entry of the access log."""
    found = _own(request, uuid)
    try:
        stream = asking.file_of(found, request.user)
    except FileNotFoundError:
        raise Http404 from None
    noted = found.parameters.get("noted", {})
    access_log.note(
        request.user, noted.get("action", Action.CARDS_EXPORTED), **noted.get("entry", {})
    )
    return FileResponse(
        stream, as_attachment=True, filename=found.file_name, content_type=found.content_type
    )


@require_POST
@fresh_sign_in
def backup(request):
    """An administrator begins a backup; it stays on the server."""
    started = asking.start("backup", request.user, key="backup")
    return asking.follow(request, started)


def _own(request, uuid) -> Job:
    found = asking.found(request.user, uuid)
    if found is None:
        raise Http404
    return found
