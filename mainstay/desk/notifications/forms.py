"""What a person chooses about notices, and what a browser says of itself."""

from django import forms
from django.utils.translation import gettext_lazy as _


class NoticesForm(forms.Form):
    by_mail = forms.BooleanField(label=_("Also by e-mail, at most one in five minutes"), required=False)
    by_push = forms.BooleanField(label=_("Also in the browsers below"), required=False)
    quiet_off_duty = forms.BooleanField(label=_("Only on screen while I am not on duty"), required=False)


class BrowserForm(forms.Form):
    """What `PushManager.subscribe` gives."""

    endpoint = forms.CharField(max_length=1000)
    public_key = forms.CharField(max_length=100)
    secret = forms.CharField(max_length=40)
