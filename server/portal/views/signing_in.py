"""Signing in and out, and changing one's password."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class SigningInForm(AuthenticationForm):
    """User name and password; the refusal never says which of the two was wrong."""

    error_messages = {  # Django's own shape
        "invalid_login": gettext_lazy("User name or password is wrong."),
        "inactive": gettext_lazy("User name or password is wrong."),
    }


class SignIn(LoginView):
    template_name = "portal/login.html"
    authentication_form = SigningInForm
    redirect_authenticated_user = True


class SignOut(LogoutView):
    next_page = "login"


class ChangePassword(PasswordChangeView):
    template_name = "portal/password_change.html"
    success_url = reverse_lazy("workbench")

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        messages.success(self.request, _("The password was changed."))
        return answer


def locked_out(request: HttpRequest, credentials: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
    """What axes answers after too many wrong passwords (settings: AXES_LOCKOUT_CALLABLE)."""
    answer = render(request, "portal/login.html", {"form": SigningInForm(request), "locked": True}, status=429)
    answer["Retry-After"] = "900"
    return answer
