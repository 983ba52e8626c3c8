"""Printed figures loaded in the browser: choose, look, confirm."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from reports.models import PublishedValue

pytestmark = pytest.mark.django_db

HEAD = "table,period,row,column,unit,printed,value\n"
GOOD = HEAD + "1,2018,astana,assemblies,count,10,10\n1,2018,almaty,assemblies,count,6,6\n"


@pytest.fixture(autouse=True)
def _private_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def send(client, text: str, **data):
    file = SimpleUploadedFile("figures.csv", text.encode())
    return client.post(reverse("reports:import_published"), {"published": file, **data})


def test_figures_are_shown_before_they_are_loaded(signed_in, analyst):
    client = signed_in(analyst)
    answer = send(client, GOOD, edition="2018")
    assert answer.status_code == 302
    page = client.get(answer.url).content.decode()
    assert "astana" in page
    assert PublishedValue.objects.count() == 0
    done = client.post(answer.url + "load/")
    assert done.url == reverse("reports:import_published")
    assert set(PublishedValue.objects.values_list("edition", "row", "value")) == {
        ("2018", "astana", 10.0),
        ("2018", "almaty", 6.0),
    }


def test_a_refused_file_loads_nothing(signed_in, analyst):
    client = signed_in(analyst)
    answer = send(client, GOOD + "1,1999,astana,assemblies,count,1,1\n")
    page = client.get(answer.url).content.decode()
    assert "The period “1999” is not known." in page
    client.post(answer.url + "load/")
    assert PublishedValue.objects.count() == 0


@pytest.mark.parametrize("who", ["monitor", "editor", "administrator"])
def test_nobody_but_analysts_loads_printed_figures(signed_in, request, who):
    client = signed_in(request.getfixturevalue(who))
    assert client.get(reverse("reports:import_published")).status_code == 403
    assert send(client, GOOD).status_code == 403
