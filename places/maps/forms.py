"""Forms of the maps: a file of boundaries, and where to look something up."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.web.forms import CleanForm, IdempotentForm
from places.maps.coordinates import Datum

DATUMS = [
    (Datum.WGS84.value, _("WGS-84（GPS、国家 2000）")),
    (Datum.GCJ02.value, _("GCJ-02（高德、腾讯等地图）")),
]


class BoundariesForm(IdempotentForm):
    file = forms.FileField(label=_("GeoJSON 文件"), help_text=_("要素集合；面带区域 code，点带户编码 code，至多 20 MB"))
    datum = forms.ChoiceField(label=_("坐标系"), choices=DATUMS, widget=forms.RadioSelect, initial=Datum.WGS84)
    source = forms.CharField(label=_("来源"), max_length=60, required=False, help_text=_("如：自然资源局 2026 年勘界"))
    is_synthetic = forms.BooleanField(label=_("只是示意，不是实际边界"), required=False)
    only_check = forms.BooleanField(label=_("先只检查，不导入"), required=False, initial=True)


class FindForm(CleanForm):
    q = forms.CharField(label=_("经纬度或地址"), max_length=100, required=False)
    datum = forms.ChoiceField(label=_("坐标系"), choices=DATUMS, required=False)
