"""Security headers of every answer, and the session that pages without a cookie never open."""

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

STRICT_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY = (("Referrer-Policy", "no-referrer"), ("X-Content-Type-Options", "nosniff"))


class Sessions(SecureCookieSessionInterface):
    """A request without our cookie starts with an empty session, and no key is touched for it.

    The session is kept only when somebody put something in, so that pages for citizens set no cookie.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if self.get_cookie_name(app) not in request.environ.get("HTTP_COOKIE", ""):
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if session or session.accessed or session.modified:
            super().save_session(app, session, response)
